import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Connection } from 'jsforce';
import { beforeEach, vi } from 'vitest';
import { learnOwners } from '../../src/commands/run/owners.ts';
import { asSeen } from '../../src/compose.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { type LoadedMappings, loadMappings } from '../../src/mapping/load.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { Link } from '../../src/model/state.ts';
import { bothSides, type Sides, type System } from '../../src/model/system.ts';
import { repositoryRoot } from '../../src/settings.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { type VerifyItem, verifyPair } from '../../src/sync/verify.ts';
import { workOnce } from '../../src/sync/work.ts';
import { type Simulated, withSimulators } from './simulated.ts';

type Row = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

const mappingFiles = [
  'presets/mirror/mappings/companies.yaml',
  'presets/mirror/mappings/deals.yaml',
  'objects/contacts.yaml',
  'objects/custom-object.yaml',
];

/** Changes the text of a mapping file, by its name. */
export type EditMapping = (file: string, text: string) => string;

/** The shipped mappings of companies, contacts, deals and the example of a custom object, as one configuration. */
const loadObjects = (edit: EditMapping, files: readonly string[]): LoadedMappings => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-objects-'));
  mkdirSync(join(folder, 'mappings'));
  for (const file of files)
    writeFileSync(
      join(folder, 'mappings', basename(file)),
      edit(basename(file), readFileSync(join(repositoryRoot, 'config', file), 'utf8')),
    );
  const loaded = loadMappings(folder);
  rmSync(folder, { recursive: true });
  return loaded;
};

/** Fields of the custom objects that config/objects/custom-object.yaml aligns. */
const customObjects: Sides<unknown> = {
  hubspot: {
    name: 'projects',
    properties: [
      { name: 'name', type: 'string' },
      { name: 'budget', type: 'number' },
      { name: 'starts_on', type: 'date' },
      { name: 'tandem_salesforce_id', type: 'string', hasUniqueValue: true },
    ],
  },
  salesforce: {
    name: 'Project__c',
    label: 'Project',
    fields: [
      { name: 'Budget__c', type: 'double', precision: 18, scale: 2 },
      { name: 'Starts_On__c', type: 'date' },
      { name: 'HubSpot_Id__c', type: 'string', length: 32, externalId: true, unique: true },
    ],
  },
};

/** The engines of several pairs in this process, on one store, before both simulators through the real client libraries. */
export class SimulatedObjects {
  readonly simulated: Simulated;
  readonly mappings: LoadedMappings;
  #connectors: Sides<Connector> | null = null;
  #person: Connection | null = null;

  constructor(
    simulated: Simulated,
    edit: EditMapping = (_file, text) => text,
    files: readonly string[] = mappingFiles,
  ) {
    this.simulated = simulated;
    this.mappings = loadObjects(edit, files);
  }

