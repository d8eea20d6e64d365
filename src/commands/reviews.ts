import { UsageError } from '../model/failure.ts';
import { formatRef } from '../model/system.ts';
import { exitCode } from './exit.ts';
import { decideReview } from './reviews/decide.ts';
import { showReviews } from './reviews/show.ts';
import { answer, type CommandContext, iso, type StoreOptions, withExistingStore } from './with-store.ts';

/** Questions that `list` shows of each mapping. */
const shownMax = 200;

const list = async (context: CommandContext, options: StoreOptions): Promise<number> => {
  const pages = await Promise.all(
    context.mappings.pairs.map(async ({ name }) => context.store.status.reviews(name, shownMax)),
  );
  const reviews = pages
    .flatMap(({ items }) => items)
    .map((review) => ({
      object: review.pair,
      record: formatRef(review.ref),
      cause: review.cause,
      candidates: review.candidates.map(formatRef),
      since: iso(review.since),
    }));
  const total = pages.reduce((sum, page) => sum + page.total, 0);
  const words = reviews.map(
    ({ record, cause, candidates, since }) =>
      `${record} since ${since}: ${[cause, ...(candidates.length === 0 ? [] : [candidates.join(', ')])].join(': ')}`,
  );
  const more = total > reviews.length ? [`and ${total - reviews.length} more`] : [];
  answer(options, { total, reviews }, total === 0 ? 'Nothing to decide.' : [...words, ...more].join('\n'));
  return total === 0 ? exitCode.fine : exitCode.found;
};

/** Questions for a person. */
export const reviewsCommand = async (options: StoreOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const [action = 'list', word] = options.args;
    if (action === 'list') return list(context, options);
    if (action === 'show') return showReviews(context, options, word);
    if (action === 'decide') return decideReview(context, options, options.args.slice(1));
    throw new UsageError(`tandem reviews knows no '${action}'.`, 'It is list, show or decide.');
  });
