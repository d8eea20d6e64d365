import { sql } from 'kysely';
import type { AwaitedLink, DirtyMark } from '../model/state.ts';
import { type RecordRef, type Sides, type System, systems } from '../model/system.ts';
import { batch } from './batch.ts';
import { markDirty } from './signals.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';

/** EngineStore.awaitLinks. */
export const awaitLinks = async (
  db: Db,
  awaited: readonly AwaitedLink[],
  whole: readonly RecordRef[] = [],
): Promise<void> => {
  if (awaited.length + whole.length === 0) return;
  const rows = batch('a', awaited, {
    pair: ['text', ({ pair }) => pair],
    system: ['text', ({ ref }) => ref.system],
    type: ['text', ({ ref }) => ref.type],
    record_id: ['text', ({ ref }) => ref.id],
    to_pair: ['text', ({ of }) => of],
    to_id: ['text', ({ id }) => id],
    to_type: ['text', ({ toType }) => toType ?? ''],
  });
  const records = batch('w', whole, {
    system: ['text', ({ system }) => system],
    type: ['text', ({ type }) => type],
    record_id: ['text', ({ id }) => id],
  });
  await inTransaction(db, async (tx) => {
    if (whole.length > 0) {
      await sql`
        delete from tandem.awaited old using ${records}
        where old.system = w.system and old.type = w.type and old.record_id = w.record_id and old.to_type <> ''
          and not exists (select from ${rows} where a.record_id = old.record_id and a.system = old.system
            and a.to_pair = old.to_pair and a.to_id = old.to_id and a.to_type = old.to_type)`.execute(tx);
    }
    if (awaited.length === 0) return;
    await sql`
      insert into tandem.awaited (pair, system, type, record_id, to_pair, to_id, to_type)
      select distinct a.pair, a.system, a.type, a.record_id, a.to_pair, a.to_id, a.to_type from ${rows}
      order by a.to_id, a.to_pair, a.to_type, a.system, a.pair, a.record_id, a.type
      on conflict (to_id, to_pair, to_type, system, pair, record_id, type) do update set since = now()`.execute(
      tx,
    );
  });
};

/**
 * How far back a look goes that does not go back to the beginning. Whoever waits and whoever links commit apart from one another: a look
 * sees both within moments, and the one at a worker's start sees all.
 */
const recent = sql`now() - interval '10 minutes'`;

/**
 * What waits for these links is looked at as if it had begun to wait now: they lead to another record than before, perhaps of the object
 * that is waited for. In the transaction that moves them.
 */
export const renewAwaited = async (
  tx: Tx,
  links: readonly { readonly pair: string; readonly ids: Sides<string> }[],
): Promise<void> => {
  if (links.length === 0) return;
  const ids = links.flatMap(({ pair, ids: own }) => systems.map((system) => ({ pair, id: own[system] })));
  const rows = batch('l', ids, { pair: ['text', (one) => one.pair], id: ['text', (one) => one.id] });
  await sql`
    update tandem.awaited a set since = now() from ${rows}
    where a.to_id = l.id and a.to_pair = l.pair and a.to_type <> ''`.execute(tx);
};

interface Row {
  readonly pair: string;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
}

/** EngineStore.wakeAwaited. */
export const wakeAwaited = async (db: Db, all: boolean): Promise<number> =>
  inTransaction(db, async (tx) => {
    const marks: DirtyMark[] = [];
    for (const system of systems) {
      const id = sql.ref(`link.${system}_id`);
      const since = all ? sql`true` : sql`(link.began_at > ${recent} or a.since > ${recent})`;
      const { rows } = await sql<Row>`
        with due as (
          select a.ctid from tandem.awaited a join tandem.links link on ${id} = a.to_id and link.pair = a.to_pair
          where a.system = ${system} and link.ended_at is null and ${since}
            and (a.to_type = '' or a.to_type = link.salesforce_type)
          order by a.to_id, a.to_pair, a.to_type, a.system, a.pair, a.record_id, a.type
          for update of a skip locked
        )
        delete from tandem.awaited a using due where a.ctid = due.ctid
        returning a.pair, a.system, a.type, a.record_id`.execute(tx);
      for (const { pair, type, record_id } of rows) {
        const ref = { system, type, id: record_id };
        marks.push({ pair, ref, class: 'sweep', stamp: null, cause: 'what it refers to is linked now' });
      }
    }
    await markDirty(tx, marks);
    return marks.length;
  });
