import { sql } from 'kysely';
import type { Intent, NewIntent } from '../model/state.ts';
import type { System } from '../model/system.ts';
import { batch, epochMs, milliseconds } from './batch.ts';
import type { UnitRecord } from './dirty-rows.ts';
import { groupByUnit } from './group-by-unit.ts';
import { parseWrites, toJson } from './json.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';

/** EngineStore.openIntents. */
export const openIntents = async (
  db: Db,
  intents: readonly NewIntent[],
  fences: ReadonlyMap<string, number>,
  deadlineMs: number,
  marginMs: number,
): Promise<ReadonlySet<string>> => {
  if (intents.length === 0) return new Set();
  return inTransaction(db, async (tx) => {
    const leased = await lockLeases(tx, fences, marginMs);
    const current = await lockLinks(tx, intents);
    const linked = await linkedSources(tx, intents);
    const outrun = await outrunIntents(tx, intents);
    const allowed = intents.filter(
      (intent) =>
        leased.has(intent.unit) &&
        !outrun.has(intent.id) &&
        (intent.linkId === null ? !linked.has(intent.id) : current.has(intent.id)),
    );
    return allowed.length === 0 ? new Set() : await insertIntents(tx, allowed, deadlineMs);
  });
};

/** Units whose lease is still under the given fence and has more than `marginMs` to go. */
const lockLeases = async (
  tx: Tx,
  fences: ReadonlyMap<string, number>,
  marginMs: number,
): Promise<ReadonlySet<string>> => {
  const units = batch('u', [...fences], {
    unit: ['text', ([unit]) => unit],
    fence: ['bigint', ([, fence]) => fence],
  });
  const { rows } = await sql<{ unit: string }>`
    select lease.unit from ${units} join tandem.leases lease on lease.unit = u.unit and lease.fence = u.fence
    where lease.expires > now() + ${milliseconds(marginMs)}
    order by lease.unit for update of lease`.execute(tx);
  return new Set(rows.map((row) => row.unit));
};

/** Intents whose link lives and is at the version that the plan was made against. */
const lockLinks = async (tx: Tx, intents: readonly NewIntent[]): Promise<ReadonlySet<string>> => {
  const linked = intents.filter((intent) => intent.linkId !== null);
  if (linked.length === 0) return new Set();
  const rows = batch('i', linked, {
    id: ['uuid', (intent) => intent.id],
    link_id: ['uuid', (intent) => intent.linkId],
    version: ['bigint', (intent) => intent.linkVersion],
  });
  const found = await sql<{ id: string }>`
    select i.id from ${rows} join tandem.links link on link.id = i.link_id and link.version = i.version
    where link.ended_at is null order by link.id for share of link`.execute(tx);
  return new Set(found.rows.map((row) => row.id));
};

/** Intents planned for a unit without link whose record was linked meanwhile: an upsert would be wrong now. */
const linkedSources = async (tx: Tx, intents: readonly NewIntent[]): Promise<ReadonlySet<string>> => {
  const unlinked = intents.filter((intent) => intent.linkId === null);
  if (unlinked.length === 0) return new Set();
  const rows = batch('i', unlinked, {
    id: ['uuid', (intent) => intent.id],
    pair: ['text', (intent) => intent.pair],
    system: ['text', (intent) => intent.source.system],
    source: ['text', (intent) => intent.source.id],
  });
  const found = await sql<{ id: string }>`
    select i.id from ${rows} join tandem.links l
      on i.system = 'hubspot' and l.pair = i.pair and l.hubspot_id = i.source and l.ended_at is null
    union all
    select i.id from ${rows} join tandem.links l
      on i.system = 'salesforce' and l.pair = i.pair and l.salesforce_id = i.source and l.ended_at is null`.execute(
    tx,
  );
  return new Set(found.rows.map((row) => row.id));
};

/**
 * So many looks a signal that comes meanwhile may cost a unit, and more of them for so long since its first signal: looks are counted for
 * other reasons, too. A record that never comes to rest is written after that.
 */
const outrunLooksMax = 3;
const outrunMsMax = 300_000;

/**
 * Intents whose target was signalled since its unit was claimed: a claimed row is due when the lease ends, unless a signal made it due
 * at once. What the plan read is not what is there now, and would be overwritten without having been seen.
 */
const outrunIntents = async (tx: Tx, intents: readonly NewIntent[]): Promise<ReadonlySet<string>> => {
  const aimed = intents.filter((intent) => intent.target.id !== '');
  if (aimed.length === 0) return new Set();
  const rows = batch('i', aimed, {
    id: ['uuid', (intent) => intent.id],
    pair: ['text', (intent) => intent.pair],
    system: ['text', (intent) => intent.target.system],
    target: ['text', (intent) => intent.target.id],
  });
  const found = await sql<{ id: string }>`
    select i.id from ${rows} join tandem.dirty d
      on d.pair = i.pair and d.system = i.system and d.record_id = i.target
    where d.due <= now() and (d.attempts < ${outrunLooksMax} or d.since > now() - ${milliseconds(outrunMsMax)})`.execute(
    tx,
  );
  return new Set(found.rows.map((row) => row.id));
};

