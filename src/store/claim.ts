import { sql } from 'kysely';
import { type WorkClass, workClasses } from '../model/budget.ts';
import type { ClaimedUnit, DirtyRow, Intent, Link, Parked } from '../model/state.ts';
import type { System } from '../model/system.ts';
import { milliseconds } from './batch.ts';
import {
  type DirtyDbRow,
  dirtyColumns,
  linkRecords,
  ofRecord,
  recordBatch,
  toDirtyRow,
  type UnitRecord,
} from './dirty-rows.ts';
import { groupByUnit } from './group-by-unit.ts';
import { openIntentsOf } from './intents.ts';
import { type LinkRow, linkColumns, toLink } from './links.ts';
import { parkedOfUnits } from './parked.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';

interface Lease {
  readonly unit: string;
  readonly fence: number;
  readonly link_id: string | null;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
}

/** What a lease is taken for. */
interface ClaimRequest {
  readonly pair: string;
  readonly holder: string;
  readonly leaseMs: number;
  /** Ids of the records whose rows may be taken; all where it is not given. */
  readonly only: readonly string[] | undefined;
}

/**
 * EngineStore.claim. A leased unit's rows are due again when the lease ends, so that the next claim does not walk over
 * them; a signal that comes meanwhile makes them due at once, and then the lease keeps others away.
 */
export const claim = async (
  db: Db,
  pair: string,
  holder: string,
  limit: number,
  leaseMs: number,
  only?: readonly string[],
  weakest: WorkClass = 'backfill',
): Promise<readonly ClaimedUnit[]> =>
  inTransaction(db, async (tx) => {
    const leases = new Map<string, Lease>();
    for (const workClass of await dueClasses(tx, pair, weakest)) {
      const wanted = limit - leases.size;
      if (wanted <= 0) break;
      const taken = await leaseDue(tx, { pair, holder, leaseMs, only }, workClass, wanted);
      for (const lease of taken) leases.set(lease.unit, lease);
    }
    return leases.size === 0 ? [] : await loadUnits(tx, pair, leaseMs, [...leases.values()]);
  });

/** Classes that have due rows, the strongest first, down to the weakest that is wanted. */
const dueClasses = async (tx: Tx, pair: string, weakest: WorkClass): Promise<readonly number[]> => {
  const { rows } = await sql<{ class: number }>`
    select c.class from unnest(${[...workClasses.keys()].slice(0, workClasses.indexOf(weakest) + 1)}::smallint[]) as c(class)
    where exists (select from tandem.dirty d where d.pair = ${pair} and d.class = c.class and d.due <= now())
    order by c.class`.execute(tx);
  return rows.map((row) => row.class);
};

/**
 * Leases the oldest due rows of one class. Locked rows are skipped: another worker is claiming them or a signal is
 * arriving. Two workers that meet at the two sides of one link are separated by the lease's key.
 */
const leaseDue = async (
  tx: Tx,
  { pair, holder, leaseMs, only }: ClaimRequest,
  workClass: number,
  wanted: number,
): Promise<readonly Lease[]> => {
  const { rows } = await sql<Lease>`
    with candidate as materialized (
      select d.system, d.type, d.record_id, d.due, link.id as link_id,
        coalesce('link:' || link.id, d.system || ':' || d.type || '/' || d.record_id) as unit
      from tandem.dirty d
      left join lateral (
        select l.id, l.hubspot_id, l.salesforce_id from tandem.links l
        where d.system = 'hubspot' and l.pair = d.pair and l.hubspot_id = d.record_id and l.ended_at is null
        union all
        select l.id, l.hubspot_id, l.salesforce_id from tandem.links l
        where d.system = 'salesforce' and l.pair = d.pair and l.salesforce_id = d.record_id and l.ended_at is null
      ) link on true
      where d.pair = ${pair} and d.class = ${workClass} and d.due <= now()
        ${only === undefined ? sql`` : sql`and d.record_id = any(${[...only]}::text[])`}
        and not exists (
          select from tandem.leases lease
          where lease.unit = coalesce('link:' || link.id, d.system || ':' || d.type || '/' || d.record_id)
            and lease.expires > now())
        and not exists (
          select from tandem.intents i
          where i.source_id = any(array[d.record_id, link.hubspot_id, link.salesforce_id])
            and i.pair = d.pair and i.deadline > now()
            and (i.source_system, i.source_id) in (
              (d.system, d.record_id), ('hubspot', link.hubspot_id), ('salesforce', link.salesforce_id)))
      order by d.due
      limit ${wanted}
      for update of d skip locked
    ), subject as (
      select distinct on (unit) unit, link_id, system, type, record_id, due from candidate order by unit, due
    ), lease as (
      insert into tandem.leases as held (unit, pair, holder, expires)
      select unit, ${pair}, ${holder}, now() + ${milliseconds(leaseMs)} from subject order by unit
      on conflict (unit) do update
        set pair = excluded.pair, holder = excluded.holder, fence = nextval('tandem.fences'), expires = excluded.expires
        where held.expires <= now()
      returning held.unit, held.fence::float8 as fence
    )
    select lease.unit, lease.fence, subject.link_id, subject.system, subject.type, subject.record_id
    from lease join subject using (unit) order by subject.due`.execute(tx);
  return rows;
};

