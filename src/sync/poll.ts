import { journeySignals } from '../model/journeys.ts';
import { formFor } from '../model/mapping.ts';
import type { System } from '../model/system.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { inForm } from './forms.ts';
import { marksOfNews, newsAmong } from './intake.ts';
import { journeyMarks, pressingOn } from './journey-signals.ts';
import { activeContext, readPaused } from './pauses.ts';
import { makePollMemory, type PollMemory } from './poll-memory.ts';
import { clearCallFailure } from './problems.ts';
import { type Reader, readersOf } from './readers.ts';
import { noteUntold } from './untold.ts';

/** What one poll of one system found. */
export interface PollResult {
  readonly seen: number;
  readonly marked: number;
  /** Changes that a live source should have told of. */
  readonly untold: number;
}

const nothing: PollResult = { seen: 0, marked: 0, untold: 0 };

/**
 * Reads what changed in one system since its cursor, less the overlap, and commits the dirty rows of each page together with the
 * cursor behind it. Nothing happens before the first alignment has set the cursor. Signals that `memory` holds end here, and what it knows to
 * be over is not read again. `only`: one of the pair's objects there.
 * @throws CallFailed when the system cannot be polled; what was committed stays.
 */
export const pollOnce = async (
  whole: EngineContext,
  system: System,
  memory = makePollMemory(),
  only?: string,
): Promise<PollResult> => {
  const paused = await readPaused(whole);
  if (paused.blind) return nothing;
  const context = activeContext(whole, paused);
  let total = nothing;
  let hasAsked = false;
  const readers = readersOf(context.pair).filter(
    (each) => each.system === system && (only === undefined || each.type === only),
  );
  for (const reader of readers) {
    const found = await readChanges(context, reader, memory);
    if (found === null) continue;
    hasAsked = true;
    const { seen, marked, untold } = found;
    total = { seen: total.seen + seen, marked: total.marked + marked, untold: total.untold + untold };
  }
  // Where nothing was asked, nothing shows that the system answers.
  if (hasAsked) await clearCallFailure(context, system);
  return total;
};

/** Null where the first alignment has set no cursor yet: nothing is asked. */
const readChanges = async (
  context: EngineContext,
  { system, type, reader }: Reader,
  { signals: memory, starts }: PollMemory,
): Promise<PollResult | null> => {
  const { pair, store, timing } = context;
  const cursor = await store.cursor(pair.name, system, reader);
  if (!cursor) return null;
  let [seen, marked, untold] = [0, 0, 0];
  const beganMs = context.nowMs();
  const from = starts.from(type, cursor, timing.overlapMs[system]);
  let stands = cursor;
  const pages = context.systems[system].changesSince(
    type,
    from.cursor,
    from.overlapMs,
    [...new Set([...fieldsOf(formFor(pair, system, type), system), ...pressingOn(pair, system)])],
    contextFor(context, 'live', 'poll'),
  );
  for await (const page of pages) {
    const fresh = page.records.filter((record) => !memory.has(record));
    const news = await newsAmong(context, fresh);
    untold += await noteUntold(inForm(context, formFor(pair, system, type)), system, news);
    const marks = marksOfNews(pair, news, 'live', `poll of ${system}`);
    const unseen =
      pair.watched === undefined || pair.watchedAlone === true
        ? []
        : page.records.filter((each) => !memory.has(each, journeySignals));
    const journeys = journeyMarks(pair, unseen, 'live', `poll of ${system}`);
    await store.commitSignals([...marks, ...journeys], {
      cursor: { pair: pair.name, system, ...(reader ? { type: reader } : {}), at: page.cursor },
    });
    stands = page.cursor;
    const dirty = new Set(marks.map(({ ref }) => ref.id));
    memory.remember(fresh.filter(({ ref }) => dirty.has(ref.id)));
    // Only the aligned fields are in a signal: of two changes under one stamp, the later may show in none of them.
    memory.remember(
      unseen.filter(({ stamp }) => stamp < (page.openFrom ?? Number.POSITIVE_INFINITY)),
      journeySignals,
    );
    seen += page.records.length;
    marked += marks.length;
    if (marks.length > 0) context.wake.wake(pair.name);
  }
  starts.looked(type, stands, beganMs);
  await context.live?.noteLooked(system, type);
  return { seen, marked, untold };
};