/** The unique index on (unit, system) refuses what is already under way. */
const insertIntents = async (
  tx: Tx,
  intents: readonly NewIntent[],
  deadlineMs: number,
): Promise<ReadonlySet<string>> => {
  const rows = batch('i', intents, {
    id: ['uuid', (intent) => intent.id],
    pair: ['text', (intent) => intent.pair],
    unit: ['text', (intent) => intent.unit],
    link_id: ['uuid', (intent) => intent.linkId],
    link_version: ['bigint', (intent) => intent.linkVersion],
    op: ['text', (intent) => intent.op],
    target_system: ['text', (intent) => intent.target.system],
    target_type: ['text', (intent) => intent.target.type],
    target_id: ['text', (intent) => intent.target.id],
    source_system: ['text', (intent) => intent.source.system],
    source_type: ['text', (intent) => intent.source.type],
    source_id: ['text', (intent) => intent.source.id],
    writes: ['json', (intent) => toJson(intent.writes)],
    cause: ['text', (intent) => intent.cause],
  });
  const inserted = await sql<{ id: string }>`
    insert into tandem.intents (id, pair, unit, link_id, link_version, op, target_system, target_type, target_id,
      source_system, source_type, source_id, writes, cause, deadline)
    select i.id, i.pair, i.unit, i.link_id, i.link_version, i.op, i.target_system, i.target_type, i.target_id,
      i.source_system, i.source_type, i.source_id, i.writes, i.cause, now() + ${milliseconds(deadlineMs)}
    from ${rows}
    on conflict do nothing
    returning id`.execute(tx);
  return new Set(inserted.rows.map((row) => row.id));
};

interface IntentRow {
  readonly for_unit: string;
  readonly id: string;
  readonly pair: string;
  readonly unit: string;
  readonly link_id: string | null;
  readonly link_version: number | null;
  readonly op: 'update' | 'create';
  readonly target_system: System;
  readonly target_type: string;
  readonly target_id: string;
  readonly source_system: System;
  readonly source_type: string;
  readonly source_id: string;
  readonly writes: string;
  readonly cause: string;
  readonly deadline: number;
}

const toIntent = (row: IntentRow): Intent => ({
  id: row.id,
  pair: row.pair,
  unit: row.unit,
  linkId: row.link_id,
  linkVersion: row.link_version,
  op: row.op,
  target: { system: row.target_system, type: row.target_type, id: row.target_id },
  source: { system: row.source_system, type: row.source_type, id: row.source_id },
  writes: parseWrites(row.writes),
  cause: row.cause,
  deadline: row.deadline,
});

/**
 * EngineStore.openIntentsFrom. `waitMs` is by the store's clock; above 0 the request may still be under way.
 */
export const openIntentsFrom = async (
  db: Db,
  pair: string,
  system: System,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly intents: readonly Intent[]; readonly waitMs: number }>> => {
  if (ids.length === 0) return new Map();
  const records = [...new Set(ids)].map((id): UnitRecord => ({ unit: id, pair, system, type: null, id }));
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ now: number }>`select ${epochMs('now()')} as now`.execute(tx);
    const now = rows[0]?.now ?? 0;
    const found = await openIntentsOf(tx, records);
    return new Map(
      [...found].map(([id, intents]) => {
        const waitMs = Math.max(0, ...intents.map((intent) => intent.deadline - now));
        return [id, { intents, waitMs }];
      }),
    );
  });
};

/** Open intents whose source is one of these records, by the unit the record belongs to now. */
export const openIntentsOf = async (
  tx: Tx,
  records: readonly UnitRecord[],
): Promise<ReadonlyMap<string, readonly Intent[]>> => {
  const rows = batch('r', records, {
    unit: ['text', (each) => each.unit],
    pair: ['text', (each) => each.pair],
    system: ['text', (each) => each.system],
    id: ['text', (each) => each.id],
  });
  const found = await sql<IntentRow>`
    select r.unit as for_unit, i.id, i.pair, i.unit, i.link_id, i.link_version::float8 as link_version, i.op,
      i.target_system, i.target_type, i.target_id, i.source_system, i.source_type, i.source_id,
      i.writes::text as writes, i.cause, ${epochMs('i.deadline')} as deadline
    from ${rows}
    join tandem.intents i on i.pair = r.pair and i.source_system = r.system and i.source_id = r.id
    order by i.opened_at`.execute(tx);
  return groupByUnit(
    found.rows.map((row) => ({ ...row, intent: row, unit: row.for_unit })),
    (row) => toIntent(row.intent),
  );
};
