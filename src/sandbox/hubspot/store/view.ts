import type { ObjectSchema, Slot } from '../schema/object-schema.ts';
import type { RecordView } from '../schema/property.ts';
import type { StoredRecord, Version } from './record.ts';

/** A version of a record as its calculated properties see it. */
export const makeView = (schema: ObjectSchema, record: StoredRecord, version: Version): RecordView => ({
  id: String(record.id),
  createdAt: record.createdAt,
  modifiedAt: version.modifiedAt,
  origin: record.origin,
  read: (name) => {
    const slot = schema.slot(name);
    return slot === undefined ? null : (version.values[slot.index] ?? null);
  },
});

/** A property's value, stored or calculated; null when blank. */
export const readSlot = (slot: Slot, view: RecordView, version: Version): string | null =>
  slot.property.compute === undefined ? (version.values[slot.index] ?? null) : slot.property.compute(view);
