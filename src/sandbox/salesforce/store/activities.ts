import type { StoredValue } from '../schema/field.ts';
import type { Commit } from './commit.ts';
import type { Database } from './database.ts';
import { keepValues } from './kept-values.ts';
import type { Row } from './row.ts';
import type { Table } from './table.ts';

const activityObjects = ['Task', 'Event'];
const relations = ['WhoId', 'WhatId', 'AccountId'];

const activityTables = (database: Database): readonly Table[] =>
  activityObjects.flatMap((name) => {
    const object = database.schema.object(name);
    return object === undefined ? [] : [database.table(object)];
  });

const fieldOf = (database: Database, id: StoredValue, name: string): StoredValue => {
  const row = typeof id === 'string' ? database.find(id) : undefined;
  const field = row === undefined ? undefined : database.tableOfId(row.id)?.schema.field(name);
  return row === undefined || field === undefined ? null : (row.values[field.column] ?? null);
};

const objectOf = (database: Database, id: StoredValue): string | null =>
  typeof id === 'string' ? (database.tableOfId(id)?.schema.name ?? null) : null;

/** The account, or that of the deal; without one of these that of the contact (object reference, Task: AccountId). */
const accountOf = (database: Database, whoId: StoredValue, whatId: StoredValue): StoredValue => {
  const what = objectOf(database, whatId);
  if (what === 'Account') return whatId;
  if (what === 'Opportunity') return fieldOf(database, whatId, 'AccountId');
  return objectOf(database, whoId) === 'Contact' ? fieldOf(database, whoId, 'AccountId') : null;
};

const settleAccount = (database: Database, table: Table, row: Row, stamp: number | null): void => {
  const { schema } = table;
  const of = (name: string): StoredValue => row.values[schema.column(name)] ?? null;
  const account = accountOf(database, of('WhoId'), of('WhatId'));
  if (account !== of('AccountId')) keepValues(table, row, { AccountId: account }, stamp);
};

/** The date of an activity that counts: events, and tasks that are done. */
const countedDate = ({ schema }: Table, row: Row): string | null => {
  const date = row.values[schema.column('ActivityDate')];
  const closed = schema.field('IsClosed');
  const counts = closed === undefined || row.values[closed.column] === true;
  return !row.deleted && counts && typeof date === 'string' ? date : null;
};

const activitiesOf = function* (
  database: Database,
  id: string,
  by: readonly string[],
): Generator<[Table, Row]> {
  for (const table of activityTables(database)) {
    for (const name of by) {
      for (const row of table.index(table.schema.column(name))?.find(id) ?? []) yield [table, row];
    }
  }
};

const settleLastActivity = (database: Database, id: string, stamp: number): void => {
  const table = database.tableOfId(id);
  const row = table?.get(id);
  const field = table?.schema.field('LastActivityDate');
  if (table === undefined || row === undefined || field === undefined || row.deleted) return;
  let newest: string | null = null;
  for (const [activities, activity] of activitiesOf(database, id, relations)) {
    const date = countedDate(activities, activity);
    if (date !== null && (newest === null || date > newest)) newest = date;
  }
  if (newest !== (row.values[field.column] ?? null))
    keepValues(table, row, { LastActivityDate: newest }, stamp);
};

const isMoved = ({ before, row, table }: Commit['changes'][number]): boolean => {
  const account = table.schema.field('AccountId');
  return (
    ['Contact', 'Opportunity'].includes(table.schema.name) &&
    account !== undefined &&
    before !== null &&
    (before[account.column] ?? null) !== (row.values[account.column] ?? null)
  );
};

/**
 * Keeps what activities say of others and others of activities, after each call:
 * - AccountId of a task or event, also when its contact or deal moves to another account
 * - LastActivityDate: the latest date among the events and the closed tasks of a record, in the future too (object reference, Account:
 *   LastActivityDate). It moves SystemModstamp and nothing else (help.salesforce.com 000387261)
 */
export const keepActivities = (database: Database, { changes, stamp }: Commit): void => {
  const parents = new Set<string>();
  const noteParents = (table: Table, values: readonly StoredValue[] | null): void => {
    for (const name of relations) {
      const id = values?.[table.schema.column(name)];
      if (typeof id === 'string') parents.add(id);
    }
  };
  for (const change of changes) {
    const { table, row, before } = change;
    if (activityObjects.includes(table.schema.name)) {
      // Part of the write that is just being committed: its stamps are right already.
      settleAccount(database, table, row, null);
      noteParents(table, before);
      noteParents(table, row.values);
    } else if (isMoved(change)) {
      for (const [activities, activity] of activitiesOf(database, row.id, ['WhoId', 'WhatId'])) {
        noteParents(activities, activity.values);
        settleAccount(database, activities, activity, stamp);
        noteParents(activities, activity.values);
      }
    }
  }
  for (const id of parents) settleLastActivity(database, id, stamp);
};
