import { type Kysely, sql } from 'kysely';

/** Whom a first start holds back, and whom it let go. Frozen once released: it imports nothing of the project. */
const statements = [
  `create table tandem.first_start (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    what text not null,
    rank double precision not null,
    since timestamptz not null,
    let_go_at timestamptz,
    primary key (journey_id, what)
  );
  comment on table tandem.first_start is 'people of before the lifecycle was on: what of them is held back, or was let go; no values';
  comment on column tandem.first_start.what is 'hand-off, return, lifecyclestage';
  create index first_start_waiting on tandem.first_start (what, rank desc, since) where let_go_at is null;
  comment on index tandem.first_start_waiting is 'whose turn it is: those of the highest rank first'`,
  `comment on column tandem.held.kind is 'blank, overwrite, delete; of a first start: hand-off, return, lifecyclestage'`,
];

export const firstStart = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
