import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';

/** A flag of the row of a setup object (TaskStatus, TaskPriority) that bears this name; false where no row does. */
const flagOf = (database: Database, object: string, name: StoredValue, flag: string): boolean => {
  const schema = database.schema.object(object);
  if (schema === undefined) return false;
  const named = schema.column('ApiName');
  const row = database.table(schema).rows.find((one) => one.values[named] === name);
  return row?.values[schema.column(flag)] === true;
};

/**
 * A task is closed by its status and urgent by its priority. CompletedDateTime is the moment at which it was saved with a closed status
 * that it did not have before; an open one has none (object reference, Task: CompletedDateTime).
 */
export const followTask = (
  database: Database,
  schema: ObjectSchema,
  values: StoredValue[],
  isNew: boolean,
  stamp: number,
): void => {
  const closed = schema.column('IsClosed');
  const completed = schema.column('CompletedDateTime');
  const wasClosed = !isNew && values[closed] === true;
  const isClosed = flagOf(database, 'TaskStatus', values[schema.column('Status')] ?? null, 'IsClosed');
  const priority = values[schema.column('Priority')] ?? null;
  values[schema.column('IsHighPriority')] = flagOf(database, 'TaskPriority', priority, 'IsHighPriority');
  values[closed] = isClosed;
  if (!isClosed) values[completed] = null;
  else if (!wasClosed) values[completed] = stamp;
};
