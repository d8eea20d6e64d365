import { once } from 'node:events';
import type { Workload } from '../model/state.ts';
import { unitsPerBatch } from './reservation.ts';

/** Due work waits no longer than this for a full batch: short beside any poll's interval, and long beside a page's way. */
const fillMsDefault = 1_000;

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/**
 * Fills batches. Polls and listings bring work page by page; a batch claimed after the first page of a stream would be part-full, and
 * each call would carry half of what it could. While a stream runs, work waits until a full batch is due or the stream has
 * ended, for a second at most. Batches are claimed one after another, so that two at once do not share one batch's work.
 */
export class BatchFill {
  private streams = 0;
  /** Resolves when a stream brings something or ends. */
  private news = Promise.withResolvers<void>();
  private turn: Promise<void> = Promise.resolve();

  private readonly fillMsMax: number;

  constructor(fillMsMax = fillMsDefault) {
    this.fillMsMax = fillMsMax;
  }

  /** Runs something that brings work. */
  async whileStreaming<T>(bring: () => Promise<T>): Promise<T> {
    this.streams += 1;
    try {
      return await bring();
    } finally {
      this.streams -= 1;
      this.tell();
    }
  }

  /** Says that there is more work than before. */
  tell(): void {
    const { resolve } = this.news;
    this.news = Promise.withResolvers();
    resolve();
  }

  /**
   * Waits for its turn and until a batch is worth claiming, then runs `work`, which calls `claimed` once it holds its units; then
   * the next may claim. Nothing due: null.
   */
  async next<T>(
    readWorkload: () => Promise<Workload>,
    signal: AbortSignal,
    work: (workload: Workload, claimed: () => void) => Promise<T>,
  ): Promise<T | null> {
    const before = this.turn;
    const { promise, resolve: claimed } = Promise.withResolvers<void>();
    this.turn = promise;
    await before;
    try {
      const workload = await this.untilWorthwhile(readWorkload, signal);
      return workload.due === 0 ? null : await work(workload, claimed);
    } finally {
      claimed();
    }
  }

  private async untilWorthwhile(
    readWorkload: () => Promise<Workload>,
    signal: AbortSignal,
  ): Promise<Workload> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(this.fillMsMax)]);
    for (;;) {
      const isLast = this.streams === 0 || over.aborted;
      const news = this.news.promise;
      const workload = await readWorkload();
      if (isLast || workload.due >= unitsPerBatch) return workload;
      await Promise.race([news, aborted(over)]);
    }
  }
}
