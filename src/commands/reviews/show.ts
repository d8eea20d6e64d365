import { UsageError } from '../../model/failure.ts';
import type { Review } from '../../model/state.ts';
import { formatRef } from '../../model/system.ts';
import type { FieldComparison, RankedCandidate } from '../../sync/similarity/rank-candidates.ts';
import { exitCode } from '../exit.ts';
import { findRecords } from '../find-record.ts';
import { answer, type CommandContext, iso, type StoreOptions } from '../with-store.ts';
import { type Ranking, rankReviews } from './rank.ts';

/** Points to one place: more would pretend to be exact. */
const shortPoints = (points: number): number => Math.round(points * 10) / 10;

const asJson = (review: Review, { candidates, unread, why }: Ranking) => ({
  object: review.pair,
  record: formatRef(review.ref),
  cause: review.cause,
  since: iso(review.since),
  candidates: [...candidates.map(({ ref }) => formatRef(ref)), ...unread.map(formatRef)],
  ranked: candidates.map(({ ref, place, score, fields }) => ({
    record: formatRef(ref),
    place,
    score,
    fields: fields.map((field) => ({ ...field, points: shortPoints(field.points) })),
  })),
  unranked: why,
});

/** A value longer than this, or of several lines, would break the columns. */
const shownMax = 32;

const cell = (value: string | null): string => {
  const line = (value ?? '·').replaceAll(/\s+/g, ' ');
  return line.length <= shownMax ? line : `${line.slice(0, shownMax - 1)}…`;
};

const pad = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const rowOf = ({ field, own, theirs, points, why, similarity }: FieldComparison): readonly string[] => {
  const signed = points > 0 ? `+${shortPoints(points)}` : String(shortPoints(points));
  return [`     ${field}`, cell(own), cell(theirs), similarity === null ? '' : signed, why];
};

const candidateWords = ({ ref, place, score, fields }: RankedCandidate): readonly string[] => [
  `  ${place}. ${formatRef(ref)}  score ${score.toFixed(2)}`,
  ...pad([['     field', 'this record', 'candidate', 'points', 'why'], ...fields.map(rowOf)]),
];

const wordsOf = (review: Review, { candidates, unread, why }: Ranking): readonly string[] => [
  `${formatRef(review.ref)} since ${iso(review.since)}: ${review.cause}`,
  ...candidates.flatMap(candidateWords),
  ...unread.map((ref) => `  ?. ${formatRef(ref)}  not ranked`),
  ...(why === null ? [] : [`  Not ranked: ${why}`]),
];

/** The questions about a record, their candidates side by side with it, the most alike first. */
export const showReviews = async (
  context: CommandContext,
  options: StoreOptions,
  word: string | undefined,
): Promise<number> => {
  if (word === undefined) throw new UsageError('Say which record.', 'tandem reviews lists them.');
  const { reviews } = await context.store.operator.life(await findRecords(context, word));
  const rankings = reviews.length === 0 ? [] : await rankReviews(context, reviews);
  const both = reviews.flatMap((review, index) => {
    const ranking = rankings[index];
    return ranking === undefined ? [] : [{ review, ranking }];
  });
  const words = both.flatMap(({ review, ranking }) => wordsOf(review, ranking));
  answer(
    options,
    { reviews: both.map(({ review, ranking }) => asJson(review, ranking)) },
    both.length === 0 ? 'Nothing of it is to be decided.' : words.join('\n'),
  );
  return both.length === 0 ? exitCode.fine : exitCode.found;
};
