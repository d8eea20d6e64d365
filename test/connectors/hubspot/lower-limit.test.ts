import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../src/compose.ts';
import type { Gate } from '../../../src/connectors/budget/gate.ts';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { concernsAllLanes } from '../../../src/connectors/hubspot/errors.ts';
import { makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { type Portal, startPortal } from '../../sandbox/hubspot/portal.ts';
import { reading } from './harness.ts';

/**
 * Two workers at one portal: the real client and the shipped limits on one store, all on the portal's own clock, which goes on to the end of
 * the shortest wait whenever no call is under way.
 */
const makeFleet = (portal: Portal) => {
  const now = () => portal.clock.now();
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const store = makeMemoryPermitStore(now);
  let underWay = 0;
  const makeWorker = () => {
    const inner = makeGate({
      ...{ system: 'hubspot', store, limits: limits.hubspot, dailyShare: 1, concernsAllLanes, clock: now },
      onStoreError: (error) => {
        throw error;
      },
      sleep: async (ms, signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const sleeper = { at: now() + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => resolve(), { once: true });
        await promise;
        sleepers.delete(sleeper);
      },
    });
    const gate: Gate = {
      ...inner,
      call: async (context, lane, make) =>
        inner.call(context, lane, async (signal) => {
          underWay += 1;
          return make(signal).finally(() => {
            underWay -= 1;
          });
        }),
    };
    const connector = makeHubSpotConnector({
      ...{ baseUrl: portal.simulator.url, accessToken: makeHubspotTokens(1).integration, gate },
      retryDelayFactor: 0,
    });
    return { gate, read: async () => connector.readMany('contacts', ['1'], ['email'], reading) };
  };
  const workers = [makeWorker(), makeWorker()] as const;

  /** Lets both workers read so often altogether, time going on as long as it takes; what they do not answer is thrown. */
  const read = async (calls: number): Promise<void> => {
    let isDone = false;
    const all = Promise.all(
      Array.from({ length: calls }, async (_, at) => workers[at % 2 === 0 ? 0 : 1].read()),
    );
    all
      .finally(() => {
        isDone = true;
      })
      .catch(() => undefined);
    while (!isDone) {
      await sleep(1);
      if (underWay > 0 || sleepers.size === 0) continue;
      portal.clock.advance(Math.max(0, Math.min(...[...sleepers].map(({ at }) => at)) - now()));
      for (const sleeper of sleepers) if (sleeper.at <= now()) sleeper.wake();
    }
    await all;
  };
  const inForce = () => workers.map(({ gate }) => gate.quota().burstLimit);
  return { read, inForce };
};

describe('a portal that takes fewer calls than the shipped limit', () => {
  let portal: Portal;
  beforeEach(async () => {
    portal = await startPortal();
    await portal.control('/limits', { reset: true });
  });
  afterEach(async () => portal.close());
  const refused = async (): Promise<number> => (await portal.control('/stats')).body.calls.limited;

  it('is believed from its first answers on, by all workers, and again when it takes more', async () => {
    const fleet = makeFleet(portal);
    await portal.control('/limits', { burst: 12 });
    await fleet.read(30);
    const first = await refused();
    // Those that had been sent before the first answer came.
    expect(first).toBeLessThanOrEqual(18);
    await fleet.read(60);
    expect(await refused()).toBe(first);
    expect(fleet.inForce()).toEqual([12, 12]);
    await portal.control('/limits', { reset: true });
    await fleet.read(40);
    expect(await refused()).toBe(first);
    expect(fleet.inForce()).toEqual([190, 190]);
  });

  it('is shared with another app of the same token by what is left, and no longer than that', async () => {
    const fleet = makeFleet(portal);
    await portal.control('/limits', { burst: 40 });
    const others = async (): Promise<void> => {
      for (let call = 0; call < 20; call += 1) await portal.call('GET', '/account-info/v3/details');
      portal.clock.advance(1_000);
      await fleet.read(2);
    };
    await fleet.read(2);
    await others();
    await fleet.read(60);
    expect(await refused()).toBe(0);
    portal.clock.advance(10_000);
    await others();
    await fleet.read(30);
    expect(await refused()).toBe(0);
    portal.clock.advance(20_000);
    await fleet.read(4);
    expect(fleet.inForce()).toEqual([40, 40]);
  });
});
