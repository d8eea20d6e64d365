import { type Kysely, sql } from 'kysely';

/**
 * Deals of before are read once more of everybody whom they may show to have bought: what was won before the turn was not told until now. Frozen, as all migrations.
 */
const statement = `update tandem.journeys set deals_turn = null
  where deals_turn is not null and stage not in ('customer', 'growing', 'at-risk')`;

export const dealsOfBefore = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};
