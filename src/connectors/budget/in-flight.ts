/** Everything of a gate that is under way, so that closing it can wait for the end of it. */
export interface InFlight {
  /** Runs `work` with a signal that follows `outer` and the closing. @throws the reason of either; what `work` throws */
  run<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts what is under way and waits until all of it has ended; what comes later is refused. */
  close(): Promise<void>;
}

export const makeInFlight = (): InFlight => {
  const running = new Map<AbortController, Promise<unknown>>();
  let closed: Error | null = null;

  return {
    async run(outer, work) {
      if (closed !== null) throw closed;
      outer?.throwIfAborted();
      // Not AbortSignal.any: the outer signal may live as long as the process, and each call would leave a listener on it.
      const controller = new AbortController();
      const follow = (): void => controller.abort(outer?.reason);
      outer?.addEventListener('abort', follow, { once: true });
      const result = work(controller.signal);
      running.set(controller, result);
      try {
        return await result;
      } finally {
        running.delete(controller);
        outer?.removeEventListener('abort', follow);
      }
    },
    async close() {
      closed ??= new Error('This system is not asked any more: the command ends.');
      const ending = [...running];
      for (const [controller] of ending) controller.abort(closed);
      await Promise.allSettled(ending.map(([, result]) => result));
    },
  };
};
