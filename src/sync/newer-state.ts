import type { RecordRef } from '../model/system.ts';
import { type Draft, lookAgain } from './draft.ts';
import type { EngineContext } from './engine.ts';
import type { Seeker } from './lookup.ts';
import type { Candidates } from './match.ts';

/**
 * Something else than a read by id told of a newer state of a record: that is a signal, below which the next read is stale. False where a signal
 * of that time was waited for already, and is not believed any more (sync/found.ts).
 */
export const signalNewer = (
  { pair }: EngineContext,
  draft: Draft,
  ref: RecordRef,
  stamp: number,
  cause: string,
): boolean => {
  const isKnown = draft.unit.dirty.some(
    (row) => row.ref.system === ref.system && row.ref.id === ref.id && (row.stamp ?? 0) >= stamp,
  );
  if (!isKnown) draft.marks.push({ pair: pair.name, ref, class: 'live', stamp, cause });
  return !isKnown;
};

/**
 * Those whose own record the lookup did not show as it was changed after its read. Its values would be settled, and written over, as they were
 * before that change; only a read by id feeds a merge, so that it is read again.
 */
export const withoutChanged = <S extends Seeker & { readonly draft: Draft }>(
  context: EngineContext,
  candidates: ReadonlyMap<S, Candidates>,
): ReadonlyMap<S, Candidates> =>
  new Map(
    [...candidates].filter(([{ draft, record }, { shownAt }]) => {
      if (shownAt <= record.stamp) return true;
      const cause = `lookup in ${record.ref.system}`;
      if (!signalNewer(context, draft, record.ref, shownAt, cause)) return true;
      lookAgain(draft, 0);
      return false;
    }),
  );
