import { type Kysely, sql } from 'kysely';

/**
 * Somebody tied to a deal waits for a link that leads to a contact, while one to a lead is there. Frozen once released: it imports nothing of
 * the project.
 */
const statements = [
  `alter table tandem.awaited add column to_type text not null default '';
  comment on column tandem.awaited.to_type is 'Salesforce''s object that the link must lead to; empty: any';
  alter table tandem.awaited drop constraint awaited_pkey;
  alter table tandem.awaited add constraint awaited_pkey
    primary key (to_id, to_pair, to_type, system, pair, record_id, type);
  create index awaited_record on tandem.awaited (record_id, system);
  comment on index tandem.awaited_record is 'explain: what a record waits for'`,
];

export const awaitedTypes = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
