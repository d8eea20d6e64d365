import { sql } from 'kysely';
import type { JourneyRow, Recount } from '../../model/journeys.ts';
import { batch } from '../batch.ts';
import { type Db, inTransaction, run } from '../transaction.ts';

const recountName = 'recount';

/** LifecycleStore.recount. */
export const recount = async (db: Db): Promise<Recount | null> => {
  const [row] = await run(
    db,
    sql<Recount>`
      select value ->> 'model' as model, value ->> 'after' as after, (value ->> 'done')::boolean as done
      from tandem.lifecycle where name = ${recountName}`,
  );
  return row ?? null;
};

/** LifecycleStore.saveRecount. */
export const saveRecount = (
  db: Db,
  at: Recount,
  saves: readonly { readonly row: JourneyRow; readonly looksAgain: boolean }[],
): Promise<void> =>
  inTransaction(db, async (tx) => {
    if (saves.length > 0) {
      const rows = batch('r', saves, {
        id: ['uuid', ({ row }) => row.id],
        version: ['bigint', ({ row }) => row.version],
        state: ['json', ({ row }) => row.state],
        looks_again: ['boolean', ({ looksAgain }) => looksAgain],
      });
      // Locked in the order of looks, so that none waits for the other in a circle.
      await sql`
        with mine as (
          select j.id from tandem.journeys j join ${rows} on j.id = r.id and j.version = r.version order by j.id for update of j
        )
        update tandem.journeys j set version = j.version + 1, state = r.state,
          next_at = case when r.looks_again then now() else j.next_at end
        from ${rows} where j.id = r.id and j.version = r.version and j.id in (select id from mine)`.execute(
        tx,
      );
    }
    await sql`
      insert into tandem.lifecycle (name, value) values (${recountName}, ${JSON.stringify(at)}::json)
      on conflict (name) do update set value = excluded.value, version = tandem.lifecycle.version + 1, at = now()`.execute(
      tx,
    );
  });
