import { sql } from 'kysely';
import type { LedgerEntry } from '../../model/state.ts';
import { toJson } from '../json.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction } from '../transaction.ts';

/** Tells in the ledger that a person put a value back, and has the record looked at: neither without the other. */
export const noteRestored = async (db: Db, entry: LedgerEntry, linkId: string): Promise<void> =>
  inTransaction(db, async (tx) => {
    const { pair, event, target, field, from, to, cause, rule, lost } = entry;
    await sql`
      insert into tandem.ledger (pair, event, link_id, system, type, record_id, field, from_value, to_value, cause, rule, lost)
      values (${pair}, ${event}, ${linkId}, ${target.system}, ${target.type}, ${target.id}, ${field}, ${toJson(from)},
        ${toJson(to)}, ${cause}, ${rule}, ${toJson(lost)})`.execute(tx);
    await markDirty(tx, [{ pair, ref: target, class: 'live', stamp: null, cause: 'restored by hand' }]);
  });
