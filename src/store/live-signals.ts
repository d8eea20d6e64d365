import { sql } from 'kysely';
import type { FoundChange, LiveBatch, LiveSource, SourceState, WriteUnderWay } from '../model/live.ts';
import type { System } from '../model/system.ts';
import { batch, cleanText, milliseconds } from './batch.ts';
import { parseWrites } from './json.ts';
import { markDirty } from './signals.ts';
import { type Db, inTransaction, run, type Tx } from './transaction.ts';

/** Signs of life of one source and type are stored at most so often: deliveries come by the dozen, and all would wait for one row. */
const heardEveryMs = 1_000;

/** Own writes that are older than this are not asked after any more. */
const unheardForMs = 600_000;

const liveProblem = (system: System, type: string, field?: string): string =>
  `live:${system}:${type}${field === undefined ? '' : `.${field}`}`;

/** The live sources in Postgres; sync/signal-sources.ts (LiveStore) has the contract. */
export class PostgresLiveStore {
  readonly #db: Db;
  /** Fields that are stored as heard, and when a type's sign of life was stored last: only caches. */
  readonly #heardFields = new Set<string>();
  readonly #heardAt = new Map<string, number>();

  constructor(db: Db) {
    this.#db = db;
  }

  async commitLive({ system, source, marks, heard, position }: LiveBatch): Promise<void> {
    if (marks.length > 0 || position !== undefined) {
      await inTransaction(this.#db, async (tx) => {
        await markDirty(tx, marks);
        if (position !== undefined) await storePosition(tx, system, source, position.topic, position.at);
      });
    }
    await this.#noteHeard(system, source, heard);
  }

  async writesUnderWay(
    pair: string,
    system: System,
    targetIds: readonly string[],
    sourceIds: readonly string[],
  ): Promise<readonly WriteUnderWay[]> {
    // Intents are few, those under way alone, so that no index is needed for their targets.
    const rows = await run(
      this.#db,
      sql<{ targetId: string; sourceId: string; writes: string }>`
        select i.target_id as "targetId", i.source_id as "sourceId", i.writes::text as writes from tandem.intents i
        where i.pair = ${pair} and i.target_system = ${system}
          and (i.target_id = any(${targetIds.map(cleanText)}::text[]) or i.source_id = any(${sourceIds.map(cleanText)}::text[]))`,
    );
    return rows.map((row) => ({ ...row, writes: parseWrites(row.writes) }));
  }

  async position(system: System, source: LiveSource, topic: string): Promise<string | null> {
    const [row] = await run(
      this.#db,
      sql<{ at: string }>`
        select at from tandem.signal_positions
        where system = ${system} and source = ${source} and topic = ${cleanText(topic)}`,
    );
    return row?.at ?? null;
  }

  async keepPosition(system: System, source: LiveSource, topic: string, at: string | null): Promise<void> {
    await inTransaction(this.#db, async (tx) => storePosition(tx, system, source, topic, at));
  }

  async alive(system: System, source: LiveSource, types: readonly string[]): Promise<void> {
    if (types.length === 0) return;
    await run(
      this.#db,
      sql`
        insert into tandem.signal_sources as row (system, source, type, alive_at, since)
        select ${system}, ${source}, t.type, now(), now() from ${typeRows(types)} order by t.type
        on conflict (system, type, source) do update set
          alive_at = now(), since = case when row.alive_at is null then now() else row.since end`,
    );
  }

  async lost(system: System, source: LiveSource, types: readonly string[]): Promise<void> {
    for (const type of types) this.#heardAt.delete(`${system} ${source} ${type}`);
    await run(
      this.#db,
      sql`
        update tandem.signal_sources set alive_at = null
        where system = ${system} and source = ${source} and type = any(${types.map(cleanText)}::text[])`,
    );
  }

  async keepOnly(system: System, sources: readonly LiveSource[]): Promise<void> {
    this.#heardAt.clear();
    await inTransaction(this.#db, async (tx) => {
      await sql`
        delete from tandem.signal_sources
        where system = ${system} and source <> all(${[...sources]}::text[])`.execute(tx);
      if (sources.length > 0) return;
      await sql`
        delete from tandem.problems where starts_with(key, ${`live:${system}:`})`.execute(tx);
    });
  }

  async sources(): Promise<readonly SourceState[]> {
    return run(
      this.#db,
      sql<SourceState>`
        select system, source, type, missed_at is not null as missed,
          (extract(epoch from now() - heard_at) * 1000)::float8 as "heardAgoMs",
          (extract(epoch from now() - alive_at) * 1000)::float8 as "aliveAgoMs"
        from tandem.signal_sources order by system, type, source`,
    );
  }

  async noteUntold(look: {
    readonly pair: string;
    readonly system: System;
    readonly type: string;
    readonly found: readonly FoundChange[];
    readonly graceMs: number;
  }): Promise<readonly string[]> {
    const { pair, system, type, found, graceMs } = look;
    if (found.length === 0) return [];
    const changes = batch('f', found, {
      id: ['text', (each) => each.id],
      stamp: ['float8', (each) => each.stamp],
      unread: ['boolean', (each) => each.unread],
    });
    const grace = milliseconds(graceMs);
    const rows = await run(
      this.#db,
      sql<{ id: string }>`
        with source as (
          select max(heard_at) as heard_at, min(since) as since from tandem.signal_sources
          where system = ${system} and type = ${cleanText(type)} and alive_at is not null having count(*) > 0
        ), untold as (
          select f.id, to_timestamp(f.stamp / 1000) as changed_at from ${changes} cross join source
          where to_timestamp(f.stamp / 1000) between source.since and now() - ${grace}
            and (f.unread or source.heard_at is null or source.heard_at < to_timestamp(f.stamp / 1000) - ${grace})
            and not exists (
              select from tandem.dirty d where d.pair = ${pair} and d.system = ${system} and d.record_id = f.id)
        ), silent as (
          update tandem.signal_sources s set missed_at = now()
          where s.system = ${system} and s.type = ${cleanText(type)} and s.missed_at is null and s.alive_at is not null
            and exists (
              select from untold where s.heard_at is null or s.heard_at < untold.changed_at - ${grace})
        )
        select id from untold order by id`,
    );
    // The next signal is stored at once: it may be what ends a silence.
    if (rows.length > 0) this.#heardAt.clear();
    return rows.map(({ id }) => id);
  }

  async noteUnheard(request: {
    readonly pair: string;
    readonly system: System;
    readonly source: LiveSource;
    readonly type: string;
    readonly graceMs: number;
  }): Promise<boolean> {
    const { pair, system, source, type, graceMs } = request;
    const grace = milliseconds(graceMs);
    const rows = await run(
      this.#db,
      sql<{ type: string }>`
        update tandem.signal_sources s set missed_at = now()
        where s.system = ${system} and s.source = ${source} and s.type = ${cleanText(type)}
          and s.missed_at is null and s.alive_at is not null
          and exists (
            select from tandem.ledger l
            where l.pair = ${cleanText(pair)} and l.system = s.system and l.type = s.type and l.event in ('write', 'create')
              and l.at between greatest(s.since, now() - ${milliseconds(unheardForMs)}) and now() - ${grace}
              and (s.heard_at is null or s.heard_at < l.at - ${grace}))
        returning s.type`,
    );
    if (rows.length > 0) this.#heardAt.clear();
    return rows.length > 0;
  }

  async noteLooked(system: System, type: string): Promise<void> {
    await run(
      this.#db,
      sql`
        update tandem.signal_sources set alive_at = now()
        where system = ${system} and type = ${cleanText(type)} and source = 'webhooks'
          and missed_at is null and alive_at is not null`,
    );
  }

  async neverHeard(system: System, type: string, fields: readonly string[]): Promise<readonly string[]> {
    const rows = await run(
      this.#db,
      sql<{ field: string }>`
        select field from tandem.live_fields
        where system = ${system} and type = ${cleanText(type)} and field = any(${fields.map(cleanText)}::text[])`,
    );
    const known = new Set(rows.map(({ field }) => field));
    return fields.filter((field) => !known.has(cleanText(field)));
  }

  async #noteHeard(system: System, source: LiveSource, heard: LiveBatch['heard']): Promise<void> {
    const now = performance.now();
    const types = heard.map(({ type }) => type);
    const stale = types.filter(
      (type) => now - (this.#heardAt.get(`${system} ${source} ${type}`) ?? -heardEveryMs) >= heardEveryMs,
    );
    const fields = heard
      .flatMap(({ type, fields: names }) => names.map((field) => ({ type, field })))
      .filter(({ type, field }) => !this.#heardFields.has(`${system} ${type} ${field}`));
    if (stale.length === 0 && fields.length === 0) return;
    await inTransaction(this.#db, async (tx) => {
      if (stale.length > 0) await storeHeard(tx, system, source, [...new Set(stale)]);
      if (fields.length > 0) await storeFields(tx, system, fields);
    });
    for (const type of stale) this.#heardAt.set(`${system} ${source} ${type}`, now);
    for (const { type, field } of fields) this.#heardFields.add(`${system} ${type} ${field}`);
  }
}

