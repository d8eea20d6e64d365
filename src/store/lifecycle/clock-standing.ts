import { sql } from 'kysely';
import type { ClockCounts, LateClock } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** How clocks stand, kind by kind; kinds of which there are none are left out. `met` and `missed`: of those that ended in the last 30 days. */
export const clockCounts = async (db: Db): Promise<readonly ClockCounts[]> =>
  run(
    db,
    sql<ClockCounts>`
      select kind,
        (count(*) filter (where done_at is null and due_at <= now()))::float8 as late,
        (count(*) filter (where done_at is null and due_at > now() and paused))::float8
          + (count(*) filter (where done_at is null and due_at is null and paused))::float8 as paused,
        (count(*) filter (where done_at is null and due_at is null and not paused))::float8 as never,
        (count(*) filter (where done_at is null and due_at > now() and not paused and remind_at <= now()))::float8 as reminded,
        (count(*) filter (where done_at is null and due_at > now() and not paused
          and (remind_at is null or remind_at > now())))::float8 as waiting,
        (count(*) filter (where done_at is not null and (due_at is null or done_at <= due_at)))::float8 as met,
        (count(*) filter (where done_at is not null and done_at > due_at))::float8 as missed
      from tandem.clocks where done_at is null or done_at > now() - interval '30 days'
      group by kind order by kind`,
  );

const columns = sql`
  c.kind, c.turn, c.owner, round(${epochMs('c.due_at')}) as "dueAt", j.contact_id as "contactId", link.salesforce_id as "salesforceId"`;

const standing = (pair: string) => sql`
  from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
  left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
  where c.done_at is null`;

/** Clocks whose time is over, the oldest first. */
export const lateClocks = async (db: Db, pair: string, limit: number): Promise<readonly LateClock[]> =>
  run(
    db,
    sql<LateClock>`
      select ${columns} ${standing(pair)} and c.due_at <= now() order by c.due_at, j.contact_id, c.kind limit ${limit}`,
  );

/** The clock that is due next; null where none is. */
export const nextClock = async (db: Db, pair: string): Promise<LateClock | null> => {
  const [row] = await run(
    db,
    sql<LateClock>`
      select ${columns} ${standing(pair)} and c.due_at > now() and not c.paused
      order by c.due_at, j.contact_id, c.kind limit 1`,
  );
  return row ?? null;
};

/** How many clocks of each kind are late: what a scrape asks, over the index alone. */
export const lateCounts = async (db: Db): Promise<ReadonlyMap<string, number>> => {
  const rows = await run(
    db,
    sql<{ kind: string; count: number }>`
      select kind, count(*)::float8 as count from tandem.clocks
      where done_at is null and due_at <= now() group by kind`,
  );
  return new Map(rows.map(({ kind, count }) => [kind, count]));
};
