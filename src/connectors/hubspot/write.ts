import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import { mapConcurrently } from '../batches.ts';
import { wasNotExecuted } from './errors.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency, objectPath } from './limits.ts';
import { batchWriteSchema } from './wire.ts';
import { outcomesOf } from './write-answer.ts';
import { type PlacedRow, toInput, toRounds } from './write-request.ts';

/**
 * Calls that one refused batch may take to find its bad rows. A single bad row among 100 takes 15; a batch in which
 * everything is bad would take 199 and is stopped, its rest is tried again another time without the rows found by then.
 */
const callsPerBatchMax = 48;

interface Batch {
  readonly http: HubSpotHttp;
  readonly type: string;
  readonly context: CallContext;
  callsLeft: number;
}

const notSent = (place: string, why: string): Failure => ({
  category: 'unavailable',
  system: 'hubspot',
  code: 'NOT_SENT',
  message: `${place}: not sent: ${why}`,
  fields: [],
});

type Sent =
  | { readonly kind: 'answered'; readonly outcomes: readonly WriteOutcome[] }
  | { readonly kind: 'refused'; readonly failure: Failure };

const all = (rows: readonly WriteRow[], outcome: WriteOutcome): readonly WriteOutcome[] =>
  rows.map(() => outcome);

/** One call, never repeated. What may have been executed is answered as unknown, what certainly was not as refused. */
const send = async (batch: Batch, rows: readonly WriteRow[]): Promise<Sent> => {
  const path = objectPath(batch.type, rows[0]?.op === 'update' ? '/batch/update' : '/batch/upsert');
  const place = `POST ${path}`;
  batch.callsLeft -= 1;
  let sent = false;
  try {
    const answer = await batch.http.write(
      batch.context,
      { method: 'POST', path, body: { inputs: rows.map(toInput) }, schema: batchWriteSchema },
      () => {
        sent = true;
      },
    );
    return { kind: 'answered', outcomes: outcomesOf(place, rows, answer.status, answer.body) };
  } catch (error) {
    if (!sent) {
      const why = batch.context.signal?.aborted ? 'aborted while waiting' : 'no permit could be had';
      return { kind: 'refused', failure: notSent(place, why) };
    }
    if (error instanceof CallFailed) {
      if (wasNotExecuted(error.failure)) return { kind: 'refused', failure: error.failure };
      return { kind: 'answered', outcomes: all(rows, { kind: 'unknown', cause: error.failure.message }) };
    }
    return {
      kind: 'answered',
      outcomes: all(rows, { kind: 'unknown', cause: `${place}: given up under way` }),
    };
  }
};

/** Whether the refusal may be the fault of single rows; the others concern every row alike. */
const mayBeOneRow = (failure: Failure): boolean =>
  failure.category === 'value' ||
  failure.category === 'identity' ||
  failure.category === 'request' ||
  ((failure.category === 'schema' || failure.category === 'permission') && failure.fields.length > 0);

/** Rows that surely cannot pass: the property that they carry does not exist or is read-only, whatever its value. */
const isBlamed = (failure: Failure, row: WriteRow): boolean =>
  (failure.category === 'schema' || failure.category === 'permission') &&
  failure.fields.some((field) => field in row.fields);

const refusedTogether = (failure: Failure): Failure => ({
  ...failure,
  category: 'unavailable',
  code: 'REFUSED_TOGETHER',
  message: `refused together with other rows (${failure.code}) and not yet tried without them`,
  fields: [],
});

const refuseAll = (rows: readonly WriteRow[], failure: Failure): readonly WriteOutcome[] =>
  all(rows, { kind: 'refused', failure });

/**
 * Sends rows; a batch refused as a whole executed nothing, so it is parted until the bad rows are alone.
 * @param parent the refusal of the larger batch that these rows were part of; null for a whole batch
 */
const writeRows = async (
  batch: Batch,
  rows: readonly WriteRow[],
  parent: Failure | null = null,
): Promise<readonly WriteOutcome[]> => {
  if (rows.length === 0) return [];
  if (parent !== null && batch.callsLeft === 0) return refuseAll(rows, refusedTogether(parent));
  const sent = await send(batch, rows);
  if (sent.kind === 'answered') return sent.outcomes;
  const { failure } = sent;
  if (rows.length === 1 || !mayBeOneRow(failure)) return refuseAll(rows, failure);
  const rest = rows.filter((row) => !isBlamed(failure, row));
  if (rest.length === rows.length) {
    const middle = Math.ceil(rows.length / 2);
    const left = await writeRows(batch, rows.slice(0, middle), failure);
    return [...left, ...(await writeRows(batch, rows.slice(middle), failure))];
  }
  const outcomes = (await writeRows(batch, rest, failure)).values();
  return rows.map((row) =>
    isBlamed(failure, row)
      ? { kind: 'refused', failure }
      : (outcomes.next().value ?? { kind: 'refused', failure: refusedTogether(failure) }),
  );
};

/** Writes rows; see Connector.writeMany. Never rejects, never sends a row twice after it may have been executed. */
export const writeMany = async (
  http: HubSpotHttp,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const outcomes = new Map<number, WriteOutcome>();
  const writeBatch = async (placed: readonly PlacedRow[]): Promise<void> => {
    const batch: Batch = { http, type, context, callsLeft: callsPerBatchMax };
    const answered = await writeRows(
      batch,
      placed.map(({ row }) => row),
    );
    for (const [at, { index }] of placed.entries()) {
      const outcome = answered[at];
      if (outcome !== undefined) outcomes.set(index, outcome);
    }
  };
  for (const round of toRounds(rows)) await mapConcurrently(round, batchConcurrency, writeBatch);
  return rows.map(
    (_, index) => outcomes.get(index) ?? { kind: 'unknown', cause: 'the batch gave no outcome for this row' },
  );
};
