import { type Kysely, sql } from 'kysely';

/** Frozen, as all migrations: change events count against an allocation of their own, they say when a field was changed, and a
 * stream is judged from when it was there. */
const statements = [
  `create table tandem.event_usage (
    system text not null,
    hour timestamptz not null,
    events bigint not null default 0,
    primary key (system, hour)
  );
  comment on table tandem.event_usage is 'change events that came to Tandem, by the hour'`,

  `create table tandem.event_quotas (
    system text primary key,
    daily_limit bigint not null,
    daily_used bigint not null,
    observed_at timestamptz not null default now()
  );
  comment on table tandem.event_quotas is 'what the vendor last said of the events that all subscribers may get in a day'`,

  `alter table tandem.signal_sources add column since timestamptz;
  comment on column tandem.signal_sources.since is 'since when it has been alive without a break that is known of: what changed before, it did not have to tell'`,

  `alter table tandem.dirty add column changed jsonb;
  comment on column tandem.dirty.changed is 'API name of a field -> when live signals said that it was changed, milliseconds; no values'`,
];

export const eventUse = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