const loadUnits = async (
  tx: Tx,
  pair: string,
  leaseMs: number,
  leases: readonly Lease[],
): Promise<readonly ClaimedUnit[]> => {
  const links = await linksOfLeases(tx, leases);
  const records = leases.flatMap((lease) => recordsOf(pair, lease, links));
  const dirty = await takeRows(tx, records, leaseMs);
  const intents = await openIntentsOf(tx, records);
  const parked = await parkedOfUnits(
    tx,
    pair,
    leases.map((lease) => lease.unit),
  );
  return leases.flatMap((lease) => toUnit(lease, { links, dirty, intents, parked }));
};

interface Loaded {
  readonly links: ReadonlyMap<string, Link>;
  readonly dirty: ReadonlyMap<string, readonly DirtyRow[]>;
  readonly intents: ReadonlyMap<string, readonly Intent[]>;
  readonly parked: ReadonlyMap<string, readonly Parked[]>;
}

/** A link that ended between the two looks leaves its unit empty: the lease runs out and the row is found as a record's. */
const toUnit = (lease: Lease, loaded: Loaded): readonly ClaimedUnit[] => {
  const dirty = loaded.dirty.get(lease.unit);
  if (dirty === undefined) return [];
  return [
    {
      key: lease.unit,
      fence: lease.fence,
      link: lease.link_id === null ? null : (loaded.links.get(lease.link_id) ?? null),
      dirty,
      intents: loaded.intents.get(lease.unit) ?? [],
      parked: loaded.parked.get(lease.unit) ?? [],
    },
  ];
};

const linksOfLeases = async (tx: Tx, leases: readonly Lease[]): Promise<ReadonlyMap<string, Link>> => {
  const ids = leases.flatMap((lease) => (lease.link_id === null ? [] : [lease.link_id]));
  if (ids.length === 0) return new Map();
  const { rows } = await sql<LinkRow>`
    select ${linkColumns} from tandem.links link
    where link.id = any(${ids}::uuid[]) and link.ended_at is null`.execute(tx);
  return new Map(rows.map((row) => [row.id, toLink(row)]));
};

const recordsOf = (pair: string, lease: Lease, links: ReadonlyMap<string, Link>): readonly UnitRecord[] => {
  const { unit, system, type, record_id: id } = lease;
  if (lease.link_id === null) return [{ unit, pair, system, type, id }];
  const link = links.get(lease.link_id);
  return link === undefined ? [] : linkRecords(unit, pair, link.ids);
};

/** The dirty rows of the leased units. The other side's row is left out while a signal for it is arriving. */
const takeRows = async (
  tx: Tx,
  records: readonly UnitRecord[],
  leaseMs: number,
): Promise<ReadonlyMap<string, readonly DirtyRow[]>> => {
  const { rows } = await sql<DirtyDbRow & { unit: string }>`
    with row as (
      select r.unit, d.ctid from ${recordBatch(records)} join tandem.dirty d on ${ofRecord}
      for update of d skip locked
    )
    update tandem.dirty d set due = now() + ${milliseconds(leaseMs)}
    from row where d.ctid = row.ctid
    returning row.unit, ${dirtyColumns}`.execute(tx);
  return groupByUnit(rows, toDirtyRow);
};
