import { sql } from 'kysely';
import type { DirtyMark, Review } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import { parseRefs, toJson } from './json.ts';
import { idColumn } from './links.ts';
import { markDirty } from './signals.ts';
import { type Db, inTransaction, run } from './transaction.ts';

/** EngineStore.decidedNew. */
export const decidedNew = async (
  db: Db,
  pair: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly RecordRef[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await run(
    db,
    sql<{ id: string; candidates: string }>`
      select record_id as id, candidates::text as candidates from tandem.decisions
      where pair = ${pair} and system = ${system} and record_id = any(${[...ids]}::text[]) and decision = 'create'`,
  );
  return new Map(rows.map(({ id, candidates }) => [id, parseRefs(candidates)]));
};

/** How a tombstone is lifted: the cause that it has from then on, and how the causes of those begin that this does not lift. */
export interface Lifting {
  readonly cause: string;
  readonly never: string;
}

/**
 * A person says that a record is somebody new: kept for good, the question answered, tombstones of the record lifted and the record
 * marked for a look, all or nothing.
 */
export const decideNew = async (
  db: Db,
  { pair, unit, ref, cause, candidates }: Review,
  lifting: Lifting,
  mark: DirtyMark,
): Promise<void> => {
  await inTransaction(db, async (tx) => {
    await sql`
      insert into tandem.decisions as stood (pair, system, type, record_id, decision, cause, candidates)
      values (${pair}, ${ref.system}, ${ref.type}, ${ref.id}, 'create', ${cause}, ${toJson(candidates)})
      on conflict (pair, system, record_id) do update set type = excluded.type, decision = excluded.decision,
        cause = excluded.cause, candidates = excluded.candidates, at = now()`.execute(tx);
    await sql`
      update tandem.links set ended_cause = ${lifting.cause}, version = version + 1
      where pair = ${pair} and ${idColumn(ref.system)} = ${ref.id} and ended_at is not null
        and not starts_with(coalesce(ended_cause, ''), ${lifting.never})`.execute(tx);
    await sql`delete from tandem.reviews where pair = ${pair} and unit = ${unit}`.execute(tx);
    await markDirty(tx, [mark]);
  });
};
