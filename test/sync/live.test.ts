import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadMappings } from '../../src/mapping/load.ts';
import type { LiveSignal } from '../../src/model/live.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { alignStep } from '../../src/sync/align.ts';
import { looksAfterSignalMax } from '../../src/sync/backoff.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { feedOf, sweepEveryMs } from '../../src/sync/signal-sources.ts';
import { workOnce } from '../../src/sync/work.ts';
import { withStore } from '../store/postgres.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const fixture = withStore();
const mappings = loadMappings(`${repositoryRoot}config/presets/mirror`);
const pair = mappings.pairs.find(({ types }) => types.hubspot === 'contacts');
if (!pair) throw new Error('the mirror aligns contacts');
const sweepMs = sweepEveryMs(1, 15_000);

let hubspot: FakeSystem;
let salesforce: FakeSystem;
let context: EngineContext;
let live: Store['live'];
let events: { readonly event: string; readonly againMs: unknown }[];

beforeEach(async () => {
  await fixture.reset();
  // A store of its own: what one remembers of earlier tests would be wrong after the reset.
  const store = await openStore({
    connectionString: fixture.connectionString,
    onTrouble: () => undefined,
  });
  live = store.live;
  const clock = new FakeClock();
  hubspot = new FakeSystem('hubspot', clock);
  salesforce = new FakeSystem('salesforce', clock);
  events = [];
  context = {
    pair,
    mappingHash: mappings.hash,
    store: store.engine,
    live,
    systems: { hubspot, salesforce },
    gates: { hubspot: freely, salesforce: freely },
    wake: { wake: () => undefined },
    events: { emit: (event, detail) => events.push({ event, againMs: detail.againMs }) },
    holder: 'worker-1',
    timing: engineTiming,
    nowMs: Date.now,
    makeId: makeIntentId,
    signal: new AbortController().signal,
  };
  return async () => store.close();
});

const drain = async (): Promise<void> => {
  await expect
    .poll(
      async () => {
        await workOnce(context, 'live');
        const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
        return dirty + leased + openIntents;
      },
      { timeout: 20_000, interval: 5 },
    )
    .toBe(0);
};

/** A contact that is linked and equal on both sides; answers its id. */
const alignOne = async (): Promise<string> => {
  const id = hubspot.edit({
    email: 'ada@example.com',
    firstname: 'Ada',
    lastname: 'L',
    jobtitle: 'CEO',
    city: 'Rome',
  });
  await expect
    .poll(
      async () => {
        const step = await alignStep(context);
        await workOnce(context, 'backfill');
        return step;
      },
      { timeout: 20_000, interval: 1 },
    )
    .toBe('done');
  await drain();
  return id;
};

const stampOf = (id: string): number => hubspot.records.get(id)?.stamp ?? 0;
const changed = (id: string, fields: LiveSignal['fields'], stamp = stampOf(id)): LiveSignal => ({
  ref: { system: 'hubspot', type: 'contacts', id },
  event: 'changed',
  stamp,
  fields,
});
const tell = async (...signals: readonly LiveSignal[]) =>
  takeLive(
    { pairs: [context], live, wake: context.wake },
    { system: 'hubspot', source: 'webhooks', signals },
  );
const feed = async (): Promise<string> => feedOf(await live.sources(), 'hubspot', 'contacts', sweepMs);
const problems = async (): Promise<readonly string[]> =>
  (await fixture.store.status.problems()).map(({ key }) => key);
const titles = (): unknown[] => salesforce.live().map(({ Title }) => Title);
/** As if the last signal had come long before the changes of these tests, whose clock stands in the past. */
const longSilent = async (): Promise<void> => {
  await fixture.query(`update tandem.signal_sources set heard_at = '2020-01-01'`);
};

