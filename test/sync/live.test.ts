import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveSignal } from '../../src/model/live.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { alignStep } from '../../src/sync/align.ts';
import { looksAfterSignalMax } from '../../src/sync/backoff.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { feedOf, sweepEveryMs } from '../../src/sync/signal-sources.ts';
import { workOnce } from '../../src/sync/work.ts';
import { mirrorMappings as mappings, peoplePair as pair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const fixture = withStore();
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
/** As if the source had been there before the changes of these tests, whose clock stands in the past. */
const longThere = async (): Promise<void> => {
  await fixture.query(`update tandem.signal_sources set since = '2020-01-01'`);
};
/** As if the last signal had come long before the changes of these tests, whose clock stands in the past. */
const longSilent = async (): Promise<void> => {
  await longThere();
  await fixture.query(`update tandem.signal_sources set heard_at = '2020-01-01'`);
};

describe('a poll', () => {
  it('puts whoever asked a moment ago before all others that the lifecycle looks at', async () => {
    const id = await alignOne();
    const asked = 'recent_conversion_date';
    const watching = {
      ...context,
      pair: { ...pair, watched: { hubspot: [asked], salesforce: [] }, pressing: [asked] },
    };
    const classes = () => fixture.query("select class from tandem.dirty where pair = '#journeys'");
    hubspot.edit({ city: 'Oslo' }, id);
    await pollOnce(watching, 'hubspot');
    expect(await classes()).toEqual([{ class: 1 }]);
    hubspot.edit({ [asked]: new Date(stampOf(id)).toISOString() }, id);
    await pollOnce(watching, 'hubspot');
    expect(await classes()).toEqual([{ class: 0 }]);
  });
});

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
    await longThere();
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
