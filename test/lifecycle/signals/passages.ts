import type { SignalRules } from '../../../src/lifecycle/signals/rules.ts';
import { signalRules } from '../../../src/lifecycle/signals/rules.ts';
import {
  type Dimension,
  dimensions,
  type Sample,
  samplesOf,
  staysAsked,
} from '../../../src/lifecycle/signals/samples.ts';
import type { Transition } from '../../../src/lifecycle/stage/journey.ts';
import { orderOf, type Stage } from '../../../src/lifecycle/stage/stages.ts';
import type { StayCount } from '../../../src/model/journeys.ts';

// What the store counts by its query, in plain words: stays one by one, then counted.

export type Groups = Readonly<Record<Dimension, string | null>>;

/** One stay of a person in a stage. Times are milliseconds. */
export interface Passage extends Groups {
  readonly journey: string;
  readonly stage: Stage;
  readonly enteredAt: number;
  /** Null while they are there. */
  readonly leftAt: number | null;
  readonly to: Stage | null;
  /** Sales let them go, with a reason: a customer of before, who is one again. */
  readonly isLetGo?: true;
}

/** Whether a passage led on: to a later stage of the order, not beside it, and not by a no. */
export const ledOn = ({ stage, to, isLetGo }: Pick<Passage, 'stage' | 'to' | 'isLetGo'>): boolean => {
  const [from, end] = [orderOf(stage), to === null ? null : orderOf(to)];
  return from !== null && end !== null && end > from && isLetGo !== true;
};

export type JourneyTransition = Transition & { readonly journey: string };

const ofJourney = (
  journey: string,
  transitions: readonly JourneyTransition[],
  groupsOf: (journey: string, turn: number) => Groups,
): readonly Passage[] => {
  // Another rep in the same stage begins no new stay.
  const moves = transitions.filter(({ from, to }) => from !== to);
  return moves.map(({ to: stage, at, turn }, index) => {
    const next = moves[index + 1];
    return {
      journey,
      stage,
      enteredAt: at,
      leftAt: next?.at ?? null,
      to: next?.to ?? null,
      ...((next?.reason ?? null) === null ? {} : { isLetGo: true }),
      ...groupsOf(journey, turn),
    };
  });
};

/**
 * The stays that transitions tell of; those of a journey stand in the order in which they happened. The stay before the first one is left out, since
 * nobody knows when it began. Pure.
 */
export const passagesOf = (
  transitions: readonly JourneyTransition[],
  groupsOf: (journey: string, turn: number) => Groups,
): readonly Passage[] =>
  [...Map.groupBy(transitions, ({ journey }) => journey)].flatMap(([journey, own]) =>
    ofJourney(journey, own, groupsOf),
  );

/** How many of these, which rise, are not more than a value. */
const stepOf = (value: number, bounds: readonly number[]): number => {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What a store counts of these stays at a moment. */
export const countStays = (
  passages: readonly Passage[],
  rules: SignalRules,
  now: number,
): readonly StayCount[] => {
  const { windows, bounds, peopleMin } = staysAsked(rules, now);
  const byGroup = new Map<string, Map<string, StayCount>>();
  for (const passage of passages) {
    const window = windows.find(({ stage }) => stage === passage.stage);
    if (window === undefined || passage.enteredAt < window.pastFrom || passage.enteredAt >= window.until)
      continue;
    const stay = (passage.leftAt ?? Number.POSITIVE_INFINITY) - passage.enteredAt;
    const step = stepOf(Math.min(stay, window.horizonMs), bounds);
    const recent = passage.enteredAt >= window.recentFrom;
    const wentOn = stay <= window.horizonMs && ledOn(passage) ? 1 : 0;
    for (const dimension of ['all', ...dimensions] as const) {
      const group = dimension === 'all' ? null : passage[dimension];
      if (dimension !== 'all' && group === null) continue;
      const name = `${passage.stage} ${dimension} ${group}`;
      const own = byGroup.get(name) ?? new Map<string, StayCount>();
      byGroup.set(name, own);
      const before = own.get(`${recent} ${step}`);
      own.set(`${recent} ${step}`, {
        ...{ stage: passage.stage, dimension, group, recent, step },
        people: (before?.people ?? 0) + 1,
        wentOn: (before?.wentOn ?? 0) + wentOn,
      });
    }
  }
  return [...byGroup.values()]
    .map((own) => [...own.values()])
    .filter((own) => own.reduce((sum, { people }) => sum + people, 0) >= peopleMin)
    .flat();
};

export const samplesFrom = (
  passages: readonly Passage[],
  now: number,
  rules: SignalRules = signalRules,
): readonly Sample[] => samplesOf(countStays(passages, rules, now), rules);
