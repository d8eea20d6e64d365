import { type Kysely, sql } from 'kysely';

/** Questions that a person has answered by leaving the record alone. Frozen once released: it imports nothing of the project. */
const statements = [
  `alter table tandem.reviews add column left_at timestamptz;
  comment on column tandem.reviews.left_at is 'a person lets it be; asked anew when cause or candidates are others'`,
];

export const reviewsLeft = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
