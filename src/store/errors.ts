import { DatabaseError } from 'pg';
import { StoreAwayError } from '../model/failure.ts';

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

/** SQLSTATEs of a store that cannot go on by itself, with what to do. XX001 and XX002: what lies on the disk contradicts itself. */
const whyUnusable = (state: string): { readonly what: string; readonly next: string } | null => {
  if (state === '53100')
    return {
      what: 'its disk is full',
      next: 'Make room on its disk; work goes on by itself then, and nothing is lost.',
    };
  if (state === '25006')
    return { what: 'it may only be read', next: 'Point DATABASE_URL at the server that may be written to.' };
  if (state.startsWith('58'))
    return { what: 'its files cannot be read or written', next: 'Look into its log; check disk and rights.' };
  if (state === 'XX001' || state === 'XX002')
    return { what: 'its files are damaged', next: 'Look into its log, and bring back the last backup.' };
  return null;
};

/**
 * A connection error, or one of the server's disk, as what people should read; other errors stay as they are. The driver's message
 * is kept only as the cause: it can quote values.
 */
export const explainStoreError = (error: unknown): unknown => {
  const state = sqlState(error);
  const unusable = state === null ? null : whyUnusable(state);
  if (unusable !== null) {
    return new StoreAwayError(
      `The store (PostgreSQL) cannot be used: ${unusable.what} (${state}).`,
      unusable.next,
      { cause: error },
    );
  }
  if (!isConnectionError(error)) return error;
  const code = state ?? (error as { code?: string }).code ?? 'connection lost';
  return new StoreAwayError(
    `The store (PostgreSQL) cannot be reached: ${code}.`,
    'Check that the database runs and accepts connections; work goes on by itself once it is back.',
    { cause: error },
  );
};
