import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveSignal } from '../../src/model/live.ts';
import { alignStep } from '../../src/sync/align.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import type { LiveStore } from '../../src/sync/signal-sources.ts';
import { workOnce } from '../../src/sync/work.ts';
import { mirrorMappings as mappings, peoplePair as pair } from '../mirror.ts';
import { MemoryLiveStore } from '../store/memory/memory-live-store.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

let hubspot: FakeSystem;
let salesforce: FakeSystem;
let context: EngineContext;
let live: LiveStore;

const drain = async (): Promise<void> => {
  await expect
    .poll(
      async () => {
        await workOnce(context, 'live');
        const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
        return dirty + leased + openIntents;
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBe(0);
};

const changed = (id: string, fields: LiveSignal['fields']): LiveSignal => ({
  ref: { system: 'hubspot', type: 'contacts', id },
  event: 'changed',
  stamp: hubspot.records.get(id)?.stamp ?? 0,
  fields,
});
const tell = async (...signals: readonly LiveSignal[]) =>
  takeLive(
    { pairs: [context], live, wake: context.wake },
    { system: 'hubspot', source: 'webhooks', signals },
  );

interface Told {
  /** Which of the people, and what is typed. */
  readonly who: number;
  readonly field: 'jobtitle' | 'city' | 'phone';
  readonly value: string;
  /** What becomes of the signal: how late it is, how often it comes, whether the worker dies before it is committed. */
  readonly late: number;
  readonly copies: number;
  readonly isLost: boolean;
}

const storm = (isLossy: boolean): fc.Arbitrary<readonly Told[]> =>
  fc.array(
    fc.record({
      who: fc.nat(3),
      field: fc.constantFrom('jobtitle' as const, 'city' as const, 'phone' as const),
      value: fc.constantFrom('', 'a', 'b', 'c', '+1 555 0100'),
      late: fc.nat(6),
      copies: fc.integer({ min: 1, max: 3 }),
      isLost: isLossy ? fc.boolean() : fc.constant(false),
    }),
    { minLength: 1, maxLength: 25 },
  );

/** Both sides as a person would compare them. */
const seenBy = (system: FakeSystem, names: readonly string[]): readonly string[] =>
  system
    .live()
    .map((fields) => names.map((name) => fields[name] ?? '').join('|'))
    .toSorted();

describe('a storm of signals', () => {
  const play = async (told: readonly Told[], sweeps: boolean): Promise<void> => {
    const people = Array.from({ length: 4 }, (_, at) =>
      hubspot.edit({
        email: `p${at}@example.com`,
        firstname: 'P',
        lastname: `${at}`,
        jobtitle: 'x',
        city: 'y',
      }),
    );
    await tell(...people.map((id) => changed(id, { email: 'any' })));
    await drain();
    const queue = new Map<number, LiveSignal[]>();
    for (const [at, { who, field, value, late, copies, isLost }] of told.entries()) {
      const id = people[who] ?? '';
      hubspot.edit({ [field]: value }, id);
      for (let copy = 0; copy < (isLost ? 0 : copies); copy += 1) {
        const when = at + late * (copy + 1);
        queue.set(when, [...(queue.get(when) ?? []), changed(id, { [field]: value })]);
      }
      await tell(...(queue.get(at) ?? []).toReversed());
      queue.delete(at);
      if (at % 3 === 0) await workOnce(context, 'live');
    }
    for (const signals of [...queue.values()].toReversed()) await tell(...signals);
    await drain();
    if (sweeps) {
      await pollOnce(context, 'hubspot');
      await drain();
    }
    expect(seenBy(salesforce, ['Email', 'Title', 'City', 'Phone'])).toEqual(
      seenBy(hubspot, ['email', 'jobtitle', 'city', 'phone']),
    );
  };

  const begin = async (): Promise<void> => {
    const clock = new FakeClock();
    hubspot = new FakeSystem('hubspot', clock);
    salesforce = new FakeSystem('salesforce', clock);
    const store = new MemoryStore(Date.now, (unit, error) => {
      throw new Error(`the store refused a settlement of ${unit}`, { cause: error });
    });
    live = new MemoryLiveStore(store);
    context = {
      pair,
      mappingHash: mappings.hash,
      store,
      live,
      systems: { hubspot, salesforce },
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: { emit: () => undefined },
      holder: 'worker-1',
      timing: engineTiming,
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: new AbortController().signal,
    };
    // The first alignment of nobody, so that polls have a cursor.
    await expect.poll(async () => alignStep(context), { timeout: 5_000, interval: 1 }).toBe('done');
  };

  it('late, repeated and in any order comes to the same, without a look at the system', async () => {
    await fc.assert(fc.asyncProperty(storm(false), async (told) => play(told, false)).beforeEach(begin), {
      numRuns: 100,
      endOnFailure: true,
    });
  });

  it('of which any part is lost comes to the same with one sweep', async () => {
    await fc.assert(fc.asyncProperty(storm(true), async (told) => play(told, true)).beforeEach(begin), {
      numRuns: 100,
      endOnFailure: true,
    });
  });
});
