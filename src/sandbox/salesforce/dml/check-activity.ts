import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';

export const isActivity = ({ name }: ObjectSchema): boolean => name === 'Task' || name === 'Event';

/** No activity, membership or other record is given to a lead that has been converted. */
export const refuseConvertedLead = (database: Database, id: StoredValue): void => {
  const row = typeof id === 'string' ? database.find(id) : undefined;
  const schema = row === undefined ? undefined : database.tableOfId(row.id)?.schema;
  const converted = schema?.field('IsConverted');
  if (row !== undefined && converted !== undefined && row.values[converted.column] === true) {
    throw refuse('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
};

/**
 * A lead has no account and no deals: an activity of a lead is about nothing else (FIELD_INTEGRITY_EXCEPTION on WhoId and WhatId:
 * zynbit.com, field integrity exception; the text is unverified).
 */
export const checkActivity = (
  database: Database,
  schema: ObjectSchema,
  draft: Row,
  changes: ReadonlyMap<BoundField, StoredValue>,
): void => {
  const who = schema.field('WhoId');
  if (!isActivity(schema) || who === undefined) return;
  const whoId = draft.values[who.column] ?? null;
  if (changes.has(who)) refuseConvertedLead(database, whoId);
  const whatId = draft.values[schema.column('WhatId')] ?? null;
  const isOfLead = typeof whoId === 'string' && database.tableOfId(whoId)?.schema.name === 'Lead';
  if (isOfLead && whatId !== null) {
    const words = 'Related To ID: an activity of a lead cannot be related to another record';
    throw refuse('FIELD_INTEGRITY_EXCEPTION', words, ['WhoId', 'WhatId']);
  }
};

/**
 * The records whose locks a write of this record takes: of an activity those that it is about, in every update and deletion, and in a
 * creation only while it is open and has a date; else the parents that it is given to, in whose recycle bin it will lie
 * (Record-Level Locking cheat sheet).
 */
export const lockedParents = (
  schema: ObjectSchema,
  draft: Row,
  changes: ReadonlyMap<BoundField, StoredValue>,
): readonly string[] => {
  const of = (name: string): StoredValue => draft.values[schema.column(name)] ?? null;
  const isNew = draft.id === '';
  if (schema.name === 'Task' && isNew && (of('IsClosed') === true || of('ActivityDate') === null)) return [];
  const values = isActivity(schema)
    ? [of('WhoId'), of('WhatId'), of('AccountId')]
    : [...changes].filter(([{ definition }]) => definition.cascadeDelete === true).map(([, value]) => value);
  return values.filter((value) => typeof value === 'string');
};
