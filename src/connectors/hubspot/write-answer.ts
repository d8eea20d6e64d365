import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import { failureOfError } from './errors.ts';
import type { BatchWriteAnswer, HubSpotError, WrittenRecord } from './wire.ts';

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether this result is the row's: by trace id where it is echoed, else by id or by the identity field's value. */
const isResultOf = (row: WriteRow, result: WrittenRecord): boolean => {
  const trace = result.objectWriteTraceId;
  if (trace !== null && trace !== undefined) return trace === row.key;
  if (row.op === 'update') return result.id === row.id;
  const identity = result.properties?.[row.identityField];
  return identity !== null && identity !== undefined && sameText(identity, row.identityValue);
};

const isErrorOf = (row: WriteRow, error: HubSpotError): boolean => {
  const traces = error.context?.objectWriteTraceId;
  if (traces !== undefined) return traces.includes(row.key);
  const id = row.op === 'update' ? row.id : row.identityValue;
  return (error.context?.ids ?? []).some((other) => sameText(other, id));
};

/**
 * One outcome per row out of a batch answer with a 2xx status (207 included). A row that is in neither results nor
 * errors is unknown: HubSpot leaves ids that were merged away out of a batch update without a word.
 */
export const outcomesOf = (
  place: string,
  rows: readonly WriteRow[],
  status: number,
  answer: BatchWriteAnswer,
): readonly WriteOutcome[] =>
  rows.map((row): WriteOutcome => {
    const result = answer.results.find((candidate) => isResultOf(row, candidate));
    if (result !== undefined) {
      const created = row.op === 'upsert' && result.new === true;
      return { kind: 'landed', id: result.id, created, stamp: result.updatedAt ?? null };
    }
    const error = (answer.errors ?? []).find((candidate) => isErrorOf(row, candidate));
    if (error !== undefined) return { kind: 'refused', failure: failureOfError(place, status, error) };
    return { kind: 'unknown', cause: `${place}: the row is in neither results nor errors of the answer` };
  });
