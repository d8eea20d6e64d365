import { formatRef } from '../../src/model/system.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Held } from '../../src/sync/breakers/mass-change.ts';
import { withStore } from './postgres.ts';
import type { LedgerRow, StoreUnderTest } from './store-under-test.ts';

const back = (column: string): string => `${column} = ${column} - $1::float8 * interval '1 millisecond'`;

const ages: Readonly<Record<Parameters<StoreUnderTest['age']>[0], string>> = {
  awaited: `update tandem.awaited set ${back('since')}`,
  links: `update tandem.links set ${back('began_at')}`,
  dirty: `update tandem.dirty set ${back('since')}`,
  changes: `update tandem.mass_changes set ${back('at')}`,
};

export const inPostgres = (): StoreUnderTest => {
  const fixture = withStore();
  return {
    get store() {
      return fixture.store.engine;
    },
    reset: () => fixture.reset(),
    openLive: async () => {
      const { connectionString } = fixture;
      const store = await openStore({ connectionString, onTrouble: () => undefined });
      return { live: store.live, close: () => store.close() };
    },
    standingOf: (...request) => fixture.store.status.standingOf(...request),
    problems: () => fixture.store.status.problems(),
    now: async () => {
      const [clock] = await fixture.query<{ now: number }>(
        'select (extract(epoch from now()) * 1000)::float8 as now',
      );
      return clock?.now ?? 0;
    },
    pass: async (ms) => {
      await fixture.query(`update tandem.leases set ${back('expires')}`, [ms]);
      await fixture.query(`update tandem.dirty set ${back('due')}`, [ms]);
      await fixture.query(`update tandem.intents set ${back('deadline')}`, [ms]);
    },
    expire: async (unit) => {
      await fixture.query('update tandem.leases set expires = now() where $1::text is null or unit = $1', [
        unit ?? null,
      ]);
    },
    age: async (what, ms) => void (await fixture.query(ages[what], [ms])),
    ageSignals: async ({ signals = 0, there }) => {
      await fixture.query(`update tandem.signal_sources set ${back('heard_at')}, ${back('alive_at')}`, [
        signals,
      ]);
      if (there === undefined) return;
      await fixture.query(
        `update tandem.signal_sources set since = now() - $1::float8 * interval '1 millisecond'`,
        [there],
      );
    },
    ledger: async () => {
      const rows = await fixture.query<Omit<LedgerRow, 'from' | 'to' | 'lost'> & Record<string, string>>(
        `select event, link_id as "linkId", field, rule, from_value::text as f, to_value::text as t, lost::text as l
         from tandem.ledger order by id`,
      );
      return rows.map(({ f = 'null', t = 'null', l = 'null', ...row }) => ({
        ...row,
        from: JSON.parse(f),
        to: JSON.parse(t),
        lost: JSON.parse(l),
      }));
    },
    wrote: async (agoMs) => {
      await fixture.query(
        `insert into tandem.ledger (pair, event, system, type, record_id, from_value, to_value, cause, rule, lost, at)
          values ('people', 'write', 'salesforce', 'Lead', '00Q1', 'null', 'null', '', '', 'null',
            now() - $1::float8 * interval '1 millisecond')`,
        [agoMs],
      );
    },
    keyLocks: async () => (await fixture.query('select from tandem.key_locks')).length,
    awaitedBy: async (ref) => {
      const { awaited } = await fixture.store.operator.life([ref]);
      return awaited.map(({ id }) => id).sort();
    },
    makeLinks: async (count) => {
      await fixture.query(
        `insert into tandem.links (id, pair, hubspot_id, salesforce_id, version, base, hubspot_stamp, salesforce_stamp)
         select gen_random_uuid(), 'people', n::text, n::text, 1, '{}', 0, 0 from generate_series(1, $1::int) n`,
        [count],
      );
    },
    heldChanges: async () => (await fixture.store.operator.heldChanges()) as readonly Held[],
    releaseHeld: async (id) => (await fixture.store.operator.releaseHeld(id)) as Held | null,
    worker: () => fixture.store.registerWorker({ name: 'sync', exclusive: null, onLost: () => undefined }),
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
