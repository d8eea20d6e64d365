import type { Logger } from '../log.ts';
import { onPress } from './stop-press.ts';

/** After the first signal, what is in flight has this long to finish; the contract gives 15 s in all. */
const finishMs = 12_000;

export interface StopSignal {
  /** Aborts at the first SIGINT or SIGTERM: nothing new is begun. */
  readonly signal: AbortSignal;
  /** Aborts when what is in flight took too long to finish. */
  readonly hardSignal: AbortSignal;
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
  /** Stops for another reason. */
  now(): void;
  dispose(): void;
}

/** The first SIGINT or SIGTERM finishes what is in flight; a second one ends the process at once. */
export const stopSignal = (log: Logger): StopSignal => {
  const soft = new AbortController();
  const hard = new AbortController();
  const requested = new Promise<void>((resolve) => {
    soft.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const stop = (): void => {
    if (soft.signal.aborted) return;
    soft.abort(new Error('stopped'));
    setTimeout(() => hard.abort(new Error('stopped')), finishMs).unref();
  };
  const silence = onPress(['SIGINT', 'SIGTERM'], (name) => {
    if (soft.signal.aborted) process.exit(1);
    log.info({ event: 'stopping', signal: name });
    stop();
  });
  return { signal: soft.signal, hardSignal: hard.signal, requested, now: stop, dispose: silence };
};
