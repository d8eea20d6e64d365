import { DatabaseError } from 'pg';
import { UnreachableError } from '../model/failure.ts';

/** SQLSTATEs after which the same transaction can pass: serialization failure, deadlock. Nothing of it was kept. */
const retryableStates: ReadonlySet<string> = new Set(['40001', '40P01']);

/** SQLSTATE classes that blame the data of one row: data exception, integrity constraint violation. */
const dataClasses: ReadonlySet<string> = new Set(['22', '23']);

/** The SQLSTATE of a database's own refusal; null for everything else (sockets, defects). */
export const sqlState = (error: unknown): string | null =>
  error instanceof DatabaseError ? (error.code ?? null) : null;

/** Whether the transaction should be tried again as it is. */
export const isRetryable = (error: unknown): boolean => retryableStates.has(sqlState(error) ?? '');

/** Whether the database blames the data, so that a batch is worth taking apart. */
export const isDataError = (error: unknown): boolean => dataClasses.has(sqlState(error)?.slice(0, 2) ?? '');

/** Whether the database could not be reached or ended the session (class 57, 08, or a socket's error). */
export const isConnectionError = (error: unknown): boolean => {
  const state = sqlState(error);
  if (state !== null) return state.startsWith('57P') || state.startsWith('08') || state === '53300';
  if (!(error instanceof Error)) return false;
  return (
    'syscall' in error ||
    /Connection terminated|not queryable|timeout exceeded when trying to connect/.test(error.message)
  );
};

/**
 * A connection error as what people should read; other errors stay as they are. The driver's message is kept only as the cause:
 * it can quote values.
 */
export const explainStoreError = (error: unknown): unknown => {
  if (!isConnectionError(error)) return error;
  const code = sqlState(error) ?? (error as { code?: string }).code ?? 'connection lost';
  return new UnreachableError(
    `The store (PostgreSQL) cannot be reached: ${code}.`,
    'Check that the database runs and accepts connections; work goes on by itself once it is back.',
    { cause: error },
  );
};
