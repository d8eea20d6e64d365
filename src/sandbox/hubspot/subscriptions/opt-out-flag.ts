import type { Change } from '../associations/associations.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';

/** Keeps hs_email_optout as the subscriptions of the contact's address are. */
export const showOptOut = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  { source, at }: Change,
): void => {
  const email = store.schema.slot(store.schema.definition.email?.primary ?? '');
  const flag = store.schema.slot('hs_email_optout');
  if (email === undefined || flag === undefined || record.archivedAt !== null) return;
  const address = record.version.values[email.index] ?? '';
  const isOut = address !== '' && state.subscriptions.allOutAt(address) !== null;
  const shown = record.version.values[flag.index] ?? null;
  // One who never opted out has no value; one who came back has `false`.
  if (isOut) store.update(record, new Map([[flag.index, 'true']]), source, at);
  else if (shown === 'true') store.update(record, new Map([[flag.index, 'false']]), source, at);
};
