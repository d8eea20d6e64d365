import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailed, type Failure, type Fault } from '../model/failure.ts';
import { type System, systemLabel } from '../model/system.ts';
import { isListed } from './align.ts';
import type { EngineContext } from './engine.ts';
import { readPaused } from './pauses.ts';
import { type StreamFollower, streamedTypes, tieTypes } from './stream-follower.ts';
import { StreamReader } from './stream-reader.ts';

/** Waits between two tries to open a stream that broke; the last one again and again. */
const reopenAfterMs = [0, 1_000, 2_000, 5_000, 15_000, 60_000] as const;
/** A break that is mended sooner than this is nothing to tell in `status`. */
const quietFailures = 3;
/** Whether the first alignment is over is looked at so often. */
const alignedEveryMs = 1_000;
/** While more than this waits, the first alignment still writes: each of its writes would be an event, and a day has so many. */
const dirtyRowsSettled = 500;

const problemKey = (system: System): string => `${system}:stream`;

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};

const isAligned = async (engine: EngineContext): Promise<boolean> => {
  const { store, pair, mappingHash } = engine;
  if ((await readPaused(engine)).whole) return true;
  const alignment = await store.alignment(pair.name);
  if (alignment?.mappingHash !== mappingHash) return false;
  if (!isListed(alignment)) return false;
  return (await store.workload(pair.name, dirtyRowsSettled + 1)).dirty <= dirtyRowsSettled;
};

/**
 * A first alignment of many records would use up the day's events with its own writes, and is polled anyway: the stream is opened
 * once it is over.
 */
const untilAligned = async ({ engines }: StreamFollower, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const aligned = await Promise.all(engines.map(async (engine) => isAligned(engine)));
    if (aligned.every((isDone) => isDone)) return;
    await pause(alignedEveryMs, signal);
  }
};

const faultOf = ({ category, system }: Failure): Fault =>
  category === 'credentials' ? 'credentials' : category === 'permission' ? 'config' : system;

const nextStep = ({ category, system }: Failure): string =>
  category === 'permission' || category === 'credentials'
    ? `Give the integration user of ${systemLabel[system]} the right to change events (API Enabled, View All Data), or set TANDEM_SALESFORCE_STREAM=off.`
    : 'Nothing to do: it is tried again by itself, and changes are found by polling meanwhile.';

/** A break that only time mends is told once it lasts; one that a person mends at once. */
const report = async (
  { engines, system }: StreamFollower,
  failure: Failure,
  failures: number,
): Promise<void> => {
  const [engine] = engines;
  if (!engine) return;
  const { category, code, message } = failure;
  const next = nextStep(failure);
  engine.events.emit('stream-failed', { system, category, code, message, next });
  if (category === 'unavailable' && failures < quietFailures) return;
  await engine.store.raiseProblem({
    key: problemKey(system),
    what: `${systemLabel[system]} does not tell of changes by itself`,
    cause: `${code}: ${message}`,
    fault: faultOf(failure),
    next,
  });
};

const typesOf = ({ engines, system }: StreamFollower): readonly string[] => [
  ...new Set(engines.flatMap(({ pair }) => [...streamedTypes(pair, system), ...tieTypes(pair, system)])),
];

/** Opens the stream where it was left, and reads until it breaks. */
const readOnce = async (
  follower: StreamFollower,
  signal: AbortSignal,
  onOpened: () => void,
): Promise<void> => {
  const { live, system, stream, engines } = follower;
  const types = typesOf(follower);
  const places = await Promise.all(
    types.map(async (type) => [type, await live.position(system, 'stream', type)] as const),
  );
  const broken = new AbortController();
  const open = await stream.open(new Map(places), AbortSignal.any([signal, broken.signal]));
  const reader = new StreamReader({ follower, open, types, signal, broken });
  try {
    await reader.read(async () => {
      onOpened();
      const [engine] = engines;
      await engine?.store.clearProblem(problemKey(system));
      engine?.events.emit('stream-opened', { system, types: types.join(' '), fresh: open.fresh.join(' ') });
    });
  } finally {
    broken.abort();
    await Promise.all([open.close(), reader.ended]);
  }
};

/**
 * Reads a system's stream of changes until the signal aborts: one process of a fleet does so for all. What it tells becomes dirty rows,
 * committed with the place of reading, so that a successor goes on where this one ended; from a place that is not retained any more it
 * goes on from now, and looks at what changed before. A break is reported, and its types are polled until the stream is back.
 * @throws what the store throws; the caller stands for the office again
 */
export const followStream = async (follower: StreamFollower, signal: AbortSignal): Promise<void> => {
  const { live, system } = follower;
  let failures = 0;
  await live.lost(system, 'stream', typesOf(follower));
  while (!signal.aborted) {
    await untilAligned(follower, signal);
    try {
      if (!signal.aborted) {
        await readOnce(follower, signal, () => {
          failures = 0;
        });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof CallFailed)) throw error;
      failures += 1;
      const backoffMs = reopenAfterMs[Math.min(failures, reopenAfterMs.length) - 1] ?? 0;
      const afterMs = Math.max(backoffMs, error.failure.retryAfterMs ?? 0);
      // What is opened anew at once goes on where it was; a wait is bridged by polling.
      if (afterMs > 0) await live.lost(system, 'stream', typesOf(follower));
      await report(follower, error.failure, failures);
      await pause(afterMs, signal);
    }
  }
};
