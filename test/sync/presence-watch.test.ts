import { expect, it } from 'vitest';
import type { RecordSnapshot } from '../../src/model/record.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { PresenceWatch } from '../../src/sync/presence-watch.ts';
import type { Feed } from '../../src/sync/signal-sources.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { makePair } from './builders.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const dayMs = 86_400_000;
const tickMs = 15_000;
const pair = makePair();

/** A watch over so many linked people, on a clock that the test turns; `calls`: how many ids each read asked for. */
const makeWatch = (people: number, looks = 1) => {
  const clock = new FakeClock();
  const store = new MemoryStore(
    () => now,
    () => undefined,
  );
  for (let n = 0; n < people; n += 1) {
    const [id, hubspot] = [`link-${n}`, String(100_000 + n)];
    const ids = { hubspot, salesforce: `00Q${n}` };
    const none = { base: {}, stamps: { hubspot: 0, salesforce: 0 }, ended: null };
    store.state.links.set(id, { id, pair: pair.name, ids, version: 1, ...none });
  }
  const hubspot = new FakeSystem('hubspot', clock);
  const calls: number[] = [];
  hubspot.readMany = async (type, ids) => {
    calls.push(ids.length);
    const shown = (id: string): RecordSnapshot => ({
      ref: { system: 'hubspot', type, id },
      fields: {},
      stamp: 1,
      createdAt: 1,
      lastModifiedByUs: null,
      readAt: now,
      deleted: false,
    });
    return new Map(ids.map((id) => [id, shown(id)]));
  };
  const context: EngineContext = {
    ...{ pair, mappingHash: 'hash', store, holder: 'worker-1', timing: engineTiming },
    systems: { hubspot, salesforce: new FakeSystem('salesforce', clock) },
    gates: { hubspot: freely, salesforce: freely },
    wake: { wake: () => undefined },
    events: { emit: () => undefined },
    nowMs: () => now,
    makeId: makeIntentId,
    signal: new AbortController().signal,
  };
  let now = 0;
  const watch = new PresenceWatch(looks);
  return {
    calls,
    /** Ticks of the polling clock for so long. */
    run: async (ms: number, feed: Feed, over: PresenceWatch = watch): Promise<void> => {
      for (const end = now + ms; now < end; now += tickMs) {
        await over.look(context, async () => feed, now, context.signal);
      }
    },
    sleep: (ms: number): void => {
      now += ms;
    },
  };
};

it('polled, asks for 10,000 people within a day, at the price of 100 calls', async () => {
  const { run, calls } = makeWatch(10_000);
  await run(dayMs + 900_000, 'poll');
  expect(calls.length).toBeGreaterThanOrEqual(100);
  expect(calls.length).toBeLessThanOrEqual(102);
  expect(calls.slice(0, 100).reduce((sum, ids) => sum + ids, 0)).toBe(10_000);
});

it('while HubSpot tells of changes, all pairs share four calls an hour', async () => {
  const { run, calls } = makeWatch(10_000, 4);
  await run(dayMs, 'webhooks');
  expect(calls.length).toBeLessThanOrEqual(24);
  expect(calls.length).toBeGreaterThanOrEqual(22);
});

it('makes up for the time in which no worker ran, a bounded number of pages a tick, and one round at most', async () => {
  const { run, sleep, calls } = makeWatch(3_000);
  await run(tickMs, 'poll');
  expect(calls).toEqual([]);
  sleep(dayMs);
  await run(tickMs, 'poll', new PresenceWatch(1));
  expect(calls).toHaveLength(20);
  await run(10 * tickMs, 'poll', new PresenceWatch(1));
  expect(calls.reduce((sum, ids) => sum + ids, 0)).toBe(3_000);
});
