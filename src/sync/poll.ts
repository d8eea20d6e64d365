import type { System } from '../model/system.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { marksOfNews, newsAmong } from './intake.ts';
import { activeContext, readPaused } from './pauses.ts';
import { clearCallFailure } from './problems.ts';
import { SignalMemory } from './signal-memory.ts';
import { noteUntold } from './untold.ts';

/** What one poll of one system found. */
export interface PollResult {
  readonly seen: number;
  readonly marked: number;
}

/**
 * Reads what changed in one system since its cursor, less the overlap, and commits the dirty rows of each page together with the
 * cursor behind it. Nothing happens before the first alignment has set the cursor. Signals that `memory` holds end here.
 * @throws CallFailed when the system cannot be polled; what was committed stays.
 */
export const pollOnce = async (
  whole: EngineContext,
  system: System,
  memory = new SignalMemory(),
): Promise<PollResult> => {
  const paused = await readPaused(whole);
  if (paused.blind) return { seen: 0, marked: 0 };
  const context = activeContext(whole, paused);
  const { pair, store, timing } = context;
  const cursor = await store.cursor(pair.name, system);
  if (!cursor) return { seen: 0, marked: 0 };
  let [seen, marked] = [0, 0];
  const pages = context.systems[system].changesSince(
    pair.types[system],
    cursor,
    timing.overlapMs[system],
    fieldsOf(pair, system),
    contextFor(context, 'live', 'poll'),
  );
  for await (const page of pages) {
    const fresh = page.records.filter((record) => !memory.has(record));
    const news = await newsAmong(context, fresh);
    await noteUntold(context, system, news);
    const marks = marksOfNews(pair, news, 'live', `poll of ${system}`);
    await store.commitSignals(marks, { cursor: { pair: pair.name, system, at: page.cursor } });
    const dirty = new Set(marks.map(({ ref }) => ref.id));
    memory.remember(fresh.filter(({ ref }) => dirty.has(ref.id)));
    seen += page.records.length;
    marked += marks.length;
    if (marks.length > 0) context.wake.wake(pair.name);
  }
  await context.live?.noteLooked(system, pair.types[system]);
  await clearCallFailure(context, system);
  return { seen, marked };
};
