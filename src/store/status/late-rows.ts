import { sql } from 'kysely';
import { workClasses } from '../../model/budget.ts';
import type { System } from '../../model/system.ts';
import { epochMs, milliseconds } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** Dirty rows of one pair that wait for too long, for one reason. */
export interface LateRows {
  /** The strongest of their classes, by its name. */
  readonly class: (typeof workClasses)[number];
  /** Why their last look had no end (model/state.ts, Waits); null where it is not known, or nobody has looked. */
  readonly waits: string | null;
  readonly rows: number;
  /** When the oldest of them began to wait, epoch milliseconds. */
  readonly since: number;
  /** How often the one that was looked at most was looked at. */
  readonly attempts: number;
  /** Some of their records, the oldest first. */
  readonly refs: readonly { readonly system: System; readonly type: string; readonly id: string }[];
}

/** Looks after which a row that has had no end is late: two minutes lie between any two from then on. */
const looksMin = 4;
const namedMax = 5;
const strongest = workClasses.indexOf('live');

/**
 * Rows that are late after `lateMs`. What people edited, and consent: where they have waited for so long, whether they are due again this moment or not. While weaker work of the pair waits too, a row may have been weak for hours until somebody edited its record a moment ago, so that it counts from when it was
 * due. Weaker work: where it has been due for so long and nothing has moved meanwhile (no lease, no line in the ledger). What is held waits for a person.
 */
export const lateRows = async (db: Db, pair: string, lateMs: number): Promise<readonly LateRows[]> => {
  const rows = await run(
    db,
    sql<Omit<LateRows, 'class'> & { readonly class: number }>`
      with weak as materialized (
        select exists (select from tandem.dirty where pair = ${pair} and class > ${strongest}) as waits,
          not exists (select from tandem.leases where pair = ${pair} and expires > now())
            and not exists (select from tandem.ledger where pair = ${pair} and at > now() - ${milliseconds(lateMs)}) as stands
      ), late as (
        select d.* from tandem.dirty d, weak
        where d.pair = ${pair} and d.class <= ${strongest} and not d.held
          and (case when weak.waits then d.due else d.since end <= now() - ${milliseconds(lateMs)}
            or (d.attempts >= ${looksMin} and d.since <= now() - ${milliseconds(lateMs)}))
        union all
        select d.* from tandem.dirty d, weak
        where d.pair = ${pair} and d.class > ${strongest} and not d.held and weak.stands
          and d.due <= now() - ${milliseconds(lateMs)}
      )
      select min(class)::int as class, waits, count(*)::float8 as rows, ${epochMs('min(since)')} as since,
        max(attempts)::int as attempts,
        to_json((array_agg(json_build_object('system', system, 'type', type, 'id', record_id) order by since))[1:${sql.raw(String(namedMax))}]) as refs
      from late group by waits, class > ${strongest} order by since`,
  );
  return rows.map((row) => ({ ...row, class: workClasses[row.class] ?? 'backfill' }));
};

/** Dirty rows that are due, and since when the oldest is; what is held waits for a person. */
export interface DueRows {
  readonly rows: number;
  readonly since: number | null;
  /** The store's time, at which this is so. */
  readonly now: number;
}

export const dueRows = async (db: Db, pairs: readonly string[]): Promise<DueRows> => {
  const [row] = await run(
    db,
    sql<DueRows>`
      select count(*)::float8 as rows, ${epochMs('min(due)')} as since, ${epochMs('now()')} as now
      from tandem.dirty
      where pair = any(${[...pairs]}::text[]) and due <= now() and not held`,
  );
  if (row === undefined) throw new Error('due rows: no row');
  return row;
};
