import { composeEngine, composeSystems, logEvents, type Systems } from '../compose.ts';
import { causeOf } from '../log.ts';
import type { LoadedMappings } from '../mapping/load.ts';
import type { CallContext } from '../model/budget.ts';
import { CallFailed } from '../model/failure.ts';
import type { PairMapping } from '../model/mapping.ts';
import type { NewIntent } from '../model/state.ts';
import { bothSides, type Sides, type System, systems } from '../model/system.ts';
import { loadSettings, requireConnections } from '../settings.ts';
import { openScratchStore, type ScratchStore } from '../store/scratch/scratch-store.ts';
import { RehearsalSystem } from '../sync/rehearsal/rehearsal-system.ts';
import { type Rehearsed, rehearse } from '../sync/rehearsal/rehearse.ts';
import { checkSchemas, freshPairs } from './connect.ts';
import { exitCode } from './exit.ts';
import type { LifecyclePlan } from './plan/lifecycle-words.ts';
import { type Sample, Samples } from './plan/samples.ts';
import { planWords } from './plan/words.ts';
import type { ActiveLifecycle } from './run/lifecycle.ts';
import { loadLifecycleRoom } from './run/lifecycle-room.ts';
import { learnOwners } from './run/owners.ts';
import { answer, type StoreOptions, withStoreOrEmpty } from './with-store.ts';

type Counts = Readonly<Record<string, number>>;

/** The contract's plan. */
export interface Plan {
  readonly creates: Sides<number>;
  readonly updates: Sides<number>;
  /** Creations by the object's API name: leads and contacts apart. */
  readonly createsByType: Sides<Counts>;
  readonly links: number;
  readonly reviews: number;
  readonly conflicts: number;
  readonly unsettled: number;
  /**
   * Email domains of the contacts that HubSpot gets, where its companies become accounts: it makes a company by itself of each that has none, unless that is switched
   * off there. Those are in no other figure.
   */
  readonly newDomains: number;
  /** Calls for what the plan says, without those that a worker makes all the time. */
  readonly calls: Sides<number>;
  readonly byObject: Readonly<Record<string, Rehearsed>>;
  readonly samples: readonly Sample[];
  /** Where the configuration has one that is not off. */
  readonly lifecycle?: LifecyclePlan;
}

const sumOf = (parts: readonly Rehearsed[], pick: (each: Rehearsed) => number): number =>
  parts.reduce((sum, each) => sum + pick(each), 0);

const addCounts = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [
      name,
      (one[name] ?? 0) + (other[name] ?? 0),
    ]),
  );

const sumUp = (
  byObject: Readonly<Record<string, Rehearsed>>,
): Omit<Plan, 'newDomains' | 'calls' | 'samples' | 'lifecycle'> => {
  const parts = Object.values(byObject);
  return {
    creates: bothSides((system) => sumOf(parts, (each) => each.creates[system])),
    updates: bothSides((system) => sumOf(parts, (each) => each.updates[system])),
    createsByType: bothSides((system) =>
      parts.map((each) => each.createsByType[system]).reduce(addCounts, {}),
    ),
    links: sumOf(parts, (each) => each.links),
    reviews: sumOf(parts, (each) => each.reviews),
    conflicts: sumOf(parts, (each) => each.conflicts),
    unsettled: sumOf(parts, (each) => each.unsettled),
    byObject,
  };
};

/** Counts the calls that a run would make as well, and makes sure that none of them writes. */
class ReadingCalls {
  readonly counts = { hubspot: 0, salesforce: 0 };

  readonly mayCall = (system: System, { purpose }: CallContext): void => {
    if (purpose === 'write') throw new Error(`a plan must not write to ${system}: a defect`);
    this.counts[system] += 1;
  };
}

interface Rehearsal {
  readonly mappings: LoadedMappings;
  readonly parts: Systems;
  readonly scratch: ScratchStore;
  readonly rehearsed: Sides<RehearsalSystem>;
  readonly log: Parameters<typeof logEvents>[0];
  readonly samples: Samples;
  /** Those of the pairs that have not run with this mapping. */
  readonly fresh: readonly PairMapping[];
  readonly active: ActiveLifecycle | null;
  readonly pollMs: number;
}

interface RehearsedAll {
  readonly byObject: Record<string, Rehearsed>;
  readonly newDomains: number;
  readonly lifecycle?: LifecyclePlan;
}

/** The email domain of a contact that an intent creates in HubSpot; null of all else. */
const newDomainOf = ({ op, target, writes }: NewIntent): string | null => {
  if (op !== 'create' || target.system !== 'hubspot' || target.type !== 'contacts') return null;
  const email = writes.find(({ apiField }) => apiField === 'email')?.sent;
  return typeof email === 'string' ? (email.toLowerCase().split('@')[1] ?? null) : null;
};

/** Whether a company that HubSpot makes becomes a record in Salesforce. */
const makesAccounts = ({ types, create }: PairMapping): boolean =>
  types.hubspot === 'companies' && create.salesforce !== 'never';

/** What a pair came to in all, after the engine was asked for more. */
const withMore = (before: Rehearsed, more: Rehearsed): Rehearsed => ({
  ...more,
  creates: bothSides((system) => before.creates[system] + more.creates[system]),
  updates: bothSides((system) => before.updates[system] + more.updates[system]),
  createsByType: bothSides((system) => addCounts(before.createsByType[system], more.createsByType[system])),
  links: before.links + more.links,
  conflicts: before.conflicts + more.conflicts,
});

