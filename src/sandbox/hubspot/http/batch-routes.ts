import * as z from 'zod';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { archiveRecord } from '../write/archive.ts';
import {
  type BatchResult,
  type BatchRow,
  BatchWriter,
  type LandedRow,
  missingEntry,
  missingRow,
  settlesByRow,
} from '../write/batch.ts';
import { type Prepared, type Properties, prepareWrite } from '../write/prepare.ts';
import { callerOf, live, makeFinder, sourceOf, writeContext } from './access.ts';
import { inlineAssociations, prepareInline, tie } from './association-input.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody, propertiesSchema, storeOf } from './input.ts';
import { presentCreated, presentRecord, presentUpdated } from './present.ts';

const base = '/crm/v3/objects/{objectType}/batch';
const inputsMax = 100;
const inputsWithHistoryMax = 50;

const idText = z.union([z.string(), z.number()]).transform(String);
const traceId = z.string().min(1).optional();
const names = z.array(z.string()).default([]);

const readSchema = z.object({
  inputs: z.array(z.object({ id: idText })),
  properties: names,
  propertiesWithHistory: names,
  idProperty: z.string().nullish(),
});
const createSchema = z.object({
  inputs: z.array(
    z.object({
      properties: propertiesSchema,
      associations: inlineAssociations,
      objectWriteTraceId: traceId,
    }),
  ),
});
const updateSchema = z.object({
  inputs: z.array(
    z.object({
      id: idText,
      idProperty: z.string().nullish(),
      properties: propertiesSchema,
      objectWriteTraceId: traceId,
    }),
  ),
});
const archiveSchema = z.object({ inputs: z.array(z.object({ id: idText })) });

const assertSize = (inputs: readonly unknown[], max = inputsMax): void => {
  if (inputs.length <= max) return;
  const what = max === inputsMax ? '' : ' for property histories';
  throw refuseRequest(
    `The maximum number of inputs supported in a batch request${what} is ${max}. Please reduce the number of items and try again`,
  );
};

