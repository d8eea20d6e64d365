import { type Stage, stages } from '../stage/stages.ts';
import { dayMs } from '../stage/timers.ts';
import { longerThanLuck, medianOf, moreThanLuck } from './exact-test.ts';
import { type Dimension, dimensions, ledOn, type Passage } from './passages.ts';
import type { SignalRules } from './rules.ts';

export const measures = ['conversion', 'time'] as const;
export type Measure = (typeof measures)[number];

/** Conversion: the share that went on, 0 to 1. Time: the median stay, in days, no longer than the horizon. */
export interface Figure {
  readonly people: number;
  readonly value: number;
}

/** One comparison of a group with its own past. */
export interface Finding {
  /** Names it for good, as `conversion/sales-ready/source/PAID_SEARCH`. */
  readonly key: string;
  readonly measure: Measure;
  readonly stage: Stage;
  readonly dimension: Dimension | 'all';
  readonly group: string | null;
  readonly recent: Figure;
  readonly past: Figure;
  readonly horizonDays: number;
  /** How probable a change this large for the worse is where nothing changed. */
  readonly byLuck: number;
  /** Worse by as much as is worth telling. */
  readonly isLarge: boolean;
}

interface Windows {
  readonly recent: readonly Passage[];
  readonly past: readonly Passage[];
}

/** Only who had the whole horizon is counted, so that those who came lately do not look slow or lost. */
const windowsOf = (
  passages: readonly Passage[],
  horizonMs: number,
  { recentDays, pastDays }: SignalRules,
  now: number,
): Windows => {
  const end = now - horizonMs;
  const begin = end - recentDays * dayMs;
  const first = begin - pastDays * dayMs;
  const between = (from: number, to: number) =>
    passages.filter(({ enteredAt }) => enteredAt >= from && enteredAt < to);
  return { recent: between(begin, end), past: between(first, begin) };
};

const stayOf = ({ enteredAt, leftAt }: Passage, horizonMs: number): number =>
  leftAt === null ? horizonMs : Math.min(leftAt - enteredAt, horizonMs);

type Subject = Pick<Finding, 'stage' | 'dimension' | 'group' | 'horizonDays'>;

const keyOf = (measure: Measure, { stage, dimension, group }: Subject): string =>
  [measure, stage, dimension, ...(group === null ? [] : [group])].join('/');

const conversion = (subject: Subject, { recent, past }: Windows, rules: SignalRules): Finding => {
  const horizonMs = subject.horizonDays * dayMs;
  const wentOn = (passages: readonly Passage[]): number =>
    passages.filter((passage) => {
      const { enteredAt, leftAt } = passage;
      return leftAt !== null && leftAt - enteredAt <= horizonMs && ledOn(passage);
    }).length;
  const [now, before] = [wentOn(recent), wentOn(past)];
  const [rate, pastRate] = [now / recent.length, before / past.length];
  return {
    key: keyOf('conversion', subject),
    measure: 'conversion',
    ...subject,
    recent: { people: recent.length, value: rate },
    past: { people: past.length, value: pastRate },
    byLuck: moreThanLuck(
      { hits: recent.length - now, of: recent.length },
      { hits: past.length - before, of: past.length },
    ),
    isLarge: rate <= pastRate * (1 - rules.fallMin),
  };
};

const time = (subject: Subject, { recent, past }: Windows, rules: SignalRules): Finding => {
  const horizonMs = subject.horizonDays * dayMs;
  const stays = (passages: readonly Passage[]) => passages.map((passage) => stayOf(passage, horizonMs));
  const [now, before] = [stays(recent), stays(past)];
  const [days, pastDays] = [(medianOf(now) ?? 0) / dayMs, (medianOf(before) ?? 0) / dayMs];
  return {
    key: keyOf('time', subject),
    measure: 'time',
    ...subject,
    recent: { people: recent.length, value: days },
    past: { people: past.length, value: pastDays },
    byLuck: longerThanLuck(now, before),
    isLarge: days > pastDays && days >= pastDays * (1 + rules.growthMin),
  };
};

const groupsBy = (
  passages: readonly Passage[],
  dimension: Dimension | 'all',
): readonly (readonly [string | null, readonly Passage[]])[] => {
  if (dimension === 'all') return [[null, passages]];
  const groups = Map.groupBy(passages, (passage) => passage[dimension]);
  return [...groups].filter(([group]) => group !== null).sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
};

const isEnough = ({ recent, past }: Windows, rules: SignalRules): boolean =>
  recent.length >= rules.recentMin && past.length >= rules.pastMin;

const compare = { conversion, time } as const satisfies Readonly<Record<Measure, unknown>>;

/** Every comparison that has people enough on both sides, in a fixed order. Pure. */
export const compareWithPast = (
  passages: readonly Passage[],
  rules: SignalRules,
  now: number,
): readonly Finding[] => {
  const byStage = Map.groupBy(passages, ({ stage }) => stage);
  return stages.flatMap((stage) => {
    const horizonDays = rules.horizonDays[stage];
    const own = byStage.get(stage);
    if (horizonDays === undefined || own === undefined) return [];
    return (['all', ...dimensions] as const).flatMap((dimension) =>
      groupsBy(own, dimension).flatMap(([group, members]) => {
        const windows = windowsOf(members, horizonDays * dayMs, rules, now);
        const subject: Subject = { stage, dimension, group, horizonDays };
        return isEnough(windows, rules)
          ? measures.map((measure) => compare[measure](subject, windows, rules))
          : [];
      }),
    );
  });
};

/**
 * The comparison of everybody but for some groups of one dimension; null where too few are left. What explains a change for everybody: without those
 * groups there is none.
 */
export const compareWithout = (
  whole: Finding,
  groups: readonly Finding[],
  passages: readonly Passage[],
  rules: SignalRules,
  now: number,
): Finding | null => {
  const { measure, stage, horizonDays } = whole;
  const isRest = (passage: Passage): boolean =>
    passage.stage === stage &&
    groups.every(({ dimension, group }) => dimension === 'all' || passage[dimension] !== group);
  const windows = windowsOf(passages.filter(isRest), horizonDays * dayMs, rules, now);
  const subject: Subject = { stage, dimension: 'all', group: null, horizonDays };
  return isEnough(windows, rules) ? compare[measure](subject, windows, rules) : null;
};
