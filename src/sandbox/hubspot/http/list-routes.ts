import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { filterBranch } from '../lists/filter-branch.ts';
import { processingTypes, type RecordList } from '../lists/lists.ts';
import { takeSnapshot } from '../lists/members.ts';
import type { HubspotState } from '../state.ts';
import { searchLagMs } from '../store/search-index.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody, queryFlag, queryList } from './input.ts';
import { listJson, listSearchJson } from './list-json.ts';
import { scopedRoute } from './scopes.ts';

const base = '/crm/v3/lists';
/** "count default 20, max 500". */
const searchMax = { default: 20, max: 500 } as const;

const createSchema = z.object({
  name: z.string().min(1),
  objectTypeId: z.string(),
  processingType: z.enum(processingTypes),
  filterBranch: filterBranch.nullish(),
});

/** The list that the path names, deleted ones too where `isDeleted` says so. */
export const findList = (state: HubspotState, call: Call, isDeleted = false): RecordList => {
  const listId = pathParam(call.params, 'listId');
  const list = state.lists.get(listId);
  if (list === undefined || (list.deletedAt !== null) !== isDeleted)
    throw refuse(404, 'OBJECT_NOT_FOUND', `List does not exist with ID ${listId}.`);
  return list;
};

/** 400, not 409 (many public clients: subCategory ILS.DUPLICATE_LIST_NAMES). */
const assertNameIsFree = (state: HubspotState, name: string, objectTypeId: string): void => {
  if (state.lists.named(name, objectTypeId) !== undefined)
    throw refuse(400, 'VALIDATION_ERROR', `A list with the name '${name}' already exists.`, {
      subCategory: 'ILS.DUPLICATE_LIST_NAMES',
      context: { name: [name] },
    });
};

const createList = (state: HubspotState, call: Call): ApiReply => {
  const body = parseBody(call, createSchema);
  const store = state.find(body.objectTypeId);
  if (store === undefined)
    throw refuse(
      400,
      'VALIDATION_ERROR',
      `The objectTypeId ${body.objectTypeId} provided for the list is not valid for this portal.`,
      { subCategory: 'ListError.INVALID_OBJECT_TYPE_FOR_LIST' },
    );
  const { typeId } = store.schema.definition;
  const branch = body.filterBranch ?? null;
  if (body.processingType === 'DYNAMIC' && branch === null)
    throw refuseRequest('A filterBranch is required for lists of processing type DYNAMIC');
  if (body.processingType === 'MANUAL' && branch !== null)
    throw refuseRequest('A filterBranch cannot be given for lists of processing type MANUAL');
  if (branch !== null && branch.filterBranchType !== 'OR')
    throw refuseRequest('The root filter branch must be of type OR');
  assertNameIsFree(state, body.name, typeId);
  const now = state.clock.now();
  const list = state.lists.create(body.name.trim(), typeId, body.processingType, branch, now);
  if (list.processingType === 'SNAPSHOT' && branch !== null) takeSnapshot(state, list, now);
  return { status: 200, body: { list: listJson(state, list, true) } };
};

const readMany = (state: HubspotState, call: Call): ApiReply => {
  const lists = queryList(call, 'listIds').flatMap((id) => state.lists.get(id) ?? []);
  const withFilters = queryFlag(call, 'includeFilters');
  return { status: 200, body: { lists: lists.map((list) => listJson(state, list, withFilters)) } };
};

const readList = (state: HubspotState, call: Call): ApiReply => ({
  status: 200,
  body: { list: listJson(state, findList(state, call), queryFlag(call, 'includeFilters')) },
});

const readByName = (state: HubspotState, call: Call): ApiReply => {
  const [type, name] = [pathParam(call.params, 'objectTypeId'), pathParam(call.params, 'listName')];
  const list = state.lists.named(name, state.find(type)?.schema.definition.typeId ?? type);
  if (list === undefined)
    throw refuse(
      404,
      'OBJECT_NOT_FOUND',
      `List does not exist with name ${name} and object type ID ${type}.`,
    );
  return { status: 200, body: { list: listJson(state, list, queryFlag(call, 'includeFilters')) } };
};

const searchSchema = z.object({
  query: z.string().default(''),
  count: z.int().min(1).max(searchMax.max).default(searchMax.default),
  offset: z.int().min(0).default(0),
  listIds: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
  processingTypes: z.array(z.string()).default([]),
  additionalProperties: z.array(z.string()).default([]),
});

/** Names that contain the query, whatever their case. A new list is found after a while, as new records are. */
const searchLists = (state: HubspotState, call: Call): ApiReply => {
  const { query, count, offset, ...body } = parseBody(call, searchSchema);
  const wanted = query.trim().toLowerCase();
  const found = state.lists
    .live()
    .filter(
      ({ name, listId, processingType, createdAt }) =>
        createdAt + searchLagMs.max <= state.clock.now() &&
        name.toLowerCase().includes(wanted) &&
        (body.listIds === undefined || body.listIds.includes(listId)) &&
        (body.processingTypes.length === 0 || body.processingTypes.includes(processingType)),
    );
  const end = Math.min(offset + count, found.length);
  return {
    status: 200,
    body: {
      offset: Math.max(offset, end),
      hasMore: end < found.length,
      lists: found.slice(offset, end).map((list) => listSearchJson(state, list)),
      total: found.length,
    },
  };
};

const renameList = (state: HubspotState, call: Call): ApiReply => {
  const list = findList(state, call);
  const name = call.request.query.get('listName')?.trim() ?? '';
  if (name === '') throw refuseRequest('listName is required');
  if (state.lists.named(name, list.objectTypeId) !== list) assertNameIsFree(state, name, list.objectTypeId);
  list.name = name;
  list.version += 1;
  list.updatedAt = state.clock.now();
  return { status: 200, body: { updatedList: listJson(state, list, queryFlag(call, 'includeFilters')) } };
};

const deleteList = (state: HubspotState, call: Call): ApiReply => {
  findList(state, call).deletedAt = state.clock.now();
  return { status: 204 };
};

/** For 90 days, unless its name was given to another list meanwhile. */
const restoreList = (state: HubspotState, call: Call): ApiReply => {
  const list = findList(state, call, true);
  assertNameIsFree(state, list.name, list.objectTypeId);
  list.deletedAt = null;
  return { status: 204 };
};

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/guide */
export const listRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['crm.lists.write'], 'POST', base, createList),
  scopedRoute(state, ['crm.lists.read'], 'GET', base, readMany),
  scopedRoute(state, ['crm.lists.read'], 'POST', `${base}/search`, searchLists),
  scopedRoute(state, ['crm.lists.read'], 'GET', `${base}/{listId}`, readList),
  scopedRoute(
    state,
    ['crm.lists.read'],
    'GET',
    `${base}/object-type-id/{objectTypeId}/name/{listName}`,
    readByName,
  ),
  scopedRoute(state, ['crm.lists.write'], 'PUT', `${base}/{listId}/update-list-name`, renameList),
  scopedRoute(state, ['crm.lists.write'], 'DELETE', `${base}/{listId}`, deleteList),
  scopedRoute(state, ['crm.lists.write'], 'PUT', `${base}/{listId}/restore`, restoreList),
];
