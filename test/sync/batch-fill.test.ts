import { describe, expect, it } from 'vitest';
import type { Workload } from '../../src/model/state.ts';
import { BatchFill } from '../../src/sync/batch-fill.ts';
import { unitsPerBatch } from '../../src/sync/reservation.ts';

const makeWorkload = (due: number): Workload => ({ dirty: due, due, leased: 0, strongest: 'live' });

const never = new AbortController().signal;

/** A claimer whose claims are recorded by how much was due. */
const makeClaimer = (fill: BatchFill, due: () => number, signal = never) => {
  const claims: number[] = [];
  const next = async (): Promise<number | null> =>
    fill.next(
      async () => makeWorkload(due()),
      signal,
      async (workload, claimed) => {
        claims.push(workload.due);
        claimed();
        return workload.due;
      },
    );
  return { claims, next };
};

describe('BatchFill', () => {
  it('claims at once where nothing brings work, and answers null where nothing is due', async () => {
    let due = 3;
    const { next } = makeClaimer(new BatchFill(), () => due);
    expect(await next()).toBe(3);
    due = 0;
    expect(await next()).toBe(null);
  });

  it('waits for a full batch while a stream brings pages', async () => {
    const fill = new BatchFill();
    let due = 0;
    const { claims, next } = makeClaimer(fill, () => due);
    const page = (): void => {
      due += unitsPerBatch / 2;
      fill.tell();
    };
    const streaming = Promise.withResolvers<void>();
    const stream = fill.whileStreaming(async () => streaming.promise);
    const claimed = next();
    page();
    await new Promise(setImmediate);
    expect(claims).toEqual([]);
    page();
    expect(await claimed).toBe(unitsPerBatch);
    streaming.resolve();
    await stream;
  });

  it('takes what there is when the stream ends, also by an error', async () => {
    const fill = new BatchFill();
    const { next } = makeClaimer(fill, () => 7);
    const streaming = Promise.withResolvers<void>();
    const stream = fill.whileStreaming(async () => streaming.promise);
    const claimed = next();
    streaming.reject(new Error('the vendor is down'));
    await expect(stream).rejects.toThrow('the vendor is down');
    expect(await claimed).toBe(7);
  });

  it('takes what there is after a while, however long the stream lasts', async () => {
    const fill = new BatchFill(20);
    const { next } = makeClaimer(fill, () => 7);
    void fill.whileStreaming(async () => Promise.withResolvers<void>().promise);
    expect(await next()).toBe(7);
  });

  it('lets the next one claim only after the one before has claimed', async () => {
    const fill = new BatchFill();
    let due = 5;
    const first = Promise.withResolvers<() => void>();
    const working = fill.next(
      async () => makeWorkload(due),
      never,
      async (_workload, claimed) => {
        first.resolve(claimed);
        return 'first';
      },
    );
    const { next } = makeClaimer(fill, () => due);
    const claimed = await first.promise;
    const second = next();
    due = 0;
    claimed();
    expect(await working).toBe('first');
    expect(await second).toBe(null);
  });

  it('a claim that fails does not keep the next one waiting', async () => {
    const fill = new BatchFill();
    const failing = fill.next(
      async () => {
        throw new Error('the store is away');
      },
      never,
      async () => 'never',
    );
    await expect(failing).rejects.toThrow('the store is away');
    expect(await makeClaimer(fill, () => 1).next()).toBe(1);
  });
});
