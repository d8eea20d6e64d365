import { type Kysely, sql } from 'kysely';

/**
 * By what people are compared with the past of their own stage, as it was at each move: a sum over them reads the moves alone, and no
 * person's record. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `alter table tandem.transitions add column source text, add column segment text;
  comment on column tandem.transitions.source is 'where the person came from, by the property that lifecycle.yaml names; serves the signals';
  comment on column tandem.transitions.segment is 'which kind of person they are, by the property that lifecycle.yaml names; serves the signals'`,
];

export const signals = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
