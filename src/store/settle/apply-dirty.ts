import { sql } from 'kysely';
import { batch } from '../batch.ts';
import { recordsOfUnits, setDue } from '../dirty-rows.ts';
import { endLeases } from '../leases.ts';
import type { Tx } from '../transaction.ts';
import type { Accepted } from './check.ts';

/**
 * Deletes dirty rows that are answered, at the version that was claimed: a signal that came meanwhile keeps its row. The
 * rows are locked in the order of their key first, as commitSignals takes them.
 */
export const cleanDirty = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const clean = accepted.flatMap(({ settlement }) =>
    settlement.clean.map((each) => ({ ...each, pair: settlement.pair })),
  );
  if (clean.length === 0) return;
  const rows = batch('c', clean, {
    pair: ['text', (each) => each.pair],
    system: ['text', (each) => each.ref.system],
    type: ['text', (each) => each.ref.type],
    id: ['text', (each) => each.ref.id],
    version: ['bigint', (each) => each.version],
  });
  await sql`
    with row as (
      select d.ctid from ${rows}
      join tandem.dirty d on d.pair = c.pair and d.system = c.system and d.record_id = c.id and d.type = c.type
      where d.version = c.version
      order by d.pair, d.system, d.record_id, d.type for update of d
    )
    delete from tandem.dirty d using row where d.ctid = row.ctid`.execute(tx);
};

/** Rows to look at again after a while; one that got a signal meanwhile (it is due already) is not put off. */
export const putOffDirty = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const again = accepted.flatMap(({ settlement }) =>
    settlement.again.map((each) => ({ ...each, pair: settlement.pair })),
  );
  if (again.length === 0) return;
  const rows = batch('a', again, {
    pair: ['text', (each) => each.pair],
    system: ['text', (each) => each.ref.system],
    type: ['text', (each) => each.ref.type],
    id: ['text', (each) => each.ref.id],
    due_ms: ['float8', (each) => each.dueMs],
    held: ['boolean', (each) => each.held ?? false],
    waits: ['text', (each) => each.waits ?? null],
  });
  await sql`
    with row as (
      select d.ctid, a.due_ms, a.held, a.waits from ${rows}
      join tandem.dirty d on d.pair = a.pair and d.system = a.system and d.record_id = a.id and d.type = a.type
      order by d.pair, d.system, d.record_id, d.type for update of d
    )
    update tandem.dirty d set attempts = d.attempts + 1, waits = row.waits, held = row.held and d.due > now(),
      due = case when d.due <= now() then d.due else now() + row.due_ms * interval '1 millisecond' end
    from row where d.ctid = row.ctid`.execute(tx);
};

/** Ends the leases. Rows that are neither answered nor put off are due at once. */
export const releaseUnits = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const ended = await endLeases(
    tx,
    accepted.map(({ settlement, unit }) => ({ key: unit, fence: settlement.unit.fence })),
  );
  const answered = new Set(
    accepted.flatMap(({ settlement: { pair, clean, again } }) =>
      [...clean, ...again].map(({ ref }) => `${pair} ${ref.system} ${ref.id}`),
    ),
  );
  const records = await recordsOfUnits(tx, ended);
  await setDue(
    tx,
    records.filter(({ pair, system, id }) => !answered.has(`${pair} ${system} ${id}`)),
    0,
  );
};
