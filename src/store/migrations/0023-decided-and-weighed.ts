import { type Kysely, sql } from 'kysely';

/**
 * What a person decided of a record, kept for good; and which followers are still to be weighed against their link's primary record. Frozen
 * once released: it imports nothing of the project.
 */
const statements = [
  `create table tandem.decisions (
    pair text not null,
    system text not null,
    type text not null,
    record_id text not null,
    decision text not null,
    cause text not null,
    candidates json not null,
    at timestamptz not null default now(),
    primary key (pair, system, record_id)
  );
  comment on column tandem.decisions.decision is 'create: it is somebody new, whatever candidates there are';
  comment on column tandem.decisions.candidates is 'those that were ruled out'`,

  `alter table tandem.followers add column unweighed boolean not null default false;
  comment on column tandem.followers.unweighed is 'came by an identity event: the next look says which of them is the primary record'`,
];

export const decidedAndWeighed = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
