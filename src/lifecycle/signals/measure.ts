import { type Stage, stages } from '../stage/stages.ts';
import { dayMs } from '../stage/timers.ts';
import { longerThanLuck, medianOf, moreThanLuck } from './exact-test.ts';
import type { SignalRules } from './rules.ts';
import { type Dimension, dimensions, type Sample, without } from './samples.ts';

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

type Subject = Pick<Finding, 'stage' | 'dimension' | 'group' | 'horizonDays'>;
type Tallies = Pick<Sample, 'recent' | 'past'>;

const keyOf = (measure: Measure, { stage, dimension, group }: Subject): string =>
  [measure, stage, dimension, ...(group === null ? [] : [group])].join('/');

const conversion = (subject: Subject, { recent, past }: Tallies, rules: SignalRules): Finding => {
  const [rate, pastRate] = [recent.wentOn / recent.people, past.wentOn / past.people];
  return {
    key: keyOf('conversion', subject),
    measure: 'conversion',
    ...subject,
    recent: { people: recent.people, value: rate },
    past: { people: past.people, value: pastRate },
    byLuck: moreThanLuck(
      { hits: recent.people - recent.wentOn, of: recent.people },
      { hits: past.people - past.wentOn, of: past.people },
    ),
    isLarge: rate <= pastRate * (1 - rules.fallMin),
  };
};

const time = (subject: Subject, { recent, past }: Tallies, rules: SignalRules): Finding => {
  const [days, pastDays] = [(medianOf(recent.stays) ?? 0) / dayMs, (medianOf(past.stays) ?? 0) / dayMs];
  return {
    key: keyOf('time', subject),
    measure: 'time',
    ...subject,
    recent: { people: recent.people, value: days },
    past: { people: past.people, value: pastDays },
    byLuck: longerThanLuck(recent.stays, past.stays),
    isLarge: days > pastDays && days >= pastDays * (1 + rules.growthMin),
  };
};

const isEnough = ({ recent, past }: Tallies, rules: SignalRules): boolean =>
  recent.people >= rules.recentMin && past.people >= rules.pastMin;

const compare = { conversion, time } as const satisfies Readonly<Record<Measure, unknown>>;

const byGroup = (a: Sample, b: Sample): number => ((a.group ?? '') < (b.group ?? '') ? -1 : 1);

/** Every comparison that has people enough on both sides, in a fixed order. Pure. */
export const compareWithPast = (samples: readonly Sample[], rules: SignalRules): readonly Finding[] =>
  stages.flatMap((stage) => {
    const horizonDays = rules.horizonDays[stage];
    if (horizonDays === undefined) return [];
    return (['all', ...dimensions] as const).flatMap((dimension) =>
      samples
        .filter((sample) => sample.stage === stage && sample.dimension === dimension)
        .toSorted(byGroup)
        .flatMap((sample) => {
          const subject: Subject = { stage, dimension, group: sample.group, horizonDays };
          return isEnough(sample, rules)
            ? measures.map((measure) => compare[measure](subject, sample, rules))
            : [];
        }),
    );
  });

/**
 * The comparison of everybody but for some groups of one dimension; null where too few are left. What explains a change for everybody: without those
 * groups there is none.
 */
export const compareWithout = (
  whole: Finding,
  groups: readonly Finding[],
  samples: readonly Sample[],
  rules: SignalRules,
): Finding | null => {
  const { measure, stage, horizonDays } = whole;
  const own = samples.filter((sample) => sample.stage === stage);
  const all = own.find(({ dimension }) => dimension === 'all');
  if (all === undefined) return null;
  const parts = own.filter((sample) =>
    groups.some(({ dimension, group }) => sample.dimension === dimension && sample.group === group),
  );
  const rest = parts.reduce<Tallies>(
    ({ recent, past }, part) => ({
      recent: without(recent, part.recent),
      past: without(past, part.past),
    }),
    all,
  );
  const subject: Subject = { stage, dimension: 'all', group: null, horizonDays };
  return isEnough(rest, rules) ? compare[measure](subject, rest, rules) : null;
};
