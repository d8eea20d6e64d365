import { type Kysely, sql } from 'kysely';

/** A change event's value is kept beside its time until the record is looked at. Frozen once released: it imports nothing of the project. */
const statement = `comment on column tandem.dirty.changed is
  'API name of a field -> {at, source?, sourceId?, value?}: when live signals said that it was changed, milliseconds, by whom, and, of linked records in Salesforce, to what; rows of earlier versions: the time alone'`;

export const toldValues = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};
