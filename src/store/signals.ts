import { sql } from 'kysely';
import { workClasses } from '../model/budget.ts';
import type { ChangeCursor } from '../model/record.ts';
import type { Alignment, DirtyMark } from '../model/state.ts';
import { formatRef, type System } from '../model/system.ts';
import { batch, cleanText, epochMs } from './batch.ts';
import { toldToJson } from './json.ts';
import { type Db, inTransaction, run, type Tx } from './transaction.ts';

/** Where the marks came from; committed with them. */
export type Position =
  | {
      readonly cursor: {
        readonly pair: string;
        readonly system: System;
        readonly type?: string;
        readonly at: ChangeCursor;
      };
    }
  | { readonly alignment: Alignment };

/** EngineStore.commitSignals. */
export const commitSignals = async (
  db: Db,
  marks: readonly DirtyMark[],
  position: Position | undefined,
): Promise<void> => {
  if (marks.length === 0 && position === undefined) return;
  await inTransaction(db, async (tx) => {
    await markDirty(tx, marks);
    if (position === undefined) return;
    if ('cursor' in position) await storeCursor(tx, position.cursor);
    else await storeAlignment(tx, position.alignment);
  });
};

/**
 * Adds dirty rows or moves their version. Rows are taken in the order of their key, as everywhere, so that two
 * transactions never wait for one another in a circle.
 */
export const markDirty = async (tx: Tx, marks: readonly DirtyMark[]): Promise<void> => {
  if (marks.length === 0) return;
  const rows = batch('mark', foldMarks(marks), {
    pair: ['text', (mark) => mark.pair],
    system: ['text', (mark) => mark.ref.system],
    type: ['text', (mark) => mark.ref.type],
    record_id: ['text', (mark) => mark.ref.id],
    class: ['smallint', (mark) => workClasses.indexOf(mark.class)],
    stamp: ['bigint', (mark) => mark.stamp],
    cause: ['text', (mark) => mark.cause],
    changed: ['json', (mark) => (mark.changed ? toldToJson(mark.changed) : null)],
    erased: ['boolean', (mark) => mark.erased ?? false],
  });
  await sql`
    insert into tandem.dirty as row (pair, system, type, record_id, class, stamp, cause, changed, erased)
    select mark.pair, mark.system, mark.type, mark.record_id, mark.class, mark.stamp, mark.cause, mark.changed::jsonb,
      mark.erased
    from ${rows}
    order by mark.pair, mark.system, mark.record_id, mark.type
    on conflict (pair, system, record_id, type) do update set
      version = row.version + 1,
      class = least(row.class, excluded.class),
      stamp = greatest(row.stamp, excluded.stamp),
      cause = excluded.cause,
      changed = coalesce(row.changed || excluded.changed, row.changed, excluded.changed),
      erased = row.erased or excluded.erased,
      held = false,
      due = now()`.execute(tx);
};

/** One mark per record, since one statement can touch a row once: the strongest class, the highest stamp, the last cause. */
const foldMarks = (marks: readonly DirtyMark[]): readonly DirtyMark[] => {
  const folded = new Map<string, DirtyMark>();
  for (const mark of marks) {
    const key = `${mark.pair} ${formatRef(mark.ref)}`;
    const known = folded.get(key);
    folded.set(key, known === undefined ? mark : joinMarks(known, mark));
  }
  return [...folded.values()];
};

const joinMarks = (a: DirtyMark, b: DirtyMark): DirtyMark => ({
  ...b,
  class: workClasses.indexOf(a.class) < workClasses.indexOf(b.class) ? a.class : b.class,
  stamp: a.stamp === null || b.stamp === null ? (a.stamp ?? b.stamp) : Math.max(a.stamp, b.stamp),
  ...(a.changed || b.changed ? { changed: { ...a.changed, ...b.changed } } : {}),
  ...(a.erased || b.erased ? { erased: true } : {}),
});

const storeCursor = async (
  tx: Tx,
  { pair, system, type = '', at }: Extract<Position, { cursor: unknown }>['cursor'],
): Promise<void> => {
  await sql`
    insert into tandem.cursors (pair, system, type, stamp, id)
    values (${pair}, ${system}, ${type}, ${Math.trunc(at.stamp)}, ${cleanText(at.id)})
    on conflict (pair, system, type) do update set stamp = excluded.stamp, id = excluded.id`.execute(tx);
};

