import { Connection } from 'jsforce';
import { afterAll, beforeAll, vi } from 'vitest';
import { z } from 'zod';
import { learnOwners } from '../../src/commands/run/owners.ts';
import { makeGate } from '../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../src/connectors/budget/memory-permit-store.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { type HubSpotConnector, makeHubSpotConnector } from '../../src/connectors/hubspot/connector.ts';
import { makeSalesforceConnector } from '../../src/connectors/salesforce/connector.ts';
import { bothSides, type Sides, type System } from '../../src/model/system.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { alignStep } from '../../src/sync/align.ts';
import { type EngineContext, engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import { workOnce } from '../../src/sync/work.ts';
import { mirrorMappings as mappings, peoplePair } from '../mirror.ts';
import { type StoreFixture, withStore } from '../store/postgres.ts';
import { freely } from './fake-system.ts';

const statsShape = z.object({ calls: z.object({ byRoute: z.record(z.string(), z.number()) }) });

/** The pair that these tests work with. */
export const pair = peoplePair;

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

/** The engine in this process, on a real store, before both simulators through the real client libraries; nothing waits. */
export class Simulated {
  readonly fixture: StoreFixture;
  private open: Sandbox | null = null;
  /** The mapping that the engine works by; a test that changes it puts it back. */
  pair = pair;

  constructor(fixture: StoreFixture) {
    this.fixture = fixture;
  }

  get sandbox(): Sandbox {
    if (this.open === null) throw new Error('the simulators open in beforeAll');
    return this.open;
  }

  async start(): Promise<void> {
    this.open = await startSandbox({
      hubspotPort: 0,
      salesforcePort: 0,
      contacts: 0,
      leads: 0,
      latency: { ms: 0, jitterMs: 0 },
    });
    await learnOwners(this.connect(), mappings);
    // What is refused is what a test says, not the speed of the tests.
    await this.control('hubspot', 'limits', { burst: null });
  }

  async close(): Promise<void> {
    await this.open?.close();
  }

  async control(system: System, path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.sandbox.access[system]}/_sandbox/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Connectors of their own for each case: what a vendor refused to one must not make the next one wait. */
  connect(
    urls: Sides<string> = this.sandbox.access,
  ): Sides<Connector> & { readonly hubspot: HubSpotConnector } {
    const { access } = this.sandbox;
    return {
      hubspot: makeHubSpotConnector({
        baseUrl: urls.hubspot,
        accessToken: access.hubspotToken,
        gate: gateOf('hubspot'),
        retryDelayFactor: 0.001,
      }),
      salesforce: makeSalesforceConnector({
        loginUrl: urls.salesforce,
        auth: {
          kind: 'client-credentials',
          clientId: access.salesforceClientId,
          clientSecret: access.salesforceClientSecret,
        },
        gate: gateOf('salesforce'),
        retryDelayFactor: 0.001,
      }),
    };
  }

  context(systems: Sides<Connector> = this.connect()): EngineContext {
    return {
      pair: this.pair,
      mappingHash: mappings.hash,
      store: this.fixture.store.engine,
      systems,
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: { emit: () => undefined },
      holder: 'worker-1',
      timing: { ...engineTiming, intentDeadlineMs: 1 },
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: new AbortController().signal,
    };
  }

  /** How many PATCH calls were made to Salesforce: that is how it is updated. */
  async patches(): Promise<number> {
    return this.calls('salesforce', 'PATCH');
  }

  /** How many calls were made to the routes that begin so. */
  async calls(system: System, route: string): Promise<number> {
    const response = await fetch(`${this.sandbox.access[system]}/_sandbox/stats`);
    const { calls } = statsShape.parse(await response.json());
    return Object.entries(calls.byRoute)
      .filter(([each]) => each.startsWith(route))
      .reduce((sum, [, made]) => sum + made, 0);
  }

  /** Says that these records are to be looked at. */
  async mark(ids: Partial<Sides<string>>): Promise<void> {
    const marks = (['hubspot', 'salesforce'] as const).flatMap((system) => {
      const id = ids[system];
      if (id === undefined) return [];
      const ref = { system, type: pair.types[system], id };
      return [{ pair: pair.name, ref, class: 'live' as const, stamp: null, cause: 'test' }];
    });
    await this.fixture.store.engine.commitSignals(marks);
  }

  async align(): Promise<void> {
    const context = this.context();
    await vi.waitUntil(
      async () => {
        const step = await alignStep(context);
        await workOnce(context, 'live');
        return step === 'done';
      },
      { timeout: 10_000, interval: 1 },
    );
    await this.drain();
  }

  /** Works off everything, whatever time it waits for; by a context of its own where none is given. */
  async drain(context = this.context(), timeout = 10_000): Promise<void> {
    await vi.waitUntil(
      async () => {
        await this.fixture.query('update tandem.dirty set due = now()');
        await workOnce(context, 'live');
        const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
        return dirty + leased + openIntents === 0;
      },
      { timeout, interval: 5 },
    );
  }

  /** Creates people in HubSpot, aligns, and answers the ids of each link. */
  async people(records: readonly Readonly<Record<string, string>>[]): Promise<readonly Sides<string>[]> {
    await this.control('hubspot', 'records/contacts', { records });
    await this.align();
    const links = await this.fixture.query<{ hubspot: string; salesforce: string }>(
      `select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links
       where pair = '${pair.name}' and ended_at is null order by hubspot_id::bigint`,
    );
    return links;
  }

  /** A colleague's edit of a contact. */
  async editContact(id: string, properties: Readonly<Record<string, string>>): Promise<void> {
    const { access } = this.sandbox;
    const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ properties }),
    });
    if (!response.ok) throw new Error(`PATCH: ${response.status}`);
  }

  /** An edit of a lead; whose it is does not matter here. */
  async editLead(id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const row = { op: 'update', key: makeIntentId(), id, fields } as const;
    await this.connect().salesforce.writeMany(pair.types.salesforce, [row], {
      class: 'live',
      purpose: 'write',
    });
  }

  /** A colleague who is signed in to Salesforce. */
  async asPerson(): Promise<Connection> {
    const { access } = this.sandbox;
    const connection = new Connection({ loginUrl: access.salesforce, version: '62.0' });
    await connection.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
    return connection;
  }

  /** A colleague's edit of a lead, under their own name. */
  async editLeadAsPerson(id: string, fields: Readonly<Record<string, string | boolean>>): Promise<void> {
    const connection = await this.asPerson();
    const result = await connection.sobject('Lead').update({ Id: id, ...fields });
    if (!result.success) throw new Error(JSON.stringify(result.errors));
  }

  /** What both sides of a link hold in these fields, HubSpot's name first. */
  async values(ids: Sides<string>, fields: Sides<string>): Promise<Sides<unknown>> {
    const systems = this.connect();
    const call = { class: 'live', purpose: 'verify' } as const;
    const read = await Promise.all(
      (['hubspot', 'salesforce'] as const).map(async (system) => {
        const found = await systems[system].readMany(
          pair.types[system],
          [ids[system]],
          [fields[system]],
          call,
        );
        return found.get(ids[system])?.fields[fields[system]];
      }),
    );
    return bothSides((system) => read[system === 'hubspot' ? 0 : 1]);
  }
}

/** Call at the top of a test file: store and simulators are open during its tests. */
export const withSimulators = (): Simulated => {
  const simulated = new Simulated(withStore());
  beforeAll(async () => simulated.start());
  afterAll(async () => simulated.close());
  return simulated;
};
