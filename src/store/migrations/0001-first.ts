import { type Kysely, sql } from 'kysely';

/**
 * Frozen: it imports nothing of the project and is never edited once it has run anywhere; a change is a new migration.
 *
 * Values of records lie in `json` columns, written as JSON text by us: unlike `jsonb` and `text`, `json` keeps NUL and lone
 * surrogates (as escapes). They are never taken apart in SQL, which would refuse those.
 *
 * Indexes begin with the record's id and not with the pair: until the first analyze the planner knows no better than to take
 * a partial index for tiny, and would walk a whole pair in the wrong one.
 */
const statements = [
  `create table tandem.links (
    id uuid primary key,
    pair text not null,
    hubspot_id text not null,
    salesforce_id text not null,
    version bigint not null default 1,
    base json not null,
    hubspot_stamp bigint not null default 0,
    salesforce_stamp bigint not null default 0,
    began_at timestamptz not null default now(),
    ended_at timestamptz,
    ended_cause text,
    constraint links_ended_says_why check ((ended_at is null) = (ended_cause is null))
  ) with (fillfactor = 90);
  comment on column tandem.links.base is 'field -> [hubspot, salesforce], raw, as they were when last settled';
  create unique index links_live_hubspot on tandem.links (hubspot_id, pair) where ended_at is null;
  create unique index links_live_salesforce on tandem.links (salesforce_id, pair) where ended_at is null;
  create index links_ended_hubspot on tandem.links (hubspot_id, pair) where ended_at is not null;
  create index links_ended_salesforce on tandem.links (salesforce_id, pair) where ended_at is not null;
  create index links_pages on tandem.links (pair, id);
  comment on index tandem.links_live_hubspot is 'a HubSpot record has at most one live link';
  comment on index tandem.links_live_salesforce is 'a Salesforce record has at most one live link';
  comment on index tandem.links_pages is 'verify: all links of a pair in pages'`,

  `create table tandem.dirty (
    pair text not null,
    system text not null,
    type text not null,
    record_id text not null,
    class smallint not null,
    stamp bigint,
    cause text not null,
    version bigint not null default 1,
    since timestamptz not null default now(),
    due timestamptz not null default now(),
    attempts integer not null default 0,
    primary key (pair, system, record_id, type)
  );
  comment on column tandem.dirty.class is 'place in workClasses: 0 is the strongest';
  comment on column tandem.dirty.due is 'while its unit is leased: the end of the lease, unless a signal came meanwhile';
  create index dirty_due on tandem.dirty (pair, class, due);
  comment on index tandem.dirty_due is 'claim: the oldest due rows of a class without touching those that wait';
  create index dirty_since on tandem.dirty (pair, since);
  comment on index tandem.dirty_since is 'status: age of the oldest'`,

  `create sequence tandem.fences;
  create table tandem.leases (
    unit text primary key,
    pair text not null,
    holder text not null,
    fence bigint not null default nextval('tandem.fences'),
    expires timestamptz not null
  );
  create unique index leases_fence on tandem.leases (fence);
  create index leases_pair on tandem.leases (pair);
  create table tandem.key_locks (
    key text primary key,
    fence bigint not null
  );
  comment on table tandem.key_locks is 'a match key is held as long as the lease with this fence lives';
  create index key_locks_fence on tandem.key_locks (fence)`,

  `create table tandem.intents (
    id uuid primary key,
    pair text not null,
    unit text not null,
    link_id uuid,
    link_version bigint,
    op text not null,
    target_system text not null,
    target_type text not null,
    target_id text not null,
    source_system text not null,
    source_type text not null,
    source_id text not null,
    writes json not null,
    cause text not null,
    opened_at timestamptz not null default now(),
    deadline timestamptz not null
  );
  comment on table tandem.intents is 'open ones only: an answered intent is deleted, its effect is in the ledger';
  create unique index intents_one_open on tandem.intents (unit, target_system);
  comment on index tandem.intents_one_open is 'at most one write under way per unit and system';
  create index intents_source on tandem.intents (source_id, pair);
  comment on index tandem.intents_source is 'claim: a create whose record was linked meanwhile'`,

  `create table tandem.ledger (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    pair text not null,
    event text not null,
    link_id uuid,
    system text not null,
    type text not null,
    record_id text not null,
    field text,
    from_value json not null,
    to_value json not null,
    cause text not null,
    rule text not null,
    clock text,
    lost json not null,
    changed_at timestamptz
  );
  create index ledger_record on tandem.ledger (system, record_id, id);
  create index ledger_link on tandem.ledger (link_id, id);
  create index ledger_at on tandem.ledger (pair, at);
  comment on index tandem.ledger_at is 'status: latency of the last hour'`,

  `create table tandem.parked (
    pair text not null,
    unit text not null,
    system text not null,
    field text not null,
    type text not null,
    record_id text not null,
    failure json not null,
    next_step text not null,
    refused text not null,
    since timestamptz not null default now(),
    primary key (pair, unit, system, field)
  );
  comment on column tandem.parked.field is 'empty: the whole record';
  create table tandem.reviews (
    pair text not null,
    unit text not null,
    system text not null,
    type text not null,
    record_id text not null,
    cause text not null,
    candidates json not null,
    since timestamptz not null default now(),
    primary key (pair, unit)
  )`,

  `create table tandem.cursors (
    pair text not null,
    system text not null,
    stamp bigint not null,
    id text not null,
    primary key (pair, system)
  );
  create table tandem.alignments (
    pair text primary key,
    mapping_hash text not null,
    hubspot_after text,
    salesforce_after text,
    hubspot_listed bigint not null,
    salesforce_listed bigint not null,
    hubspot_done boolean not null,
    salesforce_done boolean not null
  );
  create table tandem.problems (
    key text primary key,
    what text not null,
    cause text not null,
    fault text not null,
    next_step text not null,
    since timestamptz not null default now()
  )`,

  `create sequence tandem.worker_numbers as integer;
  create table tandem.workers (
    number integer primary key,
    id text not null unique,
    name text not null,
    host text not null,
    pid integer not null,
    exclusive text,
    since timestamptz not null default now()
  );
  comment on table tandem.workers is 'a worker lives as long as its session holds the advisory lock of its number'`,

  `create table tandem.budget_lanes (
    system text not null,
    lane text not null,
    paused_until timestamptz,
    pause_cause text,
    primary key (system, lane)
  );
  create table tandem.budget_permits (
    id bigint generated always as identity primary key,
    system text not null,
    lane text not null,
    taken_at timestamptz not null,
    ended_at timestamptz
  );
  create index budget_permits_lane on tandem.budget_permits (system, lane);
  create table tandem.budget_usage (
    system text not null,
    hour timestamptz not null,
    purpose text not null,
    calls bigint not null,
    primary key (system, hour, purpose)
  );
  create table tandem.budget_quotas (
    system text primary key,
    daily_limit bigint not null,
    daily_used bigint not null,
    observed_at timestamptz not null
  )`,
];

export const first = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
