/** What people do in marketing's channels, and what sales does with them, as far as it counts for a score. */
export const activityTypes = [
  'pageView',
  'formSubmission',
  'emailDelivered',
  'emailOpen',
  'emailClick',
  'emailBounce',
  'unsubscribe',
  'meetingBooked',
  'call',
  'listJoined',
  'campaignJoined',
] as const;
export type ActivityType = (typeof activityTypes)[number];

/** One thing that somebody did. */
export interface Activity {
  /** Names it for good: the same key is the same activity, however often it is told. */
  readonly key: string;
  /** By the vendor's stamp, milliseconds. */
  readonly at: number;
  readonly type: ActivityType;
  readonly url?: string;
  /** Name of the form, campaign (of HubSpot's mails, or of Salesforce), list. */
  readonly form?: string;
  readonly campaign?: string;
  readonly list?: string;
  /** True where a mail program and not a person opened or clicked, as far as the vendor tells. */
  readonly machine?: boolean;
}

/** The names of an activity in a rule: `event.url`. Absent ones are null. */
export const activityFields = ['type', 'url', 'form', 'campaign', 'list', 'machine'] as const;
