import type { StoredValue } from '../schema/field.ts';
import type { Database } from '../store/database.ts';
import { type Row, trimValues } from '../store/row.ts';
import type { Table } from '../store/table.ts';

/**
 * The writes of one call: visible and stamped together (one second for all), or taken back together. Everything runs
 * within one turn of the event loop, so nobody sees a half of it.
 */
export class Transaction {
  /** Seconds; CreatedDate, LastModifiedDate and SystemModstamp of everything in this call. */
  readonly stamp: number;
  readonly #undo: (() => void)[] = [];
  readonly #touched = new Map<Row, Table>();

  constructor(database: Database) {
    this.stamp = database.nextStamp();
  }

  insert(table: Table, values: readonly StoredValue[]): Row {
    const row = table.insert(trimValues(values));
    this.#undo.push(() => {
      table.takeBack(row);
    });
    this.#touched.set(row, table);
    return row;
  }

  replace(table: Table, row: Row, values: readonly StoredValue[], deleted: boolean): void {
    const before = { values: row.values, deleted: row.deleted };
    table.replace(row, trimValues(values), deleted);
    this.#undo.push(() => {
      table.replace(row, before.values, before.deleted);
    });
    this.#touched.set(row, table);
  }

  commit(): void {
    const stampColumns = new Map<Table, number>();
    for (const [row, table] of this.#touched) {
      const column = stampColumns.get(table) ?? table.schema.column('SystemModstamp');
      stampColumns.set(table, column);
      table.log.touch(row, Number(row.values[column] ?? this.stamp));
    }
    this.#undo.length = 0;
    this.#touched.clear();
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo.length = 0;
    this.#touched.clear();
  }
}
