import { formFor, type PairMapping } from '../../model/mapping.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { RecordRef } from '../../model/system.ts';
import { blank, type Canonical } from '../../model/value.ts';
import { compareValues, shownText } from './compare-values.ts';
import { textSimilarity } from './text.ts';
import { type Weight, weightOf } from './weights.ts';

/** One field of a record beside the same of a candidate. */
export interface FieldComparison {
  /** The mapping's field name. */
  readonly field: string;
  /** Both values as they stand; null where blank. */
  readonly own: string | null;
  readonly theirs: string | null;
  /** 0 to 1; null where one is blank. */
  readonly similarity: number | null;
  /** What it adds to the candidate's points; below zero where it speaks against it. */
  readonly points: number;
  readonly why: string;
}

export interface RankedCandidate {
  readonly ref: RecordRef;
  /** From 1; candidates with equal points share one. */
  readonly place: number;
  /** 0 to 1: the points as a share of what a record with every one of this record's values would get. No probability. */
  readonly score: number;
  /** Every compared field in which one of the two has a value, the most telling first. */
  readonly fields: readonly FieldComparison[];
}

/** Between strangers (0.6 by Jaro-Winkler, by chance) and equals a value's points go from `differ` to `agree` in a straight line. */
const strangers = 0.6;

const pointsOf = ({ agree, differ }: Weight, similarity: number): number =>
  differ + (agree - differ) * Math.max(0, (similarity - strangers) / (1 - strangers));

/** What values that stand in each other's field lose: it happens, and less often than that they are two people's. */
const crossedShare = 0.9;

const valuesOf = (pair: PairMapping, { ref, fields }: RecordSnapshot): ReadonlyMap<string, Canonical> => {
  const form = formFor(pair, ref.system, ref.type);
  return new Map(
    form.fields.map((field) => [
      field.name,
      field.codecs[ref.system].decode(fields[field.fields[ref.system]] ?? null),
    ]),
  );
};

type Values = ReadonlyMap<string, Canonical>;

const compareField = (name: string, weight: Weight, own: Values, theirs: Values): FieldComparison => {
  const [here, there] = [own.get(name) ?? blank, theirs.get(name) ?? blank];
  const likeness = compareValues(weight.by, here, there);
  const shown = { field: name, own: shownText(here), theirs: shownText(there) };
  if (likeness === null) return { ...shown, similarity: null, points: 0, why: 'blank on one side' };
  const { similarity, why } = likeness;
  return { ...shown, similarity, points: pointsOf(weight, similarity), why };
};

const firstName = 'firstname';
const lastName = 'lastname';

const sumOf = (comparisons: readonly FieldComparison[]): number =>
  comparisons.reduce((sum, { points }) => sum + points, 0);

/** The two names as one, where one of the two records has both in one field or they are exchanged; null where that is no better. */
const compareWholeNames = (
  direct: readonly FieldComparison[],
  weights: ReadonlyMap<string, Weight>,
): readonly FieldComparison[] | null => {
  const names = direct.filter(({ field }) => field === firstName || field === lastName);
  const [here, there] = (['own', 'theirs'] as const).map((side) =>
    names.flatMap((each) => each[side] ?? []).join(' '),
  );
  if (!here || !there || names.length < 2) return null;
  const similarity = textSimilarity(here, there) * crossedShare;
  const whole = names.map((each): FieldComparison => {
    const weight = weights.get(each.field);
    const points = weight ? pointsOf(weight, similarity) : 0;
    return { ...each, similarity, points, why: 'first and last name compared as one' };
  });
  return sumOf(whole) > sumOf(names) ? whole : null;
};

const compareRecords = (
  weights: ReadonlyMap<string, Weight>,
  own: Values,
  theirs: Values,
): readonly FieldComparison[] => {
  const direct = [...weights].map(([name, weight]) => compareField(name, weight, own, theirs));
  const whole = compareWholeNames(direct, weights) ?? [];
  const byName = new Map(whole.map((each) => [each.field, each]));
  return direct
    .map((each) => byName.get(each.field) ?? each)
    .filter(({ own: here, theirs: there }) => here !== null || there !== null)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
};

/** Points that differ by less are equal: sums of fractions in another order. */
const equalWithin = 1e-9;

/**
 * Ranks candidates of either side by how alike they are to a record, the most alike first; equals stay in the order given. Pure, on
 * canonical values; each candidate is read in the form of its own object. It only ranks: nothing is linked by it.
 */
export const rankCandidates = (
  pair: PairMapping,
  record: RecordSnapshot,
  candidates: readonly RecordSnapshot[],
): readonly RankedCandidate[] => {
  const weights = new Map(
    pair.fields.flatMap((field): [string, Weight][] => {
      const weight = weightOf(field);
      return weight === null ? [] : [[field.name, weight]];
    }),
  );
  const own = valuesOf(pair, record);
  const most = [...weights].reduce(
    (sum, [name, { agree }]) => sum + ((own.get(name) ?? blank).kind === 'blank' ? 0 : agree),
    0,
  );
  const compared = candidates
    .map((candidate) => {
      const fields = compareRecords(weights, own, valuesOf(pair, candidate));
      return { ref: candidate.ref, fields, points: sumOf(fields) };
    })
    .sort((a, b) => (Math.abs(a.points - b.points) < equalWithin ? 0 : b.points - a.points));
  return compared.map(({ ref, fields, points }) => ({
    ref,
    place: 1 + compared.filter((other) => other.points > points + equalWithin).length,
    score: most === 0 ? 0 : Math.round(Math.min(1, Math.max(0, points / most)) * 100) / 100,
    fields,
  }));
};
