import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  dailyProbeMs,
  dailyWindowMs,
  type PermitRequest,
  type PermitStore,
  permitStaleMs,
  type Taken,
  type WorkClass,
} from '../../../src/model/budget.ts';
import type { LaneLimit } from '../../../src/model/lane-limit.ts';

/** A store under test with hands on its clock. */
export interface PermitStoreHarness {
  /** An empty store each time. */
  readonly store: PermitStore;
  /** Moves the store's time forward; a store on a real clock moves all the times it holds back instead. */
  advance(ms: number): Promise<void>;
  /** The store's time as far as the test can know it. */
  now(): number;
  /** How far `now` may be off; 0 for a clock that stands still between two advances. */
  readonly toleranceMs: number;
  close(): Promise<void>;
}

const limit: LaneLimit = { calls: 3, windowMs: 10_000 };
const granted = (taken: Taken): readonly string[] => ('granted' in taken ? taken.granted : []);
const why = (taken: Taken): string => ('granted' in taken ? 'granted' : taken.why);
const waitMs = (taken: Taken): number => ('granted' in taken ? 0 : taken.waitMs);

/** One permit of HubSpot's standard lane for a live edit, or what is asked for instead. */
export const asked = (more: Partial<PermitRequest> = {}): PermitRequest => ({
  ...{ system: 'hubspot', lane: 'standard', count: 1, soon: 0, redeems: null, waiter: 'somebody' },
  ...{ workClass: 'live', begun: false, limit, dailyShare: 1 },
  ...more,
});

