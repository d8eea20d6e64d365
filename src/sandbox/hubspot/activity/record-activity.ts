import { ControlError } from '../../core/system.ts';
import type { HubspotState } from '../state.ts';
import type { StoredRecord } from '../store/record.ts';
import { subscriptionTypes } from '../subscriptions/subscriptions.ts';
import { type ActivityEntry, activityBody } from './entry.ts';
import { recordMail, recordUnsubscribe } from './mail-activity.ts';
import { ownerOf, recordMeeting } from './meeting-activity.ts';
import { conversionRollUp, pageViewRollUp, type Read, type RollUp, sourceRollUp } from './roll-ups.ts';
import { contactStore, findContact, prepareVisitor, writeVisitor } from './visitor.ts';
import { writeRollUp } from './write-roll-up.ts';

/** What became of an entry; `contactId` is null where nobody is known by the address. */
export interface ActivityResult {
  readonly status: 'applied' | 'ignored';
  readonly contactId: string | null;
  readonly reason?: string;
}

type Entry<T extends ActivityEntry['type']> = Extract<ActivityEntry, { readonly type: T }>;

const applied = (record: StoredRecord | undefined): ActivityResult => ({
  status: 'applied',
  contactId: record === undefined ? null : String(record.id),
});
const ignored = (reason: string): ActivityResult => ({ status: 'ignored', contactId: null, reason });
const nobody = ignored('no contact has this address: an anonymous visitor');

const subscriptionId = (nameOrId: string): string | undefined =>
  subscriptionTypes.find((type) => type.id === nameOrId || type.name === nameOrId)?.id;

/** Everything about an entry that can be wrong in this portal; throws ControlError naming the place. */
const assertFits = (state: HubspotState, entry: ActivityEntry, place: string): void => {
  if (entry.type === 'formSubmission') {
    if (!state.activity.forms.canTake(entry.form))
      throw new ControlError(`${place}.form`, 'is not the guid of a form of this portal');
    if (!state.erasedEmails.has(entry.email))
      prepareVisitor(state, entry.email, entry.fields, `${place}.fields`);
  }
  if (entry.type === 'unsubscribe' && entry.subscription !== undefined) {
    if (subscriptionId(entry.subscription) === undefined)
      throw new ControlError(`${place}.subscription`, 'is not a subscription type of this portal');
  }
  if (entry.type === 'meetingBooked' && entry.owner !== undefined) {
    if (ownerOf(state, entry.owner) === undefined)
      throw new ControlError(`${place}.owner`, 'is neither the id nor the email of an owner');
  }
};

/** The figures of a visit show when the portal gets to them. */
const writeVisitFigures = (
  state: HubspotState,
  contact: StoredRecord,
  make: (read: Read) => RollUp,
): void => {
  const store = contactStore(state);
  state.lateFigures.add(state.settings.analyticsLagMs, () => {
    if (store.get(String(contact.id)) === contact) writeRollUp(store, contact, make, state.clock.now());
  });
};

const recordPageView = (state: HubspotState, entry: Entry<'pageView'>, at: number): ActivityResult => {
  const contact = findContact(state, entry.email);
  if (contact === undefined) return nobody;
  const { url, title, referrer } = entry;
  const ordinal = state.activity.next();
  state.activity.web.add({
    at,
    ordinal,
    owner: String(contact.id),
    kind: 'page',
    url,
    title,
    referrer,
    form: null,
  });
  writeVisitFigures(state, contact, (read) => pageViewRollUp(read, { at, url, referrer }));
  return applied(contact);
};

/** The contact is entered or updated as the form, by the id of the submission (recorded: hs_object_source_id of such contacts). */
const recordSubmission = (
  state: HubspotState,
  entry: Entry<'formSubmission'>,
  at: number,
): ActivityResult => {
  const { activity } = state;
  if (state.erasedEmails.has(entry.email)) return ignored('the address is of somebody who was erased');
  const { url, title, referrer, email } = entry;
  const now = state.clock.now();
  const form = activity.forms.take(entry.form, now);
  const ordinal = activity.next();
  const conversionId = activity.guid('conversion', ordinal);
  const contact = writeVisitor(state, email, entry.fields, { sourceType: 'FORM', sourceId: conversionId });
  const values = Object.entries({ email, ...entry.fields }).map(([name, value]) => ({ name, value }));
  activity.submissions.add({ at, ordinal, owner: form.guid, conversionId, email, pageUrl: url, values });
  activity.web.add({
    at,
    ordinal,
    owner: String(contact.id),
    kind: 'form',
    url,
    title,
    referrer,
    form: { guid: form.guid, conversionId },
  });
  const conversion = { at, formGuid: form.guid, formName: form.name, pageTitle: title };
  writeRollUp(contactStore(state), contact, (read) => conversionRollUp(read, conversion), now);
  writeVisitFigures(state, contact, (read) => sourceRollUp(read, { at, url, referrer }));
  return applied(contact);
};

const record = (state: HubspotState, entry: ActivityEntry): ActivityResult => {
  const at = entry.at ?? state.clock.now();
  switch (entry.type) {
    case 'pageView':
      return recordPageView(state, entry, at);
    case 'formSubmission':
      return recordSubmission(state, entry, at);
    case 'unsubscribe': {
      const { email, campaign = null, subscription } = entry;
      const types = subscription === undefined ? [] : [subscriptionId(subscription) ?? ''];
      return applied(recordUnsubscribe(state, { email, campaign, types, at }));
    }
    case 'meetingBooked':
      return state.erasedEmails.has(entry.email) && findContact(state, entry.email) === undefined
        ? ignored('the address is of somebody who was erased')
        : applied(recordMeeting(state, entry, at));
    default: {
      const contact = findContact(state, entry.email);
      if (contact === undefined) return ignored('marketing email goes to contacts alone');
      recordMail(state, contact, entry, at);
      return applied(contact);
    }
  }
};

/**
 * What visitors do (POST /_sandbox/activity), in the order given. All entries are checked before the first is carried out: throws a ZodError or
 * ControlError naming the index, and nothing happened then. A page view or email of somebody unknown is ignored.
 */
export const recordActivity = (state: HubspotState, body: unknown): readonly ActivityResult[] => {
  const entries = activityBody.parse(body);
  for (const [at, entry] of entries.entries()) assertFits(state, entry, `[${at}]`);
  return entries.map((entry) => record(state, entry));
};
