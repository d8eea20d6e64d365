import { refuse } from '../errors.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { ApiRecord } from '../soql/api-record.ts';
import type { Row } from '../store/row.ts';
import { makeRenderer } from '../values/render.ts';
import type { RestCall } from './endpoint.ts';

/** The fields by name, or all that the caller may see. Throws INVALID_FIELD for one that is not there. */
export const selectFields = (
  rest: RestCall,
  object: ObjectSchema,
  names: readonly string[] | null,
): readonly BoundField[] => {
  const { rules } = rest.company;
  if (names === null) return rules.visibleFields(rest.actor, object);
  return names.map((name) => {
    const field = rules.visibleField(rest.actor, object, name);
    if (field !== undefined) return field;
    throw refuse('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
  });
};

/** Builds the function that shows records with these fields. */
export const makeRecordView = (
  rest: RestCall,
  object: ObjectSchema,
  fields: readonly BoundField[],
): ((row: Row) => ApiRecord) => {
  const { nowSeconds } = rest.company.database;
  const renderers = fields.map((field) => [field.definition.name, makeRenderer(object, field)] as const);
  return (row) => {
    const record: ApiRecord = {
      attributes: { type: object.name, url: rest.recordUrl(object.name, row.id) },
    };
    for (const [name, render] of renderers) record[name] = render(row, nowSeconds);
    return record;
  };
};

/** `fields=A,B` of a query string; null when absent or empty. */
export const fieldNamesIn = (text: string | null): readonly string[] | null => {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? null : names;
};
