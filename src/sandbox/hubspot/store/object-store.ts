import type { Random } from '../../core/random.ts';
import { ChangeFeed } from '../changes/portal-change.ts';
import type { ObjectSchema } from '../schema/object-schema.ts';
import type { Change, ChangeSource, StoredRecord, Version } from './record.ts';
import { SearchIndex } from './search-index.ts';

/** New values by place; null clears. */
export type Changes = ReadonlyMap<number, string | null>;

/** Everything that a store holds, as plain data. */
export interface ObjectStoreState {
  readonly lastId: number;
  readonly records: readonly Omit<StoredRecord, 'indexed'>[];
}

/** Ids today have twelve digits; they rise, with gaps where other portals' records lie. */
const firstId = 171_500_000_000;
const idStepMax = 40;

/** All records of one object, with what finds them: id, and the values of unique properties. Checks nothing. */
export class ObjectStore {
  readonly schema: ObjectSchema;
  readonly #feed: ChangeFeed;
  readonly #random: Random;
  readonly #index: SearchIndex;
  /** In order of id, archived ones too. */
  readonly #records: StoredRecord[] = [];
  readonly #byId = new Map<number, StoredRecord>();
  readonly #unique = new Map<number, Map<string, StoredRecord>>();
  #lastId: number;
  #live = 0;

  constructor(schema: ObjectSchema, random: Random, feed = new ChangeFeed()) {
    this.schema = schema;
    this.#feed = feed;
    this.#random = random;
    this.#index = new SearchIndex(random);
    this.#lastId = firstId + random.integer(0, 99_999);
  }

  get liveCount(): number {
    return this.#live;
  }

  /** The record, archived or not. */
  get(id: string): StoredRecord | undefined {
    return /^\d{1,15}$/.test(id) ? this.#byId.get(Number(id)) : undefined;
  }

  /** The live record that holds this value of a unique property; for the primary email also an additional one. */
  findUnique(slot: number, value: string): StoredRecord | undefined {
    return this.#unique.get(slot)?.get(value);
  }

  /** `indexedAtOnce`: a record of the start, which search has long known. */
  create(
    changes: Changes,
    source: ChangeSource,
    at: number,
    indexedAtOnce = false,
    modifiedAt = at,
  ): StoredRecord {
    this.#lastId += this.#random.integer(1, idStepMax);
    const values: (string | null)[] = [];
    for (const [slot, value] of [...changes].sort(([a], [b]) => a - b)) {
      if (value === null) continue;
      while (values.length < slot) values.push(null);
      values[slot] = value;
    }
    const version: Version = { values, modifiedAt };
    const record: StoredRecord = {
      id: this.#lastId,
      createdAt: at,
      origin: source,
      birth: values,
      version,
      changes: null,
      archivedAt: null,
      indexed: indexedAtOnce ? version : null,
    };
    this.#records.push(record);
    this.#byId.set(record.id, record);
    this.#live += 1;
    this.#enter(record);
    if (!indexedAtOnce) {
      this.#index.changed(record, at);
      this.#tellCreation(record);
    }
    return record;
  }

  /** Writes what differs and answers the places that changed; when nothing does, the record stays as it is, stamp included. */
  update(record: StoredRecord, changes: Changes, source: ChangeSource, at: number): readonly number[] {
    const current = record.version.values;
    const real = [...changes].filter(([slot, value]) => (current[slot] ?? null) !== value);
    if (real.length === 0) return [];
    const values: (string | null)[] = Array.from(current, (value) => value ?? null);
    const log: Change[] = real.map(([slot, value]) => ({ slot, value, at, source }));
    for (const { slot, value } of log) {
      while (values.length < slot) values.push(null);
      values[slot] = value;
    }
    this.#leave(record);
    record.version = { values, modifiedAt: Math.max(at, record.version.modifiedAt) };
    record.changes ??= [];
    record.changes.push(...log);
    this.#enter(record);
    this.#index.changed(record, at);
    for (const { slot, value } of log)
      this.#tellValue(record, slot, value, source, record.version.modifiedAt);
    return log.map((change) => change.slot);
  }

  /** Its unique values become free at once; search forgets it at once. */
  archive(record: StoredRecord, at: number, source = record.origin): void {
    if (record.archivedAt !== null) return;
    this.#leave(record);
    this.#live -= 1;
    record.archivedAt = at;
    record.version = { values: record.version.values, modifiedAt: Math.max(at, record.version.modifiedAt) };
    const { definition: object } = this.schema;
    this.#feed.tell({ kind: 'deletion', object, id: record.id, at: record.version.modifiedAt, source });
  }

  /** Records from id `after` on (that one included), in order of id, which `keep` lets through. */
  page(after: number, limit: number, keep: (record: StoredRecord) => boolean): StoredRecord[] {
    const page: StoredRecord[] = [];
    for (let at = this.#firstFrom(after); page.length < limit; at += 1) {
      const record = this.#records[at];
      if (record === undefined) break;
      if (keep(record)) page.push(record);
    }
    return page;
  }

  exportState(): ObjectStoreState {
    return {
      lastId: this.#lastId,
      records: this.#records.map(({ indexed: _indexed, ...record }) => record),
    };
  }

  /** Fills an empty store. Search knows everything at once: what it had not seen yet, it has seen by now. */
  importState({ lastId, records }: ObjectStoreState): void {
    if (this.#records.length > 0) throw new Error('only an empty store can be filled from a saved one');
    this.#lastId = lastId;
    for (const saved of records) {
      const record: StoredRecord = { ...saved, indexed: saved.version };
      this.#records.push(record);
      this.#byId.set(record.id, record);
      if (record.archivedAt !== null) continue;
      this.#live += 1;
      this.#enter(record);
    }
  }

  /** What search sees now, in order of id. */
  *searchable(now: number): Iterable<{ readonly record: StoredRecord; readonly version: Version }> {
    this.#index.advance(now);
    for (const record of this.#records) {
      if (record.archivedAt === null && record.indexed !== null) yield { record, version: record.indexed };
    }
  }

  #tellCreation(record: StoredRecord): void {
    if (!this.#feed.isHeard) return;
    const { definition: object } = this.schema;
    const { id, origin: source, version } = record;
    this.#feed.tell({ kind: 'creation', object, id, at: version.modifiedAt, source });
    for (const [slot, value] of version.values.entries()) {
      if (value !== null && value !== undefined)
        this.#tellValue(record, slot, value, source, version.modifiedAt);
    }
  }

  #tellValue(
    record: StoredRecord,
    slot: number,
    value: string | null,
    source: ChangeSource,
    at: number,
  ): void {
    const property = this.schema.all()[slot]?.property.name;
    if (property === undefined) return;
    const { definition: object } = this.schema;
    this.#feed.tell({
      kind: 'propertyChange',
      object,
      id: record.id,
      at,
      source,
      property,
      value: value ?? '',
    });
  }

  #firstFrom(id: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle]?.id ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #enter(record: StoredRecord): void {
    for (const { slot, value } of this.schema.uniqueKeys(record.version.values)) {
      let map = this.#unique.get(slot);
      if (map === undefined) {
        map = new Map();
        this.#unique.set(slot, map);
      }
      map.set(value, record);
    }
  }

  #leave(record: StoredRecord): void {
    for (const { slot, value } of this.schema.uniqueKeys(record.version.values)) {
      this.#unique.get(slot)?.delete(value);
    }
  }
}
