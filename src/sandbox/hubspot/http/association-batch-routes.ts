import * as z from 'zod';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Change } from '../associations/associations.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { live, sourceOf } from './access.ts';
import { findTypes, type Spec, specSchema } from './association-input.ts';
import {
  linksMax,
  type Pair,
  pageOf,
  paging,
  presentDefault,
  presentLink,
  storeNamed,
} from './association-routes.ts';
import { refuseRequest } from './errors.ts';
import { parseBody } from './input.ts';

const base = '/crm/v4/associations/{fromObjectType}/{toObjectType}/batch';
/** Inputs of one call (the associations guide; archive: 100 froms). */
const inputsMax = { read: 1_000, create: 2_000, archive: 100 } as const;

const idText = z.union([z.string(), z.number()]).transform(String);
const idObject = z.object({ id: idText });
const readSchema = z.object({ inputs: z.array(z.object({ id: idText, after: z.string().nullish() })) });
const createSchema = z.object({
  inputs: z.array(z.object({ from: idObject, to: idObject, types: z.array(specSchema).min(1) })),
});
const defaultSchema = z.object({ inputs: z.array(z.object({ from: idObject, to: idObject })) });
const archiveSchema = z.object({ inputs: z.array(z.object({ from: idObject, to: z.array(idObject) })) });

interface Batch {
  readonly state: HubspotState;
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly change: Change;
}

const openBatch = (state: HubspotState, call: Call): Batch => ({
  state,
  from: storeNamed(state, call, 'fromObjectType'),
  to: storeNamed(state, call, 'toObjectType'),
  change: { source: sourceOf(call), at: state.clock.now() },
});

const assertSize = (inputs: readonly unknown[], max: number): void => {
  if (inputs.length > max)
    throw refuseRequest(`The maximum number of inputs supported in a batch request is ${max}`);
};

const reply = (batch: Batch, full: number, results: unknown[], errors: unknown[]): ApiReply => {
  const instant = new Date(batch.change.at).toISOString();
  return {
    status: errors.length > 0 ? 207 : full,
    body: {
      status: 'COMPLETE',
      results,
      ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}),
      startedAt: instant,
      completedAt: instant,
    },
  };
};

/** Nothing associated is an error entry of its own, so that 207 is the usual answer (recorded: amp-labs/connectors, hubspot/test/batch). */
const nothingAssociated = ({ from, to }: Batch, id: string): unknown => {
  const [a, b] = [from.schema.definition.singular, to.schema.definition.singular];
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${b} is associated with ${a} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [a], toObjectType: [b] },
  };
};

const readBatch = (state: HubspotState, call: Call): ApiReply => {
  const batch = openBatch(state, call);
  const { inputs } = parseBody(call, readSchema);
  assertSize(inputs, inputsMax.read);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const { id, after } of inputs) {
    const record = live(batch.from.resolve(id));
    const links = record === undefined ? [] : state.associations.of(batch.from, record.id, batch.to);
    const { page, next } = pageOf(links, after, linksMax);
    if (page.length === 0) {
      errors.push(nothingAssociated(batch, id));
      continue;
    }
    const to = page.map((link) => presentLink(state, batch.from, batch.to, link));
    results.push({ from: { id }, to, ...paging(next) });
  }
  return reply(batch, 200, results, errors);
};

interface Row {
  readonly from: { readonly id: string };
  readonly to: { readonly id: string };
}

const invalidIdentifier = (message: string, row: Row): unknown => ({
  status: 'error',
  category: 'VALIDATION_ERROR',
  subCategory: 'crm.associations.INVALID_IDENTIFIER',
  message,
  context: { fromObjectId: [row.from.id], toObjectId: [row.to.id] },
});

