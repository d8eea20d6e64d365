import { type Kysely, sql } from 'kysely';

/** Frozen, as all migrations: what the mass-change breaker counts, and what waits for a word. */
const statements = [
  `create table tandem.mass_changes (
    pair text not null,
    scope text not null,
    unit text not null,
    field text,
    at timestamptz not null default now(),
    primary key (pair, scope, unit)
  );
  comment on table tandem.mass_changes is 'records that were blanked, overwritten or deleted lately, counted by scope; no values';
  create index mass_changes_recent on tandem.mass_changes (pair, at)`,

  `create table tandem.held (
    id text primary key,
    pair text not null,
    scope text not null,
    kind text not null,
    field text,
    records integer not null,
    links integer not null,
    since timestamptz not null default now(),
    released_at timestamptz
  );
  comment on column tandem.held.kind is 'blank, overwrite, delete';
  comment on column tandem.held.records is 'how many were counted when it tripped';
  create unique index held_open on tandem.held (pair, scope) where released_at is null`,
];

export const breakers = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
