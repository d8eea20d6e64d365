import { sql } from 'kysely';
import { cleanText } from '../batch.ts';
import { type Db, run } from '../transaction.ts';

/** How the keys of units without link begin (store/unit-key.ts), of one object of HubSpot. */
const unitPrefix = (type: string): string => `hubspot:${type}/`;

/**
 * EngineStore.keptAfter: what an erasure would have to empty, by the ids of contacts. Of other objects the live links alone, since what became of a
 * tombstone is nobody's privacy.
 */
export const keptAfter = async (
  db: Db,
  pair: string,
  type: string,
  after: string,
  limit: number,
): Promise<readonly string[]> => {
  const behind = cleanText(after);
  const unit = unitPrefix(type);
  const unitId = sql`substr(unit, ${unit.length + 1}::int)`;
  // What is asked about somebody who was erased is asked of their counterpart, under their own name.
  const ofUnits = (table: string) => sql`
    union (select ${unitId} from ${sql.raw(table)} where pair = ${pair} and starts_with(unit, ${unit}) and ${unitId} > ${behind}
      and not exists (select from tandem.links where links.pair = ${pair} and hubspot_id = ${unitId} and ended_cause like 'erased %')
      order by 1 limit ${limit})`;
  const ofPeople = sql`
    union (select hubspot_id from tandem.links
      where pair = ${pair} and hubspot_id > ${behind} and ended_at is not null and base::text <> '{}' order by hubspot_id limit ${limit})
    union (select contact_id from tandem.journeys where contact_id > ${behind} order by contact_id limit ${limit})
    ${ofUnits('tandem.parked')} ${ofUnits('tandem.reviews')}`;
  const rows = await run(
    db,
    sql<{ id: string }>`
      select id from (
        (select hubspot_id as id from tandem.links
          where pair = ${pair} and hubspot_id > ${behind} and ended_at is null order by hubspot_id limit ${limit})
        ${type === 'contacts' ? ofPeople : sql``}
      ) kept order by id limit ${limit}`,
  );
  return rows.map(({ id }) => id);
};

/** EngineStore.keptCount: who has a journey has mostly a link, too. */
export const keptCount = async (db: Db, pair: string, type: string): Promise<number> => {
  const journeys = type === 'contacts' ? sql`(select count(*) from tandem.journeys)` : sql`0`;
  const [row] = await run(
    db,
    sql<{ records: number }>`
      select greatest((select count(*) from tandem.links where pair = ${pair}), ${journeys})::float8 as records`,
  );
  return row?.records ?? 0;
};
