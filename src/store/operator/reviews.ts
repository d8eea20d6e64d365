import { sql } from 'kysely';
import { type Db, run } from '../transaction.ts';

/** A person lets records be: they are not asked about again before cause or candidates are others. Answers how many. */
export const leaveReviews = async (db: Db, units: readonly string[]): Promise<number> => {
  const rows = await run(
    db,
    sql<{ unit: string }>`
      update tandem.reviews set left_at = now()
      where unit = any(${[...units]}::text[]) and left_at is null returning unit`,
  );
  return rows.length;
};
