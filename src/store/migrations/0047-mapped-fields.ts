import { type Kysely, sql } from 'kysely';

/** Frozen, as all migrations: which field of Salesforce the stored values of a mapped field are of. */
const statements = [
  `create table tandem.mapped_fields (
    pair text not null,
    type text not null,
    field text not null,
    api text not null,
    primary key (pair, type, field)
  );
  comment on table tandem.mapped_fields is 'of which field of which Salesforce object the base of a mapped field is; kept for fields that are mapped no more'`,
];

export const mappedFields = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
