import { sql } from 'kysely';
import type { ColleagueRow } from '../../model/journeys.ts';
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
