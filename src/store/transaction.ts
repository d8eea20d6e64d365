import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely, sql, Transaction } from 'kysely';
import { explainStoreError, isRetryable } from './errors.ts';
import type { Tables } from './schema.ts';

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

const triesMax = 6;
const retryDelayMs = 10;

/** Thrown inside a transaction that found the ground moved under its checks: it is rolled back and tried again. */
export class GroundMoved extends Error {
  override readonly name = 'GroundMoved';
}

/**
 * The one door to a transaction. It runs at READ COMMITTED: correctness rests on row locks and on preconditions in each
 * statement. Deadlocks, serialization failures and GroundMoved are tried again; what failed otherwise was rolled back, save a
 * connection that broke in the commit itself, whose outcome the caller finds in the state. No network call belongs inside.
 */
export const inTransaction = async <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const canRetry = isRetryable(error) || error instanceof GroundMoved;
      if (!canRetry || tries >= triesMax) throw explainStoreError(error);
      await delay(retryDelayMs * tries * (0.5 + Math.random()));
    }
  }
};

/** One statement outside a transaction, with the same words for a database that is away. */
export const run = async <Row>(db: Db, query: ReturnType<typeof sql<Row>>): Promise<readonly Row[]> => {
  try {
    return (await query.execute(db)).rows;
  } catch (error) {
    throw explainStoreError(error);
  }
};
