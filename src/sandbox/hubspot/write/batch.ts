import { invalidValuesErrors, invalidValuesMessage, notFoundMessage } from '../http/errors.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { type Committed, commitWrite } from './commit.ts';
import type { Prepared, PreparedWrite } from './prepare.ts';
import { invalidValues, type RowError, refuseRow } from './row-error.ts';

/** One row of a batch of writes. `prepare` checks it against the store, and against earlier rows by the claims. */
export interface BatchRow {
  readonly traceId: string | null;
  /** Null: the row comes to nothing, and nobody is told. */
  prepare(claims: Set<string> | null): Prepared | null;
  /** What belongs to the write beside its values. */
  after?(record: StoredRecord): void;
}

export interface LandedRow extends Committed {
  readonly traceId: string | null;
  /** Places the row named. */
  readonly named: readonly number[];
}

export interface BatchResult {
  readonly landed: readonly LandedRow[];
  readonly errors: readonly Record<string, unknown>[];
}

/** Rows are settled one by one only when each carries a trace id of its own; else the batch stands or falls as a whole. */
export const settlesByRow = (rows: readonly BatchRow[]): boolean => {
  const traceIds = rows.flatMap((row) => row.traceId ?? []);
  return traceIds.length === rows.length && new Set(traceIds).size === rows.length;
};

const rowErrorJson = (error: RowError, traceId: string | null): Record<string, unknown> => ({
  status: 'error',
  category: error.category,
  message: error.message,
  context: { ...(traceId === null ? {} : { objectWriteTraceId: [traceId] }), ...error.context },
  ...(error.invalid === undefined ? {} : { errors: invalidValuesErrors(error.invalid) }),
});

/** The refusal of the whole batch: all values that were refused, in whichever rows; without such, the first error. */
const refuseBatch = (errors: readonly RowError[]): Error => {
  const invalid = errors.flatMap((error) => error.invalid ?? []);
  if (invalid.length > 0) return refuseRow(invalidValues(invalid), invalidValuesMessage(invalid));
  const [first] = errors;
  return first === undefined
    ? new Error('a batch without errors is not refused')
    : refuseRow(first, first.batchMessage ?? first.message);
};

/** Carries out a batch of writes; throws a Refusal when it is refused as a whole. */
export class BatchWriter {
  readonly #state: HubspotState;
  readonly #store: ObjectStore;
  readonly #source: ChangeSource;
  readonly #now: number;

  constructor(state: HubspotState, store: ObjectStore, source: ChangeSource, now: number) {
    this.#state = state;
    this.#store = store;
    this.#source = source;
    this.#now = now;
  }

  run(rows: readonly BatchRow[], byRow: boolean): BatchResult {
    return byRow ? this.#runByRow(rows) : this.#runAsWhole(rows);
  }

  #runByRow(rows: readonly BatchRow[]): BatchResult {
    const landed: LandedRow[] = [];
    const errors: Record<string, unknown>[] = [];
    for (const row of rows) {
      const prepared = row.prepare(null);
      if (prepared === null) continue;
      if ('error' in prepared) errors.push(rowErrorJson(this.#withMissing(prepared.error), row.traceId));
      else landed.push(this.#commit(prepared, row));
    }
    return { landed, errors };
  }

  /** Ids that are not there do not refuse the batch: they come back as one error entry, the other rows are written. */
  #runAsWhole(rows: readonly BatchRow[]): BatchResult {
    const claims = new Set<string>();
    const writes: { readonly write: PreparedWrite; readonly row: BatchRow }[] = [];
    const refused: RowError[] = [];
    const missing: string[] = [];
    for (const row of rows) {
      const prepared = row.prepare(claims);
      if (prepared === null) continue;
      if (!('error' in prepared)) writes.push({ write: prepared, row });
      else if (prepared.error.missingId === undefined) refused.push(prepared.error);
      else missing.push(prepared.error.missingId);
    }
    if (refused.length > 0) throw refuseBatch(refused);
    const landed = writes.map(({ write, row }) => this.#commit(write, row));
    return {
      landed,
      errors: missing.length === 0 ? [] : [missingEntry(this.#store.schema.definition.singular, missing)],
    };
  }

  #commit(write: PreparedWrite, row: BatchRow): LandedRow {
    const committed = commitWrite(this.#state, this.#store, write, this.#source, this.#now);
    row.after?.(committed.record);
    return { ...committed, traceId: row.traceId, named: [...write.changes.keys()] };
  }

  #withMissing(error: RowError): RowError {
    return error.missingId === undefined
      ? error
      : {
          ...error,
          message: notFoundMessage(this.#store.schema.definition.singular),
          context: { ids: [error.missingId] },
        };
  }
}

/** One entry for all ids that were not found. */
export const missingEntry = (singular: string, ids: readonly string[]): Record<string, unknown> => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: notFoundMessage(singular),
  context: { ids },
});

/** A row that names a record that is not there. */
export const missingRow = (id: string): RowError => ({
  status: 404,
  category: 'OBJECT_NOT_FOUND',
  message: 'resource not found',
  missingId: id,
});
