import { type Kysely, sql } from 'kysely';

/** Which steps back of HubSpot's lifecyclestage went by themselves, for a cap a day. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.stage_backs (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    at timestamptz not null default now()
  );
  comment on table tandem.stage_backs is 'steps back of lifecyclestage of the last day that no person let go; no values';
  create index stage_backs_at on tandem.stage_backs (at);
  comment on index tandem.stage_backs_at is 'how many there were in a day, and which are older'`,
  `comment on column tandem.first_start.what is 'hand-off, return, lifecyclestage; beyond the first start observed, observed-return, stage-back'`,
];

export const stageBacks = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
