import { sql } from 'kysely';
import type { DirtyMark } from '../../model/state.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction } from '../transaction.ts';

/** So many at a time: two calls of HubSpot's batch read. */
const atOnce = 200;

/** EngineStore.lookAtTombstones. */
export const lookAtTombstones = async (db: Db, pair: string, type: string, cause: string): Promise<number> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string; type: string }>`
      with due as (
        select id from tandem.links
        where pair = ${pair} and ended_cause = 'deleted in HubSpot' and base::text <> '{}'
          and coalesce(looked_at, ended_at) < now() - interval '1 day'
        order by id limit ${atOnce} for update skip locked
      )
      update tandem.links l set looked_at = now() from due where l.id = due.id
      returning l.hubspot_id as id, coalesce(l.hubspot_type, ${type}) as type`.execute(tx);
    await markDirty(
      tx,
      rows.map(
        (row): DirtyMark => ({
          pair,
          ref: { system: 'hubspot', type: row.type, id: row.id },
          class: 'sweep',
          stamp: null,
          cause,
        }),
      ),
    );
    return rows.length;
  });
