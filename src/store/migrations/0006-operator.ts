import { type Kysely, sql } from 'kysely';

/** What an operator's commands need. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.pauses (
    scope text primary key,
    by text not null,
    cause text not null,
    since timestamptz not null default now()
  );
  comment on column tandem.pauses.by is 'hand, or schema: ends by itself'`,

  `alter table tandem.dirty add column held boolean not null default false;
  comment on column tandem.dirty.held is 'looked at, and what it asks for is paused; due at once when a pause ends';
  create index dirty_held on tandem.dirty (pair) where held`,

  `alter table tandem.parked add column discarded_at timestamptz;
  comment on column tandem.parked.discarded_at is 'given up by a person: not listed, and not tried again before its value changes'`,

  `create table tandem.object_schemas (
    system text not null,
    type text not null,
    fingerprint text not null,
    description json not null,
    looked_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    primary key (system, type)
  );
  comment on table tandem.object_schemas is 'what each system said of an object when it was described last'`,

  `create table tandem.alerts (
    key text primary key,
    problem json not null,
    begun_at timestamptz not null default now(),
    told text not null default 'nothing',
    gone_at timestamptz,
    trying_until timestamptz
  );
  comment on column tandem.alerts.told is 'nothing, begin: what the webhook has taken';
  comment on column tandem.alerts.gone_at is 'since when the problem is not there any more'`,
];

export const operator = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
