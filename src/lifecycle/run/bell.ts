import { setTimeout as sleep } from 'node:timers/promises';

/** Ends a wait early: there is something to do. A ring while nobody waits is heard by the next wait, which does not begin. */
export class Bell {
  #isRung = false;
  #waiting: AbortController | null = null;

  ring(): void {
    this.#isRung = true;
    this.#waiting?.abort();
  }

  /** Waits so long, or until it rings or the signal aborts. For one who waits at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung && !signal.aborted) {
      const waiting = new AbortController();
      const end = (): void => waiting.abort();
      this.#waiting = waiting;
      signal.addEventListener('abort', end, { once: true });
      await sleep(ms, undefined, { signal: waiting.signal }).catch(() => undefined);
      signal.removeEventListener('abort', end);
      this.#waiting = null;
    }
    this.#isRung = false;
  }
}
