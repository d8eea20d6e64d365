import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import type { Api, ApiRequest, WriteCall } from './api.ts';
import { toId18 } from './ids.ts';
import { soqlName } from './soql.ts';
import { rowCategory, toFailure, vendorErrorsSchema } from './vendor-error.ts';
import { planBatches, type WriteBatch } from './write-batches.ts';

const resultsSchema = z.array(
  z.object({
    id: z.string().nullish(),
    success: z.boolean(),
    created: z.boolean().optional(),
    errors: vendorErrorsSchema.nullish(),
  }),
);
type Result = z.infer<typeof resultsSchema>[number];

/**
 * Auto-assign is on by default and would let the company's lead rule override the owner that a mapping sets; MRU would fill
 * the integration user's recent items (REST API guide, request headers).
 */
const writeHeaders = { 'Sforce-Auto-Assign': 'FALSE', 'Sforce-Mru': 'updateMru=false' };

const refused = (failure: Omit<Failure, 'system'>): WriteOutcome => ({
  kind: 'refused',
  failure: { ...failure, system: 'salesforce' },
});

/** What a row sent: these values must not come back in a message. */
const valuesOf = (row: WriteRow): readonly unknown[] => [
  ...Object.values(row.fields),
  row.op === 'upsert' ? row.identityValue : null,
];

const toRecord = (type: string, row: WriteRow): Record<string, unknown> => {
  const attributes = { type };
  return row.op === 'update'
    ? { attributes, id: toId18(row.id) ?? row.id, ...row.fields }
    : { attributes, ...row.fields, [row.identityField]: row.identityValue };
};

const toRequest = (type: string, batch: WriteBatch): ApiRequest => ({
  method: 'PATCH',
  path:
    batch.identityField === null
      ? '/composite/sobjects'
      : `/composite/sobjects/${soqlName(type)}/${soqlName(batch.identityField)}`,
  headers: writeHeaders,
  body: { allOrNone: false, records: batch.rows.map(({ row }) => toRecord(type, row)) },
});

/** A name that cannot be one (from a mapping) refuses its rows, as Salesforce would; writeMany never rejects. */
const sendBatch = async (
  api: Api,
  type: string,
  batch: WriteBatch,
  context: CallContext,
): Promise<WriteCall<Result[]>> => {
  try {
    return await api.write(context, toRequest(type, batch), resultsSchema);
  } catch (error) {
    if (error instanceof CallFailed) return { kind: 'refused', failure: error.failure };
    throw error;
  }
};

/** One row's outcome out of its result. The first error decides; a failed upsert may say `created`, which means nothing then. */
const toOutcome = (row: WriteRow, result: Result): WriteOutcome => {
  if (result.success) {
    const id = toId18(result.id ?? (row.op === 'update' ? row.id : ''));
    if (id === null)
      return { kind: 'unknown', cause: 'the answer says that it landed, but not under which id' };
    return { kind: 'landed', id, created: row.op === 'upsert' && result.created === true, stamp: null };
  }
  const error = result.errors?.[0];
  if (error === undefined) return { kind: 'unknown', cause: 'refused without a reason' };
  const category = rowCategory(error);
  const failure = toFailure(error, category, valuesOf(row));
  // Salesforce's own breakdown in the middle of a row: whether it was rolled back is not said.
  if (category === 'unavailable') return { kind: 'unknown', cause: `${failure.code}: ${failure.message}` };
  return { kind: 'refused', failure };
};

const outcomesOf = (batch: WriteBatch, call: WriteCall<Result[]>): readonly WriteOutcome[] => {
  if (call.kind === 'refused') return batch.rows.map(() => ({ kind: 'refused', failure: call.failure }));
  if (call.kind === 'unknown') return batch.rows.map(() => ({ kind: 'unknown', cause: call.cause }));
  return batch.rows.map(({ row }, at): WriteOutcome => {
    const result = call.body.length === batch.rows.length ? call.body[at] : undefined;
    if (result === undefined) {
      return {
        kind: 'unknown',
        cause: `${batch.rows.length} rows were sent and ${call.body.length} answered`,
      };
    }
    return toOutcome(row, result);
  });
};

/** Refusals that concern every further call as well: what has not been sent yet is not sent. */
const stopsAll = (call: WriteCall<unknown>): Failure | null =>
  call.kind === 'refused' && ['throttled', 'credentials', 'unavailable'].includes(call.failure.category)
    ? call.failure
    : null;

/** An id that Salesforce could not read would have the whole call refused: such a row is refused here. */
const malformed = (row: WriteRow): WriteOutcome | null =>
  row.op === 'update' && toId18(row.id) === null
    ? refused({
        category: 'request',
        code: 'MALFORMED_ID',
        message: 'not a Salesforce id; the row was not sent',
        fields: [],
      })
    : null;

const notAfterUnknown: WriteOutcome = refused({
  category: 'unavailable',
  code: 'NOT_SENT',
  message: 'not sent: what became of the write before it, to the same record, is not known',
  fields: [],
});

/**
 * Writes by sObject Collections, 200 rows a call, each row for itself (allOrNone false). A call is sent once: a time-out, a
 * cut connection and a 5xx leave its rows unknown. Answers carry no stamp.
 */
export const writeMany = async (
  api: Api,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const outcomes = new Map<number, WriteOutcome>();
  const toSend: [number, WriteRow][] = [];
  for (const [at, row] of rows.entries()) {
    const outcome = malformed(row);
    if (outcome === null) toSend.push([at, row]);
    else outcomes.set(at, outcome);
  }
  const unsettled = new Set<string>();
  let stopped: Failure | null = null;
  for (const planned of planBatches(toSend)) {
    const batch = { ...planned, rows: planned.rows.filter(({ target }) => !unsettled.has(target)) };
    for (const { at, target } of planned.rows) if (unsettled.has(target)) outcomes.set(at, notAfterUnknown);
    if (batch.rows.length === 0) continue;
    const call: WriteCall<Result[]> =
      stopped === null ? await sendBatch(api, type, batch, context) : { kind: 'refused', failure: stopped };
    stopped ??= stopsAll(call);
    for (const [place, outcome] of outcomesOf(batch, call).entries()) {
      const sent = batch.rows[place];
      if (sent === undefined) continue;
      outcomes.set(sent.at, outcome);
      if (outcome.kind === 'unknown') unsettled.add(sent.target);
    }
  }
  return rows.map((_, at) => outcomes.get(at) ?? { kind: 'unknown', cause: 'the row was in no batch' });
};
