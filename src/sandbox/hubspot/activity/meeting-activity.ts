import type { Owner } from '../owners.ts';
import type { HubspotState } from '../state.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { prepareWrite } from '../write/prepare.ts';
import type { ActivityEntry } from './entry.ts';
import { contactStore, writeVisitor } from './visitor.ts';
import { writeRollUp } from './write-roll-up.ts';

type MeetingEntry = Extract<ActivityEntry, { readonly type: 'meetingBooked' }>;

const meetingsSource: ChangeSource = { sourceType: 'MEETINGS', sourceId: '' };
const dayMs = 86_400_000;
const minuteMs = 60_000;

/** The owner by id or email who is still there. */
export const ownerOf = (state: HubspotState, idOrEmail: string): Owner | undefined =>
  state.owners.find(
    ({ id, email, archived }) => !archived && (id === idOrEmail || email === idOrEmail.toLowerCase()),
  );

/**
 * Somebody books a meeting on an owner's page (the meetings tool): a meeting engagement, scheduled, with the contact, who is entered if need
 * be.
 */
export const recordMeeting = (state: HubspotState, entry: MeetingEntry, at: number): StoredRecord => {
  const { email, firstname = '', lastname = '', title, minutes } = entry;
  const now = state.clock.now();
  const names = Object.fromEntries(
    Object.entries({ firstname, lastname }).filter(([, value]) => value !== ''),
  );
  const contact = writeVisitor(state, email, names, meetingsSource);
  const meetings = state.find('meetings');
  if (meetings === undefined) throw new Error('a portal has meetings');
  const start = entry.start ?? at + dayMs;
  const owner = entry.owner === undefined ? undefined : ownerOf(state, entry.owner);
  const prepared = prepareWrite(
    null,
    {
      hs_timestamp: String(start),
      hs_meeting_title: title,
      hs_meeting_start_time: String(start),
      hs_meeting_end_time: String(start + minutes * minuteMs),
      hs_meeting_outcome: 'SCHEDULED',
      hs_meeting_source: 'MEETINGS_PUBLIC',
      ...(owner === undefined ? {} : { hubspot_owner_id: owner.id }),
    },
    { store: meetings, caller: 'person', now, portal: state, claims: null, isLoad: true },
  );
  if ('error' in prepared) throw new Error(`a booked meeting fits: ${prepared.error.message}`);
  const meeting = meetings.create(prepared.changes, meetingsSource, at, false, now);
  const contacts = contactStore(state);
  const change = { source: meetingsSource, at: now };
  state.associations.add(
    { store: meetings, record: meeting },
    { store: contacts, record: contact },
    [],
    change,
  );
  writeRollUp(
    contacts,
    contact,
    (read) => {
      const booked = read('engagements_last_meeting_booked');
      const isLatest = booked === null || Date.parse(booked) <= at;
      return {
        source: meetingsSource,
        values: isLatest ? { engagements_last_meeting_booked: new Date(at).toISOString() } : {},
      };
    },
    now,
  );
  return contact;
};
