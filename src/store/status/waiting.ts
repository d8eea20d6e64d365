import { sql } from 'kysely';
import type { FailureCategory } from '../../model/failure.ts';
import type { Parked, Review } from '../../model/state.ts';
import type { System } from '../../model/system.ts';
import { epochMs } from '../batch.ts';
import { parseRefs } from '../json.ts';
import { type ParkedRow, parkedColumns, toParked } from '../parked.ts';
import { type Db, run } from '../transaction.ts';

interface Total {
  readonly total: number;
}

/** A row of tandem.reviews as {@link reviewColumns} selects it. */
export interface ReviewRow {
  readonly pair: string;
  readonly unit: string;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
  readonly cause: string;
  readonly candidates: string;
  readonly since: number;
}

/** What to select of `tandem.reviews r` for a {@link ReviewRow}. */
export const reviewColumns = sql`r.pair, r.unit, r.system, r.type, r.record_id, r.cause,
  r.candidates::text as candidates, ${epochMs('r.since')} as since`;

export const toReview = (row: ReviewRow): Review => ({
  pair: row.pair,
  unit: row.unit,
  ref: { system: row.system, type: row.type, id: row.record_id },
  cause: row.cause,
  candidates: parseRefs(row.candidates),
  since: row.since,
});

/** The oldest of what is parked, and how much there is. */
export const parkedPage = async (
  db: Db,
  pair: string,
  limit: number,
): Promise<{ readonly total: number; readonly items: readonly Parked[] }> => {
  const rows = await run(
    db,
    sql<ParkedRow & Total>`
      select ${parkedColumns}, count(*) over ()::float8 as total from tandem.parked p
      where p.pair = ${pair} and p.discarded_at is null order by p.since, p.unit, p.system, p.field limit ${limit}`,
  );
  return { total: rows[0]?.total ?? 0, items: rows.map(toParked) };
};

/** The oldest open questions, and how many there are. */
export const reviewPage = async (
  db: Db,
  pair: string,
  limit: number,
): Promise<{ readonly total: number; readonly items: readonly Review[] }> => {
  const rows = await run(
    db,
    sql<ReviewRow & Total>`
      select ${reviewColumns}, count(*) over ()::float8 as total from tandem.reviews r
      where r.pair = ${pair} and r.left_at is null order by r.since, r.unit limit ${limit}`,
  );
  return { total: rows[0]?.total ?? 0, items: rows.map(toReview) };
};

/** Parked rows that share system, field and code. */
export interface ParkedGroup {
  readonly system: System;
  readonly field: string | null;
  readonly category: string;
  readonly code: string;
  /** Message and next step of the oldest. */
  readonly message: string;
  /** How many messages there are: several rules of a company have one code. */
  readonly messages: number;
  readonly next: string;
  readonly since: number;
  readonly records: number;
}

/** More causes than this are not shown: they would not be read. */
const groupsMax = 100;

export const parkedByCause = async (db: Db, pair: string): Promise<readonly ParkedGroup[]> =>
  run(
    db,
    sql<ParkedGroup>`
      select p.system, nullif(p.field, '') as field, p.failure ->> 'category' as category, p.failure ->> 'code' as code,
        (array_agg(p.failure ->> 'message' order by p.since))[1] as message,
        count(distinct p.failure ->> 'message')::float8 as messages,
        (array_agg(p.next_step order by p.since))[1] as next,
        ${epochMs('min(p.since)')} as since, count(*)::float8 as records
      from tandem.parked p where p.pair = ${pair} and p.discarded_at is null
      group by 1, 2, 3, 4 order by records desc, since limit ${groupsMax}`,
  );

/** How many fields and records are refused, by what helps. */
export interface ParkedTotals {
  /** A value or a record that somebody corrects. */
  readonly parked: number;
  /** Rights, a field that is not there, a defect: no correction of the record helps. */
  readonly failed: number;
}

const needsRepair: readonly FailureCategory[] = ['permission', 'schema', 'request'];

export const parkedTotals = async (db: Db, pairs: readonly string[]): Promise<ParkedTotals> => {
  const [totals] = await run(
    db,
    sql<ParkedTotals>`
      select count(*) filter (where not repair)::float8 as parked, count(*) filter (where repair)::float8 as failed
      from (
        select p.failure ->> 'category' = any(${[...needsRepair]}::text[]) as repair from tandem.parked p
        where p.pair = any(${[...pairs]}::text[]) and p.discarded_at is null
      ) refused`,
  );
  return totals ?? { parked: 0, failed: 0 };
};
