import { type Kysely, sql } from 'kysely';

/** What vendors' answers taught of their limits. Frozen once released: it imports nothing of the project. */
const statements = [
  `alter table tandem.budget_lanes add column learned json;
  comment on column tandem.budget_lanes.learned is 'what refusals and the headers of answers taught of the lane''s limit; read under the row''s lock with each permit, so that all processes go by it'`,
];

export const laneLearned = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
