import { type Kysely, sql } from 'kysely';

/** Identity: links know the objects of their records, and other records follow the primary one. Frozen: it imports nothing of the project. */
const statements = [
  `alter table tandem.links add column hubspot_type text, add column salesforce_type text;
  comment on column tandem.links.salesforce_type is 'null: from before types were kept, the pair''s own'`,

  `create table tandem.followers (
    pair text not null,
    salesforce_id text not null,
    type text not null,
    link_id uuid not null references tandem.links (id),
    number integer not null,
    since timestamptz not null default now(),
    primary key (salesforce_id, pair)
  );
  create unique index followers_link on tandem.followers (link_id, number);
  comment on table tandem.followers is 'Salesforce records that stand behind the primary one of their link; of an ended link: tombstones'`,

  `alter table tandem.cursors add column type text not null default '';
  alter table tandem.cursors drop constraint cursors_pkey, add primary key (pair, system, type);
  comment on column tandem.cursors.type is 'empty: the pair''s own object; else that of converted records'`,

  `alter table tandem.alignments add column converted_after text,
    add column converted_listed bigint, add column converted_done boolean`,
];

export const identity = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