  async begin(): Promise<void> {
    const { simulated } = this;
    await simulated.fixture.reset();
    for (const system of ['hubspot', 'salesforce'] as const) {
      await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
      await simulated.control(system, 'rules', []);
      await simulated.control(system, 'schema', { objects: [customObjects[system]] });
    }
    await simulated.control('hubspot', 'portal', { createCompanies: false });
    this.#connectors = simulated.connect();
    await learnOwners(this.#connectors, this.mappings);
    const { access } = simulated.sandbox;
    this.#person = new Connection({ loginUrl: access.salesforce, version: '60.0' });
    await this.#person.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  }

  /** A colleague's connection to Salesforce. */
  get person(): Connection {
    if (this.#person === null) throw new Error('the colleague signs in in beforeEach');
    return this.#person;
  }

  pair(name: string): PairMapping {
    const found = this.mappings.pairs.find((pair) => pair.name === name);
    if (found === undefined) throw new Error(`no pair is called ${name}`);
    return found;
  }

  context(pair: PairMapping): EngineContext {
    const connectors = this.#connectors ?? this.simulated.connect();
    const { pairs, references: known, hash } = this.mappings;
    const store = this.simulated.fixture.store.engine;
    return {
      ...this.simulated.context(),
      pair,
      mappingHash: hash,
      systems: bothSides((system) => asSeen(connectors[system], { pair, pairs, known, store })),
    };
  }

  /** Says that these records are to be looked at. */
  async mark(name: string, ids: Partial<Sides<string>>): Promise<void> {
    const { types } = this.pair(name);
    const marks = (['hubspot', 'salesforce'] as const).flatMap((system) => {
      const id = ids[system];
      if (id === undefined) return [];
      const ref = { system, type: types[system], id };
      return [{ pair: name, ref, class: 'live' as const, stamp: null, cause: 'test' }];
    });
    await this.simulated.fixture.store.engine.commitSignals(marks);
  }

  /** Works off everything of all pairs, whatever time it waits for. */
  async drain(timeout = 20_000): Promise<void> {
    const { fixture } = this.simulated;
    const { engine } = fixture.store;
    const contexts = this.mappings.pairs.map((pair) => this.context(pair));
    await vi.waitUntil(
      async () => {
        await engine.wakeAwaited(true);
        await fixture.query('update tandem.dirty set due = now()');
        for (const context of contexts) await workOnce(context, 'live');
        const woken = await engine.wakeAwaited(true);
        const left = await Promise.all(contexts.map(({ pair }) => engine.backlog(pair.name)));
        const open = left.reduce((sum, each) => sum + each.dirty + each.leased + each.openIntents, 0);
        return woken + open === 0;
      },
      { timeout, interval: 5 },
    );
  }

  /** One batch of one pair alone. */
  async worked(name: string): Promise<void> {
    await this.simulated.fixture.query('update tandem.dirty set due = now()');
    await workOnce(this.context(this.pair(name)), 'live');
  }

  async look(name: string, ids: Partial<Sides<string>>): Promise<void> {
    await this.mark(name, ids);
    await this.drain();
  }

  /** Enters a record in Salesforce as a colleague, has it aligned, and answers the ids of its link. */
  async make(name: string, fields: Fields): Promise<Sides<string>> {
    const { types } = this.pair(name);
    const { ids } = (await this.simulated.control('salesforce', `records/${types.salesforce}`, {
      records: [fields],
    })) as { ids: string[] };
    const salesforce = ids[0] ?? '';
    await this.look(name, { salesforce });
    const link = await this.link(name, 'salesforce', salesforce);
    if (!link) throw new Error(`${types.salesforce} ${salesforce} was not linked`);
    return link.ids;
  }

  async link(name: string, system: System, id: string): Promise<Link | undefined> {
    return (await this.simulated.fixture.store.engine.linksOf(name, system, [id])).get(id);
  }

  /** A call of a colleague's to HubSpot. */
  async hubspot(method: string, path: string, body?: unknown): Promise<{ readonly id?: string }> {
    const { access } = this.simulated.sandbox;
    const response = await fetch(`${access.hubspot}${path}`, {
      method,
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? {} : ((await response.json()) as { id?: string });
  }

  async editHubspot(type: string, id: string, properties: Fields): Promise<void> {
    await this.hubspot('PATCH', `/crm/v3/objects/${type}/${id}`, { properties });
  }

  async editSalesforce(type: string, id: string, fields: Fields): Promise<void> {
    const result = await this.person.sobject(type).update({ Id: id, ...fields });
    if (!result.success) throw new Error(JSON.stringify(result.errors));
  }

  /** Live records of a type, raw: HubSpot's with their properties, Salesforce's with their fields. */
  async live(system: System, type: string): Promise<readonly Row[]> {
    const response = await fetch(`${this.simulated.sandbox.access[system]}/_sandbox/records/${type}`);
    const { records } = (await response.json()) as { records: Record<string, unknown>[] };
    return system === 'salesforce'
      ? records.filter(({ IsDeleted }) => IsDeleted !== true)
      : records.flatMap(({ id, archived, properties }) =>
          archived === true ? [] : [{ ...(properties as Row), id }],
        );
  }

  /** One live record; undefined where it is none. */
  async record(system: System, type: string, id: string): Promise<Row | undefined> {
    return (await this.live(system, type)).find((row) => (row.Id ?? row.id) === id);
  }

  /** Differences that nothing accounts for, over all pairs: what `tandem verify` counts. */
  async unexplained(): Promise<readonly VerifyItem[]> {
    const { engine, status } = this.simulated.fixture.store;
    const store = {
      linksOf: engine.linksOf.bind(engine),
      cursor: async () => null,
      standingOf: status.standingOf.bind(status),
    };
    const call = { class: 'live', purpose: 'verify' } as const;
    const reports = await Promise.all(
      this.mappings.pairs.map(async (pair) =>
        verifyPair({ pair, systems: this.context(pair).systems, store, call }),
      ),
    );
    return reports.flatMap(({ items }) => items.filter(({ why }) => why === 'unexplained'));
  }

  async reviews(): Promise<readonly { record_id: string; cause: string }[]> {
    return this.simulated.fixture.query('select record_id, cause from tandem.reviews order by record_id');
  }

  async parked(): Promise<readonly { field: string; code: string; system: System }[]> {
    return this.simulated.fixture.query(
      `select field, failure ->> 'code' as code, system from tandem.parked order by field`,
    );
  }
}

/** Call at the top of a test file: store and simulators are open during its tests, and empty before each. `files` are paths in config/. */
export const withObjects = (edit?: EditMapping, files?: readonly string[]): SimulatedObjects => {
  const objects = new SimulatedObjects(withSimulators(), edit, files);
  beforeEach(async () => objects.begin());
  return objects;
};
