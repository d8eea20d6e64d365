import { sql } from 'kysely';
import type { Standing } from '../../model/state.ts';
import type { RecordRef } from '../../model/system.ts';
import { batch } from '../batch.ts';
import { type Db, inTransaction } from '../transaction.ts';

/** A unit, and the records whose dirty rows are its work. */
export interface UnitRecords {
  readonly unit: string;
  readonly refs: readonly RecordRef[];
}

interface StandingRow {
  readonly unit: string;
  readonly dirty: boolean;
  readonly review: string | null;
  readonly parked: Standing['parked'] | null;
}

/** See StatusQueries.standingOf. One statement, so that the answer is of one moment. */
export const standingOf = async (
  db: Db,
  pair: string,
  units: readonly UnitRecords[],
): Promise<ReadonlyMap<string, Standing>> => {
  const records = units.flatMap(({ unit, refs }) => refs.map((ref) => ({ unit, ...ref })));
  const wanted = batch('r', records, {
    unit: ['text', (record) => record.unit],
    system: ['text', (record) => record.system],
    type: ['text', (record) => record.type],
    record_id: ['text', (record) => record.id],
  });
  const { rows } = await inTransaction(db, async (tx) =>
    sql<StandingRow>`
      with asked as (
        select r.unit, bool_or(d.pair is not null or i.pair is not null) as dirty
        from ${wanted}
        left join tandem.dirty d on d.pair = ${pair} and d.system = r.system and d.type = r.type
          and d.record_id = r.record_id
        left join tandem.intents i on i.pair = ${pair} and i.source_system = r.system and i.source_id = r.record_id
        group by r.unit
      )
      select asked.unit, asked.dirty,
        (select review.cause from tandem.reviews review where review.pair = ${pair} and review.unit = asked.unit) as review,
        (select json_agg(json_build_object('system', p.system, 'field', nullif(p.field, ''), 'code', p.failure ->> 'code'))
          from tandem.parked p where p.pair = ${pair} and p.unit = asked.unit) as parked
      from asked`.execute(tx),
  );
  return new Map(
    rows.map(({ unit, dirty, review, parked }) => [unit, { dirty, review, parked: parked ?? [] }]),
  );
};
