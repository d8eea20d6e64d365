import { sql } from 'kysely';
import { duplicatesCode } from '../../model/failure.ts';
import { type Db, inTransaction } from '../transaction.ts';

/**
 * A person lets records be: they are not asked about again before cause or candidates are others, nor listed as refused by a duplicate rule, which
 * asks the same. Answers how many.
 */
export const leaveReviews = async (db: Db, units: readonly string[]): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ unit: string }>`
      update tandem.reviews set left_at = now()
      where unit = any(${[...units]}::text[]) and left_at is null returning unit`.execute(tx);
    await sql`
      update tandem.parked set discarded_at = now()
      where unit = any(${rows.map(({ unit }) => unit)}::text[]) and field = ''
        and failure ->> 'code' = ${duplicatesCode}`.execute(tx);
    return rows.length;
  });
