import type { StoredValue } from '../schema/field.ts';
import type { Row } from './row.ts';

/** How a value is looked up: without regard to case unless the field is case-sensitive; blank values are not indexed. */
export const indexKey = (value: StoredValue | undefined, caseSensitive: boolean): string | null => {
  if (value === null || value === undefined) return null;
  const text = String(value);
  return caseSensitive ? text : text.toLowerCase();
};

/** Rows by the value of one column, deleted ones included. Most values have one row, which is kept without an array. */
export class ValueIndex {
  readonly column: number;
  readonly #caseSensitive: boolean;
  readonly #rows = new Map<string, Row | Row[]>();

  constructor(column: number, caseSensitive: boolean) {
    this.column = column;
    this.#caseSensitive = caseSensitive;
  }

  find(value: StoredValue): readonly Row[] {
    const key = indexKey(value, this.#caseSensitive);
    const found = key === null ? undefined : this.#rows.get(key);
    if (found === undefined) return [];
    return Array.isArray(found) ? found : [found];
  }

  /** Moves a row from the key of its old value to that of its new one; undefined: it was, or will be, nowhere. */
  move(row: Row, before: StoredValue | undefined, after: StoredValue | undefined): void {
    const from = indexKey(before, this.#caseSensitive);
    const to = indexKey(after, this.#caseSensitive);
    if (from === to) return;
    if (from !== null) this.#remove(from, row);
    if (to !== null) this.#add(to, row);
  }

  #add(key: string, row: Row): void {
    const found = this.#rows.get(key);
    if (found === undefined) this.#rows.set(key, row);
    else if (Array.isArray(found)) found.push(row);
    else this.#rows.set(key, [found, row]);
  }

  #remove(key: string, row: Row): void {
    const found = this.#rows.get(key);
    if (!Array.isArray(found)) {
      this.#rows.delete(key);
      return;
    }
    const rest = found.filter((other) => other !== row);
    if (rest.length === 0) this.#rows.delete(key);
    else this.#rows.set(key, rest);
  }
}
