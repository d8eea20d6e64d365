import { formatRef } from '../../src/model/system.ts';
import { makeLedgerEntry } from './builders.ts';
import { asHeld, releaseHeld } from './memory/breakers.ts';
import { MemoryLiveStore } from './memory/memory-live-store.ts';
import { MemoryStore } from './memory/memory-store.ts';
import type { MemoryState } from './memory/state.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** Takes so much off a time that stands in each row of a table. */
const older = <T>(table: Map<string, T>, change: (row: T) => T): void => {
  for (const [key, row] of table) table.set(key, change(row));
};

const ages: Readonly<Record<Parameters<StoreUnderTest['age']>[0], (state: MemoryState, ms: number) => void>> =
  {
    awaited: (state, ms) => older(state.awaited, (row) => ({ ...row, since: row.since - ms })),
    links: (state, ms) => older(state.begunAt, (at) => at - ms),
    dirty: (state, ms) => older(state.dirty, (row) => ({ ...row, since: row.since - ms })),
    changes: (state, ms) => older(state.massChanges, (row) => ({ ...row, at: row.at - ms })),
  };

export const inMemory = (): StoreUnderTest => {
  let passed = 0;
  let workers = 0;
  const trouble: string[] = [];
  const store = new MemoryStore(
    () => Date.now() + passed,
    (unit) => trouble.push(`settlement of ${unit}`),
  );
  const { state } = store;
  let live = new MemoryLiveStore(store);
  return {
    store,
    reset: async () => state.clear(),
    openLive: async () => {
      live = new MemoryLiveStore(store);
      return { live, close: async () => undefined };
    },
    standingOf: (...request) => store.standingOf(...request),
    problems: async () =>
      [...state.problems.values()]
        .map(({ toldAt: _toldAt, ...problem }) => problem)
        .sort((a, b) => a.since - b.since),
    now: async () => state.now(),
    pass: async (ms) => {
      passed += ms;
    },
    expire: async (only) => {
      for (const [unit, lease] of state.leases) {
        if (only === undefined || unit === only) state.leases.set(unit, { ...lease, expires: state.now() });
      }
    },
    age: async (what, ms) => ages[what](state, ms),
    ageSignals: async (ms) => live.age(ms),
    ledger: async () => state.ledger,
    wrote: async (agoMs) => {
      state.ledger.push({ ...makeLedgerEntry(), linkId: null, at: state.now() - agoMs });
    },
    keyLocks: async () => state.keyLocks.size,
    awaitedBy: async (ref) =>
      [...state.awaited.values()]
        .filter((row) => formatRef(row.ref) === formatRef(ref))
        .map(({ id }) => id)
        .sort((a, b) => a.localeCompare(b)),
    makeLinks: async (count) => {
      for (let n = 1; n <= count; n += 1) {
        const ids = { hubspot: `${n}`, salesforce: `${n}` };
        const none = { version: 1, base: {}, stamps: { hubspot: 0, salesforce: 0 }, ended: null };
        state.links.set(`${n}`, { id: `${n}`, pair: 'people', ids, ...none });
      }
    },
    heldChanges: async () => state.holds.filter(({ releasedAt }) => releasedAt === null).map(asHeld),
    releaseHeld: async (id) => releaseHeld(state, id),
    worker: async () => {
      workers += 1;
      const id = `worker-${workers}`;
      state.living.add(id);
      return { id, leave: async () => void state.living.delete(id) };
    },
    decideNew: async (system, id, candidates = []) => {
      state.decidedNew.set(`people ${system} ${id}`, candidates);
    },
    takeTrouble: () => trouble.splice(0),
  };
};
