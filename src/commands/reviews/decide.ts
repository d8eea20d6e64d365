import { UsageError } from '../../model/failure.ts';
import { type PairMapping, typesOn } from '../../model/mapping.ts';
import type { Review } from '../../model/state.ts';
import { formatRef, otherSystem, type RecordRef, systemLabel } from '../../model/system.ts';
import { isOfDuplicateRule } from '../../sync/duplicates.ts';
import { decidedCause, erasedPrefix, liftedCause } from '../../sync/identity.ts';
import { exitCode } from '../exit.ts';
import { findRecords } from '../find-record.ts';
import { answer, type CommandContext, type StoreOptions } from '../with-store.ts';
import { writeOne } from '../write-one.ts';

const howTo = 'tandem reviews decide RECORD followed by link CANDIDATE, create, or leave';

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

/** The mapping that asks. @throws UsageError where it is gone */
const pairOf = ({ mappings }: CommandContext, review: Review): PairMapping => {
  const pair = mappings.pairs.find(({ name }) => name === review.pair);
  if (pair === undefined)
    throw new UsageError(`No mapping is called ${review.pair} any more.`, 'Put it back.');
  return pair;
};

/** Why nothing can be created for a record in this pair, whatever a person decides. @throws UsageError */
const assertCreates = (pair: PairMapping, ref: RecordRef): void => {
  const target = otherSystem(ref.system);
  const there = systemLabel[target];
  if (!typesOn(pair, ref.system).includes(ref.type) || pair.create[target] === 'never') {
    throw new UsageError(
      `The mapping ${pair.name} creates nothing in ${there}.`,
      `Enter it in ${there} and link it, or set create.${target} in ${pair.file}.`,
    );
  }
};

/** Says that a record is somebody new: it gets a counterpart of its own, whatever candidates there are, and is not asked about again. */
const create = async (context: CommandContext, options: StoreOptions, review: Review): Promise<number> => {
  const { ref } = review;
  const pair = pairOf(context, review);
  assertCreates(pair, ref);
  const isOfErased = review.candidates.length === 0 && !isOfDuplicateRule(review);
  if (isOfErased || review.cause.startsWith(erasedPrefix)) {
    throw new UsageError(
      'The question is not whether it is somebody new: somebody was erased for privacy.',
      'What is left of them is deleted where it is, or let be: tandem reviews decide RECORD leave.',
    );
  }
  await context.store.operator.decideNew(
    review,
    { cause: liftedCause, never: erasedPrefix },
    { pair: pair.name, ref, class: 'live', stamp: null, cause: 'decided by hand: somebody new' },
  );
  const decided = { record: formatRef(ref), create: otherSystem(ref.system) };
  const there = systemLabel[decided.create];
  const words = `${decided.record} is somebody new; a worker creates it in ${there} at once. tandem explain says what became of it.`;
  answer(options, { decided }, words);
  return exitCode.fine;
};

/** Why a candidate cannot be the record's counterpart: it has another one. @throws UsageError */
const assertFree = async (
  { store }: CommandContext,
  { pair, ref }: Review,
  candidate: RecordRef,
): Promise<void> => {
  const links = await store.engine.linksOf(pair, candidate.system, [candidate.id]);
  const link = links.get(candidate.id);
  if (link === undefined || link.ended !== null || link.ids[ref.system] === ref.id) return;
  const here = systemLabel[ref.system];
  const other = formatRef({ ...ref, id: link.ids[ref.system] });
  throw new UsageError(
    `${formatRef(candidate)} is linked with ${other} already.`,
    `If all are one, merge ${formatRef(ref)} and ${other} in ${here}: the link goes to the one that is left.`,
  );
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
  const pair = pairOf(context, review);
  const { ref } = review;
  await assertFree(context, review, candidate);
  const refused = await writeOne(context, ref, { [pair.identity[ref.system]]: candidate.id });
  if (refused !== null) {
    const words = `${systemLabel[ref.system]} refuses it: ${refused.code}: ${refused.message}`;
    answer(options, { decided: null, refused: { code: refused.code, message: refused.message } }, words);
    return exitCode.found;
  }
  await context.store.engine.commitSignals([
    { pair: pair.name, ref, class: 'live', stamp: null, cause: decidedCause },
  ]);
  const decided = { record: formatRef(ref), link: formatRef(candidate) };
  answer(
    options,
    { decided },
    `${decided.record} is to be linked to ${decided.link}; a worker does it at once.`,
  );
  return exitCode.fine;
};

/** Answers an open question: `link CANDIDATE`, `create` a counterpart of its own, or `leave` the record alone. */
export const decideReview = async (
  context: CommandContext,
  options: StoreOptions,
  [record, decision, candidate]: readonly (string | undefined)[],
): Promise<number> => {
  const review = await openReview(context, record);
  if (decision === 'link')
    return link(context, options, review, await candidateOf(context, review, candidate));
  if (decision === 'create') return create(context, options, review);
  if (decision === 'leave') {
    await context.store.operator.leaveReviews([review.unit]);
    const decided = { record: formatRef(review.ref), link: null };
    const words = `${decided.record} is left alone until its candidates are others.`;
    answer(options, { decided }, words);
    return exitCode.fine;
  }
  throw new UsageError(`'${decision ?? ''}' is no decision.`, howTo);
};
