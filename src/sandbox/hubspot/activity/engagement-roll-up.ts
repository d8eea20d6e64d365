import type { PortalChange } from '../changes/portal-change.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import type { Read } from './roll-ups.ts';
import { writeRollUp } from './write-roll-up.ts';

/** Recorded of associatedcompanyid, which follows associations as well. */
const rollUpSource: ChangeSource = { sourceType: 'CALCULATED', sourceId: 'RollupProperties' };

/** What counts as having been in contact; notes and tasks are activities alone. */
const contacting: ReadonlySet<string> = new Set(['calls', 'emails', 'meetings']);
const engaging: ReadonlySet<string> = new Set([...contacting, 'notes', 'tasks']);

const later = (shown: string | null, instant: string): string =>
  shown !== null && Date.parse(shown) >= Date.parse(instant) ? shown : instant;

const valuesAfter = (read: Read, kind: string, instant: string): Record<string, string> => ({
  num_notes: String(Number(read('num_notes') ?? 0) + 1),
  notes_last_updated: later(read('notes_last_updated'), instant),
  ...(contacting.has(kind)
    ? {
        num_contacted_notes: String(Number(read('num_contacted_notes') ?? 0) + 1),
        notes_last_contacted: later(read('notes_last_contacted'), instant),
      }
    : {}),
  ...(kind === 'meetings'
    ? { hs_latest_meeting_activity: later(read('hs_latest_meeting_activity'), instant) }
    : {}),
});

const timestampOf = (store: ObjectStore, record: StoredRecord): string | null => {
  const slot = store.schema.slot('hs_timestamp');
  return slot === undefined ? null : (record.version.values[slot.index] ?? null);
};

/**
 * An engagement that is associated with a contact shows on it, whoever logged it and by whichever way: the figures move, and with them the
 * contact's stamp ("last activity date", "number of sales activities", HubSpot's default contact properties).
 */
export const rollUpEngagement = (state: HubspotState, change: PortalChange): void => {
  if (change.kind !== 'associationChange' || change.removed || change.object.name !== 'contacts') return;
  const kind = change.to.name;
  const [contacts, store] = [state.find('contacts'), state.find(kind)];
  if (!engaging.has(kind) || contacts === undefined || store === undefined) return;
  const contact = contacts.get(String(change.id));
  const record = store.get(String(change.toId));
  const instant = record === undefined ? null : timestampOf(store, record);
  if (contact === undefined || contact.archivedAt !== null || instant === null) return;
  writeRollUp(
    contacts,
    contact,
    (read) => ({ source: rollUpSource, values: valuesAfter(read, kind, instant) }),
    change.at,
  );
};
