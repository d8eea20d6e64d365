import { type Kysely, sql } from 'kysely';

/**
 * Opportunities of people who are with sales, in a deal or customers: what came back in money, for reports; and for which turn of a journey its deals
 * were read; and the company of each, by which the people of an account are found. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `create table tandem.deals (
    id text primary key,
    state text not null,
    stage text not null,
    amount float8,
    loss_reason text,
    competitor text,
    created_at timestamptz not null,
    closes_on date,
    stamp timestamptz not null
  );
  comment on table tandem.deals is 'opportunities of people, as they were last read; reports: what came back in money'`,

  `create table tandem.deal_people (
    deal_id text not null references tandem.deals (id) on delete cascade,
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    primary key (journey_id, deal_id)
  );
  create index deal_people_deal on tandem.deal_people (deal_id);
  comment on index tandem.deal_people_deal is 'a deal that is nobody''s any more is forgotten'`,

  `alter table tandem.journeys add column deals_turn integer;
  comment on column tandem.journeys.deals_turn is 'the turn for which the deals that were there already were read; null: none';
  create index journeys_deals on tandem.journeys (stage) where deals_turn is distinct from turn;
  comment on index tandem.journeys_deals is 'whose deals are to be read'`,

  `alter table tandem.journeys add column company_id text
    generated always as (state #>> '{contact,fields,associatedcompanyid}') stored;
  comment on column tandem.journeys.company_id is 'the HubSpot company of the contact as it was last looked at';
  create index journeys_company on tandem.journeys (company_id) where company_id is not null;
  comment on index tandem.journeys_company is 'the people of an account'`,
];

export const deals = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