const storeAlignment = async (tx: Tx, alignment: Alignment): Promise<void> => {
  const { pair, mappingHash, after, listed, done, converted } = alignment;
  const isListed = done.hubspot && done.salesforce && converted?.done !== false;
  const firstDoneAt = isListed ? sql`now()` : sql`null`;
  await sql`
    insert into tandem.alignments as known (pair, mapping_hash, hubspot_after, salesforce_after, hubspot_listed, salesforce_listed,
      hubspot_done, salesforce_done, converted_after, converted_listed, converted_done, first_done_at)
    values (${pair}, ${mappingHash}, ${after.hubspot}, ${after.salesforce}, ${listed.hubspot}, ${listed.salesforce},
      ${done.hubspot}, ${done.salesforce}, ${converted?.after ?? null}, ${converted?.listed ?? null},
      ${converted?.done ?? null}, ${firstDoneAt})
    on conflict (pair) do update set mapping_hash = excluded.mapping_hash, hubspot_after = excluded.hubspot_after,
      salesforce_after = excluded.salesforce_after, hubspot_listed = excluded.hubspot_listed,
      salesforce_listed = excluded.salesforce_listed, hubspot_done = excluded.hubspot_done,
      salesforce_done = excluded.salesforce_done, converted_after = excluded.converted_after,
      converted_listed = excluded.converted_listed, converted_done = excluded.converted_done,
      first_done_at = coalesce(known.first_done_at, excluded.first_done_at)`.execute(tx);
};

/** EngineStore.cursor. */
export const cursor = async (
  db: Db,
  pair: string,
  system: System,
  type = '',
): Promise<ChangeCursor | null> => {
  const [row] = await run(
    db,
    sql<ChangeCursor>`
      select stamp::float8 as stamp, id from tandem.cursors where pair = ${pair} and system = ${system}
        and type = ${type}`,
  );
  return row === undefined ? null : { stamp: row.stamp, id: row.id };
};

/** BreakerStore.alignedAt in sync/breakers: when a pair's very first alignment was listed whole, whatever became of its mapping since. */
export const alignedAt = async (db: Db, pair: string): Promise<number | null> => {
  const [row] = await run(
    db,
    sql<{ at: number | null }>`
      select ${epochMs('first_done_at')} as at from tandem.alignments where pair = ${pair}`,
  );
  return row?.at ?? null;
};

interface AlignmentRow {
  readonly pair: string;
  readonly mapping_hash: string;
  readonly hubspot_after: string | null;
  readonly salesforce_after: string | null;
  readonly hubspot_listed: number;
  readonly salesforce_listed: number;
  readonly hubspot_done: boolean;
  readonly salesforce_done: boolean;
  readonly converted_after: string | null;
  readonly converted_listed: number | null;
  readonly converted_done: boolean | null;
}

/** All alignments, or one pair's. */
export const alignments = async (db: Db, pair: string | null): Promise<readonly Alignment[]> => {
  const rows = await run(
    db,
    sql<AlignmentRow>`
      select pair, mapping_hash, hubspot_after, salesforce_after, hubspot_listed::float8 as hubspot_listed,
        salesforce_listed::float8 as salesforce_listed, hubspot_done, salesforce_done,
        converted_after, converted_listed::float8 as converted_listed, converted_done
      from tandem.alignments where ${pair}::text is null or pair = ${pair} order by pair`,
  );
  return rows.map((row) => ({
    pair: row.pair,
    mappingHash: row.mapping_hash,
    after: { hubspot: row.hubspot_after, salesforce: row.salesforce_after },
    listed: { hubspot: row.hubspot_listed, salesforce: row.salesforce_listed },
    done: { hubspot: row.hubspot_done, salesforce: row.salesforce_done },
    ...(row.converted_listed === null || row.converted_done === null
      ? {}
      : {
          converted: { after: row.converted_after, listed: row.converted_listed, done: row.converted_done },
        }),
  }));
};
