import { sql } from 'kysely';
import type { DirtyMark, Parked } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import { epochMs } from './batch.ts';
import { groupByUnit } from './group-by-unit.ts';
import { parseFailure } from './json.ts';
import { markDirty } from './signals.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';
import { linkIdOfUnit, parseUnit } from './unit-key.ts';

/** A row of tandem.parked as {@link parkedColumns} selects it. */
export interface ParkedRow {
  readonly pair: string;
  readonly unit: string;
  readonly system: System;
  readonly field: string;
  readonly type: string;
  readonly record_id: string;
  readonly failure: string;
  readonly next_step: string;
  readonly refused: string;
  readonly since: number;
}

/** What to select of `tandem.parked p` for a {@link ParkedRow}. */
export const parkedColumns = sql`p.pair, p.unit, p.system, p.field, p.type, p.record_id, p.failure::text as failure,
  p.next_step, p.refused, ${epochMs('p.since')} as since`;

export const toParked = (row: ParkedRow): Parked => ({
  pair: row.pair,
  unit: row.unit,
  system: row.system,
  ref: { system: row.system, type: row.type, id: row.record_id },
  field: row.field === '' ? null : row.field,
  failure: parseFailure(row.failure),
  next: row.next_step,
  refused: row.refused,
  since: row.since,
});

/** What is parked, by unit. */
export const parkedOfUnits = async (
  tx: Tx,
  pair: string,
  units: readonly string[],
): Promise<ReadonlyMap<string, readonly Parked[]>> => {
  const { rows } = await sql<ParkedRow>`
    select ${parkedColumns} from tandem.parked p
    where p.pair = ${pair} and p.unit = any(${[...units]}::text[]) order by p.since`.execute(tx);
  return groupByUnit(rows, toParked);
};

export interface ParkedUnit {
  readonly unit: string;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
  readonly hubspot_id: string | null;
  readonly salesforce_id: string | null;
}

/** EngineStore.retryParked. The rows stay parked until a settlement says otherwise. */
export const retryParked = async (db: Db, pair: string): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<ParkedUnit>`
      select distinct on (p.unit) p.unit, p.system, p.type, p.record_id, link.hubspot_id, link.salesforce_id
      from tandem.parked p
      left join tandem.links link on link.id = ${linkIdOfUnit('p.unit')} and link.ended_at is null
      where p.pair = ${pair} order by p.unit`.execute(tx);
    await markDirty(
      tx,
      rows.map(
        (row): DirtyMark => ({
          pair,
          ref: subjectOf(row),
          class: 'sweep',
          stamp: null,
          cause: 'retry-parked',
        }),
      ),
    );
    return rows.length;
  });

/** The record to look at: the unit's own, or the refusing side of its link. */
export const subjectOf = (row: ParkedUnit): RecordRef => {
  const subject = parseUnit(row.unit);
  if ('ref' in subject) return subject.ref;
  const linked = row.system === 'hubspot' ? row.hubspot_id : row.salesforce_id;
  return { system: row.system, type: row.type, id: linked ?? row.record_id };
};
