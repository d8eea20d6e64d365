import { sql } from 'kysely';
import { recordName } from '../../model/erasure.ts';
import type { DirtyMark } from '../../model/state.ts';
import type { RecordRef, Sides } from '../../model/system.ts';
import { batch } from '../batch.ts';
import { liftTombstones } from '../erasure/tombstones.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction } from '../transaction.ts';
import { linkUnit, recordUnit } from '../unit-key.ts';

/** What a person wants taken in again. */
export interface Lift {
  readonly pair: string;
  readonly types: Sides<string>;
  readonly refs: readonly RecordRef[];
  /** Names of match keys (model/erasure.ts). */
  readonly keys: readonly string[];
  /** The cause that the tombstones have from then on. */
  readonly cause: string;
}

export interface Lifted {
  /** Ended links that block nothing any more, with why they had ended. */
  readonly links: readonly { readonly ids: Sides<string>; readonly cause: string }[];
  /** Hashes of erased people that are forgotten. */
  readonly erased: number;
}

interface Row {
  readonly id: string;
  readonly hubspot: string;
  readonly salesforce: string;
  readonly hubspot_type: string;
  readonly salesforce_type: string;
  readonly cause: string;
}

/**
 * Lifts the tombstones of records at a person's word: links that ended with them block nothing any more, hashes of an erasure go with all
 * that came with them, open questions are answered by it, and both records are looked at as if they had never been linked. Whose
 * counterpart was deleted gets a new one: that it names the deleted one is no question any more.
 */
export const lift = async (db: Db, { pair, types, refs, keys, cause }: Lift): Promise<Lifted> =>
  inTransaction(db, async (tx) => {
    const records = batch('r', refs, {
      system: ['text', (ref) => ref.system],
      type: ['text', (ref) => ref.type],
      id: ['text', (ref) => ref.id],
    });
    const { rows } = await sql<Row>`
      with mine as (
        select l.id, l.ended_cause as cause from tandem.links l
        where l.pair = ${pair} and l.ended_at is not null and l.ended_cause <> ${cause} and exists (
          select from ${records}
          where (r.system = 'hubspot' and l.hubspot_id = r.id and coalesce(l.hubspot_type, r.type) = r.type)
            or (r.system = 'salesforce' and l.salesforce_id = r.id))
        order by l.id for update
      )
      update tandem.links l set ended_cause = ${cause}, version = l.version + 1 from mine where l.id = mine.id
      returning l.id, l.hubspot_id as hubspot, l.salesforce_id as salesforce, mine.cause,
        coalesce(l.hubspot_type, ${types.hubspot}) as hubspot_type,
        coalesce(l.salesforce_type, ${types.salesforce}) as salesforce_type`.execute(tx);
    const linked = rows.flatMap((row): readonly RecordRef[] => [
      { system: 'hubspot', type: row.hubspot_type, id: row.hubspot },
      { system: 'salesforce', type: row.salesforce_type, id: row.salesforce },
    ]);
    const all = [...new Map([...refs, ...linked].map((ref) => [recordName(ref), ref] as const)).values()];
    const erased = await liftTombstones(tx, [...all.map(recordName), ...keys]);
    if (rows.length === 0 && erased === 0) return { links: [], erased };
    const left = rows.flatMap(({ cause: before, hubspot, salesforce, hubspot_type, salesforce_type }) =>
      before === 'deleted in Salesforce'
        ? [{ system: 'hubspot', type: hubspot_type, id: hubspot, cause: before }]
        : before === 'deleted in HubSpot'
          ? [{ system: 'salesforce', type: salesforce_type, id: salesforce, cause: before }]
          : [],
    );
    await sql`
      insert into tandem.decisions (pair, system, type, record_id, decision, cause, candidates)
      select ${pair}, d.system, d.type, d.id, 'create', d.cause, '[]' from ${batch('d', left, {
        system: ['text', (each) => each.system],
        type: ['text', (each) => each.type],
        id: ['text', (each) => each.id],
        cause: ['text', (each) => each.cause],
      })} on conflict (pair, system, record_id) do nothing`.execute(tx);
    const units = [...rows.map(({ id }) => linkUnit(id)), ...all.map(recordUnit)];
    await sql`delete from tandem.reviews where pair = ${pair} and unit = any(${units}::text[])`.execute(tx);
    await markDirty(
      tx,
      all.map((ref): DirtyMark => ({ pair, ref, class: 'live', stamp: null, cause })),
    );
    return {
      links: rows.map(({ hubspot, salesforce, cause: before }) => ({
        ids: { hubspot, salesforce },
        cause: before,
      })),
      erased,
    };
  });
