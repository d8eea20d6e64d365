import { type Kysely, sql } from 'kysely';

/** Tombstones whose record may have been erased since are looked at now and then. Frozen once released: it imports nothing of the project. */
const statements = [
  `alter table tandem.links add column looked_at timestamptz;
  comment on column tandem.links.looked_at is 'tombstones: when their record was last looked for in the archive'`,
  `create index links_archived on tandem.links (pair, ended_at) where ended_cause = 'deleted in HubSpot'`,
];

export const tombstoneLooks = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
