import { type Kysely, sql } from 'kysely';

/** References that wait for the link of what they refer to. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.awaited (
    pair text not null,
    system text not null,
    type text not null,
    record_id text not null,
    to_pair text not null,
    to_id text not null,
    since timestamptz not null default now(),
    primary key (to_id, to_pair, system, pair, record_id, type)
  );
  comment on table tandem.awaited is 'records that refer to one without a link: looked at again when that link begins';
  create index awaited_since on tandem.awaited (since);
  create index links_began on tandem.links (began_at);
  comment on index tandem.links_began is 'what waited for links that began a moment ago'`,
];

export const objects = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
