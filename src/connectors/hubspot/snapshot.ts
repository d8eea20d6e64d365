import type { ChangedRecord, RecordSnapshot } from '../../model/record.ts';
import type { RawFields } from '../../model/value.ts';
import type { HubSpotRecord } from './wire.ts';

/** The fields asked for and returned, by the names they were asked by; HubSpot adds its default set to every answer. */
const pick = (record: HubSpotRecord, fields: readonly string[]): RawFields => {
  const picked: Record<string, string | null> = {};
  for (const field of fields) {
    const value = record.properties[field];
    // Missing is never a value: a property that does not exist here is left out, an empty one is null.
    if (value !== undefined) picked[field] = value;
  }
  return picked;
};

/** @param readAt when the answer arrived, milliseconds */
export const toSnapshot = (
  type: string,
  record: HubSpotRecord,
  fields: readonly string[],
  readAt: number,
): RecordSnapshot => ({
  ref: { system: 'hubspot', type, id: record.id },
  fields: pick(record, fields),
  stamp: record.updatedAt,
  createdAt: record.createdAt,
  deleted: record.archived ?? false,
  // HubSpot says who created a record, not who changed it last; property history does (history.ts).
  lastModifiedByUs: null,
  readAt,
});

/** @param stamp the value of the property that the list is sorted by, where it is */
export const toChanged = (
  type: string,
  record: HubSpotRecord,
  fields: readonly string[],
  stamp: number = record.updatedAt,
): ChangedRecord => ({
  ref: { system: 'hubspot', type, id: record.id },
  stamp,
  deleted: record.archived ?? false,
  fields: pick(record, fields),
});
