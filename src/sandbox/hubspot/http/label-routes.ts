import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { type AssociationType, labelsMax } from '../associations/definitions.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { presentTypes, storeNamed } from './association-routes.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody } from './input.ts';

const base = '/crm/v4/associations/{fromObjectType}/{toObjectType}/labels';

interface Pair {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly a: string;
  readonly b: string;
}

const pairOf = (state: HubspotState, call: Call): Pair => {
  const from = storeNamed(state, call, 'fromObjectType');
  const to = storeNamed(state, call, 'toObjectType');
  return { from, to, a: from.schema.definition.typeId, b: to.schema.definition.typeId };
};

const createSchema = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must not begin with a digit nor have a hyphen'),
  label: z.string().min(1),
  inverseLabel: z.string().min(1).nullish(),
});
const updateSchema = z.object({
  associationTypeId: z.int(),
  label: z.string().min(1),
  inverseLabel: z.string().min(1).nullish(),
});

const ownLabel = (state: HubspotState, { a, b }: Pair, typeId: number): AssociationType => {
  const type = state.associations.definitions.type(a, b, typeId);
  if (type === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
  if (type.category !== 'USER_DEFINED' || type.label === null)
    throw refuseRequest(`Association type ${typeId} is defined by HubSpot and cannot be changed`);
  return type;
};

const createLabel = (state: HubspotState, call: Call): ApiReply => {
  const { a, b } = pairOf(state, call);
  const { name, label, inverseLabel } = parseBody(call, createSchema);
  const { definitions } = state.associations;
  const own = definitions.of(a, b).filter((type) => type.category === 'USER_DEFINED' && type.label !== null);
  if (own.some((type) => type.name === name || type.label === label))
    throw refuse(409, 'CONFLICT', `The association label ${name} already exists`);
  if (own.length >= labelsMax) throw refuseRequest(`At most ${labelsMax} labels may be between two objects`);
  const made = definitions.addLabel(a, b, name, label, inverseLabel ?? null);
  return { status: 200, body: { results: presentTypes(made) } };
};

const updateLabel = (state: HubspotState, call: Call): ApiReply => {
  const pair = pairOf(state, call);
  const { associationTypeId, label, inverseLabel } = parseBody(call, updateSchema);
  const type = ownLabel(state, pair, associationTypeId);
  type.label = label;
  const inverse = state.associations.definitions.type(pair.b, pair.a, type.inverseTypeId);
  if (inverse !== undefined && inverse !== type) inverse.label = inverseLabel ?? label;
  return { status: 204 };
};

const deleteLabel = (state: HubspotState, call: Call): ApiReply => {
  const pair = pairOf(state, call);
  const typeId = Number(pathParam(call.params, 'associationTypeId'));
  const type = ownLabel(state, pair, typeId);
  if (state.associations.usesType(pair.from, pair.to, typeId))
    throw refuseRequest(`Association type ${typeId} is in use and cannot be deleted`);
  state.associations.definitions.removeLabel(pair.a, pair.b, type);
  return { status: 204 };
};

/** Labels between two objects (https://developers.hubspot.com/docs/guides/api/crm/associations/associations-schema). */
export const labelRoutes = (state: HubspotState): Route[] => [
  {
    method: 'GET',
    template: base,
    handle: (call) => {
      const { a, b } = pairOf(state, call);
      return { status: 200, body: { results: presentTypes(state.associations.definitions.of(a, b)) } };
    },
  },
  { method: 'POST', template: base, handle: (call) => createLabel(state, call) },
  { method: 'PUT', template: base, handle: (call) => updateLabel(state, call) },
  { method: 'DELETE', template: `${base}/{associationTypeId}`, handle: (call) => deleteLabel(state, call) },
];
