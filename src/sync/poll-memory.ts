import type { ChangeCursor } from '../model/record.ts';
import { SignalMemory } from './signal-memory.ts';

/**
 * How long a cursor has to stand before what lies before it is not read again: by far longer than a search index usually lags, and as
 * long as a transaction of Salesforce can last (Apex limits, ten minutes).
 */
export const settledMs = 600_000;

/** Where a reader of changes begins, and what before that it reads again. */
export interface ReadFrom {
  readonly cursor: ChangeCursor;
  readonly overlapMs: number;
}

/**
 * Where the readers of one system begin. A cursor stands at the last change there was: thousands of records that one import changed would be
 * read again by every look, until somebody changes another one. Only a cache: lost with the process, which then reads them again.
 */
export class ReadStarts {
  private readonly stood = new Map<string, { readonly cursor: ChangeCursor; readonly sinceMs: number }>();

  /** Before a look of `reader` that begins at `nowMs`, by a clock of this process. */
  from(reader: string, cursor: ChangeCursor, overlapMs: number, nowMs: number): ReadFrom {
    const stands = this.stood.get(reader);
    const isSettled =
      stands !== undefined && isSame(stands.cursor, cursor) && nowMs - stands.sinceMs >= settledMs;
    return isSettled ? { cursor: { stamp: cursor.stamp + 1, id: '' }, overlapMs: 0 } : { cursor, overlapMs };
  }

  /** A look that began at `beganMs` was complete and left the cursor there. */
  looked(reader: string, cursor: ChangeCursor, beganMs: number): void {
    const stands = this.stood.get(reader);
    if (stands === undefined || !isSame(stands.cursor, cursor))
      this.stood.set(reader, { cursor, sinceMs: beganMs });
  }
}

const isSame = (a: ChangeCursor, b: ChangeCursor): boolean => a.stamp === b.stamp && a.id === b.id;

/** What the polls of one system remember from one to the next. */
export interface PollMemory {
  readonly signals: SignalMemory;
  readonly starts: ReadStarts;
}

/** A poll that remembers nothing of an earlier one. */
export const makePollMemory = (): PollMemory => ({ signals: new SignalMemory(), starts: new ReadStarts() });
