import { contextFor, type EngineContext } from './engine.ts';
import { notShownCause } from './found.ts';

/** Records of one page: one call of HubSpot's batch read (objects guide, batch: 100 inputs). */
export const presencePageSize = 100;

/** What its place is kept under, beside the cursors of the readers of changes; no object is called so. */
const presenceReader = '#presence';

/**
 * Asks HubSpot, page by page, whether it still shows the records of which the store keeps something: its search shows no record that was
 * archived, merged away or erased, so that where nobody tells of changes no poll finds out. One call for 100 records, and one more where some
 * are not shown. Those become dirty rows, committed with the place; what became of them is found by the look at each. `gapMs`: how long one page is
 * the turn of; one whose time has not come costs nothing. Answers when the next one is due.
 * @throws CallFailed when HubSpot cannot be asked; the place stays
 */
export const sweepPresence = async (context: EngineContext, gapMs: number, now: number): Promise<number> => {
  const { pair, store, systems } = context;
  const type = pair.types.hubspot;
  const place = { pair: pair.name, system: 'hubspot', type: presenceReader } as const;
  const cursor = await store.cursor(pair.name, 'hubspot', presenceReader);
  if (cursor === null) {
    // The first alignment has just seen them all.
    await store.commitSignals([], { cursor: { ...place, at: { stamp: now, id: '' } } });
    return now + gapMs;
  }
  if (now < cursor.stamp + gapMs) return cursor.stamp + gapMs;
  const ids = await store.keptAfter(pair.name, type, cursor.id, presencePageSize);
  const [found, links] = await Promise.all([
    ids.length === 0
      ? new Map()
      : systems.hubspot.readMany(type, ids, [], contextFor(context, 'sweep', 'poll')),
    store.linksOf(pair.name, 'hubspot', ids),
  ]);
  const strange = ids.filter((id) => {
    const record = found.get(id);
    // Of who has no link, or had one, only that there is nobody any more is news.
    if (links.get(id)?.ended !== null) return !record;
    return !record || record.deleted || record.ref.id !== id;
  });
  const marks = strange.map((id) => ({
    pair: pair.name,
    ref: { system: 'hubspot' as const, type, id },
    class: 'sweep' as const,
    stamp: null,
    cause: notShownCause,
  }));
  const isLast = ids.length < presencePageSize;
  // While no worker ran the pages came due all the same: they are taken one after another, to the end of the round.
  const stamp = isLast ? now : cursor.stamp + gapMs;
  await store.commitSignals(marks, {
    cursor: { ...place, at: { stamp, id: isLast ? '' : (ids.at(-1) ?? '') } },
  });
  if (marks.length > 0) context.wake.wake(pair.name);
  return stamp + gapMs;
};
