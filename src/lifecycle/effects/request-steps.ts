import type { System } from '../../model/system.ts';
import type { RawFields } from '../../model/value.ts';
import type { SeenRecord } from '../look/person.ts';
import { recordIn } from '../look/requests.ts';
import { nameOn } from '../own-fields/pointed.ts';
import {
  isCampaign,
  type RequestPlace,
  requestFields,
  requestIn,
  type SeenRequest,
  systemOf,
} from '../requests/request.ts';
import { inRepair, joinedProgram, leftPrograms, notJoined, resultText } from '../requests/results.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { isInRepair } from '../stage/programs.ts';
import type { StepResult } from './effect.ts';
import type { Standing } from './standing.ts';
import { done, outcomeOf, type Step } from './step.ts';
import { canSuppress, setSuppressed } from './suppression.ts';

interface Asking {
  readonly place: RequestPlace;
  readonly system: System;
  readonly request: SeenRequest;
}

/** The request that an effect is about; null where a newer one came before it was done, which has an effect of its own. */
const askingOf = ({ effect, stored }: Standing): Asking | null => {
  const found = Object.entries(stored.requests).find(([, { key }]) => key === effect.evidence);
  if (found === undefined) return null;
  const [place, request] = found as [RequestPlace, SeenRequest];
  return { place, system: systemOf(place), request };
};

const idsOf = (standings: readonly Standing[]): readonly string[] => [
  ...new Set(standings.map(({ effect }) => effect.contactId)),
];

/** What became of a wish: the words of its answer, or why the step has to be made again. */
type Asked = readonly (readonly [Standing, string | StepResult])[];

const join = async (
  context: LifecycleContext,
  program: string,
  standings: readonly Standing[],
): Promise<Asked> => {
  // What was asked for while they were fine may come to be done after a rep said that they are to be mended.
  const mending = standings.filter(({ stored }) => isInRepair(stored.journey));
  const joining = standings.filter((standing) => !mending.includes(standing));
  const said = mending.map((standing) => [standing, inRepair(standing.stored.journey.reason)] as const);
  if (joining.length === 0) return said;
  const unmarked = await setSuppressed(context, joining, false);
  const refused = await context.joinProgram(program, idsOf(joining), callFor(context, 'write'));
  const joined = joining.map((standing) => {
    const why = refused.get(standing.effect.contactId) ?? null;
    const text = why === null ? joinedProgram(program) : notJoined(why);
    return [standing, unmarked.get(standing) ?? text] as const;
  });
  return [...said, ...joined];
};

const leave = async (
  context: LifecycleContext,
  programs: readonly string[],
  standings: readonly Standing[],
): Promise<Asked> => {
  // Before the lists: who was taken out of them is in none at a second try, and the answer would say so.
  const unmarked = await setSuppressed(context, standings, true);
  const going = standings.filter((standing) => !unmarked.has(standing));
  if (going.length === 0) return [...unmarked];
  const { left, kept } = await context.leavePrograms(programs, idsOf(going), callFor(context, 'write'));
  const isMarked = canSuppress(context);
  return [
    ...unmarked,
    ...going.map(
      (standing) =>
        [standing, leftPrograms(left.get(standing.effect.contactId) ?? [], kept, isMarked)] as const,
    ),
  ];
};

/** Does what people asked for, those with the same wish together: one call for each program. */
export const askStep: Step = async (context, standings) => {
  const said = new Map<Standing, string | StepResult>();
  const plans = standings.flatMap((standing) => {
    const plan = askingOf(standing)?.request.plan;
    return plan === undefined ? [] : [{ standing, plan }];
  });
  const joining = plans.flatMap(({ standing, plan }) =>
    plan.kind === 'join' ? [{ standing, program: plan.program }] : [],
  );
  for (const [program, own] of Map.groupBy(joining, (each) => each.program)) {
    const results = await join(
      context,
      program,
      own.map(({ standing }) => standing),
    );
    for (const [standing, text] of results) said.set(standing, text);
  }
  const leaving = plans.flatMap(({ standing, plan }) =>
    plan.kind === 'leave' ? [{ standing, programs: plan.programs }] : [],
  );
  for (const own of Map.groupBy(leaving, ({ programs }) => programs.join('\n')).values()) {
    const results = await leave(
      context,
      own[0]?.programs ?? [],
      own.map(({ standing }) => standing),
    );
    for (const [standing, text] of results) said.set(standing, text);
  }
  for (const { standing, plan } of plans) {
    if (plan.kind === 'say' || plan.kind === 'stop') said.set(standing, plan.text);
  }
  return standings.map((standing): StepResult => {
    const text = said.get(standing);
    if (typeof text !== 'string') return text ?? done;
    return { kind: 'done', said: text };
  });
};

