import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepReadingJournal } from '../../src/commands/run/journal.ts';
import { makeGate } from '../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../src/connectors/budget/memory-permit-store.ts';
import { makeHubSpotJournal } from '../../src/connectors/hubspot/journal.ts';
import { makeLog } from '../../src/log.ts';
import type { LiveBatch } from '../../src/model/live.ts';
import type { Problem } from '../../src/model/state.ts';
import type { LiveStore } from '../../src/sync/signal-sources.ts';
import { type Portal, startPortal } from '../sandbox/hubspot/portal.ts';
import { makeField, makePair } from '../sync/builders.ts';

const pair = makePair([
  makeField(),
  makeField({ name: 'city', fields: { hubspot: 'city', salesforce: 'City' } }),
]);
const everyMs = 5;

let portal: Portal;
let reading: Promise<void> | null;
let stop: AbortController;
/** What the store would hold. */
let position: string | null;
let batches: LiveBatch[];
let problems: Map<string, Omit<Problem, 'since'>>;
let alive: number;
let lost: number;
/** Stands in for a store that is away for a while. */
let isStoreAway: boolean;

const live: Pick<
  LiveStore,
  'position' | 'keepPosition' | 'alive' | 'lost' | 'commitLive' | 'writesUnderWay'
> = {
  position: async () => position,
  keepPosition: async (_system, _source, _topic, at) => {
    position = at;
  },
  alive: async () => {
    alive += 1;
  },
  lost: async () => {
    lost += 1;
  },
  commitLive: async (batch) => {
    if (isStoreAway) throw new Error('the store is away');
    batches.push(batch);
    if (batch.position) position = batch.position.at;
  },
  writesUnderWay: async () => [],
};

beforeEach(async () => {
  portal = await startPortal();
  [position, alive, lost, isStoreAway] = [null, 0, 0, false];
  batches = [];
  problems = new Map();
  reading = null;
});
afterEach(async () => {
  stop?.abort();
  await reading;
  await portal.close();
});

const read = (secret = portal.app.clientSecret): void => {
  stop = new AbortController();
  const gate = makeGate({
    system: 'hubspot',
    store: makeMemoryPermitStore(Date.now),
    limits: { standard: { calls: 190, windowMs: 0 }, search: { calls: 5, windowMs: 0 } },
    dailyShare: 1,
    concernsAllLanes: () => false,
    onStoreError: () => undefined,
  });
  const store = {
    linksOf: async () => new Map(),
    parkedOf: async () => new Map(),
    noteKept: async () => undefined,
  };
  reading = keepReadingJournal(
    {
      journal: makeHubSpotJournal({
        baseUrl: portal.simulator.url,
        clientId: portal.app.clientId,
        clientSecret: secret,
        gate,
      }),
      portalId: async () => '143553137',
      pairs: [pair],
      live: live as LiveStore,
      intake: { pairs: [{ pair, mappingHash: '', store }], live, wake: { wake: () => undefined } },
      counts: { request: () => undefined, signals: () => undefined, staleRead: () => undefined },
      store: {
        raiseProblem: async (problem) => void problems.set(problem.key, problem),
        clearProblem: async (key) => void problems.delete(key),
      },
      log: makeLog(undefined, 'silent'),
      everyMs,
      failureWaitMs: everyMs,
      searchSettlesMs: everyMs,
    },
    stop.signal,
  );
};

const until = async (holds: () => boolean): Promise<void> => {
  await expect.poll(holds, { timeout: 5_000, interval: 5 }).toBe(true);
};
/** The journal has an entry that came before the reader, so that it knows where it begins. */
const begin = async (): Promise<void> => {
  read();
  await until(() => alive === 0 && position === null && stop.signal.aborted === false);
  await expect
    .poll(
      async () => {
        await portal.create({ firstname: 'before' });
        return position;
      },
      { timeout: 5_000, interval: 20 },
    )
    .not.toBeNull();
  await until(() => alive > 0);
};
const marked = (): string[] => batches.flatMap(({ marks }) => marks.map(({ ref }) => ref.id));

