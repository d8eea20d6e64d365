import { type Kysely, sql } from 'kysely';

/** Frozen, as all migrations: whether a pair was ever aligned whole, which an alignment by another mapping does not undo. */
const statements = [
  `alter table tandem.alignments add column first_done_at timestamptz;
  update tandem.alignments set first_done_at = now() where hubspot_done and salesforce_done and converted_done is not false;
  comment on column tandem.alignments.first_done_at is 'when a first alignment had listed both systems whole, by whatever mapping: later creations count as a mass change'`,
];

export const firstAligned = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
