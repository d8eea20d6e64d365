import { type Kysely, sql } from 'kysely';

/** Deals are read once more of everybody who has any: until now nobody kept the currency of an amount. Frozen, as all migrations. */
const statement = `alter table tandem.deals add column currency text;
  comment on column tandem.deals.currency is 'of the amount; null where the org has but one, or it was read before this was kept';
  update tandem.journeys set deals_turn = null where deals_turn is not null`;

export const dealCurrency = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};
