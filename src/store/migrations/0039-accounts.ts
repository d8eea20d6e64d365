import { type Kysely, sql } from 'kysely';

/** Whose records the store knows. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.accounts (
    system text primary key,
    account text not null,
    since timestamptz not null default now()
  );
  comment on table tandem.accounts is 'the portal and the organization whose records this store knows; read when a process connects, so that it works with no other'`,
];

export const accounts = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
