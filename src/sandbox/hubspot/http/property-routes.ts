import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { ObjectSchema, Slot } from '../schema/object-schema.ts';
import { type PropertyDefinition, propertyJson } from '../schema/property.ts';
import { makeProperty, type PropertyInput, propertyInput } from '../schema/property-input.ts';
import type { HubspotState } from '../state.ts';
import { callerOf } from './access.ts';
import { type ErrorParts, refuse, refuseRequest } from './errors.ts';
import { parseBody, queryFlag, storeOf } from './input.ts';

const base = '/crm/v3/properties/{objectType}';
const uniquePropertiesMax = 10;

const schemaOf = (state: HubspotState, call: Call): ObjectSchema => storeOf(state, call).schema;

const present = (schema: ObjectSchema, slot: Slot, call: Call): Record<string, unknown> => ({
  ...propertyJson(slot.property, schema.isReadOnly(slot.property, callerOf(call))),
  ...(slot.archived ? { archived: true } : {}),
});

const findSlot = (schema: ObjectSchema, call: Call): Slot => {
  const name = pathParam(call.params, 'propertyName');
  const slot = schema.visible(name, callerOf(call));
  if (slot === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', `Property "${name}" does not exist`);
  return slot;
};

const listProperties = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const slots = queryFlag(call, 'archived')
    ? schema.all().filter((slot) => slot.archived)
    : schema.list(callerOf(call));
  return { status: 200, body: { results: slots.map((slot) => present(schema, slot, call)) } };
};

interface PropertyError {
  readonly status: number;
  readonly category: string;
  readonly message: string;
  readonly parts: ErrorParts;
}

/** Adds a property, or says why not. */
const addProperty = (schema: ObjectSchema, input: PropertyInput, now: number): Slot | PropertyError => {
  if (schema.slot(input.name) !== undefined) {
    return {
      status: 409,
      category: 'OBJECT_ALREADY_EXISTS',
      message: `A property named '${input.name}' already exists.`,
      parts: { subCategory: 'Properties.PROPERTY_EXISTS', context: { name: [input.name] } },
    };
  }
  if (!schema.groups.some((group) => group.name === input.groupName)) {
    const message = `Property group "${input.groupName}" does not exist`;
    return { status: 400, category: 'VALIDATION_ERROR', message, parts: {} };
  }
  const unique = schema.all().filter((slot) => !slot.archived && slot.property.unique === true);
  if (input.hasUniqueValue === true && unique.length >= uniquePropertiesMax) {
    const message = `An object can have at most ${uniquePropertiesMax} properties with unique values`;
    return { status: 400, category: 'VALIDATION_ERROR', message, parts: {} };
  }
  schema.add(makeProperty(input, now));
  const slot = schema.slot(input.name);
  if (slot === undefined) throw new Error('a property that was added is there');
  return slot;
};

const createProperty = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const added = addProperty(schema, parseBody(call, propertyInput), state.clock.now());
  if ('message' in added) throw refuse(added.status, added.category, added.message, added.parts);
  return { status: 201, body: present(schema, added, call) };
};

const updateSchema = z.object({
  label: z.string().optional(),
  groupName: z.string().optional(),
  description: z.string().optional(),
  options: propertyInput.shape.options,
});

const updateProperty = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const slot = findSlot(schema, call);
  const change = parseBody(call, updateSchema);
  const property: PropertyDefinition = {
    ...slot.property,
    label: change.label ?? slot.property.label,
    groupName: change.groupName ?? slot.property.groupName,
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.options === undefined ? {} : { options: change.options }),
  };
  slot.property = property;
  return { status: 200, body: present(schema, slot, call) };
};

const archiveProperty = (state: HubspotState, call: Call): ApiReply => {
  const slot = findSlot(schemaOf(state, call), call);
  if (slot.property.hubspotDefined)
    throw refuseRequest(`"${slot.property.name}" is a HubSpot property and cannot be deleted`);
  slot.archived = true;
  return { status: 204 };
};

const batchReply = (state: HubspotState, full: number, results: unknown[], errors: unknown[]): ApiReply => {
  const at = new Date(state.clock.now()).toISOString();
  return {
    status: errors.length > 0 ? 207 : full,
    body: {
      status: 'COMPLETE',
      results,
      ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}),
      startedAt: at,
      completedAt: at,
    },
  };
};

const namesSchema = z.object({
  inputs: z.array(z.object({ name: z.string() })),
  archived: z.boolean().optional(),
});

const readBatch = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const { inputs } = parseBody(call, namesSchema);
  const results: unknown[] = [];
  const missing: string[] = [];
  for (const { name } of inputs) {
    const slot = schema.visible(name, callerOf(call));
    if (slot === undefined) missing.push(name);
    else results.push(present(schema, slot, call));
  }
  const error = {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: 'Could not find some properties',
    context: { name: missing },
  };
  return batchReply(state, 200, results, missing.length === 0 ? [] : [error]);
};

const createBatch = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const { inputs } = parseBody(call, z.object({ inputs: z.array(propertyInput).max(100) }));
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const input of inputs) {
    const added = addProperty(schema, input, state.clock.now());
    if ('message' in added)
      errors.push({ status: 'error', category: added.category, message: added.message, ...added.parts });
    else results.push(present(schema, added, call));
  }
  return batchReply(state, 201, results, errors);
};

const archiveBatch = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  for (const { name } of parseBody(call, namesSchema).inputs) {
    const slot = schema.visible(name, callerOf(call));
    if (slot !== undefined && !slot.property.hubspotDefined) slot.archived = true;
  }
  return { status: 204 };
};

const groupJson = (group: { readonly name: string; readonly label: string }, displayOrder: number) => ({
  ...group,
  displayOrder,
  archived: false,
});

const createGroup = (state: HubspotState, call: Call): ApiReply => {
  const schema = schemaOf(state, call);
  const group = parseBody(call, z.object({ name: z.string().min(1), label: z.string().min(1) }));
  if (schema.groups.some(({ name }) => name === group.name)) {
    throw refuse(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${group.name}' already exists.`);
  }
  schema.groups.push(group);
  return { status: 201, body: groupJson(group, schema.groups.length - 1) };
};

const readGroup = (state: HubspotState, call: Call): ApiReply => {
  const name = pathParam(call.params, 'groupName');
  const { groups } = schemaOf(state, call);
  const at = groups.findIndex((group) => group.name === name);
  const group = groups[at];
  if (group === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', `Property group "${name}" does not exist`);
  return { status: 200, body: groupJson(group, at) };
};

/** https://developers.hubspot.com/docs/api/crm/properties */
export const propertyRoutes = (state: HubspotState): Route[] => {
  const route = (
    method: string,
    path: string,
    handle: (state: HubspotState, call: Call) => ApiReply,
  ): Route => ({
    method,
    template: `${base}${path}`,
    handle: (call) => handle(state, call),
  });
  return [
    route('GET', '', listProperties),
    route('POST', '', createProperty),
    route('GET', '/{propertyName}', (from, call) => {
      const schema = schemaOf(from, call);
      return { status: 200, body: present(schema, findSlot(schema, call), call) };
    }),
    route('PATCH', '/{propertyName}', updateProperty),
    route('DELETE', '/{propertyName}', archiveProperty),
    route('POST', '/batch/read', readBatch),
    route('POST', '/batch/create', createBatch),
    route('POST', '/batch/archive', archiveBatch),
    route('GET', '/groups', (from, call) => ({
      status: 200,
      body: { results: schemaOf(from, call).groups.map(groupJson) },
    })),
    route('POST', '/groups', createGroup),
    route('GET', '/groups/{groupName}', readGroup),
  ];
};
