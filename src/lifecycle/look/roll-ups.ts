import { withoutQuery } from '../../model/engagement.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import type { DigestActivity } from '../digest/input.ts';
import type { Activity, ActivityType } from '../scoring/activity.ts';

/**
 * What HubSpot sums up on the contact itself of what somebody did: when they did it last, and where or by which form. It comes with every
 * read of the contact, so that the newest activity costs no call of its own.
 * Source: HubSpot's default contact properties (https://knowledge.hubspot.com/properties/hubspots-default-contact-properties).
 */
interface RollUp {
  readonly type: ActivityType;
  /** The property with the time of the last one. */
  readonly at: string;
  /** Names of the activity (`url`, `form`, `campaign`) and the properties that hold them. */
  readonly names: Readonly<Partial<Record<'url' | 'form' | 'campaign', string>>>;
}

export const rollUps: readonly RollUp[] = [
  {
    type: 'formSubmission',
    at: 'recent_conversion_date',
    names: { form: 'recent_conversion_event_name' },
  },
  { type: 'pageView', at: 'hs_analytics_last_timestamp', names: { url: 'hs_analytics_last_url' } },
  { type: 'emailOpen', at: 'hs_email_last_open_date', names: { campaign: 'hs_email_last_email_name' } },
  { type: 'emailClick', at: 'hs_email_last_click_date', names: { campaign: 'hs_email_last_email_name' } },
  { type: 'meetingBooked', at: 'engagements_last_meeting_booked', names: {} },
];

/** The properties that say when somebody last did something of their own by which people ask for contact. */
export const askedAt: readonly string[] = rollUps.flatMap(({ type, at }) =>
  type === 'formSubmission' || type === 'meetingBooked' ? [at] : [],
);

/** HubSpot gives instants as ISO 8601, and some older endpoints as milliseconds; null where it is neither. */
export const instantOf = (raw: RawValue | undefined): number | null => {
  if (raw === null || raw === undefined || raw === '' || typeof raw === 'boolean') return null;
  const at = typeof raw === 'number' || /^\d{10,}$/.test(raw) ? Number(raw) : Date.parse(raw);
  return Number.isFinite(at) ? at : null;
};

/** One thing of one kind at one moment: however it is told, it is the same. */
export const activityKey = (type: DigestActivity['type'], at: number): string => `${type}/${at}`;

const textOf = (raw: RawValue | undefined): string | null =>
  typeof raw === 'string' && raw !== '' ? raw : null;

/**
 * The activities that the contact's roll-ups tell of, the last one of each kind. Pure. `before`: the fields as they were looked at last; a
 * roll-up that still says the same is not told again.
 */
export const activitiesIn = (fields: RawFields, before: RawFields | null): readonly Activity[] =>
  rollUps.flatMap(({ type, at, names }): Activity[] => {
    const when = instantOf(fields[at]);
    if (when === null || (before !== null && instantOf(before[at]) === when)) return [];
    const texts = Object.entries(names).flatMap(([name, property]) => {
      const text = textOf(fields[property]);
      return text === null ? [] : [[name, name === 'url' ? withoutQuery(text) : text]];
    });
    return [{ key: activityKey(type, when), at: when, type, ...Object.fromEntries(texts) }];
  });
