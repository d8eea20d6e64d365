import { setImmediate as turn } from 'node:timers/promises';
import { vi } from 'vitest';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** One for all: each call has a time-out, most come long after it, and making one costs more than all else of them. */
const timedOut = new DOMException('timed out', 'TimeoutError');

/** Turns of the event loop that are given to promises after each timer; what is computed needs none, native streams a few. */
const turnsPerTimer = 2;

/**
 * Virtual time: timers fire in order as soon as nothing else is left to do, and the clock jumps from one to the next. Everything in the
 * process that asks for the time or waits gets it: `Date`, `setTimeout`, `AbortSignal.timeout`; `node:timers/promises` is
 * mocked by the test file onto `setTimeout`. The same program takes the same course each time.
 */
export class VirtualTime {
  private readonly timers = new Map<number, Timer>();
  private nowMs: number;
  private handles = 0;
  private readonly restore: (() => void)[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  now = (): number => this.nowMs;

  setTimeout = (fire: () => void, ms = 0): number => {
    this.handles += 1;
    const at = this.nowMs + Math.max(0, Number.isFinite(ms) ? Math.ceil(ms) : 0);
    this.timers.set(this.handles, { at, order: this.handles, fire });
    return this.handles;
  };

  clearTimeout = (handle: unknown): void => {
    this.timers.delete(Number(handle));
  };

  /** Takes the place of the process's clock until `uninstall`. */
  install(): void {
    vi.useFakeTimers({ toFake: ['Date'], now: this.nowMs });
    const asTimer = (handle: number) => ({
      [Symbol.toPrimitive]: () => handle,
      unref: () => handle,
      ref: () => handle,
    });
    vi.stubGlobal('setTimeout', (fire: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      asTimer(this.setTimeout(() => fire(...args), ms)),
    );
    vi.stubGlobal('clearTimeout', this.clearTimeout);
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController();
      this.setTimeout(() => controller.abort(timedOut), ms);
      return controller.signal;
    });
    this.restore.push(() => timeout.mockRestore());
  }

  uninstall(): void {
    for (const undo of this.restore.splice(0)) undo();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    this.timers.clear();
  }

  /** Runs the program to its end. @throws when it waits for something that no timer will bring. */
  async run<T>(program: () => Promise<T>): Promise<T> {
    let isOver = false;
    const running = program().finally(() => {
      isOver = true;
    });
    running.catch(() => undefined);
    for (;;) {
      for (let n = 0; n < turnsPerTimer; n += 1) await turn();
      if (isOver) return running;
      const next = this.next();
      if (next === null)
        throw new Error(`at ${new Date(this.nowMs).toISOString()} everything waits and no timer is set`);
      const [handle, timer] = next;
      this.timers.delete(handle);
      this.nowMs = Math.max(this.nowMs, timer.at);
      vi.setSystemTime(this.nowMs);
      timer.fire();
    }
  }

  private next(): readonly [number, Timer] | null {
    let first: readonly [number, Timer] | null = null;
    for (const entry of this.timers) {
      const best = first?.[1];
      if (
        best === undefined ||
        entry[1].at < best.at ||
        (entry[1].at === best.at && entry[1].order < best.order)
      ) {
        first = entry;
      }
    }
    return first;
  }
}

/** `node:timers/promises` on the process's `setTimeout`, which is virtual while a run is under way. */
export const timersPromises = {
  setTimeout: <T>(ms?: number, value?: T, options: { signal?: AbortSignal } = {}): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve(value);
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
