import { setTimeout as delay } from 'node:timers/promises';

/** A tick that runs until it is stopped. */
export interface Tick {
  /** Ends it; resolves when a run under way has ended. */
  stop(): Promise<void>;
}

/**
 * The safety tick: calls `work` every `everyMs`, counted from start to start, never while the last call still runs (then at once
 * after it). What `work` rejects with goes to `onError`, and the tick goes on. The signal aborts when the tick is stopped.
 */
export const startTick = (
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): Tick => {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      try {
        await work(stopping.signal);
      } catch (error) {
        onError(error);
      }
      const left = everyMs - (performance.now() - startedAt);
      // At least a turn of the event loop, so that work that is always late does not starve everything else.
      await delay(Math.max(0, left), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const ended = loop();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
};