const typeRows = (types: readonly string[]): ReturnType<typeof batch> =>
  batch('t', [...new Set(types)], { type: ['text', (type) => type] });

const storePosition = async (
  tx: Tx,
  system: System,
  source: LiveSource,
  topic: string,
  at: string | null,
): Promise<void> => {
  await (at === null
    ? sql`
        delete from tandem.signal_positions
        where system = ${system} and source = ${source} and topic = ${cleanText(topic)}`
    : sql`
        insert into tandem.signal_positions (system, source, topic, at)
        values (${system}, ${source}, ${cleanText(topic)}, ${cleanText(at)})
        on conflict (system, source, topic) do update set at = excluded.at, moved_at = now()`
  ).execute(tx);
};

/** A signal proves its type; the problem that said it was silent ends. */
const storeHeard = async (
  tx: Tx,
  system: System,
  source: LiveSource,
  types: readonly string[],
): Promise<void> => {
  await sql`
    insert into tandem.signal_sources as row (system, source, type, heard_at, alive_at, since)
    select ${system}, ${source}, t.type, now(), now(), now() from ${typeRows(types)} order by t.type
    on conflict (system, type, source) do update set
      heard_at = now(), alive_at = now(), missed_at = null,
      since = case when row.alive_at is null then now() else row.since end`.execute(tx);
  await clearProblems(
    tx,
    types.map((type) => liveProblem(system, type)),
  );
};

const storeFields = async (
  tx: Tx,
  system: System,
  fields: readonly { readonly type: string; readonly field: string }[],
): Promise<void> => {
  const rows = batch('f', fields, {
    type: ['text', (each) => each.type],
    field: ['text', (each) => each.field],
  });
  await sql`
    insert into tandem.live_fields (system, type, field)
    select distinct ${system}, f.type, f.field from ${rows} order by f.type, f.field
    on conflict do nothing`.execute(tx);
  await clearProblems(
    tx,
    fields.map(({ type, field }) => liveProblem(system, type, field)),
  );
};

const clearProblems = async (tx: Tx, keys: readonly string[]): Promise<void> => {
  await sql`delete from tandem.problems where key = any(${keys.map(cleanText)}::text[])`.execute(tx);
};
