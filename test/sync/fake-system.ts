import type { Reservation } from '../../src/model/budget.ts';
import { CallFailed, type Failure } from '../../src/model/failure.ts';
import type { Fate } from '../../src/model/fate.ts';
import type { ChangedRecord, ChangePage, FieldHistoryEntry, RecordSnapshot } from '../../src/model/record.ts';
import type { System } from '../../src/model/system.ts';
import type { RawValue } from '../../src/model/value.ts';
import type { WriteOutcome, WriteRow } from '../../src/model/write.ts';
import type { RecordSystem, Reserve } from '../../src/sync/ports.ts';

export interface FakeRecord {
  fields: Record<string, RawValue>;
  stamp: number;
  createdAt: number;
  deleted: boolean;
}

/** What becomes of a row although nobody asked for it. */
export type RowFault = 'cut-before' | 'cut-after' | Failure;

/** One clock for both fakes, so that stamps are in order. */
export class FakeClock {
  private ms = 1_700_000_000_000;
  next(): number {
    this.ms += 10;
    return this.ms;
  }
}

const nothing: Reservation = {
  left: 0,
  came: 0,
  take: () => null,
  keep: async () => undefined,
  release: async () => undefined,
};
export const freely: Reserve = { reserve: async () => nothing };

/**
 * A record system in memory with a switch for every way in which a write can end: it holds contacts or leads, and nothing of any other
 * object. For the engine's own decisions; how vendors really answer is the business of the simulators.
 */
export class FakeSystem implements RecordSystem {
  readonly system: System;
  readonly batch = { read: 100, find: 100, write: 100 };
  protected readonly type: string;
  readonly records = new Map<string, FakeRecord>();
  readonly counts = { creates: 0, updates: 0 };
  /** Asked for each row before it is executed. */
  faultFor: (row: WriteRow) => RowFault | null = () => null;
  /** Called when a write call arrives, before anything of it is executed. */
  onWrite: () => Promise<void> = async () => undefined;
  /** Reads by id answer what was there this many changes ago. */
  staleReads = 0;
  /** From which stamp on a change may share it with another one. */
  openFrom = Number.POSITIVE_INFINITY;
  protected readonly clock: FakeClock;
  protected readonly past = new Map<string, FakeRecord[]>();
  private number = 0;

  constructor(system: System, clock: FakeClock) {
    this.system = system;
    this.type = system === 'hubspot' ? 'contacts' : 'Lead';
    this.clock = clock;
  }

  /** A person's edit; creates the record when no id is given. */
  edit(fields: Record<string, RawValue>, id = this.newId()): string {
    const old = this.records.get(id);
    const stamp = this.clock.next();
    if (old) this.past.set(id, [...(this.past.get(id) ?? []), structuredClone(old)]);
    this.records.set(id, {
      fields: { ...old?.fields, ...fields },
      stamp,
      createdAt: old?.createdAt ?? stamp,
      deleted: false,
    });
    return id;
  }

  remove(id: string): void {
    const record = this.records.get(id);
    if (!record) throw new Error(`no record ${id}`);
    record.deleted = true;
    record.stamp = this.clock.next();
  }

  live(): readonly Record<string, RawValue>[] {
    return [...this.records.values()].filter((record) => !record.deleted).map((record) => record.fields);
  }

  private newId(): string {
    this.number += 1;
    const digits = String(this.number).padStart(9, '0');
    return this.system === 'hubspot' ? String(1_000 + this.number) : `00Q000${digits}AAA`;
  }

  /** The record as a read by id shows it, `staleReads` changes ago. */
  protected snapshot(id: string, fields: readonly string[], back = this.staleReads): RecordSnapshot | null {
    const current = this.records.get(id);
    const past = this.past.get(id) ?? [];
    const record = back > 0 ? (past.at(-back) ?? current) : current;
    if (!record) return null;
    return {
      ref: { system: this.system, type: this.type, id },
      fields: Object.fromEntries(fields.map((name) => [name, record.fields[name] ?? null])),
      stamp: record.stamp,
      createdAt: record.createdAt,
      deleted: record.deleted,
      lastModifiedByUs: null,
      readAt: Date.now(),
    };
  }

