import { sql } from 'kysely';
import { type Erasure, lockName, namesOfErasure } from '../../model/erasure.ts';
import type { DirtyMark } from '../../model/state.ts';
import type { System } from '../../model/system.ts';
import { batch } from '../batch.ts';
import { recordsOfUnits, setDue } from '../dirty-rows.ts';
import { toJson } from '../json.ts';
import { endLeases } from '../leases.ts';
import type { Tx } from '../transaction.ts';
import { linkUnit, recordUnit } from '../unit-key.ts';
import { tellingValues, withholdMentions } from './mentions.ts';
import { putTombstones } from './tombstones.ts';

/** How much of each kind was there, for the person who asked. */
export interface ErasedCounts {
  readonly links: number;
  readonly ledger: number;
  readonly parked: number;
  readonly reviews: number;
  readonly intents: number;
}

export interface ErasedRows extends ErasedCounts {
  /** Records that asked about somebody who is gone: they are looked at anew. */
  readonly marks: readonly DirtyMark[];
}

const refRows = (refs: Erasure['refs']) =>
  batch('r', refs, {
    system: ['text', (ref) => ref.system],
    type: ['text', (ref) => ref.type],
    id: ['text', (ref) => ref.id],
  });

/** A Salesforce id is of one object alone, and rows from before types were kept do not know it. */
const isRef = (table: string) =>
  sql.raw(`${table}.system = r.system and ${table}.record_id = r.id
    and (r.system = 'salesforce' or ${table}.type = r.type)`);

interface LinkRow {
  readonly id: string;
  readonly base: string;
}

/** Links of the pair that ended with one of the records. A live one has been ended before, or is somebody else's. */
const endedLinks = async (tx: Tx, pair: string, refs: Erasure['refs']): Promise<readonly LinkRow[]> =>
  (
    await sql<LinkRow>`
      select l.id, l.base::text as base from tandem.links l
      where l.pair = ${pair} and l.ended_at is not null and exists (
        select from ${refRows(refs)}
        where (r.system = 'hubspot' and l.hubspot_id = r.id and coalesce(l.hubspot_type, r.type) = r.type)
          or (r.system = 'salesforce' and l.salesforce_id = r.id))
      order by l.id for update`.execute(tx)
  ).rows;

/**
 * Whoever works on one of the units, or holds one of the person's match keys, loses their lease: what they know of the person cannot be
 * settled any more. `own` is the unit that the erasure itself comes from.
 */
export const breakLeases = async (
  tx: Tx,
  {
    pair,
    keys,
    units,
    own,
  }: { pair: string; keys: readonly string[]; units: readonly string[]; own: string | null },
): Promise<void> => {
  const locks = keys.map((key) => toJson(lockName(pair, key)));
  const { rows } = await sql<{ key: string; fence: number }>`
    select lease.unit as key, lease.fence::float8 as fence from tandem.leases lease
    where lease.unit is distinct from ${own}::text and (lease.unit = any(${[...units]}::text[])
      or lease.fence in (select fence from tandem.key_locks where key = any(${locks}::text[])))
    order by lease.unit for update`.execute(tx);
  const ended = await endLeases(tx, rows);
  await sql`delete from tandem.key_locks where key = any(${locks}::text[])`.execute(tx);
  await setDue(tx, await recordsOfUnits(tx, ended), 0);
};

/** The ledger goes on telling that something happened, when and by which rule; not what was written. */
const emptyLedger = async (
  tx: Tx,
  refs: Erasure['refs'],
  links: readonly string[],
): Promise<{ readonly count: number; readonly values: readonly string[] }> => {
  const { rows } = await sql<{ from_value: string; to_value: string; lost: string }>`
    with mine as materialized (
      select l.id, l.from_value::text as from_value, l.to_value::text as to_value, l.lost::text as lost
      from tandem.ledger l where l.id in (
        select id from tandem.ledger where link_id = any(${[...links]}::uuid[])
        union
        select entry.id from ${refRows(refs)} join tandem.ledger entry on ${isRef('entry')})
      order by l.id for update
    ), emptied as (
      update tandem.ledger l set from_value = 'null', to_value = 'null', lost = 'null' from mine where l.id = mine.id
    )
    select from_value, to_value, lost from mine`.execute(tx);
  return {
    count: rows.length,
    values: rows.flatMap(({ from_value, to_value, lost }) => [from_value, to_value, lost]),
  };
};

