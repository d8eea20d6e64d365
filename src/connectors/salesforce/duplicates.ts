import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { duplicatesCode, type Failure } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import type { Api, ApiRequest } from './api.ts';
import { compositeSchema, subrequestsMax } from './composite.ts';
import { soqlName } from './soql.ts';
import { parseVendorError, severalMatches } from './vendor-error.ts';
import { headersOf, outcomeOfError, type PlacedOutcomes, writeBatch } from './write-batch.ts';
import type { WriteBatch } from './write-batches.ts';

type Placed = WriteBatch['rows'][number];
type Outcomes = Map<number, WriteOutcome>;

/** The failure of a row that a duplicate rule refused. */
const blockOf = (outcome: WriteOutcome | undefined): Failure | null =>
  outcome?.kind === 'refused' && outcome.failure.code === duplicatesCode ? outcome.failure : null;

/** A value that a composite would take for a reference to an earlier answer (REST API guide, Composite): such a row is not asked about. */
const looksLikeReference = ({ row }: Placed): boolean => JSON.stringify(row).includes('@{');

const pathOf = (type: string, row: WriteRow): string => {
  const object = `/sobjects/${soqlName(type)}`;
  return row.op === 'update'
    ? `${object}/${toId18(row.id) ?? row.id}`
    : `${object}/${soqlName(row.identityField)}/${encodeURIComponent(row.identityValue)}`;
};

/** The identity of a record is in its path, and may not be in its body as well. */
const bodyOf = (row: WriteRow): Readonly<Record<string, unknown>> =>
  row.op === 'update'
    ? row.fields
    : Object.fromEntries(
        Object.entries(row.fields).filter(([name]) => name.toLowerCase() !== row.identityField.toLowerCase()),
      );

const requestFor = (api: Api, type: string, batch: WriteBatch, rows: readonly Placed[]): ApiRequest => ({
  method: 'POST',
  path: '/composite',
  body: {
    allOrNone: false,
    collateSubrequests: false,
    compositeRequest: rows.map(({ at, row }) => ({
      method: 'PATCH',
      url: `${api.basePath}${pathOf(type, row)}`,
      referenceId: `row${at}`,
      httpHeaders: headersOf(batch),
      body: bodyOf(row),
    })),
  },
});

const savedSchema = z.object({ id: z.string() }).catch({ id: '' });

/** What one request within the composite came to; null where its answer says nothing of the row. */
const outcomeOf = (row: WriteRow, status: number, body: unknown): WriteOutcome | null => {
  if (status < 300) {
    const id = toId18(row.op === 'update' ? row.id : savedSchema.parse(body).id);
    if (id !== null) return { kind: 'landed', id, created: status === 201, stamp: null };
    return { kind: 'unknown', cause: 'the answer says that it landed, but not under which id' };
  }
  const error = status === 300 ? severalMatches : parseVendorError(JSON.stringify(body));
  if (error !== null) return outcomeOfError(row, error);
  return status >= 500 ? { kind: 'unknown', cause: `answered with status ${status}` } : null;
};

/** Refusals of the call itself: the rows are to wait for it, or for a person, as any row would. */
const waitsFor = new Set<Failure['category']>(['throttled', 'unavailable', 'credentials', 'locked']);

/** Sends rows that a rule refused once more, each for itself in one call, since only so the answer names the records that it found. */
const ask = async (
  api: Api,
  type: string,
  batch: WriteBatch,
  rows: readonly Placed[],
  outcomes: Outcomes,
  context: CallContext,
): Promise<void> => {
  const call = await api.write(context, requestFor(api, type, batch, rows), compositeSchema);
  if (call.kind === 'refused' && !waitsFor.has(call.failure.category)) return;
  for (const { at, row } of rows) {
    if (call.kind !== 'answered') {
      outcomes.set(at, call);
      continue;
    }
    const own = call.body.compositeResponse.find(({ referenceId }) => referenceId === `row${at}`);
    const outcome: WriteOutcome | null = own
      ? outcomeOf(row, own.httpStatusCode, own.body)
      : { kind: 'unknown', cause: 'the answer has nothing of this row' };
    if (outcome !== null) outcomes.set(at, outcome);
  }
};

/** Whether a person has ruled out everybody for whom the rule takes the row's record, and the rule can be passed. */
const mayPass = (row: WriteRow, { duplicates }: Failure): boolean => {
  const pass = row.duplicates;
  if (pass === undefined || pass === 'save' || duplicates?.canSave === false) return false;
  return duplicates?.matches.every(({ id }) => pass.includes(id)) ?? true;
};

/**
 * What becomes of rows that a duplicate rule refused. The answer of a collection does not name the records that were found
 * (jetstreamapp/jetstream#482), so they are asked about in composites of 25; those that a person has said to be nobody of them are saved then.
 * Nothing of a refused row was executed, hence nothing is sent twice. Answers the outcomes of all rows.
 */
export const settleDuplicates = async (
  api: Api,
  type: string,
  batch: WriteBatch,
  sent: PlacedOutcomes,
  context: CallContext,
): Promise<PlacedOutcomes> => {
  const outcomes: Outcomes = new Map(sent);
  const blocked = batch.rows.filter(({ at }) => blockOf(outcomes.get(at)) !== null);
  if (blocked.length === 0) return sent;
  const asked = blocked.filter((placed) => !looksLikeReference(placed));
  for (let from = 0; from < asked.length; from += subrequestsMax) {
    await ask(api, type, batch, asked.slice(from, from + subrequestsMax), outcomes, context);
  }
  const passing = blocked.filter(({ at, row }) => {
    const failure = blockOf(outcomes.get(at));
    return failure !== null && mayPass(row, failure);
  });
  if (passing.length > 0) {
    const saving = await writeBatch(api, type, { ...batch, saves: true, rows: passing }, context);
    for (const [at, outcome] of saving.outcomes) {
      const known = blockOf(outcomes.get(at));
      // A rule that is still in the way says as little as before: what it found is known.
      if (known === null || blockOf(outcome) === null) outcomes.set(at, outcome);
    }
  }
  return [...outcomes];
};
