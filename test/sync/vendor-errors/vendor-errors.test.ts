import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { makeSalesforceConnector } from '../../../src/connectors/salesforce/connector.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import { type Sides, type System, systemLabel } from '../../../src/model/system.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { alignStep } from '../../../src/sync/align.ts';
import { identityLooksMax } from '../../../src/sync/backoff.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../../src/sync/engine.ts';
import { workOnce } from '../../../src/sync/work.ts';
import { withStore } from '../../store/postgres.ts';
import { freely } from '../fake-system.ts';
import { type Case, lookAtIt, reportIt } from './case.ts';
import { hubspotCases } from './hubspot-cases.ts';
import { salesforceCases, salesforceRow } from './salesforce-cases.ts';

/**
 * What the engine does with each error of the vendors' references: every row of a table is played by the simulator, through the real
 * client library, while the engine writes (or reads) one linked record.
 */
const fixture = withStore();
const mappings = loadMappings(`${repositoryRoot}config/presets/mirror`);
const pair = mappings.pairs.find(({ name }) => name === 'people');
if (!pair) throw new Error('the mirror has no people');

let sandbox: Sandbox;
let ids: Sides<string>;
let edits = 0;

const control = async (system: System, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${sandbox.access[system]}/_sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

const gateOf = (system: System) =>
  makeGate({
    system,
    store: makeMemoryPermitStore(Date.now),
    limits: { standard: { calls: 50, windowMs: 0 }, search: { calls: 50, windowMs: 0 } },
    dailyShare: 1,
    concernsAllLanes: () => false,
    onStoreError: (error) => {
      throw error;
    },
  });

/** Connectors of their own for each case: what a vendor refused to one case must not make the next one wait. */
const connect = (): Sides<Connector> => ({
  hubspot: makeHubSpotConnector({
    baseUrl: sandbox.access.hubspot,
    accessToken: sandbox.access.hubspotToken,
    gate: gateOf('hubspot'),
    retryDelayFactor: 0.001,
  }),
  salesforce: makeSalesforceConnector({
    loginUrl: sandbox.access.salesforce,
    auth: {
      kind: 'client-credentials',
      clientId: sandbox.access.salesforceClientId,
      clientSecret: sandbox.access.salesforceClientSecret,
    },
    gate: gateOf('salesforce'),
    retryDelayFactor: 0.001,
  }),
});

const makeContext = (systems: Sides<Connector>): EngineContext => ({
  pair,
  mappingHash: mappings.hash,
  store: fixture.store.engine,
  systems,
  gates: { hubspot: freely, salesforce: freely },
  wake: { wake: () => undefined },
  events: { emit: () => undefined },
  holder: 'worker-1',
  timing: { ...engineTiming, intentDeadlineMs: 1 },
  nowMs: Date.now,
  makeId: makeIntentId,
  signal: new AbortController().signal,
});

/** Works off everything, whatever time it waits for. */
const drain = async (context: EngineContext): Promise<void> => {
  await vi.waitUntil(
    async () => {
      await fixture.query('update tandem.dirty set due = now()');
      await workOnce(context, 'live');
      const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
      return dirty + leased + openIntents === 0;
    },
    { timeout: 10_000, interval: 5 },
  );
};

beforeAll(async () => {
  sandbox = await startSandbox({
    hubspotPort: 0,
    salesforcePort: 0,
    contacts: 0,
    leads: 0,
    latency: { ms: 0, jitterMs: 0 },
  });
  // What is refused here is what a case says, not the speed of the cases.
  await control('hubspot', 'limits', { burst: null });
  await control('hubspot', 'records/contacts', {
    records: [{ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' }],
  });
  const context = makeContext(connect());
  await vi.waitUntil(
    async () => {
      const step = await alignStep(context);
      await workOnce(context, 'live');
      return step === 'done';
    },
    { timeout: 10_000, interval: 1 },
  );
  await drain(context);
  const [link] = await fixture.query<{ hubspot_id: string; salesforce_id: string }>(
    "select hubspot_id, salesforce_id from tandem.links where pair = 'people' and ended_at is null",
  );
  ids = { hubspot: link?.hubspot_id ?? '', salesforce: link?.salesforce_id ?? '' };
});
afterAll(async () => sandbox?.close());

const writePath: Sides<string> = {
  hubspot: '/batch/update$',
  salesforce: '^/services/data/[^/]+/composite/sobjects$',
};

const editSource = async (target: System): Promise<void> => {
  edits += 1;
  const title = `Title ${edits}`;
  if (target === 'salesforce') {
    const response = await fetch(`${sandbox.access.hubspot}/crm/v3/objects/contacts/${ids.hubspot}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${sandbox.access.hubspotPersonToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ properties: { jobtitle: title } }),
    });
    expect(response.ok).toBe(true);
    return;
  }
  const systems = connect();
  await systems.salesforce.writeMany(
    'Lead',
    [{ op: 'update', key: makeIntentId(), id: ids.salesforce, fields: { Title: title } }],
    { class: 'live', purpose: 'write' },
  );
};

/** Plays a case on the write that an edit asks for; answers what the engine made of it. */
const play = async (target: System, { effect }: Case) => {
  const context = makeContext(connect());
  await editSource(target);
  const source = target === 'hubspot' ? 'salesforce' : 'hubspot';
  await context.store.commitSignals([
    {
      pair: pair.name,
      ref: { system: source, type: pair.types[source], id: ids[source] },
      class: 'live',
      stamp: null,
      cause: 'test',
    },
  ]);
  const known = JSON.parse(JSON.stringify(effect).replaceAll('$ID', ids[target])) as unknown;
  await control(target, 'faults', [
    { match: { path: writePath[target], method: target === 'hubspot' ? 'POST' : 'PATCH' }, effect: known },
  ]);
  await workOnce(context, 'live');
  await control(target, 'faults', []);
  const [link] = (await context.store.linksOf(pair.name, 'hubspot', [ids.hubspot])).values();
  const unit = `link:${link?.id}`;
  const parked = (await context.store.parkedOf(pair.name, [unit])).get(unit) ?? [];
  const { dirty, openIntents } = await context.store.backlog(pair.name);
  const [waiting] = await fixture.query<{ ms: number; attempts: number }>(
    'select extract(epoch from due - now())::float8 * 1000 as ms, attempts from tandem.dirty',
  );
  return { context, parked, dirty, openIntents, waiting };
};

const actionOf = ({ parked, openIntents, dirty }: Awaited<ReturnType<typeof play>>): string => {
  if (openIntents > 0) return 'settles by looking';
  const [row] = parked;
  if (row) return row.field === null ? 'parks the record' : 'parks the field';
  return dirty > 0 ? 'waits or looks again' : 'nothing';
};

const heal = async (context: EngineContext): Promise<void> => {
  await fixture.query('delete from tandem.parked');
  await context.store.commitSignals(
    (['hubspot', 'salesforce'] as const).map((system) => ({
      pair: pair.name,
      ref: { system, type: pair.types[system], id: ids[system] },
      class: 'live',
      stamp: null,
      cause: 'test',
    })),
  );
  await fixture.query('update tandem.dirty set attempts = 0');
  await drain(makeContext(connect()));
};

const check = async (target: System, each: Case): Promise<void> => {
  const seen = await play(target, each);
  const expected =
    each.action === 'waits' || each.action === 'looks again' ? 'waits or looks again' : each.action;
  expect(actionOf(seen)).toBe(expected);
  const [row] = seen.parked;
  if (row) {
    expect(row.failure).toMatchObject({ category: each.category, system: target });
    expect(row.next).toMatch(each.next ?? /./);
    expect(row.next).toContain(each.next === reportIt || each.next === undefined ? '' : systemLabel[target]);
    expect(JSON.stringify(row)).not.toContain(`Title ${edits}`);
  }
  // An identity signal is looked at soon, since the record may be another by now; a wait is never busy.
  if (expected === 'waits or looks again') {
    expect(seen.waiting?.attempts).toBeGreaterThan(0);
    expect(seen.waiting?.ms).toBeGreaterThan(100);
  }
  // Whatever it was: with the error gone and the value as it is, everything flows, and nothing is there twice.
  await heal(seen.context);
  const systems = connect();
  const call = { class: 'live', purpose: 'verify' } as const;
  const contact = (await systems.hubspot.readMany('contacts', [ids.hubspot], ['jobtitle'], call)).get(
    ids.hubspot,
  );
  const lead = (await systems.salesforce.readMany('Lead', [ids.salesforce], ['Title'], call)).get(
    ids.salesforce,
  );
  expect([contact?.fields.jobtitle, lead?.fields.Title]).toEqual([`Title ${edits}`, `Title ${edits}`]);
};

describe('an error of HubSpot on a write', () => {
  it.each(hubspotCases)('$name: $action', async (each) => check('hubspot', each));
});

describe('an error of Salesforce on a write', () => {
  it.each(salesforceCases)('$name: $action', async (each) => check('salesforce', each));
});

/** On a read nothing is lost by trying again: the units wait, and the problem says whose it is and what to press. */
const readCases: readonly (readonly [System, string, RegExp, Record<string, unknown>, RegExp])[] = [
  ['hubspot', 'credentials', /credentials/, { code: 'INVALID_AUTHENTICATION' }, /credentials/],
  ['hubspot', 'permission', /hubspot/, { code: 'MISSING_SCOPES' }, /Give the integration/],
  ['hubspot', 'locked', /hubspot/, { code: 'LOCKED' }, /Nothing to do/],
  ['hubspot', 'unavailable', /hubspot/, { code: 'BAD_GATEWAY' }, /Nothing to do/],
  ['hubspot', 'request', /tandem/, { code: 'VALIDATION_ERROR' }, /defect of Tandem/],
  ['salesforce', 'credentials', /credentials/, { code: 'INVALID_SESSION_ID' }, /credentials/],
  ['salesforce', 'permission', /salesforce/, { code: 'API_DISABLED_FOR_ORG' }, /Give the integration/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'SERVER_UNAVAILABLE' }, /Nothing to do/],
  ['salesforce', 'unavailable', /salesforce/, { code: 'QUERY_TIMEOUT' }, /Nothing to do/],
  ['salesforce', 'schema', /config/, { code: 'INVALID_FIELD' }, /correct the mapping/],
  ['salesforce', 'request', /tandem/, { code: 'MALFORMED_QUERY' }, /defect of Tandem/],
];

describe('an error on a read', () => {
  it.each(readCases)(
    '%s, %s: the unit waits, the problem names %s',
    async (system, _category, fault, effect, next) => {
      const context = makeContext(connect());
      await editSource('salesforce');
      await context.store.commitSignals([
        {
          pair: pair.name,
          ref: { system: 'hubspot', type: pair.types.hubspot, id: ids.hubspot },
          class: 'live',
          stamp: null,
          cause: 'test',
        },
      ]);
      await control(system, 'faults', [
        { match: { path: '/batch/read$|/composite/sobjects/Lead$|/query' }, effect },
      ]);
      await workOnce(context, 'live');
      await control(system, 'faults', []);
      const problems = await fixture.store.status.problems();
      expect(problems).toHaveLength(1);
      expect([problems[0]?.fault, problems[0]?.next]).toEqual([
        expect.stringMatching(fault),
        expect.stringMatching(next),
      ]);
      expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 1, parked: 0, openIntents: 0 });
      await fixture.query('delete from tandem.problems');
      await heal(context);
    },
  );
});

describe('an identity signal that never ends', () => {
  it('is parked after some looks, with the record to look at', async () => {
    const context = makeContext(connect());
    await editSource('salesforce');
    await context.store.commitSignals([
      {
        pair: pair.name,
        ref: { system: 'hubspot', type: pair.types.hubspot, id: ids.hubspot },
        class: 'live',
        stamp: null,
        cause: 'test',
      },
    ]);
    const effect = salesforceRow('DUPLICATES_DETECTED', 'Use one of these records?');
    await control('salesforce', 'faults', [
      { match: { path: writePath.salesforce, method: 'PATCH' }, effect },
    ]);
    for (let look = 0; look <= identityLooksMax; look += 1) {
      expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 1, parked: 0 });
      await fixture.query('update tandem.dirty set due = now()');
      await workOnce(context, 'live');
    }
    await control('salesforce', 'faults', []);
    expect(await context.store.backlog(pair.name)).toMatchObject({ dirty: 0, parked: 1 });
    const [row] = (await fixture.store.status.parked(pair.name, 1)).items;
    expect(row).toMatchObject({
      field: null,
      failure: { category: 'identity' },
      next: expect.stringMatching(lookAtIt),
    });
    await heal(context);
  });
});
