import { sql } from 'kysely';
import type { AwaitedLink, Intent, LedgerEntry, Link, Parked, Review } from '../../model/state.ts';
import type { RecordRef, Sides, System } from '../../model/system.ts';
import { batch, epochMs } from '../batch.ts';
import { type DirtyDbRow, dirtyColumns, toDirtyRow, type UnitRecord } from '../dirty-rows.ts';
import { openIntentsOf } from '../intents.ts';
import { parseLedgerValue, parseRaw } from '../json.ts';
import { type LinkRow, linkColumns, toLink } from '../links.ts';
import { type ParkedRow, parkedColumns, toParked } from '../parked.ts';
import { type ReviewRow, reviewColumns, toReview } from '../status/waiting.ts';
import { type Db, inTransaction, run } from '../transaction.ts';
import { linkUnit, recordUnit } from '../unit-key.ts';

/** A link with the time at which it began. */
export interface DatedLink extends Link {
  readonly beganAt: number;
}

/** A line of the ledger with its time. */
export interface LedgerLine extends LedgerEntry {
  readonly id: string;
  readonly at: number;
}

/** Everything that the store knows of some records: what happened, what is under way, what waits. */
export interface RecordLife {
  /** Live and ended ones, the newest first. */
  readonly links: readonly DatedLink[];
  readonly ledger: readonly LedgerLine[];
  readonly intents: readonly (Intent & { readonly openedAt: number })[];
  readonly parked: readonly (Parked & { readonly discarded: boolean })[];
  readonly reviews: readonly Review[];
  /** Links that the records wait for: of what they refer to, and of who is tied to them. */
  readonly awaited: readonly (AwaitedLink & { readonly since: number })[];
  readonly dirty: readonly (ReturnType<typeof toDirtyRow> & {
    readonly due: number;
    readonly held: boolean;
  })[];
}

/** Older lines than these many are not told: a record that was written more often is a case for `report`. */
const linesMax = 1_000;

interface LedgerRow {
  readonly id: string;
  readonly at: number;
  readonly pair: string;
  readonly event: LedgerEntry['event'];
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
  readonly field: string | null;
  readonly from_value: string;
  readonly to_value: string;
  readonly cause: string;
  readonly rule: string;
  readonly clock: string | null;
  readonly lost: string;
  readonly changed_at: number | null;
}

const toLine = (row: LedgerRow): LedgerLine => ({
  id: row.id,
  at: row.at,
  pair: row.pair,
  event: row.event,
  target: { system: row.system, type: row.type, id: row.record_id },
  field: row.field,
  from: parseRaw(row.from_value),
  to: parseLedgerValue(row.to_value),
  cause: row.cause,
  rule: row.rule,
  clock: row.clock,
  lost: parseRaw(row.lost),
  changedAt: row.changed_at,
});

/** A deal with more people who wait is told of these. */
const awaitedMax = 200;

interface AwaitedRow {
  readonly pair: string;
  readonly system: System;
  readonly type: string;
  readonly record_id: string;
  readonly to_pair: string;
  readonly to_id: string;
  readonly to_type: string;
  readonly since: number;
}

const toAwaited = (row: AwaitedRow): RecordLife['awaited'][number] => ({
  pair: row.pair,
  ref: { system: row.system, type: row.type, id: row.record_id },
  of: row.to_pair,
  id: row.to_id,
  ...(row.to_type === '' ? {} : { toType: row.to_type }),
  since: row.since,
});

const recordsOf = (refs: readonly RecordRef[]) =>
  batch('r', refs, {
    system: ['text', (ref) => ref.system],
    id: ['text', (ref) => ref.id],
  });

/**
 * The life of records: their links (through them the record on the other side), ledger, open intents, what is parked, asked and
 * dirty. One transaction, so that the answer is of one moment.
 */
