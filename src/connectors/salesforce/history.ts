import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { FieldHistoryEntry, RecordSnapshot } from '../../model/record.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { RawValue } from '../../model/value.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { chunksOf, collectionMax, readMany } from './read-many.ts';
import { idSchema, instantSchema } from './rows.ts';
import { soqlName, soqlString } from './soql.ts';

/** What the history of an object is called, and the field that leads to the record (object reference, LeadHistory and others). */
const historyOf = (type: string): { readonly name: string; readonly parent: string } => {
  if (/__c$/i.test(type)) return { name: type.replace(/__c$/i, '__History'), parent: 'ParentId' };
  const name = type.toLowerCase() === 'opportunity' ? 'OpportunityFieldHistory' : `${type}History`;
  return { name: soqlName(name), parent: soqlName(`${type}Id`) };
};

const rowSchema = z.looseObject({
  Field: z.string(),
  OldValue: z.unknown(),
  NewValue: z.unknown(),
  CreatedDate: instantSchema,
  CreatedById: idSchema,
  CreatedBy: z.object({ UserType: z.string().nullish() }).nullish(),
});
type Row = z.infer<typeof rowSchema>;

/** Lookups stand in histories by their relationship's name: `Owner` for OwnerId. */
const aliases = (field: string): readonly string[] =>
  /Id$/.test(field) ? [field, field.replace(/Id$/, '')] : [field];

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** Of the two rows of a lookup's change, names and ids, the one with ids. */
const isNameRow = (field: string, row: Row): boolean =>
  /Id$/.test(field) &&
  [row.OldValue, row.NewValue].some((value) => textOf(value) !== '' && toId18(textOf(value)) === null);

/**
 * Whether the newest row explains the value that stands there now. If not, tracking was switched off since, or the row is too
 * old; then the history says nothing of the present value. Long texts are tracked without their values.
 */
const explains = (newest: Row, present: RawValue | undefined): boolean =>
  (newest.NewValue === null && newest.OldValue === null) ||
  (present !== undefined && textOf(newest.NewValue) === textOf(present));

/** The value that was replaced. Long texts are tracked without: both values are missing then. */
const wasOf = ({ OldValue: was, NewValue: now }: Row): { readonly was?: RawValue } => {
  if (was === null && now !== null) return { was };
  return typeof was === 'string' || typeof was === 'number' || typeof was === 'boolean' ? { was } : {};
};

const sourceOf = (row: Row): string => row.CreatedBy?.UserType ?? 'Unknown';

const entriesOf = (
  field: string,
  rows: readonly Row[],
  record: RecordSnapshot,
  createdBy: string | null,
  ourUserId: string,
): readonly FieldHistoryEntry[] => {
  const wanted = aliases(field).map((name) => name.toLowerCase());
  const own = rows.filter((row) => wanted.includes(row.Field.toLowerCase()) && !isNameRow(field, row));
  const [newest] = own;
  const oldest = own.at(-1);
  if (newest === undefined || oldest === undefined || !explains(newest, record.fields[field])) return [];
  const entries = own.map((row) => ({
    at: row.CreatedDate,
    byUs: row.CreatedById === ourUserId,
    source: sourceOf(row),
    sourceId: row.CreatedById,
    ...wasOf(row),
  }));
  // The value before the first change has no row: it came with the record, as far as the history tells.
  if (textOf(oldest.OldValue) === '' || createdBy === null) return entries;
  const created = { at: record.createdAt, byUs: createdBy === ourUserId, source: 'Created' };
  return [...entries, { ...created, sourceId: createdBy }];
};

const queryRows = async (
  api: Api,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<{ readonly byRecord: ReadonlyMap<string, readonly Row[]>; readonly ourUserId: string }> => {
  const { name, parent } = historyOf(type);
  const names = fields.flatMap(aliases).map(soqlString).join(',');
  const byRecord = new Map<string, Row[]>();
  let ourUserId = '';
  for (const chunk of chunksOf(ids, collectionMax)) {
    const soql = `SELECT ${parent}, Field, OldValue, NewValue, CreatedDate, CreatedById, CreatedBy.UserType FROM ${name} WHERE ${parent} IN (${chunk.map(soqlString).join(',')}) AND Field IN (${names}) ORDER BY CreatedDate DESC, Id DESC`;
    for await (const { body, session } of queryPages(api, context, 'query', soql, rowSchema)) {
      ourUserId = session.userId;
      for (const row of body.records) {
        const id = toId18(textOf(row[parent])) ?? '';
        byRecord.set(id, [...(byRecord.get(id) ?? []), row]);
      }
    }
  }
  return { byRecord, ourUserId };
};

/** An object without a history of its own (tracking is off, or the object has none) has simply nothing to tell. */
const isNoHistory = (error: unknown): boolean =>
  error instanceof CallFailed && error.failure.category === 'schema' && error.failure.code === 'INVALID_TYPE';

/**
 * Who gave a field its value, and when, from the field history that the company keeps, newest first. Fields that are not tracked
 * have no entry. Two calls for each 200 records: their present values, which the history must explain, and the history.
 */
export const readHistory = async (
  api: Api,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Readonly<Record<string, readonly FieldHistoryEntry[]>>>> => {
  const wanted = [...new Set(ids.map(toId18).filter((id) => id !== null))];
  if (wanted.length === 0 || fields.length === 0) return new Map();
  try {
    const { byRecord, ourUserId } = await queryRows(api, type, wanted, fields, context);
    const changed = [...byRecord.keys()];
    const records = await readMany(api, type, changed, [...fields, 'CreatedById'], context);
    const result = new Map<string, Readonly<Record<string, readonly FieldHistoryEntry[]>>>();
    for (const asked of ids) {
      const id = toId18(asked) ?? '';
      const record = records.get(id);
      const rows = byRecord.get(id);
      if (record === undefined || rows === undefined) continue;
      const createdBy = toId18(textOf(record.fields.CreatedById));
      const entries = fields.map(
        (field) => [field, entriesOf(field, rows, record, createdBy, ourUserId)] as const,
      );
      result.set(asked, Object.fromEntries(entries.filter(([, list]) => list.length > 0)));
    }
    return result;
  } catch (error) {
    if (isNoHistory(error)) return new Map();
    throw error;
  }
};
