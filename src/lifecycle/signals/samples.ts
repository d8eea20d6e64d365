import type { StayCount, StaysAsked } from '../../model/journeys.ts';
import { orderOf, type Stage, stages } from '../stage/stages.ts';
import { dayMs } from '../stage/timers.ts';
import { type Counts, joinCounts } from './exact-test.ts';
import type { SignalRules } from './rules.ts';

/** What people are compared by: a property of the contact each, and who had the lead. */
export const dimensions = ['source', 'segment', 'rep'] as const;
export type Dimension = (typeof dimensions)[number];

/** Those of a group who entered a stage in one stretch of time. */
export interface Tally {
  readonly people: number;
  /** Who led on to a later stage within the horizon. */
  readonly wentOn: number;
  /** Their stays in milliseconds, no longer than the horizon, to within 2%: how many stayed so long. */
  readonly stays: Counts;
}

/** A stage's people by a group, lately and before. */
export interface Sample {
  readonly stage: Stage;
  readonly dimension: Dimension | 'all';
  /** Null: everybody. */
  readonly group: string | null;
  readonly recent: Tally;
  readonly past: Tally;
}

const firstBoundMs = 60_000;
const boundRatio = 1.04;
const lastBoundMs = 400 * dayMs;

/** Lengths of stays, each 4% longer than the one before, from a minute to more than a year: what is counted by them has few rows, however many people. */
export const stayBounds: readonly number[] = Array.from(
  { length: Math.ceil(Math.log(lastBoundMs / firstBoundMs) / Math.log(boundRatio)) },
  (_, power) => firstBoundMs * boundRatio ** power,
);

/** How long those stayed who are counted under a step: between its two bounds. */
const stayAt = (step: number, horizonMs: number): number => {
  const [low, high] = [stayBounds[step - 1] ?? firstBoundMs / 4, stayBounds[step] ?? lastBoundMs];
  return Math.min(Math.sqrt(low * high), horizonMs);
};

/** Who is counted at a moment: those alone who had the whole horizon, so that who came lately does not look slow or lost. Pure. */
export const staysAsked = (rules: SignalRules, now: number): StaysAsked => ({
  places: stages.map((stage) => ({ stage, place: orderOf(stage) })),
  windows: stages.flatMap((stage) => {
    const days = rules.horizonDays[stage];
    if (days === undefined) return [];
    const until = now - days * dayMs;
    const recentFrom = until - rules.recentDays * dayMs;
    return [
      { stage, horizonMs: days * dayMs, pastFrom: recentFrom - rules.pastDays * dayMs, recentFrom, until },
    ];
  }),
  bounds: stayBounds,
  peopleMin: rules.recentMin + rules.pastMin,
});

const isStage = (name: string): name is Stage => stages.some((stage) => stage === name);
const isDimension = (name: string): name is Sample['dimension'] =>
  name === 'all' || dimensions.some((each) => each === name);

const tallyOf = (counts: readonly StayCount[], horizonMs: number): Tally => {
  const steps = new Map<number, number>();
  for (const { step, people } of counts) steps.set(step, (steps.get(step) ?? 0) + people);
  const sum = (pick: (count: StayCount) => number): number =>
    counts.reduce((all, each) => all + pick(each), 0);
  return {
    people: sum(({ people }) => people),
    wentOn: sum(({ wentOn }) => wentOn),
    stays: [...steps].sort(([a], [b]) => a - b).map(([step, people]) => [stayAt(step, horizonMs), people]),
  };
};

/** What a store counted, as samples. Pure. */
export const samplesOf = (counts: readonly StayCount[], rules: SignalRules): readonly Sample[] =>
  [
    ...Map.groupBy(counts, ({ stage, dimension, group }) => `${stage} ${dimension} ${group ?? ''}`).values(),
  ].flatMap((own): Sample[] => {
    const { stage = '', dimension = '', group = null } = own[0] ?? {};
    if (!isStage(stage) || !isDimension(dimension)) return [];
    const horizonMs = (rules.horizonDays[stage] ?? 0) * dayMs;
    const of = (lately: boolean): Tally =>
      tallyOf(
        own.filter(({ recent }) => recent === lately),
        horizonMs,
      );
    return [{ stage, dimension, group, recent: of(true), past: of(false) }];
  });

/** Those of a tally who are not of another one, which is a part of it. */
export const without = (all: Tally, part: Tally): Tally => ({
  people: all.people - part.people,
  wentOn: all.wentOn - part.wentOn,
  stays: joinCounts(all.stays, part.stays, -1),
});
