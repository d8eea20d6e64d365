import type { MailEvent, MailReader } from '../activity/portal-activity.ts';
import { type HubspotState, portalId } from '../state.ts';
import { subscriptionTypes } from '../subscriptions/subscriptions.ts';

/** The application that sends marketing email; events carry it beside the campaign. */
export const emailApp = { appId: 113, appName: 'Batch' } as const;

interface Client {
  readonly userAgent: string;
  readonly browser: Readonly<Record<string, unknown>>;
  readonly deviceType: string;
}

const browser = (name: string, producer: string, type: string, version: string): Client['browser'] => ({
  name,
  family: name,
  producer,
  producerUrl: '',
  type,
  url: '',
  version: [version],
});

/**
 * Which program asked for the picture or the link, which is what tells machines from people: a mail provider's proxy names itself, a scanner
 * does not pretend to be a browser of today. The fields are documented (email events overview), the values are examples.
 */
const clients: Readonly<Record<MailReader, Client>> = {
  person: {
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    browser: browser('Chrome', 'Google Inc.', 'Browser', 'Chrome 142.0'),
    deviceType: 'COMPUTER',
  },
  proxy: {
    userAgent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    browser: browser('Google Image Proxy', 'Google Inc.', 'Proxy', 'Google Image Proxy'),
    deviceType: 'UNKNOWN',
  },
  bot: {
    userAgent: 'Mozilla/5.0',
    browser: browser('unknown', '', 'unknown', 'unknown'),
    deviceType: 'UNKNOWN',
  },
};

const statusOf = (isHard: boolean): string => (isHard ? '5.1.1' : '4.2.2');

/** The event that sent the email which this one is of: its recipient's last of the same campaign before. */
const sentBy = (state: HubspotState, event: MailEvent): MailEvent | undefined =>
  event.type === 'SENT' || event.campaignId === null
    ? undefined
    : state.activity.mail
        .of(event.owner)
        .findLast((one) => one.type === 'SENT' && one.campaignId === event.campaignId && one.at <= event.at);

/** A random-looking id, the same for the same event. */
export const mailEventId = (state: HubspotState, event: MailEvent): string =>
  state.activity.guid('mail event', event.ordinal);

/** What the kinds of events have of their own. */
const ownFields = (state: HubspotState, event: MailEvent): Record<string, unknown> => {
  const email = event.campaignId === null ? undefined : state.activity.emails.byCampaign(event.campaignId);
  const client = clients[event.reader];
  switch (event.type) {
    case 'SENT':
      return {
        subject: email?.subject ?? '',
        from: 'Marketing <marketing@acme.example.com>',
        replyTo: ['marketing@acme.example.com'],
        cc: [],
        bcc: [],
      };
    case 'DELIVERED':
      return { response: '250 2.0.0 OK', attempt: 1, smtpId: null };
    case 'OPEN':
    case 'CLICK':
      return {
        ...client,
        location: { city: 'Unknown', state: 'Unknown', country: 'Unknown' },
        ipAddress: '',
        filteredEvent: event.reader === 'bot',
        ...(event.type === 'OPEN'
          ? { duration: event.reader === 'person' ? 4_000 : 0 }
          : { url: event.url ?? '', referer: '', linkId: 0 }),
      };
    case 'BOUNCE':
      return {
        category: event.bounce?.reason ?? 'OTHER',
        status: statusOf(event.bounce?.isHard ?? false),
        response: `${event.bounce?.isHard === true ? 550 : 452} ${statusOf(event.bounce?.isHard ?? false)}`,
      };
    case 'STATUSCHANGE': {
      const types = event.unsubscribedFrom ?? [];
      return {
        source: 'SOURCE_RECIPIENT',
        requestedBy: event.owner,
        bounced: false,
        ...(types.length === 0 ? { portalSubscriptionStatus: 'UNSUBSCRIBED' } : {}),
        subscriptions: (types.length === 0 ? subscriptionTypes.map((type) => type.id) : types).map((id) => ({
          id: Number(id),
          status: 'UNSUBSCRIBED',
        })),
      };
    }
  }
};

/** As GET /email/public/v1/events shows it (https://developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1/guide). */
export const mailEventJson = (state: HubspotState, event: MailEvent): unknown => {
  const sent = sentBy(state, event);
  return {
    id: mailEventId(state, event),
    created: event.at,
    type: event.type,
    recipient: event.owner,
    portalId,
    ...emailApp,
    ...(event.campaignId === null ? {} : { emailCampaignId: event.campaignId }),
    ...(sent === undefined ? {} : { sentBy: { id: mailEventId(state, sent), created: sent.at } }),
    ...ownFields(state, event),
  };
};
