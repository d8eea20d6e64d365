import pino from 'pino';
import { beforeAll, vi } from 'vitest';
import { type ActiveLifecycle, activeLifecycle, makeContext } from '../../../src/commands/run/lifecycle.ts';
import type { Systems } from '../../../src/compose.ts';
import { carryOut } from '../../../src/lifecycle/effects/carry-out.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { readDeals } from '../../../src/lifecycle/run/deal-pass.ts';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import type { LifecycleDefinition } from '../../../src/lifecycle/stage/definition.ts';
import { journeySignals } from '../../../src/model/journeys.ts';
import type { Sides, System } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { mirrorMappings } from '../../mirror.ts';
import { type Simulated, withSimulators } from '../../sync/simulated.ts';

const call = { class: 'live', purpose: 'read' } as const;

/** The lifecycle's office in this process: a real store, both simulators through the real clients, all behaviours acting, and no worker. */
export class Office {
  readonly simulated: Simulated;
  #context: LifecycleContext | null = null;
  /** What was told to owners. */
  readonly told: string[] = [];

  constructor(simulated: Simulated) {
    this.simulated = simulated;
  }

  get context(): LifecycleContext {
    if (this.#context === null) throw new Error('the office opens in beforeAll');
    return this.#context;
  }

  async open(config = `${repositoryRoot}config`): Promise<void> {
    const active = await activeLifecycle(config, mirrorMappings);
    if (active === null) throw new Error('the shipped configuration has no lifecycle');
    await this.reopen(active);
  }

  private async reopen(active: ActiveLifecycle): Promise<void> {
    const { fixture } = this.simulated;
    this.#context = await makeContext({
      active,
      mappings: mirrorMappings,
      opened: { store: fixture.store },
      systems: { connectors: this.simulated.connect() as Systems['connectors'] },
      wake: () => undefined,
      webhook: null,
      mail: null,
      pollMs: 1_000,
      signal: new AbortController().signal,
      log: pino({ level: 'silent' }),
    });
    this.#context = {
      ...this.#context,
      tell: async (text) => {
        this.told.push(text);
      },
    };
  }

  /** The same office by another lifecycle.yaml. */
  with(change: Partial<LifecycleDefinition>): LifecycleContext {
    const { models } = this.context;
    return { ...this.context, models: { ...models, lifecycle: { ...models.lifecycle, ...change } } };
  }

  /** Says that these records changed, as polls and streams do. */
  async mark(system: System, type: string, ids: readonly string[]): Promise<void> {
    await this.simulated.fixture.store.engine.commitSignals(
      ids.map((id) => ({
        pair: journeySignals,
        ref: { system, type, id },
        class: 'live' as const,
        stamp: null,
        cause: 'test',
      })),
    );
  }

  /** Looks and carries out until nothing is left, whatever time it waits for; `rounds` at most. */
  async settle(context: LifecycleContext = this.context, rounds = 60): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const looked = await lookOnce(context);
      const done = await carryOut(context);
      if (looked + done === 0) return;
    }
    throw new Error(`after ${rounds} rounds there is still something to do`);
  }

  /** So many people of one company, linked, who were looked at. */
  async people(count: number): Promise<readonly Sides<string>[]> {
    const people = await this.simulated.people(
      Array.from({ length: count }, (_, at) => ({
        ...{ email: `ada${at}@example.com`, lastname: `Lind ${at}`, company: 'Nordlys' },
      })),
    );
    await this.mark(
      'hubspot',
      'contacts',
      people.map(({ hubspot }) => hubspot),
    );
    await this.settle();
    return people;
  }

  async deals(context: LifecycleContext = this.context): Promise<void> {
    await readDeals(context);
    await this.settle(context);
  }

  async create(type: string, records: readonly RawFields[]): Promise<readonly string[]> {
    const { ids } = (await this.simulated.control('salesforce', `records/${type}`, { records })) as {
      ids: readonly string[];
    };
    return ids;
  }

  /** A colleague's edit in Salesforce: Robin's, or that of another user, by the alias. */
  async edit(type: string, id: string, fields: RawFields, by = 'rsell'): Promise<void> {
    await this.simulated.control('salesforce', 'edits', { by, type, records: [{ Id: id, ...fields }] });
  }

  async read(system: System, type: string, id: string, ...fields: string[]): Promise<RawFields> {
    const found = await this.context.systems[system].readMany(type, [id], fields, call);
    return found.get(id)?.fields ?? {};
  }

  /** Records of Salesforce, raw, deleted ones left out. */
  async rows(type: string, isMeant: (record: RawFields) => boolean): Promise<readonly RawFields[]> {
    const rows: RawFields[] = [];
    let after = '';
    do {
      const response = await fetch(
        `${this.simulated.sandbox.access.salesforce}/_sandbox/records/${type}${after === '' ? '' : `?after=${after}`}`,
      );
      const page = (await response.json()) as { records: RawFields[]; after?: string };
      rows.push(...page.records.filter((record) => record.IsDeleted !== true && isMeant(record)));
      after = page.after ?? '';
    } while (after !== '');
    return rows;
  }

  /** Calls of the integration to a system so far, by route. */
  async calls(system: System): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`${this.simulated.sandbox.access[system]}/_sandbox/stats`);
    const { calls } = (await response.json()) as { calls: { byRoute: Record<string, number> } };
    return new Map(Object.entries(calls.byRoute));
  }
}

/** Call at the top of a test file: store, simulators and the office are open during its tests. */
export const withOffice = (): Office => {
  const office = new Office(withSimulators());
  beforeAll(async () => {
    await office.open();
  });
  return office;
};

/** Waits for a condition, never for time. */
export const eventually = vi.waitUntil;
