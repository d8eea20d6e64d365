import * as z from 'zod';
import { type PropertyDefinition, propertyTypes } from './property.ts';

/** A property as the properties API takes it. */
export const propertyInput = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'must begin with a lower-case letter and have only a-z, 0-9 and _'),
  label: z.string().min(1),
  type: z.enum(propertyTypes),
  fieldType: z.string().min(1),
  groupName: z.string().min(1),
  description: z.string().optional(),
  hasUniqueValue: z.boolean().optional(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
});
export type PropertyInput = z.output<typeof propertyInput>;

const booleanOptions = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

/** The definition of a property that somebody adds. */
export const makeProperty = (input: PropertyInput, now: number): PropertyDefinition => ({
  name: input.name,
  label: input.label,
  type: input.type,
  fieldType: input.fieldType,
  groupName: input.groupName,
  hubspotDefined: false,
  createdAt: now,
  ...(input.description === undefined ? {} : { description: input.description }),
  ...(input.hasUniqueValue === true ? { unique: true } : {}),
  ...(input.type === 'bool' ? { options: booleanOptions } : {}),
  ...(input.options === undefined ? {} : { options: input.options }),
});
