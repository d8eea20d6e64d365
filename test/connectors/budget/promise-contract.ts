import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PermitRequest, type PermitStore, permitStaleMs, promiseMs } from '../../../src/model/budget.ts';
import type { LaneLimit } from '../../../src/model/lane-limit.ts';
import { askAgainMsMax } from '../../../src/model/lane-line.ts';
import { asked, type PermitStoreHarness } from './permit-store-contract.ts';

const limit: LaneLimit = { calls: 4, windowMs: 10_000 };

/** What every PermitStore must do with promises and with those who wait, whatever it is made of. */
export const promiseContract = (name: string, makeHarness: () => Promise<PermitStoreHarness>): void => {
  describe(`promised permits: ${name}`, () => {
    let harness: PermitStoreHarness;
    let store: PermitStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(async () => await harness.close());

    const take = async (more: Partial<PermitRequest> = {}) => store.take(asked({ limit, ...more }));
    /** Its permits, which must be there. */
    const got = async (more: Partial<PermitRequest> = {}) => {
      const taken = await take(more);
      if (!('granted' in taken)) throw new Error(`waits: ${taken.why}`);
      return taken;
    };
    const why = async (more: Partial<PermitRequest> = {}): Promise<string> => {
      const taken = await take(more);
      return 'why' in taken ? taken.why : 'granted';
    };
    const redeem = async (promise: string) => take({ begun: true, redeems: promise, waiter: promise });

    it('are left to what has begun, and given back at once', async () => {
      const { granted, promised } = await got({ soon: 2 });
      expect([granted.length, promised.length]).toEqual([1, 2]);
      const other = await got({ waiter: 'other' });
      expect(await why({ waiter: 'another' })).toBe('burst');
      const [first = '', second = ''] = promised;
      expect(await redeem(first)).toHaveProperty('granted');
      expect(await why({ waiter: 'another' })).toBe('burst');
      await store.giveBack([second]);
      expect(await why({ waiter: 'another' })).toBe('granted');
      // Four calls and no promise: the limit is reached for everybody.
      expect(await why({ begun: true, waiter: 'begun' })).toBe('burst');
      await store.end([...granted, ...other.granted]);
    });

    it('need not stand unused: what is free within two seconds keeps a promise', async () => {
      const early = (await got({ count: 2, waiter: 'early' })).granted;
      await store.end(early);
      await harness.advance(limit.windowMs - promiseMs - 1_000);
      const late = (await got({ waiter: 'late' })).granted;
      // One is free: it is granted alone, as the two that keep the promise are too far away.
      expect(await why({ soon: 1, waiter: 'batch' })).toBe('burst');
      await harness.advance(1_100);
      const { promised } = await got({ soon: 1, waiter: 'batch' });
      // Now all four are in use, and the promise is kept as soon as the early ones stop counting.
      const [promise = ''] = promised;
      const refused = await redeem(promise);
      if ('granted' in refused) throw new Error('more than the limit');
      expect(refused.waitMs).toBeLessThanOrEqual(promiseMs);
      await harness.advance(promiseMs);
      expect(await redeem(promise)).toHaveProperty('granted');
      await store.end(late);
    });

    it('count against the daily share once, and are redeemed when it is used up', async () => {
      await store.observeDaily('hubspot', { limit: 4, used: 0 });
      const wide = { limit: { calls: 100, windowMs: 0 } };
      expect(await why({ ...wide, workClass: 'consent', soon: 4 })).toBe('daily');
      const { promised } = await got({ ...wide, workClass: 'consent', soon: 2 });
      expect(await why({ ...wide, workClass: 'consent', count: 2, waiter: 'other' })).toBe('unbooked');
      await store.book('hubspot', 'read', 4);
      expect(await why({ ...wide, workClass: 'consent', waiter: 'other' })).toBe('daily');
      const taken = await take({ ...wide, begun: true, redeems: promised[0] ?? '', waiter: 'first' });
      expect(taken).toHaveProperty('granted');
    });

    it('of a dead process are nobody’s once they are stale', async () => {
      await got({ soon: 3 });
      await harness.advance(permitStaleMs - 1_000);
      expect(await why({ waiter: 'other' })).toBe('burst');
      await harness.advance(1_000 + limit.windowMs);
      expect(await why({ count: 4, waiter: 'other' })).toBe('granted');
    });

    it('cannot be more than the lane has', async () => {
      await expect(take({ soon: 4 })).rejects.toThrow(RangeError);
    });

    it('teach nothing of what others use of a window: nobody has used them', async () => {
      await got({ soon: 2 });
      await store.observeWindow('hubspot', 'standard', { ...limit, remaining: 1 }, 100);
      // Three are missing and one was ours: of the four, two and a margin are left to others.
      const taken = await got({ begun: true, waiter: 'next' }).catch(String);
      expect(taken).toContain('burst');
    });
  });

  describe(`the line before a lane: ${name}`, () => {
    let harness: PermitStoreHarness;
    let store: PermitStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(async () => await harness.close());

    /** What ends is free at once. */
    const atOnce: LaneLimit = { calls: 4, windowMs: 0 };
    /** Whether this waiter has its permits now. */
    const asks = async (waiter: string, more: Partial<PermitRequest> = {}): Promise<boolean> =>
      'granted' in (await store.take(asked({ limit: atOnce, waiter, ...more })));
    /** All four are in use, and end one by one with `free`. */
    const full = async () => {
      const taken = await store.take(asked({ limit: atOnce, count: 4, waiter: 'all' }));
      if (!('granted' in taken)) throw new Error('not empty');
      const held = [...taken.granted];
      return { free: async () => store.end(held.splice(0, 1)) };
    };

    it('has processes served in the order in which they came, however much they want', async () => {
      const { free } = await full();
      expect(await asks('large', { count: 2 })).toBe(false);
      expect(await asks('small')).toBe(false);
      await free();
      // One is free, and the large one that came first needs two.
      expect(await asks('small')).toBe(false);
      expect(await asks('large', { count: 2 })).toBe(false);
      await free();
      expect(await asks('small')).toBe(false);
      expect(await asks('large', { count: 2 })).toBe(true);
      await free();
      expect(await asks('newcomer')).toBe(false);
      expect(await asks('small')).toBe(true);
    });

    it('lets a stronger class and what has begun go first, in whatever process', async () => {
      const { free } = await full();
      expect(await asks('alignment', { workClass: 'backfill' })).toBe(false);
      expect(await asks('edit', { workClass: 'live' })).toBe(false);
      expect(await asks('half-way', { workClass: 'backfill', begun: true })).toBe(false);
      await free();
      expect(await asks('alignment', { workClass: 'backfill' })).toBe(false);
      expect(await asks('edit', { workClass: 'live' })).toBe(false);
      expect(await asks('half-way', { workClass: 'backfill', begun: true })).toBe(true);
      await free();
      expect(await asks('alignment', { workClass: 'backfill' })).toBe(false);
      expect(await asks('edit', { workClass: 'live' })).toBe(true);
      await free();
      expect(await asks('alignment', { workClass: 'backfill' })).toBe(true);
    });

    it('does not wait for who does not ask again, or waits for something else', async () => {
      const { free } = await full();
      expect(await asks('dead')).toBe(false);
      await harness.advance(askAgainMsMax + 2_000);
      expect(await asks('paused', { workClass: 'consent' })).toBe(false);
      await free();
      await store.pause('hubspot', 'standard', 100, 'DAILY');
      expect(await asks('paused', { workClass: 'consent' })).toBe(false);
      await harness.advance(200);
      expect(await asks('alive')).toBe(true);
    });
  });
};
