import type { ApiValue, FieldDefinition, StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { makeReader, type Row } from '../store/row.ts';
import { formatDatetime } from './datetime.ts';

/** A stored value in the form of the REST API. */
export const renderValue = (field: FieldDefinition, value: StoredValue): ApiValue =>
  field.type === 'datetime' && typeof value === 'number' ? formatDatetime(value) : value;

export type FieldRenderer = (row: Row, nowSeconds: number) => ApiValue;

/** An address is an object of its parts, or null when all of them are blank. */
const makeAddressRenderer = (
  schema: ObjectSchema,
  parts: Readonly<Record<string, string>>,
): FieldRenderer => {
  const columns = Object.entries(parts).map(([key, name]) => [key, schema.column(name)] as const);
  return (row) => {
    const values = columns.map(([key, column]) => [key, row.values[column] ?? null] as const);
    return values.every(([, value]) => value === null) ? null : Object.fromEntries(values);
  };
};

/** Builds the function that gives one field of a row as the API shows it. */
export const makeRenderer = (schema: ObjectSchema, field: BoundField): FieldRenderer => {
  const { definition } = field;
  if (definition.addressParts !== undefined) return makeAddressRenderer(schema, definition.addressParts);
  const read = makeReader(schema, field);
  return (row, nowSeconds) => renderValue(definition, read(row, nowSeconds));
};
