import { type Kysely, sql } from 'kysely';

/**
 * Journeys through the stages, what happened on them, and the effects that they ask for. Frozen once released: it imports nothing of the
 * project.
 */
const statements = [
  `create table tandem.journeys (
    id uuid primary key,
    contact_id text not null,
    version bigint not null default 1,
    stage text not null,
    turn integer not null,
    owner text,
    state json not null,
    shown json not null default '{"hubspot":{},"salesforce":{}}',
    next_at timestamptz,
    began_at timestamptz not null default now()
  ) with (fillfactor = 80);
  comment on column tandem.journeys.state is 'the journey, the records as they were last looked at, scores; holds values of the person';
  comment on column tandem.journeys.shown is 'what Tandem last wrote of its own fields, by system; moves without the version';
  create unique index journeys_contact on tandem.journeys (contact_id);
  create index journeys_next on tandem.journeys (next_at) where next_at is not null;
  comment on index tandem.journeys_next is 'timers: a tick walks over the due ones alone';
  create index journeys_owner on tandem.journeys (owner, stage) where owner is not null;
  comment on index tandem.journeys_owner is 'routing: how many leads somebody has'`,

  `create table tandem.transitions (
    id bigint generated always as identity primary key,
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    at timestamptz not null,
    noted_at timestamptz not null default now(),
    from_stage text not null,
    to_stage text not null,
    move text not null,
    legal boolean not null,
    cause text not null,
    evidence text not null,
    by_whom text not null,
    turn integer not null,
    reason text,
    version text not null,
    definition text,
    behaviour text not null,
    mode text not null,
    effects text[] not null
  );
  create index transitions_journey on tandem.transitions (journey_id, id);
  create index transitions_at on tandem.transitions (at);
  comment on index tandem.transitions_at is 'the account and reports: by cohort of the time'`,

  `create table tandem.activities (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    key text not null,
    at timestamptz not null,
    activity json not null,
    primary key (journey_id, key)
  );
  create index activities_newest on tandem.activities (journey_id, at desc);
  comment on index tandem.activities_newest is 'the digest: the newest first'`,

  `create table tandem.told_facts (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    key text not null,
    fact json not null,
    primary key (journey_id, key)
  );
  comment on table tandem.told_facts is 'what effects tell the journey (handed, placed), until a look has worked it through'`,

  `create table tandem.clocks (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    turn integer not null,
    kind text not null,
    clock json not null,
    steps_done text[] not null default '{}',
    done_at timestamptz,
    primary key (journey_id, turn, kind)
  )`,

  `create table tandem.effects (
    key text primary key,
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    kind text not null,
    turn integer not null,
    at timestamptz not null,
    evidence text not null,
    state text not null default 'open',
    due timestamptz not null default now(),
    attempts integer not null default 0,
    route json,
    steps json not null default '{}',
    why text,
    next_step text,
    since timestamptz not null default now(),
    done_at timestamptz,
    constraint effects_state check (state in ('open', 'done'))
  );
  comment on column tandem.effects.key is 'JOURNEY/TURN/KIND: an order is carried out once, however often it is given';
  comment on column tandem.effects.steps is 'step -> [state, at, id]; sent is stored before the call';
  create index effects_due on tandem.effects (due) where state = 'open';
  create index effects_journey on tandem.effects (journey_id, kind)`,

  `create table tandem.lifecycle (
    name text primary key,
    version bigint not null default 1,
    value json not null,
    at timestamptz not null default now()
  );
  comment on table tandem.lifecycle is 'since: when the lifecycle was first on; turns: whose turn it is in each pool'`,

  `create table tandem.settings_versions (
    file text not null,
    version text not null,
    hash text not null,
    loaded_at timestamptz not null default now(),
    primary key (file, hash)
  );
  comment on table tandem.settings_versions is 'which text of which file a version of the rules was, and since when'`,
];

export const lifecycle = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
