import { sql } from 'kysely';
import type { Pause } from '../../model/pause.ts';
import type { System } from '../../model/system.ts';
import { cleanText, epochMs } from '../batch.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';

const columns = sql`scope, by, cause, ${epochMs('since')} as since`;

/** EngineStore.pauses: everything that is paused, the oldest first. */
export const pauses = async (db: Db): Promise<readonly Pause[]> =>
  run(db, sql<Pause>`select ${columns} from tandem.pauses order by tandem.pauses.since, scope`);

/** Pauses a scope. One that is paused already keeps its age; a person's word replaces the schema's. */
export const pause = async (db: Db, { scope, by, cause }: Omit<Pause, 'since'>): Promise<void> => {
  await run(
    db,
    sql`
      insert into tandem.pauses as row (scope, by, cause) values (${cleanText(scope)}, ${by}, ${cleanText(cause)})
      on conflict (scope) do update set cause = excluded.cause, by = excluded.by
        where row.by = 'schema' or excluded.by = 'hand'`,
  );
};

/** Makes rows due that wait for a word, of whatever kind; what another one still covers is held anew. */
export const letGoOfHeld = async (tx: Tx): Promise<void> => {
  await sql`
    with row as (
      select d.ctid from tandem.dirty d where d.held
      order by d.pair, d.system, d.record_id, d.type for update of d
    )
    update tandem.dirty d set held = false, attempts = 0, due = least(d.due, now())
    from row where d.ctid = row.ctid`.execute(tx);
};

/**
 * Ends the pauses of these scopes that were made so, and lets go of what they held: rows that wait for a pause are due at once; what
 * another pause still covers is held anew. Answers the scopes that were paused.
 */
export const resume = async (
  db: Db,
  scopes: readonly string[],
  by: Pause['by'],
): Promise<readonly string[]> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ scope: string }>`
      delete from tandem.pauses where scope = any(${[...scopes]}::text[]) and by = ${by} returning scope`.execute(
      tx,
    );
    if (rows.length > 0) await letGoOfHeld(tx);
    return rows.map(({ scope }) => scope);
  });

/** Records of a pair that wait, by system: all of them, or those that a pause holds. */
export interface Waiting {
  readonly pair: string;
  readonly system: System;
  readonly held: boolean;
  readonly records: number;
  readonly since: number;
}

export const waiting = async (db: Db): Promise<readonly Waiting[]> =>
  run(
    db,
    sql<Waiting>`
      select pair, system, held, count(*)::float8 as records, ${epochMs('min(since)')} as since
      from tandem.dirty group by pair, system, held order by pair, system, held`,
  );

/** The fence of the newest lease so far. */
export const newestFence = async (db: Db): Promise<number> => {
  const [row] = await run(db, sql<{ fence: number }>`select last_value::float8 as fence from tandem.fences`);
  return row?.fence ?? 0;
};

/** How many units of these pairs are still worked on under leases that are not newer than `fence`. */
export const workedUnder = async (db: Db, pairs: readonly string[], fence: number): Promise<number> => {
  const [row] = await run(
    db,
    sql<{ units: number }>`
      select count(*)::float8 as units from tandem.leases
      where pair = any(${[...pairs]}::text[]) and fence <= ${Math.trunc(fence)} and expires > now()`,
  );
  return row?.units ?? 0;
};
