import type { Base, UnitSettlement } from '../../../src/model/state.ts';
import type { WriteRow } from '../../../src/model/write.ts';
import type { EngineStore, RecordSystem } from '../../../src/sync/ports.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';

/** A way in which an engine could be wrong, planted between the real one and what it works with. */
export interface Broken {
  readonly store?: (store: MemoryStore) => Partial<EngineStore>;
  readonly system?: (system: RecordSystem, ground: Grounds) => Partial<RecordSystem>;
}

/** What a mistake may make use of. */
export interface Grounds {
  readonly now: () => number;
  readonly store: MemoryStore;
}

const settlementsBy = (
  store: EngineStore,
  change: (settlement: UnitSettlement) => UnitSettlement,
): Partial<EngineStore> => ({
  settle: (settlements) => store.settle(settlements.map(change)),
  settleAndKeep: (settlements) => store.settleAndKeep(settlements.map(change)),
});

const withBase = (settlement: UnitSettlement, base: (old: Base) => Base): UnitSettlement => {
  const { begin, move } = settlement;
  return {
    ...settlement,
    ...(begin === undefined ? {} : { begin: { ...begin, base: base(begin.base) } }),
    ...(move === undefined ? {} : { move: { ...move, base: base(move.base) } }),
  };
};

/** What a base remembers of writes, without the reads that they were decided from. */
const withoutReads = (base: Base): Base =>
  Object.fromEntries(
    Object.entries(base).map(([name, { wrote, ...entry }]) => {
      if (!wrote) return [name, entry];
      const { read: _, ...written } = wrote;
      return [name, { ...entry, wrote: written }];
    }),
  );

/** Own writes by record and time, for engines that tell echoes by who wrote last; one book for all workers of a run. */
const books = new WeakMap<() => number, ReturnType<typeof makeBook>>();
const bookOf = (now: () => number): ReturnType<typeof makeBook> => {
  const book = books.get(now) ?? makeBook();
  books.set(now, book);
  return book;
};
const makeBook = (): { note(id: string, at: number): void; isEcho(id: string, at: number): boolean } => {
  const writes = new Map<string, number>();
  return {
    note: (id, at) => void writes.set(id, at),
    isEcho: (id, at) => at - (writes.get(id) ?? Number.NEGATIVE_INFINITY) < 20_000,
  };
};

/** A worker whose lease is another's, or nobody's any more, is taken for the holder. */
const withoutFence = ({ state }: MemoryStore) => {
  return (unit: string, pair: string, fence: number): void => {
    const lease = state.leases.get(unit) ?? { pair, holder: '', expires: state.now() };
    const expires = Math.max(lease.expires, state.now() + 60_000);
    state.leases.set(unit, { ...lease, fence, expires });
  };
};

/** The row of an update as one that goes by the identity field. */
const asUpsert = (row: WriteRow, system: RecordSystem, { state }: MemoryStore): WriteRow => {
  const intent = state.intents.get(row.key);
  if (row.op !== 'update' || intent === undefined) return row;
  const identityField = system.system === 'hubspot' ? 'tandem_salesforce_id' : 'HubSpot_Id__c';
  // Who gets the identity has none to be found by yet.
  if (Object.hasOwn(row.fields, identityField)) return row;
  const { key, fields } = row;
  return { op: 'upsert', key, identityField, identityValue: intent.source.id, fields };
};

