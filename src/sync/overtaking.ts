import { type WorkClass, workClasses } from '../model/budget.ts';

/** What a batch may claim, and how long it may wait for permits before it has. */
export interface Bounds {
  /** Ends the wait for permits, of which nothing is claimed yet. */
  readonly signal: AbortSignal;
  /** The weakest class whose rows it may claim; any where it is not given. */
  readonly weakest?: WorkClass;
}

/** A batch gave up waiting for permits: work of a stronger class is due, or the worker ends. */
export const overtaken = Symbol('overtaken');

const isStronger = (one: WorkClass, other: WorkClass): boolean =>
  workClasses.indexOf(one) < workClasses.indexOf(other);

/**
 * Lets stronger work go before a batch that waits for permits. A class that has used its part of the daily limit waits for hours, and every lane
 * with it: what a person edits meanwhile would find none that is free. While it waits, batches of stronger classes take nothing of weaker
 * ones along, which would spend their budget. Batches wait one at a time, since each claims before the next may (batch-fill.ts).
 */
export class Overtaking {
  private waiting: { readonly workClass: WorkClass; readonly stop: AbortController } | null = null;
  /** The class that was overtaken and has had no permits since. */
  private stopped: WorkClass | null = null;

  /** The class that waits for permits at present. */
  get waits(): WorkClass | null {
    return this.waiting?.workClass ?? null;
  }

  /**
   * Runs a batch, which says once it has claimed. `ends`: signals that end its wait as well.
   * @throws what `work` throws
   */
  async run<T>(
    workClass: WorkClass,
    ends: readonly AbortSignal[],
    work: (bounds: Bounds, claimed: () => void) => Promise<T>,
  ): Promise<T | typeof overtaken> {
    const stop = new AbortController();
    const waiting = { workClass, stop };
    const giveUp = (): void => stop.abort(overtaken);
    const begun = (): void => {
      if (this.waiting === waiting) this.waiting = null;
      for (const end of ends) end.removeEventListener('abort', giveUp);
    };
    const claimed = (): void => {
      begun();
      if (this.stopped !== null && !isStronger(workClass, this.stopped)) this.stopped = null;
    };
    // Not AbortSignal.any: these signals live as long as the process, and each batch would leave a listener on them.
    for (const end of ends) end.addEventListener('abort', giveUp, { once: true });
    if (ends.some(({ aborted }) => aborted)) giveUp();
    this.waiting = waiting;
    const isBeforeOthers = this.stopped !== null && isStronger(workClass, this.stopped);
    try {
      return await work({ signal: stop.signal, ...(isBeforeOthers ? { weakest: workClass } : {}) }, claimed);
    } catch (error) {
      if (error === overtaken) return overtaken;
      throw error;
    } finally {
      begun();
    }
  }

  /** Work of this class is due: what waits for permits and is weaker makes way. */
  due(workClass: WorkClass): void {
    const { waiting } = this;
    if (waiting === null || !isStronger(workClass, waiting.workClass)) return;
    this.stopped = waiting.workClass;
    waiting.stop.abort(overtaken);
  }
}
