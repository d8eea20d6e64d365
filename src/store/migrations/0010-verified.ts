import { type Kysely, sql } from 'kysely';

/** What the last comparison of both systems found. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.verified (
    pair text primary key,
    at timestamptz not null default now(),
    records bigint not null,
    fields bigint not null,
    drift bigint not null,
    unexplained bigint not null
  );
  comment on table tandem.verified is 'the newest whole comparison of each pair'`,
];

export const verified = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
