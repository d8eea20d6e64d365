import type { Caller } from '../../core/message.ts';
import type { ObjectSchema, Slot } from '../schema/object-schema.ts';
import { portalId } from '../state.ts';
import { historyOf, type StoredRecord, type Version } from '../store/record.ts';
import { makeView, readSlot } from '../store/view.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Which properties an answer carries: those named, or the object's default set. */
export interface Selection {
  readonly properties: readonly string[];
  readonly propertiesWithHistory?: readonly string[];
}

const selectSlots = (schema: ObjectSchema, names: Iterable<string>, caller: Caller): Slot[] =>
  [...new Set(names)].flatMap((name) => schema.visible(name, caller) ?? []);

/** hs_object_id and both stamps come along whatever was asked for. */
const alwaysReturned = (schema: ObjectSchema): readonly string[] => [
  schema.definition.createdProperty,
  schema.definition.modifiedProperty,
  'hs_object_id',
];

const presentSlots = (
  schema: ObjectSchema,
  record: StoredRecord,
  version: Version,
  slots: readonly Slot[],
): Record<string, string | null> => {
  const view = makeView(schema, record, version);
  return Object.fromEntries(slots.map((slot) => [slot.property.name, readSlot(slot, view, version)]));
};

const presentHistory = (
  schema: ObjectSchema,
  record: StoredRecord,
  names: readonly string[],
  caller: Caller,
) =>
  Object.fromEntries(
    selectSlots(schema, names, caller).map((slot) => [slot.property.name, slotHistory(schema, record, slot)]),
  );

const slotHistory = (schema: ObjectSchema, record: StoredRecord, slot: Slot): unknown[] => {
  if (slot.property.compute !== undefined) {
    const value = slot.property.compute(makeView(schema, record, record.version));
    return value === null
      ? []
      : [{ value, timestamp: iso(record.version.modifiedAt), sourceType: 'CALCULATED' }];
  }
  return historyOf(record, slot.index).map(({ value, at, source }) => ({
    value,
    timestamp: iso(at),
    sourceType: source.sourceType,
    ...(source.sourceId === '' ? {} : { sourceId: source.sourceId }),
    ...(source.userId === undefined ? {} : { updatedByUserId: source.userId }),
  }));
};

/** The parts around the properties, the same in every answer. */
const envelope = (
  schema: ObjectSchema,
  record: StoredRecord,
  version: Version,
  properties: Record<string, string | null>,
): Record<string, unknown> => ({
  id: String(record.id),
  properties,
  createdAt: iso(record.createdAt),
  updatedAt: iso(version.modifiedAt),
  archived: record.archivedAt !== null,
  ...(record.archivedAt === null ? {} : { archivedAt: iso(record.archivedAt) }),
  url: `https://app.hubspot.com/contacts/${portalId}/record/${schema.definition.typeId}/${record.id}`,
});

/** A record as reads and searches show it. A name that does not exist is left out, a blank value is null. */
export const presentRecord = (
  schema: ObjectSchema,
  record: StoredRecord,
  selection: Selection,
  caller: Caller,
  version: Version = record.version,
): Record<string, unknown> => {
  const asked = selection.properties.length > 0 ? selection.properties : schema.definition.defaultProperties;
  const names = [...asked, ...(selection.propertiesWithHistory ?? []), ...alwaysReturned(schema)];
  const slots = selectSlots(schema, names, caller);
  return {
    ...envelope(schema, record, version, presentSlots(schema, record, version, slots)),
    ...(selection.propertiesWithHistory === undefined || selection.propertiesWithHistory.length === 0
      ? {}
      : { propertiesWithHistory: presentHistory(schema, record, selection.propertiesWithHistory, caller) }),
  };
};

/** The answer to a create: everything that is filled. */
export const presentCreated = (
  schema: ObjectSchema,
  record: StoredRecord,
  caller: Caller,
): Record<string, unknown> => {
  const all = presentSlots(schema, record, record.version, schema.list(caller));
  const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return envelope(schema, record, record.version, filled);
};

/** The answer to an update: what changed or was sent, and the usual company of source, stage and stamps. */
export const presentUpdated = (
  schema: ObjectSchema,
  record: StoredRecord,
  places: Iterable<number>,
  caller: Caller,
): Record<string, unknown> => {
  const touched = [...places].flatMap((place) => schema.all()[place]?.property.name ?? []);
  const usual = [
    'hs_object_source',
    'hs_object_source_id',
    'hs_pipeline',
    schema.definition.lifecycle?.property ?? '',
  ];
  const slots = selectSlots(schema, [...touched, ...usual, ...alwaysReturned(schema)], caller);
  return envelope(schema, record, record.version, presentSlots(schema, record, record.version, slots));
};

/** A record for outside checks: every stored value, and the stamps and id. */
export const presentRaw = (schema: ObjectSchema, record: StoredRecord): Record<string, unknown> => {
  const names = new Set(alwaysReturned(schema));
  const slots = schema
    .all()
    .filter((slot) => slot.property.compute === undefined || names.has(slot.property.name));
  const { version } = record;
  const all = presentSlots(schema, record, version, slots);
  return {
    id: String(record.id),
    properties: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)),
    createdAt: iso(record.createdAt),
    updatedAt: iso(version.modifiedAt),
    archived: record.archivedAt !== null,
  };
};
