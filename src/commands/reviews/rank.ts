import { composeSystems } from '../../compose.ts';
import { CallFailed } from '../../model/failure.ts';
import { formFor, type PairMapping, plainFields } from '../../model/mapping.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { Review } from '../../model/state.ts';
import { formatRef, type RecordRef, systemLabel, systems } from '../../model/system.ts';
import { fieldsOf } from '../../sync/engine.ts';
import { type RankedCandidate, rankCandidates } from '../../sync/similarity/rank-candidates.ts';
import type { CommandContext } from '../with-store.ts';

/** The candidates of a question as they are at present, ranked; `unread` are those that no system shows, `why` says why none is. */
export interface Ranking {
  readonly candidates: readonly RankedCandidate[];
  readonly unread: readonly RecordRef[];
  readonly why: string | null;
}

type Read = (pair: PairMapping, refs: readonly RecordRef[]) => Promise<ReadonlyMap<string, RecordSnapshot>>;

const rank = async (pair: PairMapping | undefined, review: Review, read: Read): Promise<Ranking> => {
  const unranked = (why: string): Ranking => ({ candidates: [], unread: review.candidates, why });
  if (pair === undefined) return unranked(`No mapping is called ${review.pair} any more.`);
  try {
    const records = await read(pair, [review.ref, ...review.candidates]);
    const own = records.get(formatRef(review.ref));
    if (own === undefined) return unranked(`${systemLabel[review.ref.system]} does not show the record.`);
    const shown = review.candidates.flatMap((ref) => records.get(formatRef(ref)) ?? []);
    const unread = review.candidates.filter((ref) => !records.has(formatRef(ref)));
    return { candidates: rankCandidates(pair, own, shown), unread, why: null };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { system, code } = error.failure;
    return unranked(`${systemLabel[system]} cannot be asked: ${code}.`);
  }
};

/** Reads the record and the candidates of each question by id, and ranks the candidates by similarity. Writes nothing. */
export const rankReviews = async (
  { settings, mappings, store, log }: CommandContext,
  reviews: readonly Review[],
): Promise<readonly Ranking[]> => {
  const { connections } = settings;
  if (connections === null) {
    const why = 'No credentials are set, so that neither system can be asked.';
    return reviews.map(({ candidates }) => ({ candidates: [], unread: candidates, why }));
  }
  const { connectors } = composeSystems(connections, store.budget, log);
  const call = { class: 'live', purpose: 'match' } as const;
  const read: Read = async (pair, refs) => {
    const kinds = new Map(refs.map((ref) => [`${ref.system} ${ref.type}`, ref]));
    const pages = await Promise.all(
      [...kinds.values()].map(async ({ system, type }) => {
        const ids = refs.filter((ref) => ref.system === system && ref.type === type).map(({ id }) => id);
        const form = formFor(pair, system, type);
        const fields = fieldsOf({ ...form, fields: plainFields(form) }, system);
        return [...(await connectors[system].readMany(type, [...new Set(ids)], fields, call)).values()];
      }),
    );
    return new Map(pages.flat().map((record) => [formatRef(record.ref), record]));
  };
  try {
    return await Promise.all(
      reviews.map(async (review) =>
        rank(
          mappings.pairs.find(({ name }) => name === review.pair),
          review,
          read,
        ),
      ),
    );
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};
