import type { Actor, CompanyRules } from '../access.ts';
import { refuse, SalesforceError } from '../errors.ts';
import { isLookup } from '../schema/field.ts';
import type { BoundField } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { coerceValue } from '../values/coerce.ts';
import type { Sees } from './checks.ts';

/** The field that an upsert matches by. Throws NOT_FOUND where it is no external id, or hidden. */
export const matchFieldOf = (table: Table, name: string, rules: CompanyRules, actor: Actor): BoundField => {
  const field = rules.visibleField(actor, table.schema, name);
  if (field !== undefined && isLookup(field.definition)) return field;
  throw refuse('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`);
};

/** Live records that the caller may see and whose field has this value (text without regard to case unless the field minds it). */
export const findMatches = (table: Table, field: BoundField, raw: unknown, sees: Sees): readonly Row[] => {
  const value = coerceValue(field.definition, raw);
  if (value === null) {
    throw new SalesforceError({
      code: 'MISSING_ARGUMENT',
      message: `${field.definition.name} not specified`,
      fields: [],
    });
  }
  const index = table.index(field.column);
  if (index === undefined) throw new Error(`${field.definition.name}: a match field without an index`);
  return index.find(value).filter((row) => !row.deleted && sees(table, row));
};