/** The answer in the fields of the side that asked. What somebody typed there since stays: it is a request of its own. */
const answerFields = (
  { place, system, request }: Asking,
  record: SeenRecord,
  said: string,
  at: number,
): RawFields => {
  const { word, detail, result } = requestFields[system];
  if (request.plan.kind === 'stop' || isCampaign(place)) return { [result]: resultText(said, at) };
  const now = requestIn(system, record.fields);
  const isSame = now !== null && now.word === request.word && now.detail === request.detail;
  return { ...(isSame ? { [word]: null, [detail]: null } : {}), [result]: resultText(said, at) };
};

/** Said once; then it waits, and is told in `status`, until somebody takes the request away. */
const isStopSaid = ({ effect }: Standing, { request }: Asking): boolean =>
  request.plan.kind === 'stop' && effect.attempts > 0;

const stopped = (places: readonly string[]): StepResult => ({
  kind: 'refused',
  why: 'a request came back again and again, as an automation asks',
  next: `Find what fills ${places.join(', ')} by itself (a flow, a workflow) and stop it; then empty the field on the record.`,
});

/** A request that cannot be emptied would be taken for a new one at every look. */
const notEmptied = (fields: readonly string[]): StepResult => ({
  kind: 'refused',
  why: 'a request is done, and its field cannot be emptied',
  next: `Give the integration the right to write ${fields.join(', ')}; then start the worker again.`,
});

/** Empties the fields of requests, and says in the record what became of them; one call a side and object. */
export const answerStep: Step = async (context, standings) => {
  const results = new Map<Standing, StepResult>();
  const rows = standings.flatMap((standing) => {
    const asking = askingOf(standing);
    const said = standing.effect.steps.ask?.said;
    if (asking === null || said === undefined) return [];
    const { request, system } = asking;
    const isStopped = request.plan.kind === 'stop' && request.state === 'stopped';
    const record = recordIn(standing.person, asking.place);
    const nameOf = (own: string): string =>
      nameOn(context.models.lifecycle.pointed, record?.ref.type ?? '', own);
    if (isStopped) results.set(standing, stopped([nameOf(requestFields[system].word)]));
    if (isStopSaid(standing, asking)) return [];
    if (record === null) return [];
    const writable = context.writable.get(record.ref.type);
    const wanted = answerFields(asking, record, said, standing.now);
    const { result } = requestFields[system];
    const closed = Object.keys(wanted).filter((name) => name !== result && writable?.has(name) === false);
    if (closed.length > 0) {
      results.set(standing, notEmptied(closed.map(nameOf)));
      return [];
    }
    const fields = Object.fromEntries(Object.entries(wanted).filter(([name]) => writable?.has(name) ?? true));
    return Object.keys(fields).length === 0 ? [] : [{ standing, system, ref: record.ref, fields }];
  });
  for (const own of Map.groupBy(rows, ({ system, ref }) => `${system} ${ref.type}`).values()) {
    const [first] = own;
    if (first === undefined) continue;
    const outcomes = await context.systems[first.system].writeMany(
      first.ref.type,
      own.map(({ ref, fields }) => ({ op: 'update', key: context.makeId(), id: ref.id, fields })),
      callFor(context, 'write'),
    );
    own.forEach(({ standing }, at) => {
      const outcome = outcomeOf(standing, outcomes[at]);
      if (outcome.kind !== 'done' || !results.has(standing)) results.set(standing, outcome);
    });
  }
  // A record that is not there any more, or shows no answer, has nothing to be emptied.
  return standings.map((standing) => results.get(standing) ?? done);
};
