import type { HubspotState } from '../state.ts';
import type { StoredRecord } from '../store/record.ts';
import { showOptOut } from '../subscriptions/opt-out-flag.ts';
import type { ActivityEntry } from './entry.ts';
import type { MailEvent, MailEventType } from './portal-activity.ts';
import { bounceRollUp, deliveryRollUp, emailSource, readingRollUp } from './roll-ups.ts';
import { contactStore, findContact } from './visitor.ts';
import { writeRollUp } from './write-roll-up.ts';

type MailEntry = Extract<
  ActivityEntry,
  { readonly type: 'emailDelivered' | 'emailOpen' | 'emailClick' | 'emailBounce' }
>;

const addEvent = (
  state: HubspotState,
  type: MailEventType,
  event: Pick<MailEvent, 'at' | 'owner' | 'campaignId'> & Partial<MailEvent>,
): void => {
  const { activity } = state;
  activity.mail.add({
    reader: 'person',
    url: null,
    bounce: null,
    unsubscribedFrom: null,
    ...event,
    type,
    ordinal: activity.next(),
  });
};

/** Whether the recipient has opened, or clicked, this email before in a way that counts. */
const hasRead = (state: HubspotState, owner: string, campaignId: number, type: 'OPEN' | 'CLICK'): boolean =>
  state.activity.mail
    .of(owner)
    .some((event) => event.type === type && event.campaignId === campaignId && event.reader !== 'bot');

/** What becomes of a marketing email to a contact. A bot's opens and clicks are events that no figure counts. */
export const recordMail = (
  state: HubspotState,
  contact: StoredRecord,
  entry: MailEntry,
  at: number,
): void => {
  const store = contactStore(state);
  const now = state.clock.now();
  const { campaignId, name } = state.activity.emails.take(entry.campaign, now);
  const event = { at, owner: entry.email, campaignId };
  if (entry.type === 'emailDelivered') {
    addEvent(state, 'SENT', event);
    addEvent(state, 'DELIVERED', event);
    writeRollUp(store, contact, (read) => deliveryRollUp(read, at, name), now);
    return;
  }
  if (entry.type === 'emailBounce') {
    const isHard = entry.bounce === 'hard';
    addEvent(state, 'SENT', event);
    addEvent(state, 'BOUNCE', { ...event, bounce: { isHard, reason: entry.reason } });
    writeRollUp(store, contact, (read) => bounceRollUp(read, isHard, entry.reason), now);
    return;
  }
  const [type, kind] =
    entry.type === 'emailOpen' ? (['OPEN', 'open'] as const) : (['CLICK', 'click'] as const);
  const isNew = !hasRead(state, entry.email, campaignId, type);
  const url = entry.type === 'emailClick' ? entry.url : null;
  addEvent(state, type, { ...event, reader: entry.machine, url });
  if (entry.machine !== 'bot')
    writeRollUp(store, contact, (read) => readingRollUp(read, kind, at, isNew), now);
};

export interface Unsubscribe {
  readonly email: string;
  /** The email whose link was followed, by name or id. */
  readonly campaign: string | null;
  /** Ids of subscription types; none: all email. */
  readonly types: readonly string[];
  readonly at: number;
}

/** It holds for the address, whether or not a contact has it. Answers the contact, where one has. */
export const recordUnsubscribe = (
  state: HubspotState,
  { email, campaign, types, at }: Unsubscribe,
): StoredRecord | undefined => {
  const now = state.clock.now();
  const campaignId = campaign === null ? null : state.activity.emails.take(campaign, now).campaignId;
  if (types.length === 0) state.subscriptions.unsubscribeAll(email, at);
  for (const type of types) state.subscriptions.set(email, type, 'UNSUBSCRIBED', at);
  addEvent(state, 'STATUSCHANGE', { at, owner: email, campaignId, unsubscribedFrom: types });
  const contact = findContact(state, email);
  if (contact !== undefined)
    showOptOut(state, contactStore(state), contact, { source: emailSource, at: now });
  return contact;
};
