import { type Kysely, sql } from 'kysely';

/**
 * When clocks are due and whose they are, beside the clock itself, so that who is late is a question to the store alone. Frozen once released: it imports
 * nothing of the project.
 */
const statements = [
  `alter table tandem.clocks
    add column owner text,
    add column remind_at timestamptz,
    add column due_at timestamptz,
    add column paused boolean not null default false;
  comment on column tandem.clocks.due_at is 'as of the last look; null while a pause is open, or where nobody ever works';
  update tandem.clocks set owner = clock ->> 'owner';
  update tandem.journeys set next_at = now() where id in (select journey_id from tandem.clocks where done_at is null);
  create index clocks_due on tandem.clocks (due_at, kind) where done_at is null;
  comment on index tandem.clocks_due is 'status and metrics: who is late, and who is next';
  create index clocks_done on tandem.clocks (done_at) where done_at is not null;
  comment on index tandem.clocks_done is 'status: how many of late were met'`,
];

export const clockTimes = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
