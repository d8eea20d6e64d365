import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { RawFields } from '../../model/value.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import type { Api, ApiRequest, WriteCall } from './api.ts';
import { soqlName } from './soql.ts';
import { rowCategory, toFailure, type VendorError, vendorErrorsSchema } from './vendor-error.ts';
import type { WriteBatch } from './write-batches.ts';

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
 * the integration user's recent items. A duplicate rule that only warns is passed by a word of the caller's alone (REST API guide, request headers).
 */
export const headersOf = ({
  assigns,
  saves,
}: Pick<WriteBatch, 'assigns' | 'saves'>): Readonly<Record<string, string>> => ({
  'Sforce-Auto-Assign': assigns ? 'TRUE' : 'FALSE',
  'Sforce-Mru': 'updateMru=false',
  ...(saves ? { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } : {}),
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
  headers: headersOf(batch),
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

/** What a row's refusal means for it. */
export const outcomeOfError = (row: WriteRow, error: VendorError | undefined): WriteOutcome => {
  if (error === undefined) return { kind: 'unknown', cause: 'refused without a reason' };
  const category = rowCategory(error);
  const failure = toFailure(error, category, valuesOf(row));
  // Salesforce's own breakdown in the middle of a row: whether it was rolled back is not said.
  if (category === 'unavailable') return { kind: 'unknown', cause: `${failure.code}: ${failure.message}` };
  return { kind: 'refused', failure };
};

/** One row's outcome out of its result. The first error decides; a failed upsert may say `created`, which means nothing then. */
const toOutcome = (row: WriteRow, result: Result): WriteOutcome => {
  if (result.success) {
    const id = toId18(result.id ?? (row.op === 'update' ? row.id : ''));
    if (id === null)
      return { kind: 'unknown', cause: 'the answer says that it landed, but not under which id' };
    return { kind: 'landed', id, created: row.op === 'upsert' && result.created === true, stamp: null };
  }
  return outcomeOfError(row, result.errors?.[0]);
};

/** Calls that finding the rows to blame may take: one bad row among 200 needs 16. */
const isolationCallsMax = 32;

/** Whether the row would write one of these fields. */
const names = (fields: RawFields, blamed: readonly string[]): boolean => {
  const lower = new Set(blamed.map((field) => field.toLowerCase()));
  return Object.keys(fields).some((field) => lower.has(field.toLowerCase()));
};

/**
 * Splits a batch that was refused whole, by which nothing of it ran: apart from the rows that write the field which does not
 * exist, or in halves where one row's value made the request unreadable. Null where every row would be refused alike.
 */
const splitRefused = (batch: WriteBatch, failure: Failure): readonly WriteBatch[] | null => {
  const { rows } = batch;
  if (rows.length < 2) return null;
  const part = (members: WriteBatch['rows']): WriteBatch => ({ ...batch, rows: members });
  if (failure.category === 'schema') {
    const blamed = rows.filter(({ row }) => names(row.fields, failure.fields));
    if (blamed.length === 0 || blamed.length === rows.length) return null;
    return [part(blamed), part(rows.filter(({ row }) => !names(row.fields, failure.fields)))];
  }
  if (failure.category !== 'request' || failure.code.startsWith('HTTP_')) return null;
  const middle = Math.ceil(rows.length / 2);
  return [part(rows.slice(0, middle)), part(rows.slice(middle))];
};

/** A value that Salesforce cannot read as its field's type has the request refused; alone, the row is the one to blame. */
const blameRow = (batch: WriteBatch, failure: Failure): Failure =>
  batch.rows.length === 1 && failure.code === 'JSON_PARSER_ERROR'
    ? { ...failure, category: 'value' }
    : failure;

const answered = (batch: WriteBatch, results: readonly Result[]): readonly WriteOutcome[] =>
  batch.rows.map(({ row }, at): WriteOutcome => {
    const result = results.length === batch.rows.length ? results[at] : undefined;
    if (result !== undefined) return toOutcome(row, result);
    return { kind: 'unknown', cause: `${batch.rows.length} rows were sent and ${results.length} answered` };
  });

/** Outcomes by the row's place among all rows. */
export type PlacedOutcomes = readonly (readonly [number, WriteOutcome])[];

export interface BatchOutcome {
  readonly outcomes: PlacedOutcomes;
  /** A refusal that concerns every further call as well; null without one. */
  readonly stop: Failure | null;
}

const stopsAll = new Set<Failure['category']>(['throttled', 'credentials', 'unavailable']);

/**
 * Sends a batch, and where it is refused whole for what some row holds, its parts, so that the others are written. Rows
 * of a call whose outcome is not known are never sent again. Never rejects for what the vendor says.
 */
export const writeBatch = async (
  api: Api,
  type: string,
  batch: WriteBatch,
  context: CallContext,
): Promise<BatchOutcome> => {
  const outcomes: [number, WriteOutcome][] = [];
  const settle = (part: WriteBatch, results: readonly WriteOutcome[]): void => {
    for (const [at, outcome] of results.entries()) outcomes.push([part.rows[at]?.at ?? -1, outcome]);
  };
  let stop: Failure | null = null;
  let calls = 0;
  const queue: WriteBatch[] = [batch];
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const call: WriteCall<Result[]> =
      stop === null ? await sendBatch(api, type, part, context) : { kind: 'refused', failure: stop };
    calls += 1;
    if (call.kind === 'answered') settle(part, answered(part, call.body));
    else if (call.kind === 'unknown')
      settle(
        part,
        part.rows.map(() => call),
      );
    else {
      if (stopsAll.has(call.failure.category)) stop = call.failure;
      const parts = stop === null && calls < isolationCallsMax ? splitRefused(part, call.failure) : null;
      if (parts !== null && call.failure.category === 'schema') {
        // The rows that name the missing field need no second call to be refused again.
        const [blamed, others] = parts;
        if (blamed !== undefined)
          settle(
            blamed,
            blamed.rows.map(() => call),
          );
        if (others !== undefined) queue.push(others);
      } else if (parts !== null) queue.push(...parts);
      else {
        const failure = blameRow(part, call.failure);
        settle(
          part,
          part.rows.map(() => ({ kind: 'refused', failure })),
        );
      }
    }
  }
  return { outcomes, stop };
};
