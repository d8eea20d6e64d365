import type { RecordSnapshot } from '../model/record.ts';
import { formatRef, type RecordRef, systems } from '../model/system.ts';
import { type Draft, lookAgain } from './draft.ts';
import type { EngineContext } from './engine.ts';
import type { Looked } from './linked.ts';
import type { Seeker } from './lookup.ts';
import type { Candidates } from './match.ts';

/** HubSpot finds companies by its search, which may stamp a change some milliseconds later than its other answers. */
const searchAheadMs = { hubspot: 1_000, salesforce: 0 } as const;

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

/**
 * What was read is too old to say what became of writes of unknown outcome: they stay open, and the next look finds out. What closes them
 * here would have the next one take a value for settled that they had put in the place of another.
 */
export const leaveUnsure = (draft: Draft): void => {
  const open = new Set(draft.unit.intents.map(({ id }) => id));
  // A link that began by this look has closed its create already.
  if (!draft.closedIntents.some((id) => open.has(id))) return;
  draft.closedIntents = draft.closedIntents.filter((id) => !open.has(id));
  draft.late.clear();
  draft.overwritten = [];
  draft.base = {};
  draft.ledger = [];
};

/**
 * Links of which a lookup, for somebody else of the same batch or for others of the same person, showed no record as it was changed after its read: those of
 * which it did are read again.
 */
export const withoutOutdated = (
  context: EngineContext,
  looked: readonly Looked[],
  shown: readonly RecordSnapshot[],
): readonly Looked[] => {
  const newest = new Map<string, number>();
  for (const { ref, stamp } of shown)
    newest.set(formatRef(ref), Math.max(stamp, newest.get(formatRef(ref)) ?? 0));
  return looked.filter(({ draft, snapshots }) => {
    const outdated = systems.filter((system) => {
      const { ref, stamp } = snapshots[system];
      const shownAt = (newest.get(formatRef(ref)) ?? 0) - searchAheadMs[system];
      return shownAt > stamp && signalNewer(context, draft, ref, shownAt, `lookup in ${system}`);
    });
    if (outdated.length === 0) return true;
    leaveUnsure(draft);
    lookAgain(draft, 0);
    return false;
  });
};
