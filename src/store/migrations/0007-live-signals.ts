import { type Kysely, sql } from 'kysely';

/** Frozen, as all migrations: what is known of the sources that tell of changes by themselves, and where their readers stand. */
const statements = [
  `create table tandem.signal_sources (
    system text not null,
    source text not null,
    type text not null,
    heard_at timestamptz,
    alive_at timestamptz,
    missed_at timestamptz,
    primary key (system, type, source)
  );
  comment on table tandem.signal_sources is 'a row from the first sign of life on';
  comment on column tandem.signal_sources.heard_at is 'last verified signal';
  comment on column tandem.signal_sources.alive_at is 'last proof of life: signal, heartbeat, look that found nothing untold; null: known to be broken';
  comment on column tandem.signal_sources.missed_at is 'a look found a change that it should have told; null again with the next signal'`,

  `create table tandem.live_fields (
    system text not null,
    type text not null,
    field text not null,
    first_at timestamptz not null default now(),
    primary key (system, type, field)
  );
  comment on table tandem.live_fields is 'fields that a live signal came for at least once'`,

  `create table tandem.signal_positions (
    system text not null,
    source text not null,
    topic text not null,
    at text not null,
    moved_at timestamptz not null default now(),
    primary key (system, source, topic)
  );
  comment on column tandem.signal_positions.at is 'offset of a journal, replay id of a channel: as the vendor gave it'`,
];

export const liveSignals = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
