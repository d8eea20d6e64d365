import { type Kysely, sql } from 'kysely';

/** A signal's source is kept beside its time. Frozen once released: it imports nothing of the project. */
const statement = `comment on column tandem.dirty.changed is
  'API name of a field -> {at, source?, sourceId?}: when live signals said that it was changed, milliseconds, and by whom; rows of earlier versions: the time alone; no values'`;

export const toldBy = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};
