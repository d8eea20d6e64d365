import type { StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';

/**
 * A record in memory: an array of values by column, with blank columns at its end left out (the rarely used fields
 * stand last), so that 100,000 leads fit into some 100 MB.
 */
export interface Row {
  readonly id: string;
  values: readonly StoredValue[];
  deleted: boolean;
  /** Its place in the table's log of changes. */
  logAt: number;
}

/** Reads one field of a row. Computed fields are worked out at `nowSeconds`. */
export type FieldReader = (row: Row, nowSeconds: number) => StoredValue;

/** Builds the reader of a field once, so that a query over many rows decides nothing per row. */
export const makeReader = (schema: ObjectSchema, field: BoundField): FieldReader => {
  const { definition, column } = field;
  if (definition.name === 'Id') return (row) => row.id;
  if (definition.name === 'IsDeleted') return (row) => row.deleted;
  const { compute } = definition;
  // A checkbox is never null; one that nobody set, or that was added later, takes no room.
  const blank = definition.blankReadsAs ?? (definition.type === 'boolean' ? false : null);
  if (compute === undefined) return (row) => row.values[column] ?? blank;
  return (row, nowSeconds) =>
    compute((name) => {
      const sibling = schema.field(name);
      return sibling === undefined ? null : (row.values[sibling.column] ?? null);
    }, nowSeconds);
};

/** Leaves out the blanks at the end. */
export const trimValues = (values: readonly StoredValue[]): readonly StoredValue[] => {
  let length = values.length;
  while (length > 0 && (values[length - 1] ?? null) === null) length -= 1;
  return values.slice(0, length);
};
