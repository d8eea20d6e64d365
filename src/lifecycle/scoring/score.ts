import { domainOf } from '../../model/domain.ts';
import type { RawFields } from '../../model/value.ts';
import { type EngagementTally, leftOf } from './engagement.ts';
import type { EngagementRule, Grade, Level, ScoringModel } from './model.ts';

/** The merged record as rules see it: each system's fields by API name. */
export interface Person {
  /** Stable for good: cohorts are drawn by it. */
  readonly id: string;
  readonly contact: RawFields;
  readonly lead: RawFields;
  readonly email: string | null;
  readonly owner: string | null;
}

/** One line of the explanation. The points of all lines add up to the score before it is cut to 0-100 and rounded. */
export interface ScoreLine {
  readonly kind: 'fit' | 'engagement' | 'property' | 'cap';
  readonly rule: string;
  readonly points: number;
  /** How often it happened, and when last; null for what somebody is. */
  readonly count: number | null;
  readonly newestAt: number | null;
}

export interface Score {
  /** 0 to 100, a whole number. */
  readonly score: number;
  readonly fit: Grade;
  readonly engagement: Level;
  readonly fitPoints: number;
  readonly engagementPoints: number;
  readonly lines: readonly ScoreLine[];
  /** When the newest thing happened that gives points now; null where nothing does. */
  readonly newestAt: number | null;
}

/** Sums in another order differ in the last bits; points are told to a millionth, which no two orders tell differently. */
const exact = (points: number): number => Math.round(points * 1e6) / 1e6 + 0;

/** The names that rules use. */
export const namesOf = (person: Person, { lists }: ScoringModel): Readonly<Record<string, unknown>> => ({
  contact: person.contact,
  lead: person.lead,
  email: {
    address: person.email,
    domain: person.email === null ? null : domainOf(person.email.split('@').at(-1) ?? ''),
  },
  lists,
});

const capped = (points: number, cap: number): number => Math.max(-cap, Math.min(cap, points));

const engagementLine = (rule: EngagementRule, tally: EngagementTally, now: number): ScoreLine[] => {
  const own = Object.hasOwn(tally, rule.name) ? tally[rule.name] : undefined;
  if (own === undefined) return [];
  const left = own.value * leftOf(now - own.asOf, rule.halfLifeMs);
  const points = exact(capped(left, rule.cap));
  return [{ kind: 'engagement', rule: rule.name, points, count: own.count, newestAt: own.newestAt }];
};

const sum = (lines: readonly ScoreLine[]): number =>
  exact(lines.reduce((total, { points }) => total + points, 0));

/** A line that says what the cap of a half took away. */
const capLine = (half: string, points: number, cap: number): ScoreLine[] =>
  points > cap
    ? [
        {
          kind: 'cap',
          rule: `${half}: at most ${cap}`,
          points: exact(cap - points),
          count: null,
          newestAt: null,
        },
      ]
    : [];

const gradeOf = (points: number, bars: ScoringModel['fit']['grades']): Grade =>
  (['A', 'B', 'C'] as const).find((grade) => points >= bars[grade]) ?? 'D';
const levelOf = (points: number, bars: ScoringModel['engagement']['levels']): Level =>
  ([1, 2, 3] as const).find((level) => points >= bars[level]) ?? 4;

const newestOf = (lines: readonly ScoreLine[]): number | null => {
  const times = lines.flatMap(({ newestAt, points }) => (newestAt !== null && points > 0 ? [newestAt] : []));
  return times.length === 0 ? null : Math.max(...times);
};

const propertyLines = (from: string, person: Person): readonly ScoreLine[] => {
  const value = Number(person.contact[from] ?? 0);
  const points = Number.isFinite(value) ? exact(value) : 0;
  return [{ kind: 'property', rule: from, points, count: null, newestAt: null }];
};

/** Which rules count: all, or those that opens alone do not feed. */
type Counts = (rule: EngagementRule) => boolean;

const allRules: Counts = () => true;
export const withoutOpens: Counts = ({ on }) => !(on.size === 1 && on.has('emailOpen'));

/** The score at a moment, explained line by line. Pure. */
export const scoreOf = (
  person: Person,
  tally: EngagementTally,
  model: ScoringModel,
  now: number,
  counts: Counts = allRules,
): Score => {
  const names = namesOf(person, model);
  const fitLines = model.fit.rules
    .filter(({ when }) => when.holds(names))
    .map(({ name, points }): ScoreLine => ({ kind: 'fit', rule: name, points, count: null, newestAt: null }));
  const engagementLines = model.engagement.rules
    .filter(counts)
    .flatMap((rule) => engagementLine(rule, tally, now));
  const [fitSum, engagementSum] = [sum(fitLines), sum(engagementLines)];
  const lines =
    model.from === null
      ? [
          ...fitLines,
          ...capLine('fit', fitSum, model.fit.cap),
          ...engagementLines,
          ...capLine('engagement', engagementSum, model.engagement.cap),
        ]
      : propertyLines(model.from, person);
  return {
    score: Math.round(Math.max(0, Math.min(100, sum(lines)))),
    fit: gradeOf(fitSum, model.fit.grades),
    engagement: levelOf(engagementSum, model.engagement.levels),
    fitPoints: Math.min(fitSum, model.fit.cap),
    engagementPoints: Math.min(engagementSum, model.engagement.cap),
    lines,
    newestAt: newestOf(engagementLines),
  };
};

/** The reason why somebody is never handed over: the first rule of exclusion that holds; null where none does. */
export const excludedBy = (person: Person, model: ScoringModel): string | null => {
  const names = namesOf(person, model);
  return model.excluded.find(({ when }) => when.holds(names))?.name ?? null;
};
