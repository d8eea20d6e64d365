import { type Kysely, sql } from 'kysely';

/**
 * Details of what people did, beside what HubSpot sums up on the contact: of whom they are to be asked for, and what was answered and no look has
 * taken in. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `create table tandem.details (
    journey_id uuid primary key references tandem.journeys (id) on delete cascade,
    kinds text[] not null,
    asked_at timestamptz,
    due timestamptz,
    version bigint not null default 1,
    attempts integer not null default 0
  );
  comment on table tandem.details is 'of whom details are to be asked for (due), and until when they were (asked_at)';
  create index details_due on tandem.details (due) where due is not null`,

  `create table tandem.told_activities (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    key text not null,
    at timestamptz not null,
    activity json not null,
    primary key (journey_id, key)
  );
  comment on table tandem.told_activities is 'what was answered, until a look has taken it in; holds values of the person'`,
];

export const details = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
