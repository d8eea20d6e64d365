import { type Kysely, sql } from 'kysely';

/** Who was erased for privacy, and a key of this store to know them by. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.secrets (
    name text primary key,
    value text not null,
    made_at timestamptz not null default now()
  );
  comment on table tandem.secrets is 'made by the store itself at first use, never shown'`,

  `create table tandem.erased (
    hash text primary key,
    erasure uuid not null,
    cause text not null,
    at timestamptz not null default now()
  );
  comment on table tandem.erased is 'tombstones of erased people: nothing of theirs is taken in again before a person lifts them';
  comment on column tandem.erased.hash is 'HMAC-SHA-256 of a match key or a record''s id, under the key in tandem.secrets';
  comment on column tandem.erased.erasure is 'rows that came together are lifted together';
  create index erased_erasure on tandem.erased (erasure)`,

  // Erasures were told before, and nothing was emptied for them.
  `update tandem.ledger set from_value = 'null', to_value = 'null', lost = 'null'
    where link_id in (select id from tandem.links where ended_cause = 'erased in HubSpot')`,
  `update tandem.links set base = '{}' where ended_cause = 'erased in HubSpot'`,

  `alter table tandem.dirty add column erased boolean not null default false;
  comment on column tandem.dirty.erased is 'its system told that the record was erased; stays although other signals follow'`,
];

export const erasure = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
