import { onPress, samePressMs } from '../stop-press.ts';

export interface StopPress {
  /** Aborts at the first press (or SIGTERM, or when the terminal is closed). */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly requested: Promise<void>;
  /** Asks to stop for another reason. */
  now(): void;
  dispose(): void;
}

/** The first Ctrl-C asks to stop; a second one calls `onSecond`, which ends everything at once. */
export const listenForStop = (onSecond: () => void): StopPress => {
  const soft = new AbortController();
  const requested = new Promise<void>((resolve) => {
    soft.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let askedAt = 0;
  const now = (): void => {
    askedAt = performance.now();
    soft.abort(new Error('stopped'));
  };
  const silence = onPress(['SIGINT', 'SIGTERM', 'SIGHUP'], () => {
    if (!soft.signal.aborted) now();
    // The worker hears the terminal's Ctrl-C too: that it ends can be known here before the press is.
    else if (performance.now() - askedAt > samePressMs) onSecond();
  });
  // Whoever read our lines is gone (`npm start | head`): there is nobody left to tell the story to.
  process.stdout.on('error', now);
  return {
    signal: soft.signal,
    requested,
    now,
    dispose: () => {
      silence();
      process.stdout.off('error', now);
    },
  };
};
