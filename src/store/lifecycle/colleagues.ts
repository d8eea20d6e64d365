import { sql } from 'kysely';
import type { ColleagueRow, TimelineRow } from '../../model/journeys.ts';
import { epochMs } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** LifecycleStore.colleagues. Records are unpacked of those alone who are named: a company may have thousands. */
export const colleagues = async (
  db: Db,
  companyIds: readonly string[],
  limit: number,
): Promise<readonly ColleagueRow[]> => {
  if (companyIds.length === 0) return [];
  return run(
    db,
    sql<ColleagueRow>`
      select c.id as "companyId", (select count(*)::float8 from tandem.journeys where company_id = c.id) as count,
        j.contact_id as "contactId", j.stage, j.owner,
        (j.state #> '{contact,fields}')::text as contact, (j.state #> '{sales,fields}')::text as sales
      from unnest(${[...companyIds]}::text[]) as c(id)
      cross join lateral (
        select * from tandem.journeys where company_id = c.id
        order by owner is null, turn desc, began_at desc, tandem.journeys.id limit ${limit}) j
      order by c.id, j.owner is null, j.turn desc, j.began_at desc, j.id`,
  );
};

/** What the people of a company, or these contacts, did and how they moved, newest first; so much of each kind at the most. */
export const timelineOf = async (
  db: Db,
  {
    companyIds,
    contactIds,
  }: { readonly companyIds: readonly string[]; readonly contactIds: readonly string[] },
  limit: number,
): Promise<readonly TimelineRow[]> =>
  run(
    db,
    sql<TimelineRow>`
      with people as (
        select id, contact_id from tandem.journeys
        where company_id = any(${[...companyIds]}::text[]) or contact_id = any(${[...contactIds]}::text[])
      )
      (select p.contact_id as "contactId", round(${epochMs('a.at')}) as at, a.activity::text as activity,
          null as "from", null as "to", null as cause, null as reason, false as observed
        from people p join tandem.activities a on a.journey_id = p.id order by a.at desc, a.key limit ${limit})
      union all
      (select p.contact_id, round(${epochMs('t.at')}), null, t.from_stage, t.to_stage, t.cause, t.reason, t.mode = 'observe'
        from people p join tandem.transitions t on t.journey_id = p.id order by t.at desc, t.id desc limit ${limit})
      order by at desc, "contactId"`,
  );