describe('the reader of the journal', () => {
  it('takes what it subscribed to, with the offset behind it', async () => {
    await begin();
    const id = await portal.create({ email: 'a@example.com', jobtitle: 'CEO', city: 'Rome' });
    await until(() => marked().includes(id));
    const batch = batches.find(({ marks }) => marks.some(({ ref }) => ref.id === id));
    expect(batch).toMatchObject({
      system: 'hubspot',
      source: 'journal',
      position: { topic: 'portal 143553137' },
    });
    expect(batch?.heard).toEqual([
      { type: 'contacts', fields: expect.arrayContaining(['jobtitle', 'city']) },
    ]);
    const before = marked().length;
    await portal.call('PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { phone: '+1 555 0100' } });
    await portal.call('DELETE', `/crm/v3/objects/contacts/${id}`);
    await portal.call(
      'PATCH',
      `/crm/v3/objects/contacts/${await portal.create({ email: 'b@example.com' })}`,
      {
        properties: { city: 'Oslo' },
      },
    );
    await until(() => marked().length > before + 1);
    expect(problems.size).toBe(0);
  });

  it('reads an entry again that could not be stored', async () => {
    await begin();
    isStoreAway = true;
    const id = await portal.create({ email: 'a@example.com' });
    await until(() => problems.has('live:hubspot:journal'));
    expect(lost).toBe(1);
    expect(marked()).not.toContain(id);
    isStoreAway = false;
    stop.abort();
    await reading;
    read();
    await until(() => marked().includes(id));
    await until(() => problems.size === 0);
  });

  it('begins anew where its offset has expired, and is not alive before polls have had their turn', async () => {
    await begin();
    stop.abort();
    await reading;
    await portal.control('/journal/expire', {});
    const before = alive;
    read();
    await until(() => lost === 1);
    expect(alive).toBe(before);
    const id = await portal.create({ email: 'a@example.com' });
    await portal.control('/journal/publish', {});
    await until(() => alive > before);
    await portal.call('PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { city: 'Oslo' } });
    await until(() => marked().includes(id));
  });

  it('leaves out an entry that is none, read after read, and takes those behind it', async () => {
    await begin();
    const before = position;
    await portal.control('/faults', [
      { match: { path: '\\.json' }, effect: { status: 200, body: { hello: 1 } } },
    ]);
    const spoiled = await portal.create({ email: 'spoiled@example.com' });
    await until(() => problems.has('live:hubspot:journal'));
    expect(problems.get('live:hubspot:journal')?.next).toMatch(/^Nothing to do, unless it lasts/);
    // Polls find what it told: they have their turn before the journal counts as alive again.
    await until(() => position !== null && position !== before);
    expect(lost).toBeGreaterThan(2);
    await portal.control('/faults', []);
    const id = await portal.create({ email: 'a@example.com' });
    await until(() => marked().includes(id));
    expect(marked()).not.toContain(spoiled);
    await until(() => problems.size === 0);
  });

  it('signs in again when its token is refused', async () => {
    await begin();
    await portal.control('/faults', [
      { match: { path: '/webhooks-journal/' }, effect: { code: 'EXPIRED_AUTHENTICATION', times: 1 } },
    ]);
    const id = await portal.create({ email: 'a@example.com' });
    await until(() => marked().includes(id));
    expect(problems.size).toBe(0);
  });

  it('says that it cannot sign in, and whose fault it is', async () => {
    read('wrong');
    await until(() => problems.size > 0);
    expect(problems.get('live:hubspot:journal')).toMatchObject({ fault: 'credentials' });
  });
});

describe('the journal of the simulator', () => {
  const app = async (method: string, path: string, token: string, body?: unknown) =>
    fetch(`${portal.simulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const token = async (scope: string): Promise<string> => {
    const { clientId, clientSecret } = portal.app;
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    };
    const response = await fetch(`${portal.simulator.url}/oauth/v1/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const latest = '/webhooks-journal/journal-local/2026-03/latest';

  it('takes no token of a private app, and its own token is good for nothing else', async () => {
    expect((await portal.call('GET', latest)).status).toBe(403);
    const own = await token('developer.webhooks_journal.read');
    expect((await app('GET', latest, own)).status).toBe(204);
    expect((await app('GET', '/crm/v3/objects/contacts', own)).status).toBe(403);
    expect((await app('GET', '/webhooks-journal/subscriptions/2026-03', own)).status).toBe(403);
    expect((await app('GET', latest, 'nobody')).status).toBe(401);
    portal.clock.advance(1_801_000);
    expect((await app('GET', latest, own)).status).toBe(401);
  });

  it('keeps three days, and the address of a file ten minutes', async () => {
    const own = await token(
      'developer.webhooks_journal.read developer.webhooks_journal.subscriptions.read developer.webhooks_journal.subscriptions.write',
    );
    const subscription = {
      subscriptionType: 'OBJECT',
      objectTypeId: '0-1',
      portalId: 143_553_137,
      actions: ['CREATE', 'UPDATE', 'DELETE'],
      properties: ['email', 'city'],
    };
    await portal.create({ firstname: 'before anybody asked' });
    await app('POST', '/webhooks-journal/subscriptions/2026-03', own, subscription);
    const id = await portal.create({ email: 'a@example.com', city: 'Rome', jobtitle: 'not asked for' });
    await portal.control('/journal/publish', {});
    const pointer = (await (await app('GET', latest, own)).json()) as { url: string; currentOffset: string };
    const file = (await (await fetch(pointer.url)).json()) as { journalEvents: unknown[] };
    expect(file).toMatchObject({ offset: pointer.currentOffset });
    expect(file.journalEvents).toEqual([
      {
        type: 'object',
        portalId: 143_553_137,
        occurredAt: new Date(portal.clock.now()).toISOString(),
        action: 'CREATE',
        objectTypeId: '0-1',
        objectId: Number(id),
        propertyChanges: { email: 'a@example.com', city: 'Rome' },
      },
    ]);
    const next = `/webhooks-journal/journal-local/2026-03/offset/${pointer.currentOffset}/next`;
    expect((await app('GET', next, own)).status).toBe(204);
    portal.clock.advance(600_001);
    expect((await fetch(pointer.url)).status).toBe(403);
    portal.clock.advance(3 * 86_400_000);
    const later = await token('developer.webhooks_journal.read');
    expect((await app('GET', next, later)).status).toBe(404);
    expect((await app('GET', latest, later)).status).toBe(204);
  });
});
