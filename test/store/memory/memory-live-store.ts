import type { LiveBatch, LiveSource, SourceState, WriteUnderWay } from '../../../src/model/live.ts';
import type { System } from '../../../src/model/system.ts';
import type { LiveStore, Look } from '../../../src/sync/signal-sources.ts';
import type { MemoryStore } from './memory-store.ts';

/** Own writes that are older than this are not asked after any more. */
const unheardForMs = 600_000;

interface Source {
  readonly system: System;
  readonly source: LiveSource;
  readonly type: string;
  heardAt: number | null;
  aliveAt: number | null;
  missed: boolean;
  /** Since when it is there without a break. */
  since: number;
}

/** What is known of the live sources, in memory beside the engine's store; the contract is that of the one in Postgres. */
export class MemoryLiveStore implements LiveStore {
  private readonly store: MemoryStore;
  private readonly known = new Map<string, Source>();
  private readonly fields = new Set<string>();
  private readonly positions = new Map<string, string>();

  constructor(store: MemoryStore) {
    this.store = store;
  }

  async commitLive({ system, source, marks, heard, position }: LiveBatch): Promise<void> {
    this.store.state.assertStorable(marks);
    for (const mark of marks) this.store.state.mark(mark);
    if (position) this.place(system, source, position.topic, position.at);
    const now = this.store.state.now();
    for (const { type, fields } of heard) {
      this.prove(this.sourceOf(system, source, type));
      Object.assign(this.sourceOf(system, source, type), { heardAt: now, missed: false });
      const problem = `live:${system}:${type}`;
      this.store.state.problems.delete(problem);
      for (const field of fields) {
        this.fields.add(`${system} ${type} ${field}`);
        this.store.state.problems.delete(`${problem}.${field}`);
      }
    }
  }

  async writesUnderWay(
    pair: string,
    system: System,
    targetIds: readonly string[],
    sourceIds: readonly string[],
  ): Promise<readonly WriteUnderWay[]> {
    return [...this.store.state.intents.values()]
      .filter(
        ({ target, source, ...intent }) =>
          intent.pair === pair &&
          target.system === system &&
          (targetIds.includes(target.id) || sourceIds.includes(source.id)),
      )
      .map(({ target, source, writes }) => ({ targetId: target.id, sourceId: source.id, writes }));
  }

  async position(system: System, source: LiveSource, topic: string): Promise<string | null> {
    return this.positions.get(`${system} ${source} ${topic}`) ?? null;
  }

  async keepPosition(system: System, source: LiveSource, topic: string, at: string | null): Promise<void> {
    this.place(system, source, topic, at);
  }

  async alive(system: System, source: LiveSource, types: readonly string[]): Promise<void> {
    for (const type of types) this.prove(this.sourceOf(system, source, type));
  }

  async lost(system: System, source: LiveSource, types: readonly string[]): Promise<void> {
    for (const type of types) this.sourceOf(system, source, type).aliveAt = null;
  }

  async keepOnly(system: System, sources: readonly LiveSource[]): Promise<void> {
    for (const [key, each] of this.known) {
      if (each.system === system && !sources.includes(each.source)) this.known.delete(key);
    }
    const { problems } = this.store.state;
    for (const key of [...problems.keys()]) {
      if (sources.length === 0 && key.startsWith(`live:${system}:`)) problems.delete(key);
    }
  }

  /** As if the last signals, or the sources themselves, had been there so long ago. */
  age(ms: { readonly signals?: number; readonly there?: number }): void {
    const ago = (at: number | null): number | null => (at === null ? null : at - (ms.signals ?? 0));
    for (const each of this.known.values()) {
      Object.assign(each, { heardAt: ago(each.heardAt), aliveAt: ago(each.aliveAt) });
      if (ms.there !== undefined) each.since = this.store.state.now() - ms.there;
    }
  }

  async sources(): Promise<readonly SourceState[]> {
    const now = this.store.state.now();
    const ago = (at: number | null): number | null => (at === null ? null : now - at);
    return [...this.known.values()].map(({ system, source, type, heardAt, aliveAt, missed }) => ({
      ...{ system, source, type, missed },
      heardAgoMs: ago(heardAt),
      aliveAgoMs: ago(aliveAt),
    }));
  }

  async noteUntold({ pair, system, type, found, graceMs }: Look): Promise<readonly string[]> {
    const own = [...this.known.values()].filter(
      (each) => each.system === system && each.type === type && each.aliveAt !== null,
    );
    if (own.length === 0) return [];
    const since = Math.min(...own.map((each) => each.since));
    const isSilent = (heardAt: number | null, stamp: number): boolean =>
      heardAt === null || heardAt < stamp - graceMs;
    const heard = own.flatMap(({ heardAt }) => heardAt ?? []);
    const newest = heard.length === 0 ? null : Math.max(...heard);
    const dirty = new Set(
      [...this.store.state.dirty.values()]
        .filter((row) => row.pair === pair && row.ref.system === system)
        .map((row) => row.ref.id),
    );
    const untold = found.filter(
      ({ id, stamp, unread }) =>
        stamp >= since &&
        stamp < this.store.state.now() - graceMs &&
        !dirty.has(id) &&
        (unread || isSilent(newest, stamp)),
    );
    for (const each of own) {
      if (untold.some(({ stamp }) => isSilent(each.heardAt, stamp))) each.missed = true;
    }
    return untold.map(({ id }) => id);
  }

  async noteUnheard({
    pair,
    system,
    source,
    type,
    graceMs,
  }: Parameters<LiveStore['noteUnheard']>[0]): Promise<boolean> {
    const each = this.known.get(`${system} ${source} ${type}`);
    if (each === undefined || each.aliveAt === null || each.missed) return false;
    const { heardAt } = each;
    const now = this.store.state.now();
    const since = Math.max(each.since, now - unheardForMs);
    each.missed = this.store.state.ledger.some(
      ({ event, target, at, ...entry }) =>
        entry.pair === pair &&
        target.system === system &&
        target.type === type &&
        (event === 'write' || event === 'create') &&
        at >= since &&
        at <= now - graceMs &&
        (heardAt === null || heardAt < at - graceMs),
    );
    return each.missed;
  }

  async noteLooked(system: System, type: string): Promise<void> {
    for (const each of this.known.values()) {
      const isOwn = each.system === system && each.type === type && each.source === 'webhooks';
      if (isOwn && !each.missed && each.aliveAt !== null) each.aliveAt = this.store.state.now();
    }
  }

  async neverHeard(system: System, type: string, fields: readonly string[]): Promise<readonly string[]> {
    return fields.filter((field) => !this.fields.has(`${system} ${type} ${field}`));
  }

  private prove(each: Source): void {
    const now = this.store.state.now();
    if (each.aliveAt === null) each.since = now;
    each.aliveAt = now;
  }

  private place(system: System, source: LiveSource, topic: string, at: string | null): void {
    const key = `${system} ${source} ${topic}`;
    if (at === null) this.positions.delete(key);
    else this.positions.set(key, at);
  }

  private sourceOf(system: System, source: LiveSource, type: string): Source {
    const key = `${system} ${source} ${type}`;
    const known = this.known.get(key) ?? {
      ...{ system, source, type },
      heardAt: null,
      aliveAt: null,
      missed: false,
      since: 0,
    };
    this.known.set(key, known);
    return known;
  }
}
