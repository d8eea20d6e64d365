import { sql } from 'kysely';
import type { DirtyRow, Link, Parked, Review } from '../../model/state.ts';
import { batch } from '../batch.ts';
import {
  type DirtyDbRow,
  dirtyColumns,
  linkRecords,
  ofRecord,
  recordBatch,
  toDirtyRow,
} from '../dirty-rows.ts';
import { groupByUnit } from '../group-by-unit.ts';
import { type LinkRow, linkColumns, toLink } from '../links.ts';
import { type ParkedRow, parkedColumns, toParked } from '../parked.ts';
import { type Db, inTransaction, type Tx } from '../transaction.ts';
import { linkUnit } from '../unit-key.ts';
import { type ReviewRow, reviewColumns, toReview } from './waiting.ts';

/** What can account for a difference between two systems: it waits, it is parked, it is asked. */
export interface UnitState {
  readonly unit: string;
  readonly parked: readonly Parked[];
  readonly reviews: readonly Review[];
  readonly dirty: readonly DirtyRow[];
  /** How many intents are open: a write is under way or its outcome is not known. */
  readonly openIntents: number;
}

/** A link and the state of its unit. An ended link is a tombstone. */
export interface LinkState extends UnitState {
  readonly link: Link;
}

export interface LinkPage {
  readonly links: readonly LinkState[];
  /** Give it as `after` for the next page; null at the end. */
  readonly after: string | null;
}

export interface UnitPage {
  readonly units: readonly UnitState[];
  readonly after: string | null;
}

/** See StatusQueries.linkPage. One snapshot a page. */
export const linkPage = async (
  db: Db,
  pair: string,
  after: string | null,
  limit: number,
): Promise<LinkPage> =>
  inTransaction(db, async (tx) => {
    await sql`set transaction isolation level repeatable read read only`.execute(tx);
    const { rows } = await sql<LinkRow>`
      select ${linkColumns} from tandem.links link
      where link.pair = ${pair} and (${after}::uuid is null or link.id > ${after}::uuid)
      order by link.id limit ${limit}`.execute(tx);
    const links = rows.map(toLink);
    const units = links.map((link) => linkUnit(link.id));
    const records = links.flatMap((link) => linkRecords(linkUnit(link.id), pair, link.ids));
    const dirty = await sql<DirtyDbRow & { unit: string }>`
      select r.unit, ${dirtyColumns} from ${recordBatch(records)} join tandem.dirty d on ${ofRecord}`.execute(
      tx,
    );
    const states = await loadStates(tx, pair, units, groupByUnit(dirty.rows, toDirtyRow));
    return {
      links: links.flatMap((link, index) => {
        const state = states[index];
        return state === undefined ? [] : [{ ...state, link }];
      }),
      after: links.length < limit ? null : (links.at(-1)?.id ?? null),
    };
  });

/** See StatusQueries.unitPage. */
export const unitPage = async (
  db: Db,
  pair: string,
  after: string | null,
  limit: number,
): Promise<UnitPage> =>
  inTransaction(db, async (tx) => {
    await sql`set transaction isolation level repeatable read read only`.execute(tx);
    const { rows } = await sql<{ unit: string }>`
      select unit from (
        select p.unit from tandem.parked p where p.pair = ${pair}
        union select r.unit from tandem.reviews r where r.pair = ${pair}
        union select d.system || ':' || d.type || '/' || d.record_id from tandem.dirty d
          where d.pair = ${pair} and not exists (
            select from tandem.links l where l.pair = d.pair and l.ended_at is null and d.system = 'hubspot'
              and l.hubspot_id = d.record_id) and not exists (
            select from tandem.links l where l.pair = d.pair and l.ended_at is null and d.system = 'salesforce'
              and l.salesforce_id = d.record_id)
      ) waiting
      where unit not like 'link:%' and (${after}::text is null or unit > ${after}::text)
      order by unit limit ${limit}`.execute(tx);
    const units = rows.map(({ unit }) => unit);
    const dirty = await sql<DirtyDbRow & { unit: string }>`
      select u.unit, ${dirtyColumns}
      from ${batch('u', units, { unit: ['text', (unit) => unit] })}
      join tandem.dirty d on d.pair = ${pair} and u.unit = d.system || ':' || d.type || '/' || d.record_id`.execute(
      tx,
    );
    return {
      units: await loadStates(tx, pair, units, groupByUnit(dirty.rows, toDirtyRow)),
      after: units.length < limit ? null : (units.at(-1) ?? null),
    };
  });

const loadStates = async (
  tx: Tx,
  pair: string,
  units: readonly string[],
  dirty: ReadonlyMap<string, readonly DirtyRow[]>,
): Promise<readonly UnitState[]> => {
  const parked = await sql<ParkedRow>`
    select ${parkedColumns} from tandem.parked p
    where p.pair = ${pair} and p.unit = any(${[...units]}::text[]) order by p.since`.execute(tx);
  const reviews = await sql<ReviewRow>`
    select ${reviewColumns} from tandem.reviews r
    where r.pair = ${pair} and r.unit = any(${[...units]}::text[])`.execute(tx);
  const intents = await sql<{ unit: string; open: number }>`
    select unit, count(*)::float8 as open from tandem.intents
    where pair = ${pair} and unit = any(${[...units]}::text[]) group by unit`.execute(tx);
  const parkedOf = groupByUnit(parked.rows, toParked);
  const reviewsOf = groupByUnit(reviews.rows, toReview);
  const intentsOf = new Map(intents.rows.map((row) => [row.unit, row.open]));
  return units.map((unit) => ({
    unit,
    parked: parkedOf.get(unit) ?? [],
    reviews: reviewsOf.get(unit) ?? [],
    dirty: dirty.get(unit) ?? [],
    openIntents: intentsOf.get(unit) ?? 0,
  }));
};
