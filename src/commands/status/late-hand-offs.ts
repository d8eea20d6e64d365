import { nextStep, type StepName } from '../../lifecycle/effects/effect.ts';
import { pausedLifecycle } from '../../lifecycle/run/pauses.ts';
import { toEffect } from '../../lifecycle/run/rows.ts';
import type { Fault } from '../../model/failure.ts';
import type { LateHandOff } from '../../model/journeys.ts';
import type { Covers, Pause } from '../../model/pause.ts';
import type { Problem } from '../../model/state.ts';
import { type System, systems } from '../../model/system.ts';
import { problemKeyOf } from '../../sync/problems.ts';
import { iso } from '../with-store.ts';
import type { CurrentProblem } from './problems.ts';

/** People that one problem names; the others are counted. */
const namedMax = 5;

/** Which system a step asks something of; what is asked of Tandem alone, or of a chat, has none. */
const systemOf: Readonly<Partial<Record<StepName, System>>> = {
  record: 'salesforce',
  sales: 'salesforce',
  task: 'salesforce',
  close: 'salesforce',
  campaign: 'salesforce',
  timeline: 'salesforce',
  hubspot: 'hubspot',
};

interface Late extends LateHandOff {
  readonly step: StepName | null;
}

/** The order's step that is not done; null where the order cannot be read. */
const stepOf = ({ kind, steps }: LateHandOff): StepName | null => {
  const none = {
    key: '',
    journeyId: '',
    contactId: '',
    turn: 0,
    at: 0,
    evidence: '',
    attempts: 0,
    route: null,
  };
  return nextStep(toEffect({ ...none, kind, steps }));
};

/** A hand-over of which nothing could be tried says nothing itself: what keeps the calls to the systems from succeeding stands as a problem of its own. */
const outageOf = (
  { why, step }: Late,
  standing: readonly Pick<Problem, 'key' | 'what' | 'cause' | 'fault' | 'next'>[],
) => {
  if (why !== null) return null;
  const asked = step === null ? undefined : systemOf[step];
  const outages = standing.filter(({ key }) => systems.some((system) => key === problemKeyOf(system)));
  return outages.find(({ key }) => asked !== undefined && key === problemKeyOf(asked)) ?? outages[0] ?? null;
};

/** What is said of a step for which somebody of the company has to choose or set up something. */
const ofConfig = [
  'nobody can take it',
  'the other router',
  'the owner could not be told',
  'not everybody could be told',
];

const faultOf = ({ why, next, step }: Late): Fault => {
  const text = why ?? '';
  if (ofConfig.some((words) => text.startsWith(words))) return 'config';
  const named = systems.find((system) => text.startsWith(`${system} `));
  // Without a word for a person it is tried again, since the system may take it soon; a right is the system's to give.
  const isTheirs = next === null || next.startsWith('Give the integration');
  if (named !== undefined) return isTheirs ? named : 'data';
  if (next !== null) return 'data';
  return (step === null ? undefined : systemOf[step]) ?? 'tandem';
};

/** The pause that keeps an order of this kind waiting; null: none does. */
const pauseOf = (
  { kind }: Late,
  people: Covers,
  pauses: readonly Pause[],
): Pick<CurrentProblem, 'cause' | 'fault' | 'next'> | null => {
  const pause = pauses.find((each) => pausedLifecycle(people, [each]).kinds.some((held) => held === kind));
  if (pause === undefined) return null;
  const { scope, since, cause } = pause;
  return {
    cause: `'${scope}' is paused by hand since ${iso(since)}${cause === '' ? '' : `: ${cause}`}`,
    fault: 'config',
    next: `tandem resume ${scope}, once it may go on.`,
  };
};

const unknownCause = 'no try has ended yet';
const byItself =
  'Nothing to press while it is tried again by itself (tandem explain RECORD says how often); look whether the system answers, and whether a worker runs.';

const nameOf = ({ salesforceId, contactId }: Late): string =>
  `hubspot:contacts/${contactId}${salesforceId === null ? '' : ` (salesforce:${salesforceId})`}`;

const listed = (group: readonly Late[]): string => {
  const more = group.length - namedMax;
  return `${group.slice(0, namedMax).map(nameOf).join(', ')}${more > 0 ? ` and ${more} more (tandem handoffs --json)` : ''}`;
};

/**
 * Hand-overs that stand still for longer than sla.yaml allows, one problem for each step and cause: who, at which step, why, whose fault, what to press. Each is
 * over when its hand-over is done. `standing`: problems of the systems, by which one is explained that nothing could be tried of; `people` and `pauses`: what a
 * person keeps still. Pure.
 */
export const lateProblems = (
  rows: readonly LateHandOff[],
  standing: readonly Pick<Problem, 'key' | 'what' | 'cause' | 'fault' | 'next'>[],
  people: Covers,
  pauses: readonly Pause[],
): readonly CurrentProblem[] => {
  const late = rows.map((row): Late => ({ ...row, step: stepOf(row) }));
  const groups = Map.groupBy(late, ({ kind, step, why }) => JSON.stringify([kind, step, why]));
  return [...groups].flatMap(([key, group]): CurrentProblem[] => {
    const [first] = group;
    if (first === undefined) return [];
    const outage = outageOf(first, standing);
    const told = {
      key: `late:${key}`,
      what: `lifecycle: ${first.kind} is late at step ${first.step ?? '?'}: ${listed(group)}`,
      since: iso(first.dueAt),
      records: group.length,
    };
    const pause = pauseOf(first, people, pauses);
    if (pause !== null) return [{ ...told, ...pause }];
    return [
      {
        ...told,
        cause: outage === null ? (first.why ?? unknownCause) : `${outage.what}: ${outage.cause}`,
        fault: outage?.fault ?? faultOf(first),
        next: first.next ?? outage?.next ?? byItself,
      },
    ];
  });
};
