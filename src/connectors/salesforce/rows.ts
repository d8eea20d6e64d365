import { z } from 'zod';
import type { ChangedRecord, RecordSnapshot } from '../../model/record.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { RecordRef } from '../../model/system.ts';
import type { RawFields, RawValue } from '../../model/value.ts';

/** `2013-05-20T20:49:32.000+0000`: not the form that JSON dates have elsewhere, but Date.parse reads it. */
export const instantSchema = z.string().transform((text, context): number => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'not a date and time' });
  return ms;
});

/** Any form of an id, in its 18 characters. */
export const idSchema = z.string().transform((text, context): string => {
  const id18 = toId18(text);
  if (id18 === null) context.addIssue({ code: 'custom', message: 'not an id' });
  return id18 ?? '';
});

/** A row as queries give it. Every other field is kept as it came. */
export const rowSchema = z.looseObject({
  Id: idSchema,
  SystemModstamp: instantSchema,
  IsDeleted: z.boolean().optional(),
});
export type Row = z.infer<typeof rowSchema>;

/** A row that was read to be merged: who and when, too. */
export const snapshotRowSchema = rowSchema.extend({
  CreatedDate: instantSchema,
  LastModifiedById: z.string().nullable(),
});
export type SnapshotRow = z.infer<typeof snapshotRowSchema>;

/** Fields that a row needs to become a changed record. */
export const rowFields = ['Id', 'SystemModstamp'] as const;
/** Fields that a row needs to become a snapshot. */
export const snapshotFields = [...rowFields, 'CreatedDate', 'LastModifiedById'] as const;

const isRawValue = (value: unknown): value is RawValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Fields whose values the schemas above turn into something else; their raw form is put back. */
const rawStamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/**
 * The fields asked for, under the names they were asked by: Salesforce answers in its own case. What is not in the row, or
 * is compound (an address), is left out: missing is never a value.
 */
const pickFields = (row: Row, fields: readonly string[]): RawFields => {
  const byLower = new Map(Object.keys(row).map((name) => [name.toLowerCase(), name]));
  const picked: Record<string, RawValue> = {};
  for (const field of fields) {
    const name = byLower.get(field.toLowerCase());
    if (name === undefined) continue;
    const value = row[name];
    if ((name === 'SystemModstamp' || name === 'CreatedDate') && typeof value === 'number') {
      picked[field] = rawStamp(value);
    } else if (isRawValue(value)) picked[field] = value;
  }
  return picked;
};

const refOf = (type: string, row: Row): RecordRef => ({ system: 'salesforce', type, id: row.Id });

const modifierOf = (
  { LastModifiedById: by }: SnapshotRow,
  ourUserId: string,
): Pick<RecordSnapshot, 'lastModifiedBy' | 'lastModifiedByUs'> => {
  const id = by === null ? null : toId18(by);
  return {
    lastModifiedByUs: by === null ? null : id === ourUserId,
    ...(id === null ? {} : { lastModifiedBy: id }),
  };
};

/** @param ourUserId the user whose modifications are ours, 18 characters */
export const toSnapshot = (
  type: string,
  row: SnapshotRow,
  fields: readonly string[],
  ourUserId: string,
  readAt: number,
): RecordSnapshot => ({
  ref: refOf(type, row),
  fields: pickFields(row, fields),
  stamp: row.SystemModstamp,
  createdAt: row.CreatedDate,
  deleted: row.IsDeleted === true,
  ...modifierOf(row, ourUserId),
  readAt,
});

export const toChangedRecord = (type: string, row: Row, fields: readonly string[]): ChangedRecord => ({
  ref: refOf(type, row),
  stamp: row.SystemModstamp,
  deleted: row.IsDeleted === true,
  fields: pickFields(row, fields),
});
