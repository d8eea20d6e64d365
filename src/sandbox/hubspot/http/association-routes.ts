import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { End } from '../associations/associations.ts';
import type { AssociationType } from '../associations/definitions.ts';
import type { Link } from '../associations/links.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { live, sourceOf } from './access.ts';
import { findTypes, specSchema } from './association-input.ts';
import { recordNotFound, refuse, refuseRequest } from './errors.ts';
import { parseBody, queryLimit } from './input.ts';

const linksMax = 500;
const single = '/crm/v4/objects/{objectType}/{objectId}/associations';

/** The object that a path parameter names. */
const storeNamed = (state: HubspotState, call: Call, parameter: string): ObjectStore => {
  const type = pathParam(call.params, parameter);
  const store = state.find(type);
  if (store === undefined) throw refuse(400, null, `Unable to infer object type from: ${type}`);
  return store;
};

const endOf = (store: ObjectStore, id: string): End => {
  const record = live(store.resolve(id));
  if (record === undefined) throw recordNotFound();
  return { store, record };
};

interface Pair {
  readonly from: End;
  readonly to: End;
}

const pairOf = (state: HubspotState, call: Call): Pair => {
  const from = endOf(storeNamed(state, call, 'objectType'), pathParam(call.params, 'objectId'));
  const to = endOf(storeNamed(state, call, 'toObjectType'), pathParam(call.params, 'toObjectId'));
  if (from.record === to.record) throw refuseSelf(from.record.id);
  return { from, to };
};

const refuseSelf = (id: number): Error =>
  refuseRequest(`Object ${id} cannot be associated to itself (${id})`);

/** `{category, typeId, label}` of each type, the plain one with label null. */
export const presentTypes = (types: readonly AssociationType[]): readonly unknown[] =>
  types.map(({ category, typeId, label }) => ({ category, typeId, label }));

const presentLink = (state: HubspotState, from: ObjectStore, to: ObjectStore, link: Link): unknown => {
  const { definitions } = state.associations;
  const [a, b] = [from.schema.definition.typeId, to.schema.definition.typeId];
  const types = link.types.flatMap((typeId) => definitions.type(a, b, typeId) ?? []);
  // A number, whatever the specification and the client's types say (recorded replies).
  return { toObjectId: link.toId, associationTypes: presentTypes(types) };
};

/** Links from `after` on (an id of the other object), at most `limit`, and where the next page begins. */
const pageOf = (
  links: readonly Link[],
  after: string | null | undefined,
  limit: number,
): { readonly page: readonly Link[]; readonly next: string | null } => {
  const text = after ?? '';
  if (!/^\d{0,15}$/.test(text)) throw refuseRequest('after must be the value of paging.next.after');
  const rest = links.filter((link) => link.toId >= Number(text));
  const next = rest[limit];
  return { page: rest.slice(0, limit), next: next === undefined ? null : String(next.toId) };
};

const paging = (next: string | null): object => (next === null ? {} : { paging: { next: { after: next } } });

const listLinks = (state: HubspotState, call: Call): ApiReply => {
  const from = endOf(storeNamed(state, call, 'objectType'), pathParam(call.params, 'objectId'));
  const to = storeNamed(state, call, 'toObjectType');
  const links = state.associations.of(from.store, from.record.id, to);
  const { page, next } = pageOf(links, call.request.query.get('after'), queryLimit(call, linksMax, linksMax));
  const results = page.map((link) => presentLink(state, from.store, to, link));
  return { status: 200, body: { results, ...paging(next) } };
};

/** Sets the labels between two records: those that are not named go. */
const putLabels = (state: HubspotState, call: Call): ApiReply => {
  const { from, to } = pairOf(state, call);
  const types = findTypes(state, from.store, to.store, parseBody(call, z.array(specSchema).min(1)));
  if (types === undefined)
    throw refuseRequest('One or more association types are not valid for these objects');
  state.associations.replace(from, to, types, { source: sourceOf(call), at: state.clock.now() });
  return {
    status: 201,
    body: {
      fromObjectTypeId: from.store.schema.definition.typeId,
      fromObjectId: from.record.id,
      toObjectTypeId: to.store.schema.definition.typeId,
      toObjectId: to.record.id,
      labels: types.flatMap((type) => type.label ?? []),
    },
  };
};

/** What a plain association answers: one entry for each direction. */
export const presentDefault = (state: HubspotState, { from, to }: Pair): readonly unknown[] => {
  const entry = (one: End, other: End): unknown => {
    const [a, b] = [one.store.schema.definition.typeId, other.store.schema.definition.typeId];
    const { category, typeId } = state.associations.definitions.plain(a, b);
    return {
      from: { id: String(one.record.id) },
      to: { id: String(other.record.id) },
      associationSpec: { associationCategory: category, associationTypeId: typeId },
    };
  };
  return [entry(from, to), entry(to, from)];
};

const putDefault = (state: HubspotState, call: Call): ApiReply => {
  const pair = pairOf(state, call);
  const at = state.clock.now();
  state.associations.add(pair.from, pair.to, [], { source: sourceOf(call), at });
  const instant = new Date(at).toISOString();
  const results = presentDefault(state, pair);
  return { status: 200, body: { status: 'COMPLETE', results, startedAt: instant, completedAt: instant } };
};

const removeLink = (state: HubspotState, call: Call): ApiReply => {
  const { from, to } = pairOf(state, call);
  state.associations.remove(from, to, 'all', { source: sourceOf(call), at: state.clock.now() });
  return { status: 204 };
};

/** Associations of one record (https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4). */
export const associationRoutes = (state: HubspotState): Route[] => [
  { method: 'GET', template: `${single}/{toObjectType}`, handle: (call) => listLinks(state, call) },
  {
    method: 'PUT',
    template: `${single}/{toObjectType}/{toObjectId}`,
    handle: (call) => putLabels(state, call),
  },
  {
    method: 'DELETE',
    template: `${single}/{toObjectType}/{toObjectId}`,
    handle: (call) => removeLink(state, call),
  },
  {
    method: 'PUT',
    template: `${single}/default/{toObjectType}/{toObjectId}`,
    handle: (call) => putDefault(state, call),
  },
];

export { endOf, linksMax, type Pair, pageOf, paging, presentLink, storeNamed };
