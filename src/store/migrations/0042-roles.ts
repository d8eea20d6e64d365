import { type Kysely, sql } from 'kysely';

/** What the ledger says of contact roles names people, and is found by their erasure. Frozen once released: it imports nothing of the project. */
const statements = [
  `create index ledger_roles on tandem.ledger (pair) where field = 'contactRoles'`,
  `comment on index tandem.ledger_roles is 'erasures: the deals in which somebody took part'`,
];

export const roles = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
