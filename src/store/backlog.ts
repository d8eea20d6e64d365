import { sql } from 'kysely';
import { workClasses } from '../model/budget.ts';
import type { Backlog, Workload } from '../model/state.ts';
import { type Db, run } from './transaction.ts';
import { linkIdOfUnit } from './unit-key.ts';

/**
 * EngineStore.backlog. `due` counts rows whose time has come, less those whose unit is leased all the same (a signal came
 * while it is worked on).
 */
export const backlog = async (db: Db, pair: string): Promise<Backlog> => {
  const [row] = await run(
    db,
    sql<Backlog>`
      with leased as materialized (
        select lease.unit, ${linkIdOfUnit('lease.unit')} as link_id from tandem.leases lease
        where lease.pair = ${pair} and lease.expires > now()
      ), record as materialized (
        select link.hubspot_id, link.salesforce_id from leased join tandem.links link on link.id = leased.link_id
      ), worked as (
        select 'hubspot' as system, hubspot_id as id, null as type from record
        union all select 'salesforce', salesforce_id, null from record
        union all select split_part(unit, ':', 1), split_part(unit, '/', 2), split_part(split_part(unit, ':', 2), '/', 1)
          from leased where link_id is null
      ), busy as (
        select count(*) as rows from (
          select distinct d.system, d.type, d.record_id from worked
          join tandem.dirty d on d.pair = ${pair} and d.system = worked.system and d.record_id = worked.id
            and d.type = coalesce(worked.type, d.type)
          where d.due <= now()) each
      ), row as (
        select count(*) as dirty, count(*) filter (where due <= now()) as due, min(since) as since, count(*) filter (where held) as held
        from tandem.dirty where pair = ${pair}
      )
      select row.dirty::float8 as dirty, (row.due - (select rows from busy))::float8 as due,
        (extract(epoch from now() - row.since) * 1000)::float8 as "oldestMs", row.held::float8 as held,
        (select count(*) from tandem.intents where pair = ${pair})::float8 as "openIntents",
        (select count(*) from leased)::float8 as leased,
        (select count(*) from tandem.parked where pair = ${pair} and discarded_at is null)::float8 as parked,
        (select count(*) from tandem.reviews where pair = ${pair} and left_at is null)::float8 as reviews,
        (select count(*) from tandem.links where pair = ${pair} and ended_at is null)::float8 as links
      from row`,
  );
  if (row === undefined) throw new Error('backlog: no row');
  return row;
};

/** EngineStore.workload: index reads of at most `upTo` rows a class, where the backlog counts whole tables. */
export const workload = async (db: Db, pair: string, upTo: number): Promise<Workload> => {
  const [row] = await run(
    db,
    sql<Omit<Workload, 'strongest'> & { class: number | null }>`
      with ready as materialized (
        select c.class, (select count(*) from (
          select from tandem.dirty d where d.pair = ${pair} and d.class = c.class and d.due <= now() limit ${upTo}) each) as rows
        from unnest(${[...workClasses.keys()]}::smallint[]) as c(class)
      )
      select (select count(*) from (select from tandem.dirty where pair = ${pair} and not held limit ${upTo}) each)::float8 as dirty,
        least(sum(rows), ${upTo})::float8 as due, (min(class) filter (where rows > 0))::int as class,
        (select count(*) from (
          select from tandem.leases where pair = ${pair} and expires > now() limit ${upTo}) each)::float8 as leased
      from ready`,
  );
  if (row === undefined) throw new Error('workload: no row');
  const { class: place, ...counts } = row;
  return { ...counts, strongest: place === null ? null : (workClasses[place] ?? null) };
};
