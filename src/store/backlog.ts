import { sql } from 'kysely';
import { workClasses } from '../model/budget.ts';
import type { Backlog } from '../model/state.ts';
import { type Db, run } from './transaction.ts';

/**
 * EngineStore.backlog. `due` counts rows whose time has come, less those whose unit is leased all the same (a signal came
 * while it is worked on).
 */
export const backlog = async (db: Db, pair: string): Promise<Backlog> => {
  const [row] = await run(
    db,
    sql<Omit<Backlog, 'strongest'> & { class: number | null }>`
      with leased as materialized (
        select lease.unit, link.hubspot_id, link.salesforce_id
        from tandem.leases lease left join tandem.links link on lease.unit = 'link:' || link.id
        where lease.pair = ${pair} and lease.expires > now()
      ), busy as (
        select count(*) as rows from tandem.dirty d
        where d.pair = ${pair} and d.due <= now() and exists (
          select from leased l
          where l.unit = d.system || ':' || d.type || '/' || d.record_id
            or (d.system = 'hubspot' and l.hubspot_id = d.record_id)
            or (d.system = 'salesforce' and l.salesforce_id = d.record_id))
          and exists (select from leased)
      )
      select
        (select count(*) from tandem.dirty where pair = ${pair})::float8 as dirty,
        ((select count(*) from tandem.dirty where pair = ${pair} and due <= now()) - (select rows from busy))::float8
          as due,
        (select min(class) from tandem.dirty where pair = ${pair} and due <= now())::int as class,
        (select extract(epoch from now() - min(since)) * 1000 from tandem.dirty where pair = ${pair})::float8
          as "oldestMs",
        (select count(*) from tandem.dirty where pair = ${pair} and held)::float8 as held,
        (select count(*) from tandem.intents where pair = ${pair})::float8 as "openIntents",
        (select count(*) from leased)::float8 as leased,
        (select count(*) from tandem.parked where pair = ${pair} and discarded_at is null)::float8 as parked,
        (select count(*) from tandem.reviews where pair = ${pair} and left_at is null)::float8 as reviews,
        (select count(*) from tandem.links where pair = ${pair} and ended_at is null)::float8 as links`,
  );
  if (row === undefined) throw new Error('backlog: no row');
  const { class: place, ...counts } = row;
  return { ...counts, strongest: place === null ? null : (workClasses[place] ?? null) };
};
