import type { WorkClass } from '../model/budget.ts';
import type { WakeHandler } from './wake-queue.ts';

interface Run {
  /** Set when a wake comes while the handler runs: it runs once more, whatever the number of wakes. */
  next: WorkClass | null;
  readonly done: Promise<void>;
}

/**
 * Runs a handler at most once at a time per pair. A wake that comes meanwhile is not lost: what it tells of may have been
 * written after the running handler looked.
 */
export class SingleRunner {
  readonly #runs = new Map<string, Run>();
  readonly #handler: WakeHandler;
  readonly #onError: (pair: string, error: unknown) => void;

  constructor(handler: WakeHandler, onError: (pair: string, error: unknown) => void) {
    this.#handler = handler;
    this.#onError = onError;
  }

  /** Resolves when the run that this wake began has ended; at once when one was running, which then runs again. */
  async wake(pair: string, workClass: WorkClass): Promise<void> {
    const running = this.#runs.get(pair);
    if (running !== undefined) {
      running.next = workClass;
      return;
    }
    const run: Run = { next: workClass, done: Promise.resolve().then(() => this.#loop(pair, run)) };
    this.#runs.set(pair, run);
    await run.done;
  }

  /** Waits for the handlers that run; wakes that are still to run are dropped. */
  async drain(): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const run of runs) run.next = null;
    await Promise.all(runs.map((run) => run.done));
  }

  async #loop(pair: string, run: Run): Promise<void> {
    for (let workClass = run.next; workClass !== null; workClass = run.next) {
      run.next = null;
      try {
        await this.#handler(pair, workClass);
      } catch (error) {
        this.#onError(pair, error);
      }
    }
    this.#runs.delete(pair);
  }
}

/** Folds a burst of wakes of one pair into one call of `send`, made after `waitMs`. The strongest class is the caller's affair. */
export class WakeBurst {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #send: (pair: string, workClass: WorkClass) => void;
  readonly #waitMs: number;

  constructor(waitMs: number, send: (pair: string, workClass: WorkClass) => void) {
    this.#waitMs = waitMs;
    this.#send = send;
  }

  wake(pair: string, workClass: WorkClass): void {
    const key = `${pair} ${workClass}`;
    if (this.#timers.has(key)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#send(pair, workClass);
    }, this.#waitMs);
    this.#timers.set(key, timer.unref());
  }

  /** Drops what was not sent yet: the store still knows it. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
