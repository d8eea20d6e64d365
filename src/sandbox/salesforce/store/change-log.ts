import type { Row } from './row.ts';

/** Stale entries are left behind until they outnumber the live ones by this many. */
const staleSlack = 1_024;

/**
 * The rows of a table in the order of their SystemModstamp. A row that is touched again moves to the end, leaving a
 * stale entry; an entry is live when its row says that this is its place.
 */
export class ChangeLog {
  #rows: Row[] = [];
  #stamps: number[] = [];
  #live = 0;

  get size(): number {
    return this.#live;
  }

  /** Stamps must not go back: the caller takes the later of its clock and the last stamp. */
  touch(row: Row, stamp: number): void {
    if (this.#rows[row.logAt] !== row) this.#live += 1;
    row.logAt = this.#rows.length;
    this.#rows.push(row);
    this.#stamps.push(stamp);
    if (this.#rows.length > this.#live * 2 + staleSlack) this.#compact();
  }

  /** Leaves the row's entry behind as a stale one. */
  forget(row: Row): void {
    if (this.#rows[row.logAt] === row) this.#live -= 1;
    row.logAt = -1;
  }

  /** Rows with `from` <= stamp <= `to` in order of stamp; among rows of one stamp in the order of their writing. */
  *between(from: number, to: number): Generator<Row> {
    for (let at = this.#lowerBound(from); at < this.#rows.length; at += 1) {
      if ((this.#stamps[at] ?? Number.POSITIVE_INFINITY) > to) return;
      const row = this.#rows[at];
      if (row !== undefined && row.logAt === at) yield row;
    }
  }

  /** The live entries in their order. */
  entries(): readonly { readonly row: Row; readonly stamp: number }[] {
    return this.#rows.flatMap((row, at) => (row.logAt === at ? [{ row, stamp: this.#stamps[at] ?? 0 }] : []));
  }

  /** How many entries lie in the range, stale ones included: what a query plan compares. */
  estimate(from: number, to: number): number {
    return Math.max(0, this.#lowerBound(to + 1) - this.#lowerBound(from));
  }

  #lowerBound(stamp: number): number {
    let low = 0;
    let high = this.#stamps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#stamps[middle] ?? 0) < stamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    const rows: Row[] = [];
    const stamps: number[] = [];
    for (const [at, row] of this.#rows.entries()) {
      if (row.logAt !== at) continue;
      row.logAt = rows.length;
      rows.push(row);
      stamps.push(this.#stamps[at] ?? 0);
    }
    this.#rows = rows;
    this.#stamps = stamps;
  }
}
