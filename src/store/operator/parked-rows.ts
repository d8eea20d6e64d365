import { sql } from 'kysely';
import { type FailureCategory, unreachableCode } from '../../model/failure.ts';
import type { Parked } from '../../model/state.ts';
import type { Sides, System } from '../../model/system.ts';
import { batch } from '../batch.ts';
import { type ParkedRow, parkedColumns, subjectOf, toParked } from '../parked.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';
import { linkIdOfUnit } from '../unit-key.ts';

/** A parked row with the records of its link, where its unit is one. */
export interface ParkedItem extends Parked {
  readonly ids: Partial<Sides<string>>;
}

/** Which parked rows are meant; what is not given is any. `field` null: rows that park the whole record. */
export interface ParkedFilter {
  readonly pair?: string;
  readonly system?: System;
  readonly field?: string | null;
  readonly code?: string;
  readonly units?: readonly string[];
}

interface ItemRow extends ParkedRow {
  readonly hubspot_id: string | null;
  readonly salesforce_id: string | null;
}

const matching = (filter: ParkedFilter) => sql`
  p.discarded_at is null
  and (${filter.pair ?? null}::text is null or p.pair = ${filter.pair ?? null})
  and (${filter.system ?? null}::text is null or p.system = ${filter.system ?? null})
  and (${filter.field === undefined} or p.field = ${filter.field ?? ''})
  and (${filter.code ?? null}::text is null or p.failure ->> 'code' = ${filter.code ?? null})
  and (${filter.units === undefined} or p.unit = any(${[...(filter.units ?? [])]}::text[]))`;

const linkOfUnit = sql`left join tandem.links link on link.id = ${linkIdOfUnit('p.unit')} and link.ended_at is null`;

const toItem = (row: ItemRow): ParkedItem => ({
  ...toParked(row),
  ids: {
    ...(row.hubspot_id === null ? {} : { hubspot: row.hubspot_id }),
    ...(row.salesforce_id === null ? {} : { salesforce: row.salesforce_id }),
  },
});

/** The oldest of the rows that match. */
export const parkedItems = async (
  db: Db,
  filter: ParkedFilter,
  limit: number,
): Promise<readonly ParkedItem[]> =>
  (
    await run(
      db,
      sql<ItemRow>`
        select ${parkedColumns}, link.hubspot_id, link.salesforce_id
        from tandem.parked p ${linkOfUnit}
        where ${matching(filter)} order by p.since, p.unit, p.system, p.field limit ${limit}`,
    )
  ).map(toItem);

/** Forgets what exactly was refused, so that the same value is sent once more, and makes the units due. Answers how many units. */
const tryAgain = async (
  tx: Tx,
  rows: readonly ItemRow[],
  cause: string,
  workClass: 'live' | 'sweep',
): Promise<number> => {
  if (rows.length === 0) return 0;
  const keys = batch('k', rows, {
    pair: ['text', (row) => row.pair],
    unit: ['text', (row) => row.unit],
    system: ['text', (row) => row.system],
    field: ['text', (row) => row.field],
  });
  await sql`
    update tandem.parked p set refused = '' from ${keys}
    where p.pair = k.pair and p.unit = k.unit and p.system = k.system and p.field = k.field`.execute(tx);
  const units = [...new Map(rows.map((row) => [`${row.pair} ${row.unit}`, row])).values()];
  await markDirty(
    tx,
    units.map((row) => ({ pair: row.pair, ref: subjectOf(row), class: workClass, stamp: null, cause })),
  );
  return units.length;
};

/** What nothing but asking anew can find to be over: a right that was given, a record that is shared again, a defect that was mended. */
const isStranded = sql`(p.failure ->> 'code' = ${unreachableCode}
  or p.failure ->> 'category' = any(${['request', 'permission'] satisfies FailureCategory[]}::text[]))`;

/**
 * Marks at most `limit` of the pair's units that have a record that is not shown, that were refused for want of a right, or on which Tandem itself or
 * a whole call failed, by chance, so that all of them have their turn. The rows stay parked; what was refused is sent once more. Answers how many.
 */
export const lookAtStranded = async (db: Db, pair: string, limit: number, cause: string): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<ItemRow>`
      with chosen as (
        select p.unit, p.system, p.field from tandem.parked p
        where ${matching({ pair })} and ${isStranded} order by random() limit ${limit})
      select ${parkedColumns}, link.hubspot_id, link.salesforce_id
      from chosen join tandem.parked p
        on p.pair = ${pair} and p.unit = chosen.unit and p.system = chosen.system and p.field = chosen.field
      ${linkOfUnit}
      -- In one order for all, as retries by hand lock them.
      order by p.pair, p.unit, p.system, p.field for update of p`.execute(tx);
    const unseen = rows.filter((row) => toParked(row).failure.code === unreachableCode);
    const refused = rows.filter((row) => !unseen.includes(row));
    await markDirty(
      tx,
      unseen.map((row) => ({ pair, ref: subjectOf(row), class: 'sweep', stamp: null, cause })),
    );
    await tryAgain(tx, refused, 'may go well now', 'sweep');
    return rows.length;
  });

/** Sends what was refused once more. Rows stay parked until the outcome is known. Answers how many units are due for it. */
export const retryParkedRows = async (
  db: Db,
  filter: ParkedFilter,
  cause: string,
  workClass: 'live' | 'sweep' = 'live',
): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<ItemRow>`
      select ${parkedColumns}, link.hubspot_id, link.salesforce_id
      from tandem.parked p ${linkOfUnit}
      where ${matching(filter)} order by p.pair, p.unit, p.system, p.field for update of p`.execute(tx);
    return tryAgain(tx, rows, cause, workClass);
  });

/**
 * Takes values of a lower source that are kept beside (`LOWER_SOURCE`): the row says so (`TAKEN`) and the unit is due, so that the value
 * as it is now flows although a higher source's stands there. Answers how many values.
 */
export const takeBeside = async (db: Db, filter: ParkedFilter, cause: string): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<ItemRow>`
      select ${parkedColumns}, link.hubspot_id, link.salesforce_id
      from tandem.parked p ${linkOfUnit}
      where ${matching({ ...filter, code: 'LOWER_SOURCE' })}
      order by p.pair, p.unit, p.system, p.field for update of p`.execute(tx);
    if (rows.length === 0) return 0;
    const keys = batch('k', rows, {
      pair: ['text', (row) => row.pair],
      unit: ['text', (row) => row.unit],
      system: ['text', (row) => row.system],
      field: ['text', (row) => row.field],
    });
    await sql`
      update tandem.parked p set failure = (p.failure::jsonb || '{"code":"TAKEN"}')::json from ${keys}
      where p.pair = k.pair and p.unit = k.unit and p.system = k.system and p.field = k.field`.execute(tx);
    const units = [...new Map(rows.map((row) => [`${row.pair} ${row.unit}`, row])).values()];
    await markDirty(
      tx,
      units.map((row) => ({ pair: row.pair, ref: subjectOf(row), class: 'live', stamp: null, cause })),
    );
    return rows.length;
  });

/** Gives rows up: they are not listed any more, and the same value is not tried again. Answers how many. */
export const discardParked = async (db: Db, filter: ParkedFilter): Promise<number> => {
  const rows = await run(
    db,
    sql<{ unit: string }>`
      update tandem.parked p set discarded_at = now() where ${matching(filter)} returning p.unit`,
  );
  return rows.length;
};
