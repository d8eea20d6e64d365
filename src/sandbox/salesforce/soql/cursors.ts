import { randomBytes } from 'node:crypto';
import { refuse } from '../errors.ts';
import { makeId } from '../ids.ts';
import type { Row } from '../store/row.ts';
import type { ApiRecord, RecordUrl } from './api-record.ts';
import type { Projection } from './projection.ts';

export const batchMin = 200;
export const batchMax = 2_000;
/** Cursors live for two days (help article 000384958). */
const lifeMs = 2 * 24 * 60 * 60 * 1_000;
/** The vendor has no cap any more; this one keeps the simulator's memory bounded. */
const openMax = 500;
/** Wide rows make smaller pages: so many values in one. */
const valuesPerPage = 60_000;
/** Long text makes smaller pages. */
const longTextPage = 1_000;

interface Cursor {
  readonly rows: readonly Row[];
  readonly projection: Projection;
  readonly batch: number;
  readonly openedAt: number;
}

export interface QueryPage {
  readonly totalSize: number;
  readonly done: boolean;
  readonly records: readonly ApiRecord[];
  /** Of the next page, with its place: `01g…-2000`; absent on the last. */
  readonly locator?: string;
}

/** The rows a page really has: what was asked for (200-2,000, default 2,000), less for wide rows. */
export const pageSize = (projection: Projection, asked: number | null): number => {
  const wanted = Math.min(batchMax, Math.max(batchMin, asked ?? batchMax));
  const byWidth = Math.max(batchMin, Math.floor(valuesPerPage / Math.max(1, projection.fieldCount)));
  return Math.min(wanted, byWidth, projection.hasLongText ? longTextPage : batchMax);
};

/**
 * Results that are read in pages. The rows are fixed when the query runs; their values are those of the moment in which
 * the page is read.
 */
export class QueryCursors {
  readonly #cursors = new Map<string, Cursor>();
  readonly #nowMs: () => number;
  #sequence = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  open(rows: readonly Row[], projection: Projection, asked: number | null, url: RecordUrl): QueryPage {
    const cursor = { rows, projection, batch: pageSize(projection, asked), openedAt: this.#nowMs() };
    if (rows.length <= cursor.batch) return this.#page('', cursor, 0, url);
    this.#sequence += 1;
    // Not to be guessed: the org's part of the id is random.
    const id = makeId('01g', randomBytes(1).toString('hex'), this.#sequence);
    this.#cursors.set(id, cursor);
    for (const oldest of this.#cursors.keys()) {
      if (this.#cursors.size <= openMax) break;
      this.#cursors.delete(oldest);
    }
    return this.#page(id, cursor, 0, url);
  }

  /** Throws INVALID_QUERY_LOCATOR for what is unknown or older than two days. */
  next(locator: string, url: RecordUrl): QueryPage {
    const match = /^([0-9A-Za-z]{15,18})-(\d+)$/.exec(locator);
    const id = match?.[1] ?? '';
    const cursor = this.#cursors.get(id);
    const start = Number(match?.[2]);
    const isAlive = cursor !== undefined && this.#nowMs() - cursor.openedAt <= lifeMs;
    if (!isAlive || start >= cursor.rows.length) {
      throw refuse('INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return this.#page(id, cursor, start, url);
  }

  #page(id: string, cursor: Cursor, start: number, url: RecordUrl): QueryPage {
    const end = Math.min(start + cursor.batch, cursor.rows.length);
    const records = cursor.rows.slice(start, end).map((row) => cursor.projection.render(row, url));
    const done = end >= cursor.rows.length;
    return { totalSize: cursor.rows.length, done, records, ...(done ? {} : { locator: `${id}-${end}` }) };
  }
}
