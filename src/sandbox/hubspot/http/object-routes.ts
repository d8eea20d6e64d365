import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotState } from '../state.ts';
import { archiveRecord as archive } from '../write/archive.ts';
import { commitWrite } from '../write/commit.ts';
import { prepareWrite } from '../write/prepare.ts';
import { refuseRow } from '../write/row-error.ts';
import { callerOf, live, makeFinder, sourceOf, writeContext } from './access.ts';
import { inlineAssociations, prepareInline, tie } from './association-input.ts';
import { presentAssociations } from './association-view.ts';
import { recordNotFound, refuse, refuseRequest } from './errors.ts';
import { parseBody, propertiesSchema, queryFlag, queryLimit, queryList, storeOf } from './input.ts';
import { presentCreated, presentRecord, presentUpdated, type Selection } from './present.ts';

const base = '/crm/v3/objects/{objectType}';
const listLimit = { default: 10, max: 100, maxWithHistory: 50 } as const;

const createSchema = z.object({ properties: propertiesSchema, associations: inlineAssociations });
const updateSchema = z.object({ properties: propertiesSchema });

const selectionOf = (call: Call): Selection => ({
  properties: queryList(call, 'properties'),
  propertiesWithHistory: queryList(call, 'propertiesWithHistory'),
});

const pageLink = (call: Call, after: string): string => {
  const query = new URLSearchParams(call.request.query);
  query.set('after', after);
  return `${call.request.origin}${call.request.path}?${query}`;
};

const createRecord = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const context = writeContext(state, store, call);
  const body = parseBody(call, createSchema);
  const ties = prepareInline(state, store, body.associations);
  const prepared = prepareWrite(null, body.properties, context);
  if ('error' in prepared) throw refuseRow(prepared.error);
  const { record } = commitWrite(state, store, prepared, sourceOf(call), context.now);
  tie(state, { store, record }, ties, { source: sourceOf(call), at: context.now });
  return { status: 201, body: presentCreated(store.schema, record, context.caller) };
};

const readRecord = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const caller = callerOf(call);
  const find = makeFinder(store, call.request.query.get('idProperty'), caller, true);
  const record = find(pathParam(call.params, 'objectId'));
  if (record === undefined || (record.archivedAt !== null) !== queryFlag(call, 'archived'))
    throw recordNotFound();
  const body = presentRecord(store.schema, record, selectionOf(call), caller);
  return { status: 200, body: { ...body, ...presentAssociations(state, store, record, call) } };
};

const updateRecord = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const context = writeContext(state, store, call);
  // An id that was merged away still works here, though not in a batch.
  const find = makeFinder(store, call.request.query.get('idProperty'), context.caller, true);
  const record = live(find(pathParam(call.params, 'objectId')));
  if (record === undefined) throw recordNotFound();
  const prepared = prepareWrite(record, parseBody(call, updateSchema).properties, context);
  if ('error' in prepared) throw refuseRow(prepared.error);
  commitWrite(state, store, prepared, sourceOf(call), context.now);
  return { status: 200, body: presentUpdated(store.schema, record, prepared.changes.keys(), context.caller) };
};

/** Archives; a repetition answers 204 as well. */
const archiveRecord = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const record = store.resolve(pathParam(call.params, 'objectId'));
  if (record === undefined) throw recordNotFound();
  archive(state, store, record, { source: sourceOf(call), at: state.clock.now() });
  return { status: 204 };
};

const readAfter = (call: Call): number => {
  const after = call.request.query.get('after');
  if (after === null || after === '') return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw refuse(
    400,
    'VALIDATION_ERROR',
    'Cannot deserialize value of type `long` from the paging cursor `after`',
  );
};

const listRecords = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const selection = selectionOf(call);
  const withHistory = (selection.propertiesWithHistory ?? []).length > 0;
  const limit = queryLimit(call, listLimit.default, listLimit.max);
  if (withHistory && limit > listLimit.maxWithHistory) {
    throw refuseRequest(
      `limit must be at most ${listLimit.maxWithHistory} when property histories are requested`,
    );
  }
  const archived = queryFlag(call, 'archived');
  const page = store.page(readAfter(call), limit + 1, (record) => (record.archivedAt !== null) === archived);
  const next = page[limit];
  const results = page.slice(0, limit).map((record) => ({
    ...presentRecord(store.schema, record, selection, callerOf(call)),
    ...presentAssociations(state, store, record, call),
  }));
  const after = String(next?.id ?? '');
  return {
    status: 200,
    body: {
      results,
      ...(next === undefined ? {} : { paging: { next: { after, link: pageLink(call, after) } } }),
    },
  };
};

/** Single records and the listing (https://developers.hubspot.com/docs/api/crm/understanding-the-crm). */
export const objectRoutes = (state: HubspotState): Route[] => [
  { method: 'GET', template: base, handle: (call) => listRecords(state, call) },
  { method: 'POST', template: base, handle: (call) => createRecord(state, call) },
  { method: 'GET', template: `${base}/{objectId}`, handle: (call) => readRecord(state, call) },
  { method: 'PATCH', template: `${base}/{objectId}`, handle: (call) => updateRecord(state, call) },
  { method: 'DELETE', template: `${base}/{objectId}`, handle: (call) => archiveRecord(state, call) },
];