export const recordLife = async (db: Db, asked: readonly RecordRef[]): Promise<RecordLife> =>
  inTransaction(db, async (tx) => {
    const links = await sql<LinkRow & { began_at: number }>`
      select ${linkColumns}, ${epochMs('link.began_at')} as began_at
      from tandem.links link
      -- Asked about by both of its records, as an email finds them, a link is still one.
      where link.id in (
        select own.id from ${recordsOf(asked)} join tandem.links own
          on (r.system = 'hubspot' and own.hubspot_id = r.id) or (r.system = 'salesforce' and own.salesforce_id = r.id)
      )
      order by link.ended_at is not null, link.began_at desc`.execute(tx);
    const dated = links.rows.map((row): DatedLink => ({ ...toLink(row), beganAt: row.began_at }));
    const known = new Map([...asked].map((ref) => [`${ref.system} ${ref.id}`, ref]));
    for (const { ids } of dated) {
      for (const system of ['hubspot', 'salesforce'] as const) {
        const key = `${system} ${ids[system]}`;
        if (!known.has(key)) known.set(key, { system, type: '', id: ids[system] });
      }
    }
    const refs = [...known.values()];
    const units = [...dated.map(({ id }) => linkUnit(id)), ...asked.map(recordUnit)];
    const ledger = await sql<LedgerRow>`
      select l.id::text as id, ${epochMs('l.at')} as at, l.pair, l.event, l.system, l.type, l.record_id, l.field,
        l.from_value::text as from_value, l.to_value::text as to_value, l.cause, l.rule, l.clock, l.lost::text as lost,
        ${epochMs('l.changed_at')} as changed_at
      from tandem.ledger l
      where l.id in (
        select id from tandem.ledger where link_id = any(${dated.map(({ id }) => id)}::uuid[])
        union
        select entry.id from ${recordsOf(refs)}
        join tandem.ledger entry on entry.system = r.system and entry.record_id = r.id
      ) order by l.id desc limit ${linesMax}`.execute(tx);
    const pairs = [...new Set([...dated.map(({ pair }) => pair), ...(await pairsOf(tx, refs))])];
    const records = pairs.flatMap((pair) =>
      refs.map(({ system, id }): UnitRecord => ({ unit: id, pair, system, type: null, id })),
    );
    const intents = [...(await openIntentsOf(tx, records)).values()].flat();
    const opened = await sql<{ id: string; at: number }>`
      select id, ${epochMs('opened_at')} as at from tandem.intents
      where id = any(${intents.map(({ id }) => id)}::uuid[])`.execute(tx);
    const openedAt = new Map(opened.rows.map(({ id, at }) => [id, at]));
    const parked = await sql<ParkedRow & { discarded: boolean }>`
      select ${parkedColumns}, p.discarded_at is not null as discarded
      from tandem.parked p where p.unit = any(${units}::text[]) order by p.since`.execute(tx);
    const reviews = await sql<ReviewRow>`
      select ${reviewColumns} from tandem.reviews r where r.unit = any(${units}::text[]) and r.left_at is null order by r.since`.execute(
      tx,
    );
    const dirty = await sql<DirtyDbRow & { due: number; held: boolean }>`
      select ${dirtyColumns}, ${epochMs('d.due')} as due, d.held
      from ${recordsOf(refs)} join tandem.dirty d on d.system = r.system and d.record_id = r.id
      order by d.since`.execute(tx);
    const awaited = await sql<AwaitedRow>`
      select a.pair, a.system, a.type, a.record_id, a.to_pair, a.to_id, a.to_type, ${epochMs('a.since')} as since
      from ${recordsOf(refs)} join tandem.awaited a on a.system = r.system and a.record_id = r.id
      order by a.since, a.to_id limit ${awaitedMax}`.execute(tx);
    return {
      links: dated,
      ledger: ledger.rows.map(toLine).reverse(),
      intents: intents.map((intent) => ({ ...intent, openedAt: openedAt.get(intent.id) ?? intent.deadline })),
      parked: parked.rows.map((row) => ({ ...toParked(row), discarded: row.discarded })),
      reviews: reviews.rows.map(toReview),
      awaited: awaited.rows.map(toAwaited),
      dirty: dirty.rows.map((row) => ({ ...toDirtyRow(row), due: row.due, held: row.held })),
    };
  });

/** The pairs that have open intents of these records. */
const pairsOf = async (
  tx: Parameters<typeof openIntentsOf>[0],
  refs: readonly RecordRef[],
): Promise<readonly string[]> => {
  const { rows } = await sql<{ pair: string }>`
    select distinct i.pair from ${recordsOf(refs)} join tandem.intents i
      on i.source_system = r.system and i.source_id = r.id`.execute(tx);
  return rows.map(({ pair }) => pair);
};

/** How many links a search by value answers at most. */
const holdingMax = 20;

/**
 * Live links (with `ended` tombstones, too) whose base holds this text as a whole value of any field, whatever its case. Reads all links: for a person's question
 * when neither system can be asked. The base lies in a `json` column, which is searched as text.
 */
export const linksHolding = async (
  db: Db,
  value: string,
  ended = false,
): Promise<readonly { readonly pair: string; readonly ids: Sides<string> }[]> => {
  const pattern = `%${JSON.stringify(value.toLowerCase()).replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = await run(
    db,
    sql<{ pair: string; hubspot: string; salesforce: string }>`
      select pair, hubspot_id as hubspot, salesforce_id as salesforce from tandem.links
      where (ended_at is null or ${ended}) and lower(base::text) like ${pattern} limit ${holdingMax}`,
  );
  return rows.map(({ pair, hubspot, salesforce }) => ({ pair, ids: { hubspot, salesforce } }));
};
