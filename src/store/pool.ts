import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Tables } from './schema.ts';
import type { Db } from './transaction.ts';

export interface PoolOptions {
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connectionsMax: number;
  /** False where losing the last moments at a crash of the server does no harm (the budget): no wait for the disk. */
  readonly isDurable: boolean;
  /** Told when a connection breaks. Work goes on: the pool connects anew when the next query comes. */
  readonly onConnectionError: (error: Error) => void;
}

/** No statement of ours takes longer than moments; one that does waits for something that will not come. */
const statementTimeoutMs = 30_000;
const connectTimeoutMs = 10_000;

/**
 * A Kysely on a pool of its own. Every connection has an error listener from its birth: the pool listens only while one is
 * idle, and an error on a busy one (the server goes down between two queries of a transaction) would end the process.
 */
export const makeDb = (options: PoolOptions): Db => {
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    ...(options.isDurable ? {} : { options: '-c synchronous_commit=off' }),
  });
  pool.on('error', (error) => {
    // The pool ends before its connections have closed: a server that is stopped right after still says goodbye to them.
    if (!pool.ending) options.onConnectionError(error);
  });
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
};
