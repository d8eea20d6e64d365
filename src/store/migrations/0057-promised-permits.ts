import { type Kysely, sql } from 'kysely';

/** Permits that are promised, and who waits for permits. Frozen once released: it imports nothing of the project. */
const statements = [
  `alter table tandem.budget_permits add column promised boolean not null default false;
  comment on column tandem.budget_permits.promised is 'the promise of a permit, for a call that is not made yet; it counts against the lane only for what has not begun'`,
  `alter table tandem.budget_lanes add column line json;
  comment on column tandem.budget_lanes.line is 'who was told to wait for permits, first come first, until when it has to ask again; read and written under the row''s lock with each permit'`,
];

export const promisedPermits = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
