import { sql } from 'kysely';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** What a comparison of both systems found for one pair. */
export interface Verified {
  readonly pair: string;
  /** When it ended, milliseconds. */
  readonly at: number;
  readonly records: number;
  readonly fields: number;
  readonly drift: number;
  readonly unexplained: number;
}

export const noteVerified = async (db: Db, found: Omit<Verified, 'at'>): Promise<void> => {
  const { pair, records, fields, drift, unexplained } = found;
  await run(
    db,
    sql`
      insert into tandem.verified (pair, records, fields, drift, unexplained)
      values (${pair}, ${records}, ${fields}, ${drift}, ${unexplained})
      on conflict (pair) do update set at = now(), records = excluded.records, fields = excluded.fields,
        drift = excluded.drift, unexplained = excluded.unexplained`,
  );
};

/** The newest comparison of each of these pairs. */
export const lastVerified = async (db: Db, pairs: readonly string[]): Promise<readonly Verified[]> =>
  run(
    db,
    sql<Verified>`
      select pair, ${epochMs('at')} as at, records::float8 as records, fields::float8 as fields, drift::float8 as drift,
        unexplained::float8 as unexplained
      from tandem.verified where pair = any(${[...pairs]}::text[]) order by pair`,
  );
