import { makeId } from '../ids.ts';
import type { FieldDefinition, StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { ChangeLog } from './change-log.ts';
import type { Row } from './row.ts';
import { ValueIndex } from './value-index.ts';

/** Emails, external ids, unique fields and children by their parent are found without reading every row. */
const wantsIndex = (field: FieldDefinition): boolean =>
  field.compute === undefined &&
  (field.type === 'email' ||
    field.externalId === true ||
    field.unique === true ||
    field.indexed === true ||
    field.childRelationshipName !== undefined);

/** Everything that a table holds, as plain data. */
export interface TableState {
  readonly sequence: number;
  /** In the order of their last change. */
  readonly rows: readonly {
    readonly id: string;
    readonly values: readonly StoredValue[];
    readonly deleted: boolean;
    readonly stamp: number;
  }[];
}

/** The records of one object, deleted ones included, in the order of their ids. */
export class Table {
  readonly schema: ObjectSchema;
  readonly log = new ChangeLog();
  readonly #orgCode: string;
  readonly #rows: Row[] = [];
  readonly #byId = new Map<string, Row>();
  readonly #indexes = new Map<number, ValueIndex>();
  #sequence: number;
  #liveCount = 0;

  constructor(schema: ObjectSchema, orgCode: string) {
    this.schema = schema;
    this.#orgCode = orgCode;
    this.#sequence = schema.definition.sequenceBase ?? 0;
    for (const field of schema.fields) this.watchField(field);
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Records that are not in the recycle bin. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** Indexes a field that was added later (all its values are blank yet). */
  watchField(field: BoundField): void {
    if (!wantsIndex(field.definition)) return;
    // Ids differ by case alone.
    const caseSensitive = field.definition.caseSensitive === true || field.definition.type === 'reference';
    this.#indexes.set(field.column, new ValueIndex(field.column, caseSensitive));
  }

  /** By the id's 18-character form. */
  get(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  index(column: number): ValueIndex | undefined {
    return this.#indexes.get(column);
  }

  /** The first row whose id sorts after this one: ids are given out in ascending order. */
  positionAfter(id: string): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.id ?? '') <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Ids go on after this number. */
  skipTo(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** Adds a record under a fresh id. */
  insert(values: readonly StoredValue[]): Row {
    this.#sequence += 1;
    const id = makeId(this.schema.definition.keyPrefix, this.#orgCode, this.#sequence);
    return this.#enter({ id, values, deleted: false, logAt: -1 });
  }

  /** Replaces a record's values and whether it is deleted. */
  replace(row: Row, values: readonly StoredValue[], deleted: boolean): void {
    for (const [column, index] of this.#indexes) index.move(row, row.values[column], values[column]);
    if (row.deleted !== deleted) this.#liveCount += deleted ? -1 : 1;
    row.values = values;
    row.deleted = deleted;
  }

  /** Takes back the insert of the newest record. Its id is not given out again. */
  takeBack(row: Row): void {
    if (this.#rows.at(-1) !== row) throw new Error('only the newest insert can be taken back');
    this.#rows.pop();
    this.#byId.delete(row.id);
    if (!row.deleted) this.#liveCount -= 1;
    for (const [column, index] of this.#indexes) index.move(row, row.values[column], undefined);
  }

  /** Takes a record out for good. Its id is not given out again. */
  erase(row: Row): void {
    const at = this.positionAfter(row.id) - 1;
    if (this.#rows[at] !== row) throw new Error('only a record of this table can be erased');
    this.#rows.splice(at, 1);
    this.#byId.delete(row.id);
    if (!row.deleted) this.#liveCount -= 1;
    this.log.forget(row);
    for (const [column, index] of this.#indexes) index.move(row, row.values[column], undefined);
  }

  exportState(): TableState {
    const rows = this.log.entries().map(({ row, stamp }) => ({
      id: row.id,
      values: row.values,
      deleted: row.deleted,
      stamp,
    }));
    return { sequence: this.#sequence, rows };
  }

  /** Fills an empty table. */
  importState({ sequence, rows }: TableState): void {
    if (this.#rows.length > 0) throw new Error('only an empty table can be filled from a saved one');
    this.#sequence = sequence;
    const entered = rows.map(({ id, values, deleted }) => ({ id, values, deleted, logAt: -1 }));
    for (const row of [...entered].sort((a, b) => (a.id < b.id ? -1 : 1))) this.#enter(row);
    for (const [at, row] of entered.entries()) this.log.touch(row, rows[at]?.stamp ?? 0);
  }

  #enter(row: Row): Row {
    this.#rows.push(row);
    this.#byId.set(row.id, row);
    if (!row.deleted) this.#liveCount += 1;
    for (const [column, index] of this.#indexes) index.move(row, undefined, row.values[column]);
    return row;
  }
}
