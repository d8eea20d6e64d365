import type { Random } from '../../core/random.ts';
import { ChangeFeed } from '../changes/portal-change.ts';
import type { ObjectSchema } from '../schema/object-schema.ts';
import { type Change, type ChangeSource, forgetOld, type StoredRecord, type Version } from './record.ts';
import { SearchIndex } from './search-index.ts';

/** New values by place; null clears. */
export type Changes = ReadonlyMap<number, string | null>;

/** Everything that a store holds, as plain data. */
export interface ObjectStoreState {
  readonly lastId: number;
  /** Ids that were merged away, with the id that they lead to now. */
  readonly merged: readonly (readonly [number, number])[];
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
  /** Live records by the values of the definition's `lookups`, by property. */
  readonly #lookups = new Map<string, Map<string, Set<StoredRecord>>>();
  readonly #merged = new Map<number, number>();
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

  /** Like `get`, and an id that was merged away leads to the record that it became. */
  resolve(id: string): StoredRecord | undefined {
    const found = this.get(id);
    if (found !== undefined || !/^\d{1,15}$/.test(id)) return found;
    const survivor = this.#merged.get(Number(id));
    return survivor === undefined ? undefined : this.#byId.get(survivor);
  }

  /** Live records with this value, by one of the definition's `lookups`, oldest first; for a domain also those that have it beside another. */
  lookUp(property: string, value: string): readonly StoredRecord[] {
    return [...(this.#lookups.get(property)?.get(value) ?? [])].sort((a, b) => a.id - b.id);
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

  /**
   * Writes what differs and answers the places that changed; when nothing does, the record stays as it is, stamp included.
   * `moves` false keeps the stamp whatever changes.
   */
  update(
    record: StoredRecord,
    changes: Changes,
    source: ChangeSource,
    at: number,
    moves = true,
  ): readonly number[] {
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
    const { modifiedAt } = record.version;
    record.version = { values, modifiedAt: moves ? Math.max(at, modifiedAt) : modifiedAt };
    record.changes ??= [];
    record.changes.push(...log);
    record.changes = forgetOld(record.changes, log.length);
    this.#enter(record);
    this.#index.changed(record, at);
    const toldAt = moves ? record.version.modifiedAt : at;
    for (const { slot, value } of log) this.#tellValue(record, slot, value, source, toldAt);
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

  /** Back from the archive. The caller has made sure that nobody else holds its unique values. */
  restore(record: StoredRecord, at: number, source = record.origin): void {
    if (record.archivedAt === null) return;
    record.archivedAt = null;
    record.version = { values: record.version.values, modifiedAt: Math.max(at, record.version.modifiedAt) };
    this.#live += 1;
    this.#enter(record);
    this.#index.changed(record, at);
    const { definition: object } = this.schema;
    this.#feed.tell({ kind: 'restore', object, id: record.id, at: record.version.modifiedAt, source });
  }

  /** Takes a record out for good, as a merge, an erasure and the end of its time in the archive do. Tells nobody. */
  drop(record: StoredRecord): void {
    if (record.archivedAt === null) {
      this.#leave(record);
      this.#live -= 1;
    }
    const at = this.#firstFrom(record.id);
    if (this.#records[at] === record) this.#records.splice(at, 1);
    this.#byId.delete(record.id);
    this.#index.forget(record);
  }

  /**
   * Puts in a record that others became; they were dropped before. Without `keepId` it gets a new id. `ids`, and whatever had been
   * merged into them, lead to it from now on.
   */
  putMerged(
    made: Omit<StoredRecord, 'id' | 'indexed' | 'archivedAt'>,
    ids: readonly number[],
    keepId?: number,
  ): StoredRecord {
    if (keepId === undefined) this.#lastId += this.#random.integer(1, idStepMax);
    const id = keepId ?? this.#lastId;
    const record: StoredRecord = { ...made, id, archivedAt: null, indexed: null };
    this.#records.splice(this.#firstFrom(id), 0, record);
    this.#byId.set(id, record);
    this.#live += 1;
    for (const [old, survivor] of this.#merged) if (ids.includes(survivor)) this.#merged.set(old, id);
    for (const old of ids) if (old !== id) this.#merged.set(old, id);
    this.#enter(record);
    this.#index.changed(record, record.version.modifiedAt);
    return record;
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
      merged: [...this.#merged],
      records: this.#records.map(({ indexed: _indexed, ...record }) => record),
    };
  }

  /** Fills an empty store. Search knows everything at once: what it had not seen yet, it has seen by now. */
  importState({ lastId, merged, records }: ObjectStoreState): void {
    if (this.#records.length > 0) throw new Error('only an empty store can be filled from a saved one');
    this.#lastId = lastId;
    for (const [old, survivor] of merged) this.#merged.set(old, survivor);
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
    this.#eachLookup(record, (property, value) => {
      const values = this.#lookups.get(property) ?? new Map<string, Set<StoredRecord>>();
      this.#lookups.set(property, values);
      const records = values.get(value) ?? new Set();
      values.set(value, records.add(record));
    });
  }

  #leave(record: StoredRecord): void {
    for (const { slot, value } of this.schema.uniqueKeys(record.version.values)) {
      this.#unique.get(slot)?.delete(value);
    }
    this.#eachLookup(record, (property, value) => {
      const values = this.#lookups.get(property);
      const records = values?.get(value);
      records?.delete(record);
      if (records?.size === 0) values?.delete(value);
    });
  }

  #eachLookup(record: StoredRecord, visit: (property: string, value: string) => void): void {
    const { lookups = [], domain } = this.schema.definition;
    const read = (name: string): string => record.version.values[this.schema.slot(name)?.index ?? -1] ?? '';
    for (const property of lookups) {
      const more = property === domain?.primary ? read(domain.additional).split(';') : [];
      for (const value of new Set([read(property), ...more])) if (value !== '') visit(property, value);
    }
  }
}
