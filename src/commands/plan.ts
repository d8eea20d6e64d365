import { composeEngine, composeSystems, logEvents, type Systems } from '../compose.ts';
import type { LoadedMappings } from '../mapping/load.ts';
import type { CallContext } from '../model/budget.ts';
import { CallFailed } from '../model/failure.ts';
import type { PairMapping } from '../model/mapping.ts';
import { bothSides, type Sides, type System, systems } from '../model/system.ts';
import { requireConnections } from '../settings.ts';
import { openScratchStore, type ScratchStore } from '../store/scratch/scratch-store.ts';
import { RehearsalSystem } from '../sync/rehearsal/rehearsal-system.ts';
import { type Rehearsed, rehearse } from '../sync/rehearsal/rehearse.ts';
import { checkSchemas, freshPairs } from './connect.ts';
import { exitCode } from './exit.ts';
import { type Sample, Samples } from './plan/samples.ts';
import { planWords } from './plan/words.ts';
import { learnOwners } from './run/owners.ts';
import { answer, type StoreOptions, withStore } from './with-store.ts';

/** The contract's plan. */
export interface Plan {
  readonly creates: Sides<number>;
  readonly updates: Sides<number>;
  readonly links: number;
  readonly reviews: number;
  readonly conflicts: number;
  readonly unsettled: number;
  readonly calls: Sides<number>;
  readonly byObject: Readonly<Record<string, Rehearsed>>;
  readonly samples: readonly Sample[];
}

const sumOf = (parts: readonly Rehearsed[], pick: (each: Rehearsed) => number): number =>
  parts.reduce((sum, each) => sum + pick(each), 0);

const sumUp = (byObject: Readonly<Record<string, Rehearsed>>): Omit<Plan, 'calls' | 'samples'> => {
  const parts = Object.values(byObject);
  return {
    creates: bothSides((system) => sumOf(parts, (each) => each.creates[system])),
    updates: bothSides((system) => sumOf(parts, (each) => each.updates[system])),
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
}

/** Rehearses every pair in the order of the configuration. @throws CallFailed at the first call that fails as a whole */
const rehearseAll = async (rehearsal: Rehearsal): Promise<Record<string, Rehearsed>> => {
  const { mappings, parts, scratch, rehearsed, log, samples } = rehearsal;
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
  try {
    for (const pair of mappings.pairs) {
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
      byObject[pair.name] = await rehearse(
        engine,
        scratch.skipWaits,
        !rehearsal.fresh.includes(pair),
        (intent) => samples.take(intent),
      );
      if (abort.signal.aborted) await refuse(scratch);
    }
    return byObject;
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
export const planCommand = async (options: StoreOptions): Promise<number> =>
  withStore(options, async ({ settings, mappings, store, connectionString, log }) => {
    const connections = requireConnections(settings);
    const reading = new ReadingCalls();
    const parts = composeSystems(connections, store.budget, log, reading.mayCall);
    const signal = new AbortController().signal;
    const trouble = ({ what, error }: { what: string; error: unknown }): void =>
      log.warn({ event: 'store-trouble', what: `plan: ${what}`, cause: String(error) });
    try {
      const fresh = await freshPairs(store.engine, mappings);
      await checkSchemas(parts, fresh, log, signal);
      await learnOwners(parts.connectors, mappings);
      const scratch = await openScratchStore(connectionString, trouble);
      try {
        const rehearsed = bothSides((system) => new RehearsalSystem(parts.connectors[system], Date.now));
        const samples = new Samples(mappings.pairs);
        const byObject = await rehearseAll({ mappings, parts, scratch, rehearsed, log, samples, fresh });
        const calls = bothSides((system) => reading.counts[system] + rehearsed[system].writeCalls);
        const plan: Plan = {
          ...sumUp(byObject),
          calls,
          samples: await samples.finish(scratch.store.engine),
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
