import { sql } from 'kysely';
import type { ClaimedUnit } from '../model/state.ts';
import { batch } from './batch.ts';
import { recordsOfUnits, setDue } from './dirty-rows.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';
import { livingWorkers } from './workers.ts';

/** A unit under its fence. */
export type FencedUnit = Pick<ClaimedUnit, 'key' | 'fence'>;

interface HeldUnit {
  readonly unit: string;
  readonly pair: string;
  readonly fence: number;
}

const fencedBatch = (units: readonly FencedUnit[]): ReturnType<typeof batch> =>
  batch('u', units, { unit: ['text', (each) => each.key], fence: ['bigint', (each) => each.fence] });

/** Locks the leases that are still under their fence, until the transaction ends. */
export const lockFences = async (tx: Tx, units: readonly FencedUnit[]): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ unit: string }>`
    select lease.unit from ${fencedBatch(units)}
    join tandem.leases lease on lease.unit = u.unit and lease.fence = u.fence
    order by lease.unit for update of lease`.execute(tx);
  return new Set(rows.map((row) => row.unit));
};

/** Ends leases under their fences, and with them the match keys they hold. Answers the units that were still held. */
export const endLeases = async (tx: Tx, units: readonly FencedUnit[]): Promise<readonly HeldUnit[]> => {
  const { rows } = await sql<HeldUnit>`
    delete from tandem.leases lease using ${fencedBatch(units)}
    where lease.unit = u.unit and lease.fence = u.fence
    returning lease.unit, lease.pair, lease.fence::float8 as fence`.execute(tx);
  await freeKeys(tx, rows);
  return rows;
};

const freeKeys = async (tx: Tx, ended: readonly HeldUnit[]): Promise<void> => {
  if (ended.length === 0) return;
  await sql`delete from tandem.key_locks where fence = any(${ended.map((row) => row.fence)}::bigint[])`.execute(
    tx,
  );
};

/** EngineStore.release. */
export const release = async (db: Db, units: readonly FencedUnit[], dueMs: number): Promise<void> => {
  if (units.length === 0) return;
  await inTransaction(db, async (tx) => {
    await lockFences(tx, units);
    await setDue(tx, await recordsOfUnits(tx, await endLeases(tx, units)), dueMs);
  });
};

/** EngineStore.breakLeasesOfDead: a holder that is no living worker (registerWorker) is gone. */
export const breakLeasesOfDead = async (db: Db): Promise<number> =>
  inTransaction(db, async (tx) => {
    const living = await livingWorkers(tx);
    const { rows } = await sql<HeldUnit>`
      with dead as (
        select unit from tandem.leases
        where holder <> all(${living.map((worker) => worker.id)}::text[])
        order by unit for update skip locked
      )
      delete from tandem.leases lease using dead where lease.unit = dead.unit
      returning lease.unit, lease.pair, lease.fence::float8 as fence`.execute(tx);
    await freeKeys(tx, rows);
    await setDue(tx, await recordsOfUnits(tx, rows), 0);
    await sql`
      delete from tandem.key_locks held
      where not exists (select from tandem.leases lease where lease.fence = held.fence)`.execute(tx);
    return rows.length;
  });
