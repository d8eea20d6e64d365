import type { Clock } from '../../core/clock.ts';

interface Late {
  readonly dueAt: number;
  readonly write: () => void;
}

/**
 * Figures that a portal writes some time after what they are of. They are written in their order by whichever comes first, a call or the
 * clock, so that neither a test without timers nor a webhook without calls misses them.
 */
export class LateFigures {
  readonly #clock: Clock;
  #waiting: Late[] = [];
  #stop = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `write` at once without a delay, and never before what waits already. */
  add(delayMs: number, write: () => void): void {
    this.catchUp();
    if (delayMs === 0 && this.#waiting.length === 0) {
      write();
      return;
    }
    const dueAt = Math.max(this.#clock.now() + delayMs, this.#waiting.at(-1)?.dueAt ?? 0);
    this.#waiting.push({ dueAt, write });
    // Rejected by `clear`, when nothing is left to write.
    this.#wakeAt(dueAt, this.#stop.signal).catch(() => undefined);
  }

  /** A timer may fire a millisecond before the clock says so: nothing would be due, and nobody would come again, hence a second one. */
  async #wakeAt(dueAt: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(dueAt - this.#clock.now(), signal);
    if (this.#clock.now() < dueAt) await this.#clock.sleep(dueAt - this.#clock.now(), signal);
    this.catchUp();
  }

  /** Writes what is due. */
  catchUp(): void {
    const now = this.#clock.now();
    while ((this.#waiting[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= now) this.#waiting.shift()?.write();
  }

  /** Writes everything, due or not: what is saved has no timers. */
  flush(): void {
    for (const { write } of this.#waiting.splice(0)) write();
    this.clear();
  }

  clear(): void {
    this.#waiting = [];
    this.#stop.abort();
    this.#stop = new AbortController();
  }
}
