import type { ChangeCursor } from '../model/record.ts';
import { SignalMemory } from './signal-memory.ts';

/**
 * How long after a cursor was first seen to stand somewhere the overlap before it has to be read once more, before it is not read again: by far
 * longer than a search index usually lags, and as long as a transaction of Salesforce can last (Apex limits, ten minutes).
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
  private readonly stood = new Map<string, Standing>();

  /** Before a look of `reader`. */
  from(reader: string, cursor: ChangeCursor, overlapMs: number): ReadFrom {
    const stands = this.stood.get(reader);
    return stands?.isSettled && isSame(stands.cursor, cursor)
      ? { cursor: { stamp: cursor.stamp + 1, id: '' }, overlapMs: 0 }
      : { cursor, overlapMs };
  }

  /**
   * A look that began at `beganMs`, by a clock of this process, was complete and left the cursor there. What it shows of the overlap counts only where it
   * began long enough after the one that moved the cursor: that one may have been too early for what becomes visible late.
   */
  looked(reader: string, cursor: ChangeCursor, beganMs: number): void {
    const stands = this.stood.get(reader);
    if (stands === undefined || !isSame(stands.cursor, cursor))
      this.stood.set(reader, { cursor, sinceMs: beganMs, isSettled: false });
    else if (beganMs - stands.sinceMs >= settledMs) this.stood.set(reader, { ...stands, isSettled: true });
  }
}

interface Standing {
  readonly cursor: ChangeCursor;
  /** When the look began that left it there. */
  readonly sinceMs: number;
  readonly isSettled: boolean;
}

const isSame = (a: ChangeCursor, b: ChangeCursor): boolean => a.stamp === b.stamp && a.id === b.id;

/** What the polls of one system remember from one to the next. */
export interface PollMemory {
  readonly signals: SignalMemory;
  readonly starts: ReadStarts;
}

/** A poll that remembers nothing of an earlier one. */
export const makePollMemory = (): PollMemory => ({ signals: new SignalMemory(), starts: new ReadStarts() });
