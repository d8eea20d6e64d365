import { type Kysely, sql } from 'kysely';

/**
 * What `status` needs to name what stands still: whether a worker left in order or vanished, and what it did; when a problem was told last; why a
 * look had no end. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `alter table tandem.workers
    add column seen_at timestamptz not null default now(),
    add column left_at timestamptz,
    add column roles text[] not null default '{}';
  comment on column tandem.workers.seen_at is 'the last heartbeat of its session';
  comment on column tandem.workers.left_at is 'it was to stay, and was stopped in order; the row goes when the next worker comes'`,

  `alter table tandem.problems add column told_at timestamptz not null default now();
  comment on column tandem.problems.told_at is 'when it was raised last: one of a route that is not asked any more ends by itself'`,

  `alter table tandem.dirty add column waits text;
  comment on column tandem.dirty.waits is 'why the last look had no end: KIND SYSTEM [CODE], kind one of stale, missing, refused, unknown'`,
];

export const toldWaits = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
