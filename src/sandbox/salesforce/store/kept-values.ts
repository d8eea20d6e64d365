import type { StoredValue } from '../schema/field.ts';
import { type Row, trimValues } from './row.ts';
import type { Table } from './table.ts';

/**
 * Writes what the system itself keeps on a record, outside of any transaction: nobody has changed it, no event tells of it. With `stamp`
 * its SystemModstamp moves to that second, so that polls by it see the record.
 */
export const keepValues = (
  table: Table,
  row: Row,
  fields: Readonly<Record<string, StoredValue>>,
  stamp: number | null,
): void => {
  const { schema } = table;
  const values = [...row.values];
  for (const [name, value] of Object.entries(fields)) values[schema.column(name)] = value;
  if (stamp !== null) values[schema.stampColumn] = stamp;
  table.replace(row, trimValues(Array.from(values, (one) => one ?? null)), row.deleted);
  if (stamp !== null) table.log.touch(row, stamp);
};
