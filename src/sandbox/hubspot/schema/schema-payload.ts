import * as z from 'zod';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { recordProperties } from './build.ts';
import type { ObjectDefinition } from './object.ts';
import { propertyTypes } from './property.ts';
import { makeProperty } from './property-input.ts';

const fieldTypes: Record<(typeof propertyTypes)[number], string> = {
  string: 'text',
  number: 'number',
  date: 'date',
  datetime: 'date',
  enumeration: 'select',
  bool: 'booleancheckbox',
  phone_number: 'phonenumber',
};

const option = z.union([
  z.string().transform((value) => ({ value, label: value })),
  z.object({ value: z.string(), label: z.string() }),
]);

const payloadSchema = z.strictObject({
  objects: z.array(
    z.strictObject({
      name: z.string().min(1),
      label: z.string().optional(),
      properties: z.array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[a-z][a-z0-9_]*$/, 'must begin with a lower-case letter and have only a-z, 0-9 and _'),
          label: z.string().optional(),
          type: z.enum(propertyTypes).default('string'),
          fieldType: z.string().optional(),
          groupName: z.string().optional(),
          description: z.string().optional(),
          hasUniqueValue: z.boolean().optional(),
          readOnly: z.boolean().optional(),
          options: z.array(option).optional(),
        }),
      ),
    }),
  ),
});

/** A custom object; its type id is the next free one of the account's own range. */
const customObject = (name: string, label: string, ordinal: number): ObjectDefinition => ({
  name,
  singular: name,
  typeId: `2-${10_000_000 + ordinal}`,
  defaultProperties: ['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id'],
  modifiedProperty: 'hs_lastmodifieddate',
  createdProperty: 'createdate',
  queryProperties: [],
  requiredAnyOf: [],
  email: null,
  lifecycle: null,
  groups: [{ name: `${name}_information`, label: `${label} information` }],
  properties: recordProperties(`${name}_information`, 'hs_lastmodifieddate'),
});

/** Adds an object that is not there yet. */
export const addCustomObject = (state: HubspotState, name: string, label = name): ObjectStore =>
  state.addObject(customObject(name, label, state.stores.length));

/** Adds objects, and properties to any object (POST /_sandbox/schema). A property that is there is replaced. */
export const addSchemaPayload = (state: HubspotState, payload: unknown): void => {
  for (const object of payloadSchema.parse(payload).objects) {
    const store = state.find(object.name) ?? addCustomObject(state, object.name, object.label);
    const group = store.schema.groups[0]?.name ?? 'information';
    for (const { readOnly, ...property } of object.properties) {
      const definition = makeProperty(
        {
          ...property,
          label: property.label ?? property.name,
          fieldType: property.fieldType ?? fieldTypes[property.type],
          groupName: property.groupName ?? group,
        },
        state.clock.now(),
      );
      store.schema.add(readOnly === true ? { ...definition, readOnly } : definition);
    }
  }
};
