import { sql } from 'kysely';
import type { Erasure } from '../../model/erasure.ts';
import { batch } from '../batch.ts';
import { breakLeases, type ErasedCounts, erasePerson } from '../erasure/erase.ts';
import { eraseRoles } from '../erasure/roles.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, type Tx } from '../transaction.ts';
import { linkUnit } from '../unit-key.ts';

/** Carries the counts out of a transaction that is to leave nothing behind. */
class Rehearsed extends Error {
  readonly counts: ErasedCounts;

  constructor(counts: ErasedCounts) {
    super('rehearsed');
    this.counts = counts;
  }
}

/** Ends the live links of the records, whoever works on them. */
const endLinks = async (tx: Tx, pair: string, { refs, cause }: Erasure): Promise<void> => {
  const records = batch('r', refs, {
    system: ['text', (ref) => ref.system],
    type: ['text', (ref) => ref.type],
    id: ['text', (ref) => ref.id],
  });
  const { rows } = await sql<{ id: string; hubspot_id: string; hubspot_type: string }>`
    select l.id, l.hubspot_id, coalesce(l.hubspot_type, '') as hubspot_type from tandem.links l
    where l.pair = ${pair} and l.ended_at is null and exists (
      select from ${records}
      where (r.system = 'hubspot' and l.hubspot_id = r.id and coalesce(l.hubspot_type, r.type) = r.type)
        or (r.system = 'salesforce' and l.salesforce_id = r.id))`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await breakLeases(tx, { pair, keys: [], units: ids.map(linkUnit), own: null });
  await sql`
    update tandem.links set ended_at = now(), ended_cause = ${cause}, version = version + 1
    where id = any(${ids}::uuid[]) and ended_at is null`.execute(tx);
  await sql`
    insert into tandem.ledger (pair, event, link_id, system, type, record_id, from_value, to_value, cause, rule, lost)
    select ${pair}, 'end', l.id, 'hubspot', l.hubspot_type, l.hubspot_id, 'null', 'null', ${cause}, 'life:erasure', 'null'
    from ${batch('l', rows, {
      id: ['uuid', (row) => row.id],
      hubspot_type: ['text', (row) => row.hubspot_type],
      hubspot_id: ['text', (row) => row.hubspot_id],
    })}`.execute(tx);
};

/**
 * Erases a person in a pair at somebody's word: live links end, and what is kept goes. With `rehearse` nothing of it stays. Answers how
 * much there was.
 */
export const eraseByHand = async (
  db: Db,
  pair: string,
  erasure: Erasure,
  rehearse: boolean,
): Promise<ErasedCounts> => {
  try {
    return await inTransaction(db, async (tx) => {
      await endLinks(tx, pair, erasure);
      const { marks, ...counts } = await erasePerson(tx, pair, erasure, null);
      await eraseRoles(tx, [erasure]);
      await markDirty(tx, marks);
      if (rehearse) throw new Rehearsed(counts);
      return counts;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.counts;
    throw error;
  }
};
