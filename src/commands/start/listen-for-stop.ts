/** npm hands the terminal's Ctrl-C on once more: what comes within this time is the same press. */
const samePressMs = 500;

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
  let pressedAt = 0;
  const now = (): void => {
    pressedAt = performance.now();
    soft.abort(new Error('stopped'));
  };
  const press = (): void => {
    if (!soft.signal.aborted) now();
    else if (performance.now() - pressedAt > samePressMs) onSecond();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, press);
  // Whoever read our lines is gone (`npm start | head`): there is nobody left to tell the story to.
  process.stdout.on('error', now);
  return {
    signal: soft.signal,
    requested,
    now,
    dispose: () => {
      for (const name of names) process.off(name, press);
      process.stdout.off('error', now);
    },
  };
};
