import { sql } from 'kysely';
import { workClasses } from '../model/budget.ts';
import type { DirtyRow, ToldChange, ToldChanges } from '../model/state.ts';
import { bothSides, type System } from '../model/system.ts';
import { batch, epochMs } from './batch.ts';
import { type Db, run, type Tx } from './transaction.ts';
import { parseUnit } from './unit-key.ts';

/** A record whose dirty row belongs to a unit. `type` is null where the unit is a link, which does not know it. */
export interface UnitRecord {
  readonly unit: string;
  readonly pair: string;
  readonly system: System;
  readonly type: string | null;
  readonly id: string;
}

/** A row of tandem.dirty as {@link dirtyColumns} selects it. */
export interface DirtyDbRow {
  readonly pair: string;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
  readonly class: number;
  readonly stamp: number | null;
  readonly cause: string;
  readonly version: number;
  readonly since: number;
  readonly attempts: number;
  /** Rows of earlier versions hold the time alone. */
  readonly changed: Readonly<Record<string, ToldChange | number>> | null;
  readonly erased: boolean;
}

/** What to select of `tandem.dirty d` for a {@link DirtyDbRow}. */
export const dirtyColumns = sql`d.pair, d.system, d.type, d.record_id, d.class, d.stamp::float8 as stamp, d.cause,
  d.version::float8 as version, ${epochMs('d.since')} as since, d.attempts, d.changed, d.erased`;

const toTold = (changed: NonNullable<DirtyDbRow['changed']>): ToldChanges =>
  Object.fromEntries(
    Object.entries(changed).map(([name, told]) => [name, typeof told === 'number' ? { at: told } : told]),
  );

export const toDirtyRow = (row: DirtyDbRow): DirtyRow => ({
  pair: row.pair,
  ref: { system: row.system, type: row.type, id: row.record_id },
  class: workClasses[row.class] ?? 'backfill',
  stamp: row.stamp,
  cause: row.cause,
  version: row.version,
  since: row.since,
  attempts: row.attempts,
  ...(row.changed ? { changed: toTold(row.changed) } : {}),
  ...(row.erased ? { erased: true } : {}),
});

/** The records that units are about: both sides of a link (ended or not), or the record itself. */
export const recordsOfUnits = async (
  tx: Tx,
  units: readonly { readonly unit: string; readonly pair: string }[],
): Promise<readonly UnitRecord[]> => {
  const records: UnitRecord[] = [];
  const linked: { readonly unit: string; readonly linkId: string }[] = [];
  for (const { unit, pair } of units) {
    const subject = parseUnit(unit);
    if ('linkId' in subject) linked.push({ unit, linkId: subject.linkId });
    else records.push({ unit, pair, ...subject.ref });
  }
  if (linked.length === 0) return records;
  const { rows } = await sql<{ unit: string; pair: string; hubspot: string; salesforce: string }>`
    select u.unit, link.pair, link.hubspot_id as hubspot, link.salesforce_id as salesforce
    from ${batch('u', linked, { unit: ['text', (each) => each.unit], id: ['uuid', (each) => each.linkId] })}
    join tandem.links link on link.id = u.id`.execute(tx);
  return [...records, ...rows.flatMap(({ unit, pair, ...ids }) => linkRecords(unit, pair, ids))];
};

/** Both records of a link's unit. */
export const linkRecords = (
  unit: string,
  pair: string,
  ids: { readonly hubspot: string; readonly salesforce: string },
): readonly UnitRecord[] =>
  Object.values(bothSides((system) => ({ unit, pair, system, type: null, id: ids[system] })));

/** A batch of records to join with `tandem.dirty d` on {@link ofRecord}. */
export const recordBatch = (records: readonly UnitRecord[]): ReturnType<typeof batch> =>
  batch('r', records, {
    unit: ['text', (each) => each.unit],
    pair: ['text', (each) => each.pair],
    system: ['text', (each) => each.system],
    type: ['text', (each) => each.type],
    id: ['text', (each) => each.id],
  });

export const ofRecord = sql`d.pair = r.pair and d.system = r.system and d.record_id = r.id
  and (r.type is null or d.type = r.type)`;

/**
 * Makes rows that waited for the end of a lease due in `dueMs`. A row that is due already got a signal meanwhile, and
 * stays due.
 */
export const setDue = async (tx: Tx, records: readonly UnitRecord[], dueMs: number): Promise<void> => {
  if (records.length === 0) return;
  await sql`
    with row as (
      select d.ctid from ${recordBatch(records)} join tandem.dirty d on ${ofRecord}
      where d.due > now()
      order by d.pair, d.system, d.record_id, d.type
      for update of d
    )
    update tandem.dirty d set due = now() + ${dueMs}::float8 * interval '1 millisecond'
    from row where d.ctid = row.ctid`.execute(tx);
};

/** EngineStore.dirtyAmong. */
export const dirtyAmong = async (
  db: Db,
  pair: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (ids.length === 0) return new Set();
  const rows = await run(
    db,
    sql<{ id: string }>`
      select distinct record_id as id from tandem.dirty
      where pair = ${pair} and system = ${system} and record_id = any(${[...ids]}::text[]) and not held`,
  );
  return new Set(rows.map(({ id }) => id));
};
