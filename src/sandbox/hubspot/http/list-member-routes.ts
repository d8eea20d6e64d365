import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { RecordList } from '../lists/lists.ts';
import { changeMembers, type Member, membersOf } from '../lists/members.ts';
import type { HubspotState } from '../state.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody, queryLimit } from './input.ts';
import { findList } from './list-routes.ts';
import { scopedRoute } from './scopes.ts';

const one = '/crm/v3/lists/{listId}/memberships';
const pageSize = { default: 100, max: 250 } as const;
/** "This endpoint only supports lists that have less than 100,000 memberships." */
const clearMax = 100_000;

const ids = z.array(z.union([z.string(), z.number()]).transform(String));
const changeSchema = z.object({ recordIdsToAdd: ids.default([]), recordIdsToRemove: ids.default([]) });

const memberJson = ({ record, last }: Member): unknown => ({
  recordId: String(record.id),
  membershipTimestamp: new Date(last).toISOString(),
});

/** The place of a member in an order, as the token of a page has it: numbers that rise. */
type Place = readonly number[];

const isBehind = (place: Place, other: Place): boolean => {
  const at = place.findIndex((part, index) => part !== other[index]);
  return at >= 0 && (place[at] ?? 0) > (other[at] ?? 0);
};

const readPlace = (call: Call): Place | null => {
  const after = call.request.query.get('after') ?? '';
  if (after === '') return null;
  if (/^\d{1,15}(-\d{1,15})?$/.test(after)) return after.split('-').map(Number);
  throw refuseRequest('after must be the value of paging.next.after');
};

/** Members in the order of their places, from behind the one that the token names, whether or not that one is still on the list. */
const page = (state: HubspotState, call: Call, placeOf: (member: Member) => Place): ApiReply => {
  const limit = queryLimit(call, pageSize.default, pageSize.max);
  const after = readPlace(call);
  const members = membersOf(state, findList(state, call)).toSorted((a, b) =>
    isBehind(placeOf(a), placeOf(b)) ? 1 : -1,
  );
  const rest = after === null ? members : members.filter((member) => isBehind(placeOf(member), after));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    status: 200,
    body: {
      total: members.length,
      results: shown.map(memberJson),
      ...(rest.length > limit && last !== undefined
        ? { paging: { next: { after: placeOf(last).join('-') } } }
        : {}),
    },
  };
};

const byId = (state: HubspotState, call: Call): ApiReply => page(state, call, ({ record }) => [record.id]);

const byJoinOrder = (state: HubspotState, call: Call): ApiReply =>
  page(state, call, ({ last, record }) => [last, record.id]);

/** Who is on a DYNAMIC list follows from its filters alone. */
const findManual = (state: HubspotState, call: Call): RecordList => {
  const list = findList(state, call);
  if (list.processingType === 'DYNAMIC')
    throw refuseRequest(
      `List ${list.listId} is of processing type DYNAMIC: records can only be added to and removed from MANUAL and SNAPSHOT lists.`,
    );
  return list;
};

const change = (
  state: HubspotState,
  call: Call,
  add: readonly string[],
  remove: readonly string[],
): ApiReply => {
  const { added, removed, missing } = changeMembers(
    state,
    findManual(state, call),
    add,
    remove,
    state.clock.now(),
  );
  // The name of the first is HubSpot's own.
  return {
    status: 200,
    body: { recordsIdsAdded: added, recordIdsRemoved: removed, recordIdsMissing: missing },
  };
};

const removeAll = (state: HubspotState, call: Call): ApiReply => {
  const { members } = findManual(state, call);
  if (members.size >= clearMax) throw refuseRequest(`The list has ${clearMax} memberships or more`);
  members.clear();
  return { status: 204 };
};

const addFrom = (state: HubspotState, call: Call): ApiReply => {
  const list = findManual(state, call);
  const sourceId = pathParam(call.params, 'sourceListId');
  const source = state.lists.get(sourceId);
  if (source === undefined || source.deletedAt !== null)
    throw refuse(404, 'OBJECT_NOT_FOUND', `List does not exist with ID ${sourceId}.`);
  if (source.objectTypeId !== list.objectTypeId)
    throw refuseRequest('Both lists must be of the same object type');
  const members = membersOf(state, source);
  if (members.length >= clearMax) throw refuseRequest(`The source list has ${clearMax} memberships or more`);
  changeMembers(
    state,
    list,
    members.map(({ record }) => String(record.id)),
    [],
    state.clock.now(),
  );
  return { status: 204 };
};

/** Writing asks for reading as well, whatever the documentation says (n8n-io/n8n#31190). */
const writing = ['crm.lists.read', 'crm.lists.write'] as const;

/** Who is on a list (https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/guide). */
export const listMemberRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['crm.lists.read'], 'GET', one, byId),
  scopedRoute(state, ['crm.lists.read'], 'GET', `${one}/join-order`, byJoinOrder),
  scopedRoute(state, writing, 'PUT', `${one}/add`, (from, call) =>
    change(from, call, parseBody(call, ids), []),
  ),
  scopedRoute(state, writing, 'PUT', `${one}/remove`, (from, call) =>
    change(from, call, [], parseBody(call, ids)),
  ),
  scopedRoute(state, writing, 'PUT', `${one}/add-and-remove`, (from, call) => {
    const { recordIdsToAdd, recordIdsToRemove } = parseBody(call, changeSchema);
    return change(from, call, recordIdsToAdd, recordIdsToRemove);
  }),
  scopedRoute(state, writing, 'PUT', `${one}/add-from/{sourceListId}`, addFrom),
  scopedRoute(state, writing, 'DELETE', one, removeAll),
];