  async readMany(type: string, ids: readonly string[], fields: readonly string[]) {
    return new Map(
      ids.flatMap((id) => {
        const found = type === this.type ? this.snapshot(id, fields) : null;
        return found ? [[id, found] as const] : [];
      }),
    );
  }

  async findByField(type: string, field: string, values: readonly string[], fields: readonly string[]) {
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    return [...this.records].flatMap(([id, record]) => {
      const value = String(record.fields[field] ?? '').toLowerCase();
      const found = type === this.type && wanted.has(value) ? this.snapshot(id, fields) : null;
      return found ? [{ record: found, matched: [value] }] : [];
    });
  }

  async writeMany(_type: string, rows: readonly WriteRow[]): Promise<readonly WriteOutcome[]> {
    await this.onWrite();
    return rows.map((row): WriteOutcome => {
      const fault = this.faultFor(row);
      if (fault !== null && typeof fault === 'object') return { kind: 'refused', failure: fault };
      if (fault === 'cut-before') return { kind: 'unknown', cause: 'cut' };
      const outcome = this.execute(row);
      return fault === 'cut-after' ? { kind: 'unknown', cause: 'cut' } : outcome;
    });
  }

  protected execute(row: WriteRow): WriteOutcome {
    if (row.op === 'update') {
      if (!this.records.has(row.id)) throw new Error('update of a record that was never there');
      this.counts.updates += 1;
      this.edit(row.fields, row.id);
      return { kind: 'landed', id: row.id, created: false, stamp: this.records.get(row.id)?.stamp ?? null };
    }
    const [existing] = [...this.records].find(
      ([, record]) => record.fields[row.identityField] === row.identityValue,
    ) ?? [null];
    if (existing === null) this.counts.creates += 1;
    const id = this.edit({ ...row.fields, [row.identityField]: row.identityValue }, existing ?? undefined);
    const stamp = this.records.get(id)?.stamp ?? null;
    return { kind: 'landed', id, created: existing === null, stamp };
  }

  async *changesSince(
    type: string,
    cursor: { stamp: number; id: string },
    overlapMs: number,
    fields: readonly string[],
  ): AsyncGenerator<ChangePage> {
    const from = cursor.stamp - overlapMs;
    const changed = [...this.records].filter(([, record]) => type === this.type && record.stamp >= from);
    const records = changed.flatMap(([id]) => this.changed(id, fields));
    records.sort((a, b) => a.stamp - b.stamp);
    const last = records.at(-1);
    yield {
      records,
      cursor: last ? { stamp: last.stamp, id: last.ref.id } : cursor,
      openFrom: this.openFrom,
    };
  }

  protected changed(id: string, fields: readonly string[]): readonly ChangedRecord[] {
    const found = this.snapshot(id, fields);
    return found
      ? [{ ref: found.ref, stamp: found.stamp, deleted: found.deleted, fields: found.fields }]
      : [];
  }

  async listPage(type: string, after: string | null, fields: readonly string[]) {
    const ids = [...this.records]
      .filter(([, record]) => type === this.type && !record.deleted)
      .map(([id]) => id);
    const rest = ids.sort((a, b) => (a < b ? -1 : 1)).filter((id) => after === null || id > after);
    const page = rest.slice(0, 100);
    return {
      records: page.flatMap((id) => this.changed(id, fields)),
      after: rest.length > 100 ? (page.at(-1) ?? null) : null,
    };
  }

  async history(): Promise<ReadonlyMap<string, Readonly<Record<string, readonly FieldHistoryEntry[]>>>> {
    return new Map();
  }

  async fates(type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Fate>> {
    return new Map(
      ids.map((id): [string, Fate] => {
        const record = this.records.get(id);
        if (type !== this.type || record === undefined) return [id, { kind: 'unknown' }];
        if (!record.deleted) return [id, { kind: 'alive' }];
        return [id, { kind: this.system === 'hubspot' ? 'archived' : 'deleted' }];
      }),
    );
  }

  async now(): Promise<number> {
    return this.clock.next();
  }
}

/** A call that fails as a whole. */
export const callFailure = (system: System, category: Failure['category']): CallFailed =>
  new CallFailed({ category, system, code: 'TEST', message: 'staged', fields: [] });