/** Both records of a row, live, or the error entry that says which is not there. */
const findPair = (batch: Batch, row: Row): Pair | { readonly error: unknown } => {
  const from = live(batch.from.resolve(row.from.id));
  const to = live(batch.to.resolve(row.to.id));
  if (from === undefined || to === undefined) {
    const [store, id] = from === undefined ? [batch.from, row.from.id] : [batch.to, row.to.id];
    const message = `One or more ${store.schema.definition.singular} objects were not found: ${id}`;
    return { error: invalidIdentifier(message, row) };
  }
  if (from === to) {
    return { error: invalidIdentifier(`Object ${from.id} cannot be associated to itself (${from.id})`, row) };
  }
  return { from: { store: batch.from, record: from }, to: { store: batch.to, record: to } };
};

const invalidType = (specs: readonly Spec[], row: Row): unknown => ({
  status: 'error',
  category: 'VALIDATION_ERROR',
  subCategory: 'crm.associations.INVALID_ASSOCIATION_TYPE',
  message: `Association types ${specs.map((spec) => spec.associationTypeId).join(', ')} are not valid for these objects`,
  context: { fromObjectId: [row.from.id], toObjectId: [row.to.id] },
});

/** Adds labels to what is there; only the route of one pair takes others away. */
const createBatch = (state: HubspotState, call: Call): ApiReply => {
  const batch = openBatch(state, call);
  const { inputs } = parseBody(call, createSchema);
  assertSize(inputs, inputsMax.create);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const row of inputs) {
    const pair = findPair(batch, row);
    const types = findTypes(state, batch.from, batch.to, row.types);
    if ('error' in pair) errors.push(pair.error);
    else if (types === undefined) errors.push(invalidType(row.types, row));
    else {
      state.associations.add(pair.from, pair.to, types, batch.change);
      results.push({
        fromObjectTypeId: batch.from.schema.definition.typeId,
        fromObjectId: pair.from.record.id,
        toObjectTypeId: batch.to.schema.definition.typeId,
        toObjectId: pair.to.record.id,
        labels: types.flatMap((type) => type.label ?? []),
      });
    }
  }
  return reply(batch, 201, results, errors);
};

const associateDefault = (state: HubspotState, call: Call): ApiReply => {
  const batch = openBatch(state, call);
  const { inputs } = parseBody(call, defaultSchema);
  assertSize(inputs, inputsMax.create);
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const row of inputs) {
    const pair = findPair(batch, row);
    if ('error' in pair) {
      errors.push(pair.error);
      continue;
    }
    state.associations.add(pair.from, pair.to, [], batch.change);
    results.push(...presentDefault(state, pair));
  }
  return reply(batch, 200, results, errors);
};

/** 204 whether or not there was anything. */
const archiveBatch = (state: HubspotState, call: Call): ApiReply => {
  const batch = openBatch(state, call);
  const { inputs } = parseBody(call, archiveSchema);
  assertSize(inputs, inputsMax.archive);
  for (const { from, to } of inputs) {
    for (const other of to) {
      const pair = findPair(batch, { from, to: other });
      if (!('error' in pair)) state.associations.remove(pair.from, pair.to, 'all', batch.change);
    }
  }
  return { status: 204 };
};

const archiveLabels = (state: HubspotState, call: Call): ApiReply => {
  const batch = openBatch(state, call);
  const { inputs } = parseBody(call, createSchema);
  assertSize(inputs, inputsMax.create);
  for (const row of inputs) {
    const pair = findPair(batch, row);
    const types = findTypes(state, batch.from, batch.to, row.types);
    if ('error' in pair || types === undefined) continue;
    state.associations.remove(pair.from, pair.to, types, batch.change);
  }
  return { status: 204 };
};

/** https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4 */
export const associationBatchRoutes = (state: HubspotState): Route[] => [
  { method: 'POST', template: `${base}/read`, handle: (call) => readBatch(state, call) },
  { method: 'POST', template: `${base}/create`, handle: (call) => createBatch(state, call) },
  { method: 'POST', template: `${base}/associate/default`, handle: (call) => associateDefault(state, call) },
  { method: 'POST', template: `${base}/archive`, handle: (call) => archiveBatch(state, call) },
  { method: 'POST', template: `${base}/labels/archive`, handle: (call) => archiveLabels(state, call) },
];
