import type { Change } from '../associations/associations.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';

/** Archives a record, or deletes it where its object has no archive; a second time does nothing. Its associations are not shown until it is restored. */
export const archiveRecord = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  change: Change,
): void => {
  if (record.archivedAt !== null) return;
  store.archive(record, change.at, change.source);
  state.associations.appearanceChanged({ store, record }, change);
  if (store.schema.definition.deletesForGood === true) purgeRecord(state, store, record, change);
};

/**
 * Brings a record back from the archive, under its id, with its associations. Only people can, in the web page, for 90 days.
 * @returns why not: the unique value that another record has by now
 */
export const restoreRecord = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  change: Change,
): string | null => {
  if (record.archivedAt === null) return null;
  const taken = store.schema
    .uniqueKeys(record.version.values)
    .find(({ slot, value }) => store.findUnique(slot, value) !== undefined);
  if (taken !== undefined) {
    const name = store.schema.all()[taken.slot]?.property.name ?? '';
    return `another record has its ${name} by now`;
  }
  store.restore(record, change.at, change.source);
  state.associations.appearanceChanged({ store, record }, change);
  return null;
};

/** Its time in the archive is over: nothing of it is left. */
export const purgeRecord = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  change: Change,
): void => {
  state.associations.forget({ store, record }, change);
  store.drop(record);
};

/**
 * GDPR delete: the record goes at once and for good, and its addresses are never taken again
 * (https://developers.hubspot.com/docs/api/crm/contacts, "permanently delete a contact"). Told as a deletion and a privacyDeletion.
 */
export const eraseRecord = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  change: Change,
): void => {
  const { definition: object } = store.schema;
  const listed = (name: string): string[] => {
    const slot = store.schema.slot(name);
    const text = slot === undefined ? '' : (record.version.values[slot.index] ?? '');
    return text.split(';').filter((one) => one !== '');
  };
  const addresses = [...listed(object.email?.primary ?? ''), ...listed(object.email?.additional ?? '')];
  for (const address of addresses) state.erasedEmails.add(address);
  if (object.name === 'contacts') {
    const ids = [String(record.id), ...listed('hs_merged_object_ids')];
    state.activity.forget(ids, addresses);
    state.lists.forget(ids.map(Number));
  }
  archiveRecord(state, store, record, change);
  purgeRecord(state, store, record, change);
  state.changes.tell({ kind: 'privacyDeletion', object, id: record.id, ...change });
};