/** Questions of others in which one of the records is a candidate. */
const askAnew = async (tx: Tx, pair: string, refs: Erasure['refs']): Promise<readonly DirtyMark[]> => {
  const { rows } = await sql<{ system: System; type: string; record_id: string }>`
    delete from tandem.reviews v where v.pair = ${pair} and exists (
      select from ${refRows(refs)}, json_array_elements(v.candidates) c
      where c ->> 'system' = r.system and c ->> 'id' = r.id)
    returning v.system, v.type, v.record_id`.execute(tx);
  return rows.map(({ system, type, record_id: id }) => ({
    pair,
    ref: { system, type, id },
    class: 'live',
    stamp: null,
    cause: 'a candidate was erased',
  }));
};

/** A journey holds what somebody did and when: all of it goes, transitions, timeline, clocks and effects with it, and deals that are nobody's then. */
const eraseJourneys = async (tx: Tx, refs: Erasure['refs']): Promise<void> => {
  const contacts = refs.filter(({ system }) => system === 'hubspot').map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`
    select distinct p.deal_id as id from tandem.deal_people p join tandem.journeys j on j.id = p.journey_id
    where j.contact_id = any(${contacts}::text[])`.execute(tx);
  await sql`delete from tandem.journeys where contact_id = any(${contacts}::text[])`.execute(tx);
  await sql`
    delete from tandem.deals d where d.id = any(${rows.map(({ id }) => id)}::text[])
      and not exists (select from tandem.deal_people p where p.deal_id = d.id)`.execute(tx);
};

/**
 * Erases what the store holds of a person in a pair, and puts up the tombstones that keep it so. The links have ended before; those that
 * stand for the person's records are told by their cause from now on. Runs in the transaction of whoever ends them.
 */
export const erasePerson = async (
  tx: Tx,
  pair: string,
  { refs, keys, cause }: Erasure,
  own: string | null,
): Promise<ErasedRows> => {
  // Leases before links, as everywhere; a link that began under one of them is seen after that.
  const records = refs.map(recordUnit);
  await breakLeases(tx, { pair, keys, units: records, own });
  const links = await endedLinks(tx, pair, refs);
  const ids = links.map(({ id }) => id);
  const units = [...ids.map(linkUnit), ...records];
  await breakLeases(tx, { pair, keys: [], units, own });
  await sql`
    update tandem.links set base = '{}', ended_cause = ${cause} where id = any(${ids}::uuid[])`.execute(tx);
  const ledger = await emptyLedger(tx, refs, ids);
  const parked = await sql`
    delete from tandem.parked p where p.unit = any(${units}::text[])
      or p.pair = ${pair} and exists (select from ${refRows(refs)} where ${isRef('p')})`.execute(tx);
  const reviews = await sql`
    delete from tandem.reviews v where v.unit = any(${units}::text[])
      or v.pair = ${pair} and exists (select from ${refRows(refs)} where ${isRef('v')})`.execute(tx);
  const intents = await sql<{ writes: string }>`
    delete from tandem.intents i where i.unit = any(${units}::text[]) or i.link_id = any(${ids}::uuid[])
      or i.pair = ${pair} and exists (
        select from ${refRows(refs)}
        where i.source_system = r.system and i.source_id = r.id or i.target_system = r.system and i.target_id = r.id)
    returning i.writes::text as writes`.execute(tx);
  await sql`
    delete from tandem.awaited a where exists (
      select from ${refRows(refs)}
      where a.system = r.system and (a.pair = ${pair} and a.record_id = r.id or a.to_pair = ${pair} and a.to_id = r.id))`.execute(
    tx,
  );
  await sql`
    update tandem.dirty d set changed = null where d.pair = ${pair} and d.changed is not null
      and exists (select from ${refRows(refs)} where ${isRef('d')})`.execute(tx);
  await sql`
    delete from tandem.mass_changes m where m.pair = ${pair} and m.unit = any(${units}::text[])`.execute(tx);
  await eraseJourneys(tx, refs);
  const marks = await askAnew(tx, pair, refs);
  await putTombstones(tx, namesOfErasure({ refs, keys }), cause);
  const writes = intents.rows.map(({ writes: json }) => json);
  const jsons = [...links.map(({ base }) => base), ...ledger.values, ...writes, toJson(keys)];
  await withholdMentions(tx, tellingValues(jsons));
  return {
    links: links.length,
    ledger: ledger.count,
    parked: Number(parked.numAffectedRows ?? 0),
    reviews: Number(reviews.numAffectedRows ?? 0),
    intents: intents.rows.length,
    marks,
  };
};