const assertUniqueIds = (ids: readonly string[]): void => {
  const repeated = [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
  if (repeated.length === 0) return;
  throw refuse(
    400,
    'VALIDATION_ERROR',
    `Duplicate IDs found in batch input: [${repeated.join(', ')}]. IDs must be unique`,
    { context: { ids: repeated } },
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();

const batchReply = (
  startedAt: number,
  completedAt: number,
  fullStatus: number,
  results: readonly unknown[],
  errors: readonly unknown[],
): ApiReply => ({
  status: errors.length > 0 ? 207 : fullStatus,
  body: {
    status: 'COMPLETE',
    results,
    ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}),
    startedAt: iso(startedAt),
    completedAt: iso(completedAt),
  },
});

/** Results come in order of id, each record once, whichever inputs led to it: they cannot be matched by position. */
const readBatch = (state: HubspotState, call: Call): ApiReply => {
  const startedAt = state.clock.now();
  const store = storeOf(state, call);
  const body = parseBody(call, readSchema);
  assertSize(body.inputs, body.propertiesWithHistory.length > 0 ? inputsWithHistoryMax : inputsMax);
  const find = makeFinder(store, body.idProperty, callerOf(call), state.settings.batchReadFollowsMerges);
  const wantArchived = call.request.query.get('archived')?.toLowerCase() === 'true';
  const found = new Map<number, StoredRecord>();
  const missing = new Set<string>();
  for (const { id } of body.inputs) {
    const record = find(id);
    if (record !== undefined && (record.archivedAt !== null) === wantArchived) found.set(record.id, record);
    else missing.add(id);
  }
  const results = [...found.values()]
    .sort((a, b) => a.id - b.id)
    .map((record) => presentRecord(store.schema, record, body, callerOf(call)));
  const errors = missing.size === 0 ? [] : [missingEntry(store.schema.definition.singular, [...missing])];
  return batchReply(startedAt, state.clock.now(), 200, results, errors);
};

const withTrace = (row: LandedRow, json: Record<string, unknown>): Record<string, unknown> =>
  row.traceId === null ? json : { ...json, objectWriteTraceId: row.traceId };

interface WriteBatch {
  readonly startedAt: number;
  readonly store: ObjectStore;
  run(rows: readonly BatchRow[], byRow?: boolean): BatchResult;
  prepare(record: StoredRecord | null, properties: Properties, claims: Set<string> | null): Prepared;
}

const openBatch = (state: HubspotState, call: Call): WriteBatch => {
  const startedAt = state.clock.now();
  const store = storeOf(state, call);
  const writer = new BatchWriter(state, store, sourceOf(call), startedAt);
  return {
    startedAt,
    store,
    run: (rows, byRow = settlesByRow(rows)) => writer.run(rows, byRow),
    prepare: (record, properties, claims) =>
      prepareWrite(record, properties, writeContext(state, store, call, claims)),
  };
};

const createBatch = (state: HubspotState, call: Call): ApiReply => {
  const { startedAt, store, run, prepare } = openBatch(state, call);
  const { inputs } = parseBody(call, createSchema);
  assertSize(inputs);
  const { landed, errors } = run(
    inputs.map((input) => {
      const ties = prepareInline(state, store, input.associations);
      return {
        traceId: input.objectWriteTraceId ?? null,
        prepare: (claims) => prepare(null, input.properties, claims),
        after: (record) => tie(state, { store, record }, ties, { source: sourceOf(call), at: startedAt }),
      };
    }),
  );
  const results = landed.map((row) =>
    withTrace(row, presentCreated(store.schema, row.record, callerOf(call))),
  );
  return batchReply(startedAt, state.clock.now(), 201, results, errors);
};

/** Such ids are left out of the answer without a word (rudderstack's recorded replies); only the update of one record takes them. */
const wasMerged = (store: ObjectStore, id: string): boolean =>
  store.get(id) === undefined && store.resolve(id) !== undefined;

const updateBatch = (state: HubspotState, call: Call): ApiReply => {
  const { startedAt, store, run, prepare } = openBatch(state, call);
  const { inputs } = parseBody(call, updateSchema);
  assertSize(inputs);
  assertUniqueIds(inputs.map((input) => input.id));
  const { landed, errors } = run(
    inputs.map((input) => {
      const find = makeFinder(store, input.idProperty, callerOf(call));
      return {
        traceId: input.objectWriteTraceId ?? null,
        prepare: (claims) => {
          const record = live(find(input.id));
          if (record === undefined)
            return wasMerged(store, input.id) ? null : { error: missingRow(input.id) };
          return prepare(record, input.properties, claims);
        },
      };
    }),
  );
  const results = landed.map((row) =>
    withTrace(row, presentUpdated(store.schema, row.record, row.named, callerOf(call))),
  );
  return batchReply(startedAt, state.clock.now(), 200, results, errors);
};

/**
 * By a unique property, each row by itself. By email nothing is partial ("Partial upserts are not supported when using
 * email as the idProperty for contacts", https://developers.hubspot.com/docs/api/crm/contacts): the first bad row
 * refuses the batch, trace ids or not.
 */
const upsertBatch = (state: HubspotState, call: Call): ApiReply => {
  const { startedAt, store, run, prepare } = openBatch(state, call);
  const { inputs } = parseBody(call, updateSchema);
  assertSize(inputs);
  assertUniqueIds(inputs.map((input) => input.id));
  const emailProperty = store.schema.definition.email?.primary ?? '';
  const rows = inputs.map((input): BatchRow => {
    const idProperty = input.idProperty ?? '';
    if (idProperty === '' || idProperty === 'hs_object_id') {
      throw refuseRequest('idProperty must be given for each input and name a property with unique values');
    }
    const find = makeFinder(store, idProperty, callerOf(call));
    return {
      traceId: input.objectWriteTraceId ?? null,
      prepare: (claims) => {
        const record = live(find(input.id)) ?? null;
        const properties =
          record === null ? { [idProperty]: input.id, ...input.properties } : input.properties;
        return prepare(record, properties, claims);
      },
    };
  });
  const usesEmail = inputs.some((input) => input.idProperty === emailProperty);
  const { landed, errors } = run(rows, settlesByRow(rows) && !usesEmail);
  const results = landed.map((row) =>
    withTrace(row, {
      ...presentUpdated(store.schema, row.record, row.named, callerOf(call)),
      new: row.isNew,
    }),
  );
  return batchReply(startedAt, state.clock.now(), 200, results, errors);
};

/** Answers 204 whether or not the ids are there. */
const archiveBatch = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const { inputs } = parseBody(call, archiveSchema);
  assertSize(inputs);
  for (const { id } of inputs) {
    const record = store.get(id);
    if (record !== undefined)
      archiveRecord(state, store, record, { source: sourceOf(call), at: state.clock.now() });
  }
  return { status: 204 };
};

/** Batches of up to 100 (https://developers.hubspot.com/docs/api/error-handling, 'multi-status errors'). */
export const batchRoutes = (state: HubspotState): Route[] => [
  { method: 'POST', template: `${base}/read`, handle: (call) => readBatch(state, call) },
  { method: 'POST', template: `${base}/create`, handle: (call) => createBatch(state, call) },
  { method: 'POST', template: `${base}/update`, handle: (call) => updateBatch(state, call) },
  { method: 'POST', template: `${base}/upsert`, handle: (call) => upsertBatch(state, call) },
  { method: 'POST', template: `${base}/archive`, handle: (call) => archiveBatch(state, call) },
];