describe('live signals', () => {
  it('bring a change without a poll, and feed the type from then on', async () => {
    const id = await alignOne();
    expect(await feed()).toBe('poll');
    hubspot.edit({ jobtitle: 'CTO' }, id);
    expect(await tell(changed(id, { jobtitle: 'CTO' }))).toEqual({ dirty: 1, known: 0, ignored: 0 });
    await drain();
    expect(titles()).toEqual(['CTO']);
    expect(await feed()).toBe('webhooks');
  });

  it('of a field that never had one become a problem when a look finds its change, which the first one ends', async () => {
    const id = await alignOne();
    await tell(changed(id, { city: 'Rome' }));
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await pollOnce(context, 'hubspot');
    expect(await problems()).toEqual(['live:hubspot:contacts.jobtitle']);
    expect(await feed()).toBe('webhooks');
    await drain();
    expect(titles()).toEqual(['CTO']);
    await tell(changed(id, { jobtitle: 'CTO' }));
    expect(await problems()).toEqual([]);
  });

  it('that stopped are not relied on once a look finds what they should have told, until they come again', async () => {
    const id = await alignOne();
    await tell(changed(id, { jobtitle: 'CEO' }));
    await longSilent();
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await pollOnce(context, 'hubspot');
    expect(await problems()).toEqual(['live:hubspot:contacts']);
    expect(await feed()).toBe('poll');
    expect(events.map(({ event }) => event)).toContain('live-signals-missed');
    await drain();
    await tell(changed(id, { jobtitle: 'CTO' }));
    expect(await feed()).toBe('webhooks');
    expect(await problems()).toEqual([]);
  });

  it('that stopped are relied on as long as looks find nothing that they should have told', async () => {
    const id = await alignOne();
    await tell(changed(id, { jobtitle: 'CEO' }));
    await fixture.query(`update tandem.signal_sources set heard_at = '2020-01-01', alive_at = '2020-01-01'`);
    expect(await feed()).toBe('poll');
    await pollOnce(context, 'hubspot');
    expect(await feed()).toBe('webhooks');
  });

  it('and a look that see the same change are no problem', async () => {
    const id = await alignOne();
    await tell(changed(id, { jobtitle: 'CEO' }));
    await longSilent();
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await tell(changed(id, { jobtitle: 'CTO' }));
    await longSilent();
    await pollOnce(context, 'hubspot');
    expect(await problems()).toEqual([]);
    await drain();
  });

  it('make no problem of a difference that a rule holds, however often it is looked at', async () => {
    const id = await alignOne();
    await tell(changed(id, { jobtitle: 'CEO' }));
    hubspot.edit({ email: '?unreadable' }, id);
    await tell(changed(id, { email: '?unreadable' }));
    await drain();
    await pollOnce(context, 'hubspot');
    expect(await problems()).toEqual([]);
    await drain();
  });

  it('that outrun the record are waited for at widening distances', async () => {
    const id = await alignOne();
    hubspot.edit({ jobtitle: 'CTO' }, id);
    hubspot.staleReads = 1;
    await tell(changed(id, { jobtitle: 'CTO' }));
    const due = `update tandem.dirty set due = now()`;
    for (let look = 0; look < looksAfterSignalMax - 1; look += 1) {
      await workOnce(context, 'live');
      expect(titles()).toEqual(['CEO']);
      await fixture.query(due);
    }
    expect(events.filter(({ event }) => event === 'stale-read').map(({ againMs }) => againMs)).toEqual([
      1_000, 5_000, 30_000,
    ]);
    hubspot.staleReads = 0;
    await drain();
    expect(titles()).toEqual(['CTO']);
  });

  it('whose time no read ever reaches are not waited for longer than that', async () => {
    const id = await alignOne();
    hubspot.edit({ jobtitle: 'CTO' }, id);
    await tell(changed(id, { jobtitle: 'CTO' }, stampOf(id) + 1_000_000));
    for (let look = 0; look < looksAfterSignalMax; look += 1) {
      await workOnce(context, 'live');
      expect(titles()).toEqual(['CEO']);
      await fixture.query(`update tandem.dirty set due = now()`);
    }
    await drain();
    expect(titles()).toEqual(['CTO']);
  });
});

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
    await fixture.reset();
    hubspot.records.clear();
    salesforce.records.clear();
    // The first alignment of nobody, so that polls have a cursor.
    await expect.poll(async () => alignStep(context), { timeout: 5_000, interval: 1 }).toBe('done');
  };

  it('late, repeated and in any order comes to the same, without a look at the system', async () => {
    await fc.assert(fc.asyncProperty(storm(false), async (told) => play(told, false)).beforeEach(begin), {
      numRuns: 10,
      endOnFailure: true,
    });
  });

  it('of which any part is lost comes to the same with one sweep', async () => {
    await fc.assert(fc.asyncProperty(storm(true), async (told) => play(told, true)).beforeEach(begin), {
      numRuns: 10,
      endOnFailure: true,
    });
  });
});
