import { type Kysely, sql } from 'kysely';

/**
 * Whether HubSpot still shows somebody is asked for all of whom something is kept, page by page from a place in tandem.cursors; tombstones need no
 * time of their own any more. Frozen once released: it imports nothing of the project.
 */
const statements = [`drop index tandem.links_archived`, `alter table tandem.links drop column looked_at`];

export const presence = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
