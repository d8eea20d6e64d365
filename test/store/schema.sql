-- The schema as the migrations leave it. Made by test/store/schema.test.ts (UPDATE_SCHEMA=1); not read by anything.

create table tandem.accounts (
  system text not null,
  account text not null,
  since timestamp with time zone not null default now(),
  constraint accounts_pkey PRIMARY KEY (system)
);
create table tandem.activities (
  journey_id uuid not null,
  key text not null,
  at timestamp with time zone not null,
  activity json not null,
  constraint activities_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint activities_pkey PRIMARY KEY (journey_id, key)
);
create table tandem.alerts (
  key text not null,
  problem json not null,
  begun_at timestamp with time zone not null default now(),
  told text not null default 'nothing'::text,
  gone_at timestamp with time zone,
  trying_until timestamp with time zone,
  constraint alerts_pkey PRIMARY KEY (key)
);
create table tandem.alignments (
  pair text not null,
  mapping_hash text not null,
  hubspot_after text,
  salesforce_after text,
  hubspot_listed bigint not null,
  salesforce_listed bigint not null,
  hubspot_done boolean not null,
  salesforce_done boolean not null,
  converted_after text,
  converted_listed bigint,
  converted_done boolean,
  first_done_at timestamp with time zone,
  constraint alignments_pkey PRIMARY KEY (pair)
);
create table tandem.awaited (
  pair text not null,
  system text not null,
  type text not null,
  record_id text not null,
  to_pair text not null,
  to_id text not null,
  since timestamp with time zone not null default now(),
  to_type text not null default ''::text,
  constraint awaited_pkey PRIMARY KEY (to_id, to_pair, to_type, system, pair, record_id, type)
);
create table tandem.budget_lanes (
  system text not null,
  lane text not null,
  paused_until timestamp with time zone,
  pause_cause text,
  learned json,
  line json,
  constraint budget_lanes_pkey PRIMARY KEY (system, lane)
);
create table tandem.budget_permits (
  id bigint not null generated always as identity,
  system text not null,
  lane text not null,
  taken_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  promised boolean not null default false,
  constraint budget_permits_pkey PRIMARY KEY (id)
);
create table tandem.budget_quotas (
  system text not null,
  daily_limit bigint not null,
  daily_used bigint not null,
  observed_at timestamp with time zone not null,
  constraint budget_quotas_pkey PRIMARY KEY (system)
);
create table tandem.budget_usage (
  system text not null,
  hour timestamp with time zone not null,
  purpose text not null,
  calls bigint not null,
  constraint budget_usage_pkey PRIMARY KEY (system, hour, purpose)
);
create table tandem.clocks (
  journey_id uuid not null,
  turn integer not null,
  kind text not null,
  clock json not null,
  steps_done text[] not null default '{}'::text[],
  done_at timestamp with time zone,
  owner text,
  remind_at timestamp with time zone,
  due_at timestamp with time zone,
  paused boolean not null default false,
  constraint clocks_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint clocks_pkey PRIMARY KEY (journey_id, turn, kind)
);
create table tandem.cursors (
  pair text not null,
  system text not null,
  stamp bigint not null,
  id text not null,
  type text not null default ''::text,
  constraint cursors_pkey PRIMARY KEY (pair, system, type)
);
create table tandem.deal_people (
  deal_id text not null,
  journey_id uuid not null,
  constraint deal_people_deal_id_fkey FOREIGN KEY (deal_id) REFERENCES deals(id) ON DELETE CASCADE,
  constraint deal_people_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint deal_people_pkey PRIMARY KEY (journey_id, deal_id)
);
create table tandem.deals (
  id text not null,
  state text not null,
  stage text not null,
  amount double precision,
  loss_reason text,
  competitor text,
  created_at timestamp with time zone not null,
  closes_on date,
  stamp timestamp with time zone not null,
  content_key text,
  content_until timestamp with time zone,
  currency text,
  constraint deals_pkey PRIMARY KEY (id)
);
create table tandem.decisions (
  pair text not null,
  system text not null,
  type text not null,
  record_id text not null,
  decision text not null,
  cause text not null,
  candidates json not null,
  at timestamp with time zone not null default now(),
  constraint decisions_pkey PRIMARY KEY (pair, system, record_id)
);
create table tandem.details (
  journey_id uuid not null,
  kinds text[] not null,
  asked_at timestamp with time zone,
  due timestamp with time zone,
  version bigint not null default 1,
  attempts integer not null default 0,
  constraint details_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint details_pkey PRIMARY KEY (journey_id)
);
create table tandem.dirty (
  pair text not null,
  system text not null,
  type text not null,
  record_id text not null,
  class smallint not null,
  stamp bigint,
  cause text not null,
  version bigint not null default 1,
  since timestamp with time zone not null default now(),
  due timestamp with time zone not null default now(),
  attempts integer not null default 0,
  held boolean not null default false,
  changed jsonb,
  erased boolean not null default false,
  waits text,
  constraint dirty_pkey PRIMARY KEY (pair, system, record_id, type)
);
create table tandem.effects (
  key text not null,
  journey_id uuid not null,
  kind text not null,
  turn integer not null,
  at timestamp with time zone not null,
  evidence text not null,
  state text not null default 'open'::text,
  due timestamp with time zone not null default now(),
  attempts integer not null default 0,
  route json,
  steps json not null default '{}'::json,
  why text,
  next_step text,
  since timestamp with time zone not null default now(),
  done_at timestamp with time zone,
  constraint effects_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint effects_pkey PRIMARY KEY (key),
  constraint effects_state CHECK ((state = ANY (ARRAY['open'::text, 'done'::text])))
);
create table tandem.erased (
  hash text not null,
  erasure uuid not null,
  cause text not null,
  at timestamp with time zone not null default now(),
  constraint erased_pkey PRIMARY KEY (hash)
);
create table tandem.event_quotas (
  system text not null,
  daily_limit bigint not null,
  daily_used bigint not null,
  observed_at timestamp with time zone not null default now(),
  constraint event_quotas_pkey PRIMARY KEY (system)
);
create table tandem.event_usage (
  system text not null,
  hour timestamp with time zone not null,
  events bigint not null default 0,
  constraint event_usage_pkey PRIMARY KEY (system, hour)
);
create table tandem.feedback (
  id bigint not null generated always as identity,
  journey_id uuid not null,
  record text not null,
  kind text not null,
  value text,
  at timestamp with time zone not null,
  turn integer not null,
  owner text,
  constraint feedback_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint feedback_pkey PRIMARY KEY (id)
);
create table tandem.first_start (
  journey_id uuid not null,
  what text not null,
  rank double precision not null,
  since timestamp with time zone not null,
  let_go_at timestamp with time zone,
  constraint first_start_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint first_start_pkey PRIMARY KEY (journey_id, what)
);
create table tandem.followers (
  pair text not null,
  salesforce_id text not null,
  type text not null,
  link_id uuid not null,
  number integer not null,
  since timestamp with time zone not null default now(),
  unweighed boolean not null default false,
  constraint followers_link_id_fkey FOREIGN KEY (link_id) REFERENCES links(id),
  constraint followers_pkey PRIMARY KEY (salesforce_id, pair)
);
create table tandem.held (
  id text not null,
  pair text not null,
  scope text not null,
  kind text not null,
  field text,
  records integer not null,
  links integer not null,
  since timestamp with time zone not null default now(),
  released_at timestamp with time zone,
  constraint held_pkey PRIMARY KEY (id)
);
create table tandem.intents (
  id uuid not null,
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
  opened_at timestamp with time zone not null default now(),
  deadline timestamp with time zone not null,
  constraint intents_pkey PRIMARY KEY (id)
);
create table tandem.journeys (
  id uuid not null,
  contact_id text not null,
  version bigint not null default 1,
  stage text not null,
  turn integer not null,
  owner text,
  state json not null,
  shown json not null default '{"hubspot":{},"salesforce":{}}'::json,
  next_at timestamp with time zone,
  began_at timestamp with time zone not null default now(),
  deals_turn integer,
  company_id text default (state #>> '{contact,fields,associatedcompanyid}'::text[]),
  content_key text,
  content_until timestamp with time zone,
  constraint journeys_pkey PRIMARY KEY (id)
);
create table tandem.key_locks (
  key text not null,
  fence bigint not null,
  constraint key_locks_pkey PRIMARY KEY (key)
);
create table tandem.leases (
  unit text not null,
  pair text not null,
  holder text not null,
  fence bigint not null default nextval('fences'::regclass),
  expires timestamp with time zone not null,
  constraint leases_pkey PRIMARY KEY (unit)
);
create table tandem.ledger (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
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
  changed_at timestamp with time zone,
  constraint ledger_pkey PRIMARY KEY (id)
);
create table tandem.lifecycle (
  name text not null,
  version bigint not null default 1,
  value json not null,
  at timestamp with time zone not null default now(),
  constraint lifecycle_pkey PRIMARY KEY (name)
);
create table tandem.links (
  id uuid not null,
  pair text not null,
  hubspot_id text not null,
  salesforce_id text not null,
  version bigint not null default 1,
  base json not null,
  hubspot_stamp bigint not null default 0,
  salesforce_stamp bigint not null default 0,
  began_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  ended_cause text,
  hubspot_type text,
  salesforce_type text,
  constraint links_ended_says_why CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint links_pkey PRIMARY KEY (id)
);
create table tandem.live_fields (
  system text not null,
  type text not null,
  field text not null,
  first_at timestamp with time zone not null default now(),
  constraint live_fields_pkey PRIMARY KEY (system, type, field)
);
create table tandem.mapped_fields (
  pair text not null,
  type text not null,
  field text not null,
  api text not null,
  constraint mapped_fields_pkey PRIMARY KEY (pair, type, field)
);
create table tandem.mass_changes (
  pair text not null,
  scope text not null,
  unit text not null,
  field text,
  at timestamp with time zone not null default now(),
  constraint mass_changes_pkey PRIMARY KEY (pair, scope, unit)
);
create table tandem.object_schemas (
  system text not null,
  type text not null,
  fingerprint text not null,
  description json not null,
  looked_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  constraint object_schemas_pkey PRIMARY KEY (system, type)
);
create table tandem.parked (
  pair text not null,
  unit text not null,
  system text not null,
  field text not null,
  type text not null,
  record_id text not null,
  failure json not null,
  next_step text not null,
  refused text not null,
  since timestamp with time zone not null default now(),
  discarded_at timestamp with time zone,
  constraint parked_pkey PRIMARY KEY (pair, unit, system, field)
);
create table tandem.pauses (
  scope text not null,
  by text not null,
  cause text not null,
  since timestamp with time zone not null default now(),
  constraint pauses_pkey PRIMARY KEY (scope)
);
create table tandem.problems (
  key text not null,
  what text not null,
  cause text not null,
  fault text not null,
  next_step text not null,
  since timestamp with time zone not null default now(),
  told_at timestamp with time zone not null default now(),
  constraint problems_pkey PRIMARY KEY (key)
);
create table tandem.recommended (
  journey_id uuid not null,
  record text not null,
  turn integer not null,
  piece text not null,
  stage text not null,
  deal_stage text,
  mode text not null,
  version text not null,
  at timestamp with time zone not null,
  until timestamp with time zone,
  constraint recommended_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint recommended_pkey PRIMARY KEY (journey_id, record, turn, piece)
);
create table tandem.reviews (
  pair text not null,
  unit text not null,
  system text not null,
  type text not null,
  record_id text not null,
  cause text not null,
  candidates json not null,
  since timestamp with time zone not null default now(),
  left_at timestamp with time zone,
  constraint reviews_pkey PRIMARY KEY (pair, unit)
);
create table tandem.secrets (
  name text not null,
  value text not null,
  made_at timestamp with time zone not null default now(),
  constraint secrets_pkey PRIMARY KEY (name)
);
create table tandem.settings_versions (
  file text not null,
  version text not null,
  hash text not null,
  loaded_at timestamp with time zone not null default now(),
  constraint settings_versions_pkey PRIMARY KEY (file, hash)
);
create table tandem.signal_positions (
  system text not null,
  source text not null,
  topic text not null,
  at text not null,
  moved_at timestamp with time zone not null default now(),
  constraint signal_positions_pkey PRIMARY KEY (system, source, topic)
);
create table tandem.signal_sources (
  system text not null,
  source text not null,
  type text not null,
  heard_at timestamp with time zone,
  alive_at timestamp with time zone,
  missed_at timestamp with time zone,
  since timestamp with time zone,
  constraint signal_sources_pkey PRIMARY KEY (system, type, source)
);
create table tandem.stage_backs (
  journey_id uuid not null,
  at timestamp with time zone not null default now(),
  constraint stage_backs_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE
);
create table tandem.told_activities (
  journey_id uuid not null,
  key text not null,
  at timestamp with time zone not null,
  activity json not null,
  constraint told_activities_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint told_activities_pkey PRIMARY KEY (journey_id, key)
);
create table tandem.told_facts (
  journey_id uuid not null,
  key text not null,
  fact json not null,
  constraint told_facts_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint told_facts_pkey PRIMARY KEY (journey_id, key)
);
create table tandem.transitions (
  id bigint not null generated always as identity,
  journey_id uuid not null,
  at timestamp with time zone not null,
  noted_at timestamp with time zone not null default now(),
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
  effects text[] not null,
  source text,
  segment text,
  constraint transitions_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journeys(id) ON DELETE CASCADE,
  constraint transitions_pkey PRIMARY KEY (id)
);
create table tandem.verified (
  pair text not null,
  at timestamp with time zone not null default now(),
  records bigint not null,
  fields bigint not null,
  drift bigint not null,
  unexplained bigint not null,
  constraint verified_pkey PRIMARY KEY (pair)
);
create table tandem.workers (
  number integer not null,
  id text not null,
  name text not null,
  host text not null,
  pid integer not null,
  exclusive text,
  since timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  left_at timestamp with time zone,
  roles text[] not null default '{}'::text[],
  constraint workers_id_key UNIQUE (id),
  constraint workers_pkey PRIMARY KEY (number)
);

CREATE INDEX activities_newest ON tandem.activities USING btree (journey_id, at DESC);
CREATE INDEX awaited_record ON tandem.awaited USING btree (record_id, system);
CREATE INDEX awaited_since ON tandem.awaited USING btree (since);
CREATE INDEX budget_permits_lane ON tandem.budget_permits USING btree (system, lane);
CREATE INDEX clocks_done ON tandem.clocks USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX clocks_due ON tandem.clocks USING btree (due_at, kind) WHERE (done_at IS NULL);
CREATE INDEX deal_people_deal ON tandem.deal_people USING btree (deal_id);
CREATE INDEX details_due ON tandem.details USING btree (due) WHERE (due IS NOT NULL);
CREATE INDEX dirty_due ON tandem.dirty USING btree (pair, class, due);
CREATE INDEX dirty_held ON tandem.dirty USING btree (pair) WHERE held;
CREATE INDEX dirty_since ON tandem.dirty USING btree (pair, since);
CREATE INDEX effects_due ON tandem.effects USING btree (due) WHERE (state = 'open'::text);
CREATE INDEX effects_journey ON tandem.effects USING btree (journey_id, kind);
CREATE INDEX erased_erasure ON tandem.erased USING btree (erasure);
CREATE INDEX feedback_at ON tandem.feedback USING btree (at);
CREATE INDEX feedback_last ON tandem.feedback USING btree (journey_id, record, kind, id DESC);
CREATE INDEX first_start_waiting ON tandem.first_start USING btree (what, rank DESC, since) WHERE (let_go_at IS NULL);
CREATE UNIQUE INDEX followers_link ON tandem.followers USING btree (link_id, number);
CREATE UNIQUE INDEX held_open ON tandem.held USING btree (pair, scope) WHERE (released_at IS NULL);
CREATE UNIQUE INDEX intents_one_open ON tandem.intents USING btree (unit, target_system);
CREATE INDEX intents_source ON tandem.intents USING btree (source_id, pair);
CREATE INDEX journeys_company ON tandem.journeys USING btree (company_id) WHERE (company_id IS NOT NULL);
CREATE UNIQUE INDEX journeys_contact ON tandem.journeys USING btree (contact_id);
CREATE INDEX journeys_content ON tandem.journeys USING btree (content_key) WHERE (stage = ANY (ARRAY['sales-ready'::text, 'sdr'::text, 'working'::text, 'accepted'::text]));
CREATE INDEX journeys_deals ON tandem.journeys USING btree (stage) WHERE (deals_turn IS DISTINCT FROM turn);
CREATE INDEX journeys_next ON tandem.journeys USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX journeys_owner ON tandem.journeys USING btree (owner, stage) WHERE (owner IS NOT NULL);
CREATE INDEX key_locks_fence ON tandem.key_locks USING btree (fence);
CREATE UNIQUE INDEX leases_fence ON tandem.leases USING btree (fence);
CREATE INDEX leases_pair ON tandem.leases USING btree (pair);
CREATE INDEX ledger_at ON tandem.ledger USING btree (pair, at);
CREATE INDEX ledger_link ON tandem.ledger USING btree (link_id, id);
CREATE INDEX ledger_record ON tandem.ledger USING btree (system, record_id, id);
CREATE INDEX ledger_roles ON tandem.ledger USING btree (pair) WHERE (field = 'contactRoles'::text);
CREATE INDEX links_began ON tandem.links USING btree (began_at);
CREATE INDEX links_ended_hubspot ON tandem.links USING btree (hubspot_id, pair) WHERE (ended_at IS NOT NULL);
CREATE INDEX links_ended_salesforce ON tandem.links USING btree (salesforce_id, pair) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX links_live_hubspot ON tandem.links USING btree (hubspot_id, pair) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX links_live_salesforce ON tandem.links USING btree (salesforce_id, pair) WHERE (ended_at IS NULL);
CREATE INDEX links_pages ON tandem.links USING btree (pair, id);
CREATE INDEX mass_changes_recent ON tandem.mass_changes USING btree (pair, at);
CREATE INDEX recommended_at ON tandem.recommended USING btree (at);
CREATE INDEX recommended_now ON tandem.recommended USING btree (record) WHERE (until IS NULL);
CREATE INDEX stage_backs_at ON tandem.stage_backs USING btree (at);
CREATE INDEX transitions_at ON tandem.transitions USING btree (at);
CREATE INDEX transitions_journey ON tandem.transitions USING btree (journey_id, id);

create sequence tandem.fences as bigint;
create sequence tandem.worker_numbers as integer;

comment on table tandem.accounts is 'the portal and the organization whose records this store knows; read when a process connects, so that it works with no other';
comment on index tandem.activities_newest is 'the digest: the newest first';
comment on column tandem.alerts.told is 'nothing, begin: what the webhook has taken';
comment on column tandem.alerts.gone_at is 'since when the problem is not there any more';
comment on column tandem.alignments.first_done_at is 'when a first alignment had listed both systems whole, by whatever mapping: later creations count as a mass change';
comment on table tandem.awaited is 'records that refer to one without a link: looked at again when that link begins';
comment on column tandem.awaited.to_type is 'Salesforce''s object that the link must lead to; empty: any';
comment on index tandem.awaited_record is 'explain: what a record waits for';
comment on column tandem.budget_lanes.learned is 'what refusals and the headers of answers taught of the lane''s limit; read under the row''s lock with each permit, so that all processes go by it';
comment on column tandem.budget_lanes.line is 'who was told to wait for permits, first come first, until when it has to ask again; read and written under the row''s lock with each permit';
comment on column tandem.budget_permits.promised is 'the promise of a permit, for a call that is not made yet; it counts against the lane only for what has not begun';
comment on column tandem.clocks.due_at is 'as of the last look; null while a pause is open, or where nobody ever works';
comment on index tandem.clocks_done is 'status: how many of late were met';
comment on index tandem.clocks_due is 'status and metrics: who is late, and who is next';
comment on column tandem.cursors.type is 'empty: the pair''s own object; else that of converted records';
comment on index tandem.deal_people_deal is 'a deal that is nobody''s any more is forgotten';
comment on table tandem.deals is 'opportunities of people, as they were last read; reports: what came back in money';
comment on column tandem.deals.content_key is 'the catalogue by which content was last recommended for the deal; null: by none';
comment on column tandem.deals.content_until is 'when the first of the recommended pieces expires; null: none does';
comment on column tandem.deals.currency is 'of the amount; null where the org has but one, or it was read before this was kept';
comment on column tandem.decisions.decision is 'create: it is somebody new, whatever candidates there are';
comment on column tandem.decisions.candidates is 'those that were ruled out';
comment on table tandem.details is 'of whom details are to be asked for (due), and until when they were (asked_at)';
comment on column tandem.dirty.class is 'place in workClasses: 0 is the strongest';
comment on column tandem.dirty.due is 'while its unit is leased: the end of the lease, unless a signal came meanwhile';
comment on column tandem.dirty.held is 'looked at, and what it asks for is paused; due at once when a pause ends';
comment on column tandem.dirty.changed is 'API name of a field -> {at, source?, sourceId?, value?}: when live signals said that it was changed, milliseconds, by whom, and, of linked records in Salesforce, to what; rows of earlier versions: the time alone';
comment on column tandem.dirty.erased is 'its system told that the record was erased; stays although other signals follow';
comment on column tandem.dirty.waits is 'why the last look had no end: KIND SYSTEM [CODE], kind one of stale, missing, refused, unknown';
comment on index tandem.dirty_due is 'claim: the oldest due rows of a class without touching those that wait';
comment on index tandem.dirty_since is 'status: age of the oldest';
comment on column tandem.effects.key is 'JOURNEY/TURN/KIND: an order is carried out once, however often it is given';
comment on column tandem.effects.steps is 'step -> [state, at, id]; sent is stored before the call';
comment on table tandem.erased is 'tombstones of erased people: nothing of theirs is taken in again before a person lifts them';
comment on column tandem.erased.hash is 'HMAC-SHA-256 of a match key or a record''s id, under the key in tandem.secrets';
comment on column tandem.erased.erasure is 'rows that came together are lifted together';
comment on table tandem.event_quotas is 'what the vendor last said of the events that all subscribers may get in a day';
comment on table tandem.event_usage is 'change events that came to Tandem, by the hour';
comment on table tandem.feedback is 'what reps said, oldest first; a row where the word of a record is another than before';
comment on column tandem.feedback.value is 'null: taken back; a text of a rep, goes with the person';
comment on index tandem.feedback_at is 'reports: what was said in a period';
comment on table tandem.first_start is 'people of before the lifecycle was on: what of them is held back, or was let go; no values';
comment on column tandem.first_start.what is 'hand-off, return, lifecyclestage; beyond the first start observed, observed-return, stage-back';
comment on index tandem.first_start_waiting is 'whose turn it is: those of the highest rank first';
comment on table tandem.followers is 'Salesforce records that stand behind the primary one of their link; of an ended link: tombstones';
comment on column tandem.followers.unweighed is 'came by an identity event: the next look says which of them is the primary record';
comment on column tandem.held.kind is 'blank, overwrite, delete; of a first start: hand-off, return, lifecyclestage';
comment on column tandem.held.records is 'how many were counted when it tripped';
comment on table tandem.intents is 'open ones only: an answered intent is deleted, its effect is in the ledger';
comment on index tandem.intents_one_open is 'at most one write under way per unit and system';
comment on index tandem.intents_source is 'claim: a create whose record was linked meanwhile';
comment on column tandem.journeys.state is 'the journey, the records as they were last looked at, scores; holds values of the person';
comment on column tandem.journeys.shown is 'what Tandem last wrote of its own fields, by system; moves without the version';
comment on column tandem.journeys.deals_turn is 'the turn for which the deals that were there already were read; null: none';
comment on column tandem.journeys.company_id is 'the HubSpot company of the contact as it was last looked at';
comment on column tandem.journeys.content_key is 'the catalogue by which content was last recommended for the person; null: by none';
comment on column tandem.journeys.content_until is 'when the first of the recommended pieces expires; null: none does';
comment on index tandem.journeys_company is 'the people of an account';
comment on index tandem.journeys_content is 'whose record shows the content of another catalogue';
comment on index tandem.journeys_deals is 'whose deals are to be read';
comment on index tandem.journeys_next is 'timers: a tick walks over the due ones alone';
comment on index tandem.journeys_owner is 'routing: how many leads somebody has';
comment on table tandem.key_locks is 'a match key is held as long as the lease with this fence lives';
comment on index tandem.ledger_at is 'status: latency of the last hour';
comment on index tandem.ledger_roles is 'erasures: the deals in which somebody took part';
comment on table tandem.lifecycle is 'since: when the lifecycle was first on; turns: whose turn it is in each pool';
comment on column tandem.links.base is 'field -> [hubspot, salesforce], raw, as they were when last settled';
comment on column tandem.links.salesforce_type is 'null: from before types were kept, the pair''s own';
comment on index tandem.links_began is 'what waited for links that began a moment ago';
comment on index tandem.links_live_hubspot is 'a HubSpot record has at most one live link';
comment on index tandem.links_live_salesforce is 'a Salesforce record has at most one live link';
comment on index tandem.links_pages is 'verify: all links of a pair in pages';
comment on table tandem.live_fields is 'fields that a live signal came for at least once';
comment on table tandem.mapped_fields is 'of which field of which Salesforce object the base of a mapped field is; kept for fields that are mapped no more';
comment on table tandem.mass_changes is 'records that were blanked, overwritten or deleted lately, counted by scope; no values';
comment on table tandem.object_schemas is 'what each system said of an object when it was described last';
comment on column tandem.parked.field is 'empty: the whole record';
comment on column tandem.parked.discarded_at is 'given up by a person: not listed, and not tried again before its value changes';
comment on column tandem.pauses.by is 'hand, or schema: ends by itself';
comment on column tandem.problems.told_at is 'when it was raised last: one of a route that is not asked any more ends by itself';
comment on table tandem.recommended is 'content that was recommended, by the record of Salesforce on which it stood; observe: nobody saw it';
comment on column tandem.recommended.deal_stage is 'of an opportunity, as Salesforce calls it; null: the record is a lead or contact';
comment on column tandem.recommended.until is 'when it was no longer recommended there; null: it is now';
comment on index tandem.recommended_at is 'reports: what was recommended in a period';
comment on index tandem.recommended_now is 'what stands on an opportunity';
comment on column tandem.reviews.left_at is 'a person lets it be; asked anew when cause or candidates are others';
comment on table tandem.secrets is 'made by the store itself at first use, never shown';
comment on table tandem.settings_versions is 'which text of which file a version of the rules was, and since when';
comment on column tandem.signal_positions.at is 'offset of a journal, replay id of a channel: as the vendor gave it';
comment on table tandem.signal_sources is 'a row from the first sign of life on';
comment on column tandem.signal_sources.heard_at is 'last verified signal';
comment on column tandem.signal_sources.alive_at is 'last proof of life: signal, heartbeat, look that found nothing untold; null: known to be broken';
comment on column tandem.signal_sources.missed_at is 'a look found a change that it should have told; null again with the next signal';
comment on column tandem.signal_sources.since is 'since when it has been alive without a break that is known of: what changed before, it did not have to tell';
comment on table tandem.stage_backs is 'steps back of lifecyclestage of the last day that no person let go; no values';
comment on index tandem.stage_backs_at is 'how many there were in a day, and which are older';
comment on table tandem.told_activities is 'what was answered, until a look has taken it in; holds values of the person';
comment on table tandem.told_facts is 'what effects tell the journey (handed, placed), until a look has worked it through';
comment on column tandem.transitions.source is 'where the person came from, by the property that lifecycle.yaml names; serves the signals';
comment on column tandem.transitions.segment is 'which kind of person they are, by the property that lifecycle.yaml names; serves the signals';
comment on index tandem.transitions_at is 'the account and reports: by cohort of the time';
comment on table tandem.verified is 'the newest whole comparison of each pair';
comment on table tandem.workers is 'a worker lives as long as its session holds the advisory lock of its number';
comment on column tandem.workers.seen_at is 'the last heartbeat of its session';
comment on column tandem.workers.left_at is 'it was to stay, and was stopped in order; the row goes when the next worker comes';