/** What every PermitStore must do, whatever it is made of. */
export const permitStoreContract = (name: string, makeHarness: () => Promise<PermitStoreHarness>): void => {
  describe(`permit store: ${name}`, () => {
    let harness: PermitStoreHarness;
    let store: PermitStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(async () => await harness.close());

    const take = (count = 1, workClass: WorkClass = 'live', within = limit, share = 1): Promise<Taken> =>
      store.take(asked({ count, workClass, limit: within, dailyShare: share }));

    it('grants up to the limit, then says how long the burst lasts', async () => {
      expect(granted(await take(2))).toHaveLength(2);
      expect(granted(await take(1))).toHaveLength(1);
      const refused = await take();
      expect(why(refused)).toBe('burst');
      expect(waitMs(refused)).toBeGreaterThanOrEqual(1);
    });

    it('grants all or none', async () => {
      await take(2);
      expect(why(await take(2))).toBe('burst');
      expect(why(await take(1))).toBe('granted');
    });

    it('counts a permit until the window after its call ended, not after it was taken', async () => {
      const permits = granted(await take(3));
      await harness.advance(60_000);
      expect(why(await take())).toBe('burst');
      await store.end(permits);
      const refused = await take();
      expect(waitMs(refused)).toBeGreaterThan(limit.windowMs - 1_000);
      expect(waitMs(refused)).toBeLessThanOrEqual(limit.windowMs);
      await harness.advance(limit.windowMs - 1_000);
      expect(why(await take())).toBe('burst');
      await harness.advance(1_000);
      expect(granted(await take(3))).toHaveLength(3);
    });

    it('ends a permit once: a second end does not renew it', async () => {
      const permits = granted(await take(3));
      await store.end(permits);
      await harness.advance(limit.windowMs / 2);
      await store.end([...permits, ...permits]);
      await harness.advance(limit.windowMs / 2);
      expect(granted(await take(3))).toHaveLength(3);
    });

    it('frees permits that are given back at once', async () => {
      const permits = granted(await take(3));
      await store.giveBack(permits.slice(0, 2));
      expect(granted(await take(2))).toHaveLength(2);
      expect(why(await take())).toBe('burst');
    });

    it('treats a window of 0 as a limit on concurrency', async () => {
      const concurrency: LaneLimit = { calls: 1, windowMs: 0 };
      const permits = granted(await take(1, 'live', concurrency));
      expect(why(await take(1, 'live', concurrency))).toBe('burst');
      await store.end(permits);
      expect(why(await take(1, 'live', concurrency))).toBe('granted');
    });

    it('counts the permits of a dead process as ended once they are stale', async () => {
      await take(3);
      await harness.advance(permitStaleMs - 1_000);
      expect(why(await take())).toBe('burst');
      await harness.advance(1_000 + limit.windowMs);
      expect(granted(await take(3))).toHaveLength(3);
    });

    it('refuses to wait for what can never be granted', async () => {
      await expect(take(4)).rejects.toThrow(RangeError);
      await expect(take(0)).rejects.toThrow(RangeError);
    });

    it('keeps systems and lanes apart', async () => {
      await take(3);
      expect(why(await store.take(asked({ lane: 'search', count: 3 })))).toBe('granted');
      expect(why(await store.take(asked({ system: 'salesforce', count: 3 })))).toBe('granted');
      expect(why(await take())).toBe('burst');
    });

    it('pauses one lane of one system, and a shorter pause does not cut a longer one', async () => {
      await store.pause('hubspot', 'standard', 20_000, 'DAILY');
      await store.pause('hubspot', 'standard', 5_000, 'TEN_SECONDLY_ROLLING');
      const refused = await take(1, 'consent');
      expect(why(refused)).toBe('paused');
      expect(waitMs(refused)).toBeGreaterThan(15_000);
      expect(waitMs(refused)).toBeLessThanOrEqual(20_000);
      expect(why(await store.take(asked({ lane: 'search' })))).toBe('granted');
      expect(why(await store.take(asked({ system: 'salesforce' })))).toBe('granted');
      await harness.advance(20_000);
      expect(why(await take())).toBe('granted');
    });

    it.each([
      ['consent', 50],
      ['live', 47],
      ['sweep', 42],
      ['backfill', 35],
    ] as const)('stops %s at its part of the daily share', async (workClass, allowed) => {
      await store.observeDaily('hubspot', { limit: 100, used: 10 });
      const wide: LaneLimit = { calls: 100, windowMs: 0 };
      await store.book('hubspot', 'list', allowed - 1);
      expect(why(await take(2, workClass, wide, 0.5))).toBe('daily');
      const permits = granted(await take(1, workClass, wide, 0.5));
      expect(permits).toHaveLength(1);
      await store.book('hubspot', 'read', 1);
      await store.end(permits);
      const refused = await take(1, workClass, wide, 0.5);
      expect(why(refused)).toBe('daily');
      expect(waitMs(refused)).toBeGreaterThanOrEqual(1);
      expect(waitMs(refused)).toBeLessThanOrEqual(dailyProbeMs);
      expect(why(await store.take(asked({ system: 'salesforce', workClass })))).toBe('granted');
    });

    it('counts what is held and not booked yet against the share, on all lanes, but not for what has begun', async () => {
      await store.observeDaily('hubspot', { limit: 100, used: 10 });
      await store.book('hubspot', 'list', 6);
      const share = { limit: { calls: 100, windowMs: 0 }, dailyShare: 0.1 };
      const [held = ''] = granted(await store.take(asked({ ...share, lane: 'search' })));
      // A call of associations holds a standard permit as well, and counts once.
      await store.take(asked({ ...share, lane: 'associations' }));
      const reserved = granted(await store.take(asked({ ...share, count: 2 })));
      const refused = await store.take(asked(share));
      expect(why(refused)).toBe('unbooked');
      expect(waitMs(refused)).toBeLessThanOrEqual(1_000);
      const more = await store.take(asked({ ...share, workClass: 'consent', begun: true }));
      expect(why(more)).toBe('granted');
      await store.giveBack([...reserved, ...granted(more)]);
      const last = granted(await store.take(asked({ ...share, count: 2 })));
      await store.book('hubspot', 'read', 3);
      await store.end([held, ...last]);
      expect(why(await store.take(asked(share)))).toBe('daily');
      expect(why(await store.take(asked({ ...share, workClass: 'consent' })))).toBe('granted');
    });

    it('lowers a lane for everyone after a refusal, once for those refused together, and gives it back with time', async () => {
      const wide: LaneLimit = { calls: 100, windowMs: 10_000 };
      const inForce = async () => {
        const taken = await store.take(asked({ limit: wide }));
        if (!('granted' in taken)) throw new Error(`waits: ${taken.why}`);
        await store.giveBack(taken.granted);
        return taken.limit;
      };
      expect(await inForce()).toEqual(wide);
      for (let call = 0; call < 5; call += 1) await store.refused('hubspot', 'standard', wide, 50);
      expect(await inForce()).toEqual({ ...wide, calls: 80 });
      expect(granted(await store.take(asked({ limit: wide, count: 80 })))).toHaveLength(80);
      expect(why(await store.take(asked({ limit: wide })))).toBe('burst');
      await harness.advance(30_000);
      await store.refused('hubspot', 'standard', wide, 50);
      await harness.advance(permitStaleMs);
      expect(await inForce()).toEqual({ ...wide, calls: 74 });
      await harness.advance(240_000);
      expect(await inForce()).toEqual(wide);
      expect(await store.take(asked({ limit: wide, lane: 'search' }))).toMatchObject({ limit: wide });
    });

    it('goes by the window that answers tell, less what others use of it, and never above the configured one', async () => {
      const wide: LaneLimit = { calls: 190, windowMs: 10_000 };
      const limitNow = async (count = 1): Promise<number> => {
        const taken = await store.take(asked({ limit: wide, count }));
        return 'granted' in taken ? taken.limit.calls : -1;
      };
      const tell = async (calls: number, remaining: number, windowMs = 10_000) =>
        store.observeWindow('hubspot', 'standard', { calls, windowMs, remaining }, 100);
      expect(await limitNow(5)).toBe(190);
      // The five of ours explain what is missing of 95; of 60 that are missing, 54 are of others, whose use may grow by five.
      await tell(95, 90);
      expect(await limitNow()).toBe(95);
      await tell(95, 35);
      expect(await limitNow()).toBe(95 - 54 - 5);
      await harness.advance(10_001);
      expect(await limitNow()).toBe(95);
      await tell(500, 400);
      expect(await limitNow()).toBe(190);
      await tell(19, 3, 1_000);
      expect(await limitNow()).toBe(190);
    });

    it('forgets booked calls after a day', async () => {
      await store.observeDaily('hubspot', { limit: 10, used: 0 });
      await store.book('hubspot', 'read', 10);
      expect(why(await take())).toBe('daily');
      // Stores may round to whole hours.
      await harness.advance(dailyWindowMs + 60 * 60_000);
      expect(why(await take())).toBe('granted');
    });

    it('has no daily stop while the vendor has not told its limit', async () => {
      await store.book('hubspot', 'read', 1_000_000);
      expect(why(await take())).toBe('granted');
    });

    it('waits when others used up the whole quota, and probes again after a while', async () => {
      await store.observeDaily('hubspot', { limit: 100, used: 100 });
      expect(why(await take(1, 'consent'))).toBe('daily');
      await harness.advance(dailyProbeMs);
      expect(why(await take(1, 'consent'))).toBe('granted');
      await store.observeDaily('hubspot', { limit: 100, used: 3 });
      expect(why(await take(1, 'consent'))).toBe('granted');
    });

    it('never has more than the limit within a window, whatever the interleaving', async () => {
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('take'),
          counts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
        }),
        fc.record({ kind: fc.constant('end'), nth: fc.nat(5) }),
        fc.record({ kind: fc.constant('giveBack'), nth: fc.nat(5) }),
        fc.record({ kind: fc.constant('advance'), ms: fc.integer({ min: 1, max: 9_000 }) }),
      );
      await fc.assert(
        fc
          .asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
            // An empty store per run: only the time and the permits of this run are looked at.
            const open: string[] = [];
            const ended = new Map<string, number>();
            const counting = (): number => {
              const now = harness.now() + harness.toleranceMs;
              return open.length + [...ended.values()].filter((at) => at + limit.windowMs > now).length;
            };
            for (const each of steps) {
              if (each.kind === 'advance') await harness.advance(each.ms);
              if (each.kind === 'end') {
                for (const id of open.splice(each.nth, 1)) {
                  ended.set(id, harness.now());
                  await store.end([id]);
                }
              }
              if (each.kind === 'giveBack') await store.giveBack(open.splice(each.nth, 1));
              if (each.kind !== 'take') continue;
              const answers = await Promise.all(each.counts.map((count) => take(count)));
              for (const [index, taken] of answers.entries()) {
                if ('granted' in taken) expect(taken.granted).toHaveLength(each.counts[index] ?? -1);
              }
              open.push(...answers.flatMap(granted));
              expect(new Set(open).size).toBe(open.length);
              expect(counting()).toBeLessThanOrEqual(limit.calls);
              // Alive as well as safe: with room left, one more is granted.
              if (counting() < limit.calls && harness.toleranceMs === 0) {
                const more = granted(await take(1));
                expect(more).toHaveLength(1);
                open.push(...more);
              }
            }
          })
          .beforeEach(async () => {
            await harness.close();
            harness = await makeHarness();
            store = harness.store;
          }),
        { numRuns: 40, interruptAfterTimeLimit: 10_000 },
      );
    });
  });
};
