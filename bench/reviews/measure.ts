import type { PairMapping } from '../../src/model/mapping.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import { sameCanonical } from '../../src/model/value.ts';
import { rankCandidates } from '../../src/sync/similarity/rank-candidates.ts';
import { type Question, rightId } from './questions.ts';

/** Puts candidates into places: the first, or those that share it, by id, and how many stand before the right one. */
export type Ranker = (question: Question) => readonly { readonly id: string; readonly place: number }[];

const placed = (
  candidates: readonly RecordSnapshot[],
  pointsOf: (candidate: RecordSnapshot) => number,
): ReturnType<Ranker> => {
  const points = candidates.map((candidate) => ({ id: candidate.ref.id, points: pointsOf(candidate) }));
  return points.map(({ id, points: own }) => ({
    id,
    place: 1 + points.filter((other) => other.points > own).length,
  }));
};

/** The product's own. */
export const bySimilarity =
  (pair: PairMapping): Ranker =>
  ({ record, candidates }) =>
    rankCandidates(pair, record, candidates).map(({ ref, place }) => ({ id: ref.id, place }));

/** The plain way: how many fields are filled and equal, in the mapping's own canonical form. */
export const byEqualFields =
  (pair: PairMapping): Ranker =>
  ({ record, candidates }) =>
    placed(
      candidates,
      (candidate) =>
        pair.fields.filter(({ fields, codecs }) => {
          const [here, there] = [record, candidate].map(({ ref: { system }, fields: raw }) =>
            codecs[system].decode(raw[fields[system]] ?? null),
          );
          return here && there && here.kind === 'value' && sameCanonical(here, there);
        }).length,
    );

export interface Measured {
  readonly questions: number;
  /** Shares of the questions, 0 to 1. Where several share a place, the right one is as likely as any to be looked at first. */
  readonly first: number;
  readonly firstThree: number;
}

const chanceWithin = (places: ReturnType<Ranker>, within: number): number => {
  const right = places.find(({ id }) => id === rightId)?.place;
  if (right === undefined) return 0;
  const before = right - 1;
  const sharing = places.filter(({ place }) => place === right).length;
  return Math.min(1, Math.max(0, (within - before) / sharing));
};

/** How often the right candidate comes first. */
export const measure = (questions: readonly Question[], ranker: Ranker): Measured => {
  const answers = questions.map(ranker);
  const share = (within: number): number =>
    answers.reduce((sum, places) => sum + chanceWithin(places, within), 0) / questions.length;
  return { questions: questions.length, first: share(1), firstThree: share(3) };
};
