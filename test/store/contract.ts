import { formatRef, type RecordRef, type System } from '../../src/model/system.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { withStore } from './postgres.ts';

/** A store under the contract tests, with what they need from outside of it. */
export interface StoreUnderTest {
  readonly store: EngineStore;
  reset(): Promise<void>;
  /** Time passes for leases, dirty rows and intents. */
  pass(ms: number): Promise<void>;
  /** One lease has run out, or all. */
  expire(unit?: string): Promise<void>;
  /** The ledger, in order. */
  ledger(): Promise<readonly { readonly event: string; readonly linkId: string | null }[]>;
  keyLocks(): Promise<number>;
  /** A person said that this record of the pair `people` is somebody new. */
  decideNew(system: System, id: string, candidates?: readonly RecordRef[]): Promise<void>;
  /** What the store said of settlements that it refused although it should not; empties it. */
  takeTrouble(): readonly string[];
}

/** Call at the top of a file: `TANDEM_STORE=memory` (a project of its own in vitest.config.ts) runs it on the store in memory. */
export const storeUnderTest = (): StoreUnderTest =>
  process.env.TANDEM_STORE === 'memory' ? inMemory() : inPostgres();

const inMemory = (): StoreUnderTest => {
  let passed = 0;
  const trouble: string[] = [];
  const store = new MemoryStore(
    () => Date.now() + passed,
    (unit) => trouble.push(`settlement of ${unit}`),
  );
  const { state } = store;
  return {
    store,
    reset: async () => state.clear(),
    pass: async (ms) => {
      passed += ms;
    },
    expire: async (only) => {
      for (const [unit, lease] of state.leases) {
        if (only === undefined || unit === only) state.leases.set(unit, { ...lease, expires: state.now() });
      }
    },
    ledger: async () => state.ledger,
    keyLocks: async () => state.keyLocks.size,
    decideNew: async (system, id, candidates = []) => {
      state.decidedNew.set(`people ${system} ${id}`, candidates);
    },
    takeTrouble: () => trouble.splice(0),
  };
};

const inPostgres = (): StoreUnderTest => {
  const fixture = withStore();
  return {
    get store() {
      return fixture.store.engine;
    },
    reset: () => fixture.reset(),
    pass: async (ms) => {
      const back = `- ${ms} * interval '1 millisecond'`;
      await fixture.query(`update tandem.leases set expires = expires ${back}`);
      await fixture.query(`update tandem.dirty set due = due ${back}`);
      await fixture.query(`update tandem.intents set deadline = deadline ${back}`);
    },
    expire: async (unit) => {
      await fixture.query('update tandem.leases set expires = now() where $1::text is null or unit = $1', [
        unit ?? null,
      ]);
    },
    ledger: () => fixture.query('select event, link_id as "linkId" from tandem.ledger order by id'),
    keyLocks: async () => (await fixture.query('select from tandem.key_locks')).length,
    decideNew: async (system, id, candidates = []) => {
      const ref = { system, type: system === 'hubspot' ? 'contacts' : 'Lead', id };
      await fixture.store.operator.decideNew(
        { pair: 'people', unit: formatRef(ref), ref, cause: 'test', candidates, since: 0 },
        { cause: 'lifted', never: 'erased' },
        { pair: 'people', ref, class: 'live', stamp: null, cause: 'test' },
      );
    },
    takeTrouble: () => fixture.trouble.splice(0).map(({ what }) => what),
  };
};