/** The lifecycle as the worker would begin it, on the scratch store. Who tells owners, and what asks for details, is left out. */
const contextFor = async (
  { mappings, parts, scratch, rehearsed, log, active, pollMs }: Rehearsal,
  signal: AbortSignal,
) => {
  if (active === null) return null;
  const { makeContext } = await import('./run/lifecycle.ts');
  const { engagement: _, ...context } = await makeContext({
    ...{ active, mappings, systems: parts, pollMs, signal, log },
    opened: { store: scratch.store },
    wake: () => undefined,
    webhook: null,
    mail: null,
  });
  return { ...context, systems: rehearsed, events: { emit: () => undefined } };
};

/** Rehearses every pair in the order of the configuration. @throws CallFailed at the first call that fails as a whole */
const rehearseAll = async (rehearsal: Rehearsal): Promise<RehearsedAll> => {
  const { mappings, parts, scratch, rehearsed, log, samples, active } = rehearsal;
  const worker = await scratch.store.registerWorker({
    name: 'plan',
    exclusive: null,
    onLost: () => undefined,
  });
  const abort = new AbortController();
  const events = {
    emit: (...[event, detail]: Parameters<ReturnType<typeof logEvents>['emit']>): void => {
      if (event === 'call-failed') abort.abort(new Error(String(detail.message)));
      logEvents(log).emit(event, detail);
    },
  };
  const byObject: Record<string, Rehearsed> = {};
  /** Salesforce's people for whom contacts were made. */
  const created: string[] = [];
  const domains = new Set<string>();
  const hearsOfCompanies = mappings.pairs.some(makesAccounts);
  const rehearsePair = async (pair: PairMapping): Promise<void> => {
    const engine = composeEngine({
      pair,
      mappings,
      store: scratch.store.engine,
      systems: rehearsed,
      gates: parts.gates,
      wake: { wake: () => undefined },
      events,
      holder: worker.id,
      signal: abort.signal,
    });
    const done = await rehearse(engine, scratch.skipWaits, !rehearsal.fresh.includes(pair), (intent) => {
      samples.take(intent);
      const isPerson = intent.pair === active?.pair && intent.op === 'create';
      if (isPerson && intent.target.system === 'hubspot') created.push(intent.source.id);
      const domain = hearsOfCompanies ? newDomainOf(intent) : null;
      if (domain !== null) domains.add(domain);
    });
    const before = byObject[pair.name];
    byObject[pair.name] = before === undefined ? done : withMore(before, done);
    if (abort.signal.aborted) await refuse(scratch);
  };
  try {
    for (const pair of mappings.pairs) await rehearsePair(pair);
    const context = await contextFor(rehearsal, abort.signal);
    const people = mappings.pairs.find(({ name }) => name === active?.pair);
    if (context === null || people === undefined) return { byObject, newDomains: domains.size };
    const { rehearseLifecycle } = await import('./plan/lifecycle.ts');
    const align = (): Promise<void> => rehearsePair(people);
    const lifecycle = await rehearseLifecycle({ context, scratch, created, align });
    return { byObject, newDomains: domains.size, lifecycle };
  } finally {
    await worker.leave();
  }
};

/** A plan that could not read everything is none: what is known of the failure stands in the scratch store. */
const refuse = async ({ store }: ScratchStore): Promise<never> => {
  const [problem] = await store.status.problems();
  const system = problem?.key.startsWith('salesforce') === true ? 'salesforce' : 'hubspot';
  throw new CallFailed({
    category: 'unavailable',
    system,
    code: 'CALL_FAILED',
    message: problem?.cause ?? 'a call failed',
    fields: [],
  });
};

/**
 * Says what a first alignment, or that of a changed mapping, would do: the engine itself does it, on a copy of its memory that is
 * thrown away, with systems that are read and never written.
 */
export const planCommand = async (options: StoreOptions): Promise<number> => {
  const connections = requireConnections(loadSettings());
  const meaning = 'this is the plan of a first alignment (if that is not what you expect, check --data).';
  return withStoreOrEmpty(options, meaning, async (context) => {
    const { settings, mappings: loaded, store, connectionString, log } = context;
    const room = await loadLifecycleRoom(options.config);
    const active = (await room?.activeLifecycle(options.config, loaded)) ?? null;
    const mappings = room?.watchedBy(active, loaded) ?? loaded;
    const reading = new ReadingCalls();
    const parts = composeSystems(connections, store.budget, log, reading.mayCall);
    const signal = new AbortController().signal;
    const trouble = ({ what, error }: { what: string; error: unknown }): void =>
      log.warn({
        ...{ event: 'store-trouble', what: `plan: ${what}`, cause: causeOf(error) },
        next: 'Nothing was written; start plan again.',
      });
    try {
      const fresh = await freshPairs(store.engine, mappings);
      await checkSchemas(parts, fresh, log, signal);
      await learnOwners(parts.connectors, mappings);
      const scratch = await openScratchStore(connectionString, trouble);
      try {
        const rehearsed = bothSides((system) => new RehearsalSystem(parts.connectors[system], Date.now));
        const samples = new Samples(mappings.pairs);
        const { pollMs } = settings;
        const { byObject, newDomains, lifecycle } = await rehearseAll({
          ...{ mappings, parts, scratch, rehearsed, log, samples, fresh, active, pollMs },
        });
        const calls = bothSides((system) => reading.counts[system] + rehearsed[system].writeCalls);
        const plan: Plan = {
          ...sumUp(byObject),
          newDomains,
          calls,
          samples: await samples.finish(scratch.store.engine),
          ...(lifecycle === undefined ? {} : { lifecycle }),
        };
        answer(options, plan, planWords(plan));
        return exitCode.fine;
      } finally {
        await scratch.discard();
      }
    } finally {
      await Promise.all(systems.map(async (system) => parts.connectors[system].close()));
    }
  });
};
