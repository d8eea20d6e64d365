import { sql } from 'kysely';
import type { Follower, Link } from '../model/state.ts';
import type { System } from '../model/system.ts';
import { batch, cleanText, epochMs } from './batch.ts';
import { baseToJson, parseBase } from './json.ts';
import { type Db, run } from './transaction.ts';

/** A row of tandem.links as {@link linkColumns} selects it. */
export interface LinkRow {
  readonly id: string;
  readonly pair: string;
  readonly hubspot_id: string;
  readonly salesforce_id: string;
  readonly hubspot_type: string | null;
  readonly salesforce_type: string | null;
  readonly followers: readonly Follower[] | null;
  readonly version: number;
  readonly base: string;
  readonly hubspot_stamp: number;
  readonly salesforce_stamp: number;
  readonly ended_at: number | null;
  readonly ended_cause: string | null;
}

/** What to select of `tandem.links link` for a {@link LinkRow}. */
export const linkColumns = sql`link.id, link.pair, link.hubspot_id, link.salesforce_id, link.hubspot_type,
  link.salesforce_type, (select json_agg(json_strip_nulls(json_build_object('type', f.type, 'id', f.salesforce_id,
    'number', f.number, 'unweighed', nullif(f.unweighed, false))) order by f.number) from tandem.followers f where f.link_id = link.id) as followers, link.version::float8 as version,
  link.base::text as base, link.hubspot_stamp::float8 as hubspot_stamp, link.salesforce_stamp::float8 as salesforce_stamp,
  ${epochMs('link.ended_at')} as ended_at, link.ended_cause`;

export const toLink = (row: LinkRow): Link => ({
  id: row.id,
  pair: row.pair,
  ids: { hubspot: row.hubspot_id, salesforce: row.salesforce_id },
  ...(row.hubspot_type === null || row.salesforce_type === null
    ? {}
    : { types: { hubspot: row.hubspot_type, salesforce: row.salesforce_type } }),
  ...(row.followers === null ? {} : { followers: row.followers }),
  version: row.version,
  base: parseBase(row.base),
  stamps: { hubspot: row.hubspot_stamp, salesforce: row.salesforce_stamp },
  ended: row.ended_at === null ? null : { cause: row.ended_cause ?? '', at: row.ended_at },
});

/** The column that holds a system's record id. */
export const idColumn = (system: System): ReturnType<typeof sql.raw> =>
  sql.raw(system === 'hubspot' ? 'hubspot_id' : 'salesforce_id');

/** EngineStore.linksOf: the live link of each record, else the one that ended last. */
export const linksOf = async (
  db: Db,
  pair: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Link>> => {
  if (ids.length === 0) return new Map();
  const records = batch('record', [...new Set(ids)], { id: ['text', (id) => id] });
  const rows = await run(
    db,
    sql<LinkRow & { record_id: string }>`
      select record.id as record_id, ${linkColumns}
      from ${records}
      cross join lateral (
        select * from (
          (select * from tandem.links l
            where l.pair = ${pair} and l.${idColumn(system)} = record.id and l.ended_at is null)
          union all
          (select * from tandem.links l
            where l.pair = ${pair} and l.${idColumn(system)} = record.id and l.ended_at is not null
            order by l.ended_at desc limit 1)
          ${
            system === 'salesforce'
              ? sql`union all (select l.* from tandem.followers f join tandem.links l on l.id = f.link_id
                  where f.pair = ${pair} and f.salesforce_id = record.id)`
              : sql``
          }
        ) either
        order by either.ended_at is not null
        limit 1
      ) link`,
  );
  return new Map(rows.map((row) => [row.record_id, toLink(row)]));
};

/** EngineStore.linksAfter. Digits sort alike in every collation, and the index of live links by HubSpot's id is walked. */
export const linksAfter = async (
  db: Db,
  pair: string,
  after: string,
  limit: number,
): Promise<readonly Link[]> => {
  const rows = await run(
    db,
    sql<LinkRow>`
      select ${linkColumns} from tandem.links link
      where link.pair = ${pair} and link.hubspot_id > ${cleanText(after)} and link.ended_at is null
      order by link.hubspot_id limit ${limit}`,
  );
  return rows.map(toLink);
};

/** EngineStore.links: live links by id. */
export const liveLinks = async (db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Link>> => {
  if (ids.length === 0) return new Map();
  const rows = await run(
    db,
    sql<LinkRow>`
      select ${linkColumns} from tandem.links link
      where link.id = any(${[...ids]}::uuid[]) and link.ended_at is null`,
  );
  return new Map(rows.map((row) => [row.id, toLink(row)]));
};

/** EngineStore.noteKept. No plan is made anew for it: a settle that was under way leaves the next echo to say it once more. */
export const noteKept = async (
  db: Db,
  links: readonly Pick<Link, 'id' | 'version' | 'base' | 'stamps'>[],
): Promise<void> => {
  if (links.length === 0) return;
  const rows = batch('k', links, {
    id: ['uuid', ({ id }) => id],
    version: ['bigint', ({ version }) => version],
    base: ['json', ({ base }) => baseToJson(base)],
    hubspot_stamp: ['bigint', ({ stamps }) => stamps.hubspot],
    salesforce_stamp: ['bigint', ({ stamps }) => stamps.salesforce],
  });
  await run(
    db,
    sql`update tandem.links link set base = k.base, hubspot_stamp = greatest(link.hubspot_stamp, k.hubspot_stamp),
        salesforce_stamp = greatest(link.salesforce_stamp, k.salesforce_stamp)
      from ${rows}
      where link.id = k.id and link.version = k.version and link.ended_at is null`,
  );
};
