import type { StoredValue } from '../schema/field.ts';
import type { Commit, RowChange } from '../store/commit.ts';
import type { Database } from '../store/database.ts';
import { type Row, trimValues } from '../store/row.ts';
import type { Table } from '../store/table.ts';

interface Touched {
  readonly table: Table;
  readonly before: { readonly values: readonly StoredValue[]; readonly deleted: boolean } | null;
}

const operationOf = (row: Row, { before }: Touched): RowChange['operation'] => {
  if (before === null) return 'create';
  if (before.deleted !== row.deleted) return row.deleted ? 'delete' : 'undelete';
  return 'update';
};

/**
 * The writes of one call: visible and stamped together (one second for all), or taken back together. Everything runs
 * within one turn of the event loop, so nobody sees a half of it.
 */
export class Transaction {
  /** Seconds; CreatedDate, LastModifiedDate and SystemModstamp of everything in this call. */
  readonly stamp: number;
  readonly #database: Database;
  readonly #author: Pick<Commit, 'userId' | 'origin'>;
  readonly #undo: (() => void)[] = [];
  readonly #touched = new Map<Row, Touched>();

  constructor(database: Database, author: Pick<Commit, 'userId' | 'origin'>) {
    this.stamp = database.nextStamp();
    this.#database = database;
    this.#author = author;
  }

  insert(table: Table, values: readonly StoredValue[]): Row {
    const row = table.insert(trimValues(values));
    this.#touched.set(row, { table, before: null });
    this.#undo.push(() => {
      table.takeBack(row);
      this.#touched.delete(row);
    });
    return row;
  }

  update(table: Table, row: Row, values: readonly StoredValue[]): void {
    this.#replace(table, row, values, row.deleted);
  }

  /** Into the recycle bin; `withParent` names the record that it goes with, which alone brings it back. */
  remove(table: Table, row: Row, values: readonly StoredValue[], withParent: string | null): void {
    this.#replace(table, row, values, true);
    const { bin } = this.#database;
    bin.put(row.id, this.stamp, withParent);
    this.#undo.push(() => {
      bin.take(row.id);
    });
  }

  /** Out of the recycle bin, under its own id. */
  restore(table: Table, row: Row, values: readonly StoredValue[]): void {
    this.#replace(table, row, values, false);
    this.#undo.push(this.#database.bin.take(row.id));
  }

  /** A place to go back to with `rollbackTo`: a row of a batch that fails takes its own writes back, not the others'. */
  get savepoint(): number {
    return this.#undo.length;
  }

  rollbackTo(savepoint: number): void {
    for (const undo of this.#undo.splice(savepoint).reverse()) undo();
  }

  commit(): void {
    const changes: RowChange[] = [];
    for (const [row, touched] of this.#touched) {
      const { table, before } = touched;
      table.log.touch(row, Number(row.values[table.schema.stampColumn] ?? this.stamp));
      changes.push({ table, row, operation: operationOf(row, touched), before: before?.values ?? null });
    }
    this.#undo.length = 0;
    this.#touched.clear();
    if (changes.length > 0) this.#database.committed({ ...this.#author, stamp: this.stamp, changes });
  }

  rollback(): void {
    this.rollbackTo(0);
  }

  #replace(table: Table, row: Row, values: readonly StoredValue[], deleted: boolean): void {
    const before = { values: row.values, deleted: row.deleted };
    const isFirst = !this.#touched.has(row);
    if (isFirst) this.#touched.set(row, { table, before });
    table.replace(row, trimValues(values), deleted);
    this.#undo.push(() => {
      table.replace(row, before.values, before.deleted);
      if (isFirst) this.#touched.delete(row);
    });
  }
}
