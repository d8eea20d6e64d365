import type { PortalChange } from '../changes/portal-change.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { writeRollUp } from './write-roll-up.ts';

/** Recorded of associatedcompanyid, which follows associations as well. */
const rollUpSource: ChangeSource = { sourceType: 'CALCULATED', sourceId: 'RollupProperties' };

/** What counts as having been in contact; notes and tasks are activities alone. */
const contacting: readonly string[] = ['calls', 'emails', 'meetings'];
const engaging: readonly string[] = [...contacting, 'notes', 'tasks'];

interface Engagement {
  readonly kind: string;
  /** When it took or takes place. */
  readonly at: number;
}

const engagementsOf = (
  state: HubspotState,
  contacts: ObjectStore,
  contact: StoredRecord,
): readonly Engagement[] =>
  engaging.flatMap((kind) => {
    const store = state.find(kind);
    const slot = store?.schema.slot('hs_timestamp');
    if (store === undefined || slot === undefined) return [];
    return state.associations.of(contacts, contact.id, store).flatMap(({ toId }) => {
      const text = store.get(String(toId))?.version.values[slot.index] ?? null;
      return text === null ? [] : [{ kind, at: Date.parse(text) }];
    });
  });

const instantOf = (times: readonly number[], pick: (...times: number[]) => number): string =>
  times.length === 0 ? '' : new Date(pick(...times)).toISOString();

/** The figures of a contact with these engagements. What lies ahead is the next activity, and nobody has been in contact by it yet. */
const figures = (engagements: readonly Engagement[], now: number): Record<string, string> => {
  const past = engagements.filter(({ at }) => at <= now);
  const contacted = past.filter(({ kind }) => contacting.includes(kind));
  const times = (some: readonly Engagement[]): number[] => some.map(({ at }) => at);
  return {
    num_notes: String(engagements.length),
    num_contacted_notes: String(contacted.length),
    notes_last_updated: instantOf(times(past), Math.max),
    notes_last_contacted: instantOf(times(contacted), Math.max),
    notes_next_activity_date: instantOf(times(engagements.filter(({ at }) => at > now)), Math.min),
    hs_latest_meeting_activity: instantOf(
      times(engagements.filter(({ kind }) => kind === 'meetings')),
      Math.max,
    ),
  };
};

/** Live contacts whose engagements a change is about. */
const contactsOf = (
  state: HubspotState,
  contacts: ObjectStore,
  change: PortalChange,
): readonly StoredRecord[] => {
  const live = (id: number): readonly StoredRecord[] => {
    const record = contacts.get(String(id));
    return record?.archivedAt === null ? [record] : [];
  };
  if (change.kind === 'associationChange') {
    // Told once for each direction.
    return change.object.name === 'contacts' && engaging.includes(change.to.name) ? live(change.id) : [];
  }
  const store = engaging.includes(change.object.name) ? state.find(change.object.name) : undefined;
  const isAbout =
    change.kind === 'deletion' ||
    change.kind === 'restore' ||
    (change.kind === 'propertyChange' && change.property === 'hs_timestamp');
  if (store === undefined || !isAbout) return [];
  return state.associations.of(store, change.id, contacts).flatMap(({ toId }) => live(toId));
};

/**
 * Engagements show on their contacts, whoever logs, moves or deletes them and by whichever way: the figures move, and with them the contact's
 * stamp (HubSpot's default contact properties: last activity date, last contacted, number of sales activities). That an appointment
 * comes to pass moves nothing before the next change.
 */
export const rollUpEngagements = (state: HubspotState, change: PortalChange): void => {
  const contacts = state.find('contacts');
  if (contacts === undefined) return;
  for (const contact of contactsOf(state, contacts, change)) {
    const values = figures(engagementsOf(state, contacts, contact), change.at);
    writeRollUp(contacts, contact, () => ({ source: rollUpSource, values }), change.at);
  }
};