/** Engines that are wrong in one way each. The seeded runs must find every one of them. */
export const broken: Readonly<Record<string, Broken>> = {
  'no base: both sides are compared with each other alone': {
    store: (store) => settlementsBy(store, (each) => withBase(each, () => ({}))),
  },
  'one base value for both sides': {
    store: (store) =>
      settlementsBy(store, (each) =>
        withBase(each, (base) =>
          Object.fromEntries(
            Object.entries(base).map(([name, { hubspot }]) => [name, { hubspot, salesforce: hubspot }]),
          ),
        ),
      ),
  },
  'an edit that came between a read and its write is not looked for': {
    store: (store) => settlementsBy(store, (each) => withBase(each, withoutReads)),
  },
  'the ledger is not written': {
    store: (store) => settlementsBy(store, (each) => ({ ...each, ledger: [] })),
  },
  'the value that lost a conflict is not kept': {
    store: (store) =>
      settlementsBy(store, (each) => ({
        ...each,
        ledger: each.ledger.map((entry) => ({ ...entry, lost: null })),
      })),
  },
  'tombstones are forgotten': {
    store: (store) => ({
      linksOf: async (...request) =>
        new Map([...(await store.linksOf(...request))].filter(([, { ended }]) => ended === null)),
    }),
  },
  'an unknown outcome counts as landed': {
    system: (system) => ({
      writeMany: async (type, rows, context) =>
        (await system.writeMany(type, rows, context)).map((outcome, index) => {
          const row = rows[index];
          if (outcome.kind !== 'unknown' || row?.op !== 'update') return outcome;
          return { kind: 'landed', id: row.id, created: false, stamp: null };
        }),
    }),
  },
  'an unknown outcome counts as refused': {
    system: (system) => ({
      writeMany: async (type, rows, context) =>
        (await system.writeMany(type, rows, context)).map((outcome) =>
          outcome.kind === 'unknown'
            ? {
                kind: 'refused',
                failure: {
                  category: 'value',
                  system: system.system,
                  code: 'GUESSED',
                  message: 'no answer',
                  fields: [],
                },
              }
            : outcome,
        ),
    }),
  },
  'echoes are told by who wrote last': {
    system: (system, { now }) => {
      const own = bookOf(now);
      return {
        writeMany: async (type, rows, context) => {
          for (const row of rows) if (row.op === 'update') own.note(row.id, now());
          return system.writeMany(type, rows, context);
        },
        async *changesSince(...request) {
          for await (const page of system.changesSince(...request)) {
            yield { ...page, records: page.records.filter(({ ref, stamp }) => !own.isEcho(ref.id, stamp)) };
          }
        },
      };
    },
  },
  'polls do not overlap': {
    system: (system) => ({
      changesSince: (type, cursor, _overlapMs, fields, context) =>
        system.changesSince(type, cursor, 0, fields, context),
    }),
  },
  'matches are looked up in an index that lags': {
    system: (system, { now }) => ({
      findByField: async (...request) =>
        (await system.findByField(...request)).filter(({ record }) => record.createdAt < now() - 60_000),
      findAcross: async (...request) =>
        ((await system.findAcross?.(...request)) ?? []).filter(
          ({ record }) => record.createdAt < now() - 60_000,
        ),
    }),
  },
  'nobody is looked up before a create': {
    system: () => ({ findByField: async () => [], findAcross: async () => [] }),
  },
  'a contact is looked for by its first address alone': {
    system: (system) => ({
      readMany: async (...request) =>
        new Map(
          [...(await system.readMany(...request))].map(([id, record]) => {
            const { hs_additional_emails: _, ...fields } = record.fields;
            return [id, { ...record, fields }];
          }),
        ),
    }),
  },
  'no fence: whoever lost a lease goes on as if it held it': {
    store: (store) => {
      const hold = withoutFence(store);
      return {
        openIntents: async (intents, fences, ...times) => {
          for (const { unit, pair } of intents) hold(unit, pair, fences.get(unit) ?? 0);
          return store.openIntents(intents, fences, ...times);
        },
        settle: async (settlements) => {
          for (const { unit, pair } of settlements) hold(unit.key, pair, unit.fence);
          return store.settle(settlements);
        },
        settleAndKeep: async (settlements) => {
          for (const { unit, pair } of settlements) hold(unit.key, pair, unit.fence);
          return store.settleAndKeep(settlements);
        },
      };
    },
  },
  'updates go as upserts, too': {
    system: (system, { store }) => ({
      writeMany: (type, rows, context) =>
        system.writeMany(
          type,
          rows.map((row) => asUpsert(row, system, store)),
          context,
        ),
    }),
  },
  'stale reads are accepted': {
    store: (store) => ({
      claim: async (...request) =>
        (await store.claim(...request)).map((unit) => ({
          ...unit,
          link: unit.link && { ...unit.link, stamps: { hubspot: 0, salesforce: 0 } },
          dirty: unit.dirty.map((row) => ({ ...row, stamp: null })),
        })),
    }),
  },
  'a stage goes without its pipeline': {
    system: (system) => ({
      writeMany: (type, rows, context) =>
        system.writeMany(
          type,
          rows.map((row) => {
            if (row.op !== 'update') return row;
            const { RecordTypeId: _type, pipeline: _pipeline, ...fields } = row.fields;
            return { ...row, fields };
          }),
          context,
        ),
    }),
  },
  'whoever is tied by the other side is tied by nobody here': {
    system: () => ({ writeTies: async (changes) => changes.map(() => ({ kind: 'landed' })) }),
  },
  'an emptied value does not flow': {
    system: (system) => ({
      writeMany: (type, rows, context) =>
        system.writeMany(
          type,
          rows.map((row) => ({
            ...row,
            fields: Object.fromEntries(
              Object.entries(row.fields).filter(([, value]) => value !== null && value !== ''),
            ),
          })),
          context,
        ),
    }),
  },
};

/** What stands between an engine and its neighbour: the neighbour, with some methods replaced. */
export const overlay = <T extends object>(whole: T, part: Partial<T>): T =>
  new Proxy(whole, {
    get: (target, name): unknown => {
      const replaced: unknown = Reflect.get(part, name);
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
