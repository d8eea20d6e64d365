import { UsageError } from '../../model/failure.ts';
import type { Review } from '../../model/state.ts';
import { formatRef, type RecordRef, systemLabel } from '../../model/system.ts';
import { exitCode } from '../exit.ts';
import { findRecords } from '../find-record.ts';
import { answer, type CommandContext, type StoreOptions } from '../with-store.ts';
import { writeOne } from '../write-one.ts';

const howTo = 'tandem reviews decide RECORD link CANDIDATE, or tandem reviews decide RECORD leave';

/** The open question about a record. @throws UsageError where there is none */
const openReview = async (context: CommandContext, word: string | undefined): Promise<Review> => {
  if (word === undefined) throw new UsageError('Say which record.', howTo);
  const { reviews } = await context.store.operator.life(await findRecords(context, word));
  const [review] = reviews;
  if (review === undefined)
    throw new UsageError('Nothing of this record is to be decided.', 'tandem reviews lists what is.');
  return review;
};

/** The candidate that is meant. It has to be one of the question's, on the other side. */
const candidateOf = async (
  context: CommandContext,
  review: Review,
  word: string | undefined,
): Promise<RecordRef> => {
  const named = word === undefined ? [] : await findRecords(context, word);
  const shown = review.candidates.map(formatRef).join(', ');
  const found = review.candidates.find((candidate) =>
    named.some(({ system, id }) => candidate.system === system && candidate.id === id),
  );
  if (found === undefined) throw new UsageError('That is none of its candidates.', `Give one of ${shown}.`);
  if (found.system === review.ref.system) {
    const there = systemLabel[found.system];
    throw new UsageError(
      `Both records are in ${there}, which alone can make one of them.`,
      `Merge them in ${there}; what is left is looked at by itself.`,
    );
  }
  return found;
};

/**
 * Links a record to a candidate at a person's word. The decision is kept where every look begins: in the record's own identity field.
 */
const link = async (
  context: CommandContext,
  options: StoreOptions,
  review: Review,
  candidate: RecordRef,
): Promise<number> => {
  const { pairs } = context.mappings;
  const pair = pairs.find(({ name }) => name === review.pair);
  if (pair === undefined)
    throw new UsageError(`No mapping is called ${review.pair} any more.`, 'Put it back.');
  const { ref } = review;
  const refused = await writeOne(context, ref, { [pair.identity[ref.system]]: candidate.id });
  if (refused !== null) {
    const words = `${systemLabel[ref.system]} refuses it: ${refused.code}: ${refused.message}`;
    answer(options, { decided: null, refused: { code: refused.code, message: refused.message } }, words);
    return exitCode.found;
  }
  await context.store.engine.commitSignals([
    { pair: pair.name, ref, class: 'live', stamp: null, cause: 'decided by hand' },
  ]);
  const decided = { record: formatRef(ref), link: formatRef(candidate) };
  answer(
    options,
    { decided },
    `${decided.record} is to be linked to ${decided.link}; a worker does it at once.`,
  );
  return exitCode.fine;
};

/** Answers an open question: `link CANDIDATE`, or `leave` the record alone. */
export const decideReview = async (
  context: CommandContext,
  options: StoreOptions,
  [record, decision, candidate]: readonly (string | undefined)[],
): Promise<number> => {
  const review = await openReview(context, record);
  if (decision === 'link')
    return link(context, options, review, await candidateOf(context, review, candidate));
  if (decision === 'leave') {
    await context.store.operator.leaveReviews([review.unit]);
    const decided = { record: formatRef(review.ref), link: null };
    const words = `${decided.record} is left alone until its candidates are others.`;
    answer(options, { decided }, words);
    return exitCode.fine;
  }
  throw new UsageError(`'${decision ?? ''}' is no decision.`, howTo);
};
