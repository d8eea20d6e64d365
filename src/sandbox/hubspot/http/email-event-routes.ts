import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { MarketingEmail } from '../activity/marketing-emails.ts';
import { type MailEvent, type MailEventType, mailEventTypes } from '../activity/portal-activity.ts';
import type { HubspotState } from '../state.ts';
import { emailApp, mailEventId, mailEventJson } from './email-event-json.ts';
import { recordNotFound, refuseRequest } from './errors.ts';
import { queryFlag, queryLimit } from './input.ts';
import { scopedRoute } from './scopes.ts';

const base = '/email/public/v1';
const pageSize = { default: 10, max: 1_000 } as const;
/** Types that an account may have none of; asking for them is no mistake. */
const otherTypes = ['DROPPED', 'PROCESSED', 'DEFERRED', 'FORWARD', 'PRINT', 'SPAMREPORT', 'UNBOUNCE'];

const readNumber = (call: Call, name: string): number | null => {
  const text = call.request.query.get(name) ?? '';
  if (text === '') return null;
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  throw refuseRequest(`Unable to parse value for query parameter: ${name}`);
};

const makeFilter = (call: Call): ((event: MailEvent) => boolean) => {
  const { query } = call.request;
  const type = query.get('eventType') ?? '';
  if (type !== '' && ![...mailEventTypes, ...otherTypes].some((known) => known === type))
    throw refuseRequest(`Unable to parse value for query parameter: eventType`);
  const [appId, campaignId] = [readNumber(call, 'appId'), readNumber(call, 'campaignId')];
  const from = readNumber(call, 'startTimestamp') ?? Number.NEGATIVE_INFINITY;
  const to = readNumber(call, 'endTimestamp') ?? Number.POSITIVE_INFINITY;
  const withoutFiltered = queryFlag(call, 'excludeFilteredEvents');
  return (event) =>
    (type === '' || event.type === type) &&
    (appId === null || appId === emailApp.appId) &&
    (campaignId === null || event.campaignId === campaignId) &&
    event.at >= from &&
    event.at <= to &&
    !(withoutFiltered && event.reader === 'bot');
};

/** Opaque: the last event that was shown, so that new ones, which come in front, shift no page. */
const tokenOf = ({ at, ordinal }: MailEvent): string => Buffer.from(`${at}:${ordinal}`).toString('base64');

const readToken = (call: Call): ((event: MailEvent) => boolean) => {
  const token = call.request.query.get('offset') ?? '';
  if (token === '') return () => true;
  const match = /^(-?\d+):(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  if (match === null) throw refuseRequest('Unable to parse value for query parameter: offset');
  const [at, ordinal] = [Number(match[1]), Number(match[2])];
  return (event) => event.at < at || (event.at === at && event.ordinal < ordinal);
};

/** "Events will be returned in reverse-chronological order." */
const listEvents = (state: HubspotState, call: Call): ApiReply => {
  const limit = queryLimit(call, pageSize.default, pageSize.max);
  const recipient = (call.request.query.get('recipient') ?? '').toLowerCase();
  const { mail } = state.activity;
  const [keeps, isNext] = [makeFilter(call), readToken(call)];
  const events = recipient === '' ? mail.all() : mail.of(recipient);
  const page: MailEvent[] = [];
  for (let at = events.length - 1; at >= 0 && page.length <= limit; at -= 1) {
    const event = events[at];
    if (event !== undefined && isNext(event) && keeps(event)) page.push(event);
  }
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  return {
    status: 200,
    body: {
      hasMore: page.length > limit,
      offset: last === undefined ? (call.request.query.get('offset') ?? '') : tokenOf(last),
      events: shown.map((event) => mailEventJson(state, event)),
    },
  };
};

const readEvent = (state: HubspotState, call: Call): ApiReply => {
  const [created, id] = [pathParam(call.params, 'created'), pathParam(call.params, 'eventId')];
  if (!/^\d+$/.test(created)) throw refuseRequest('Unable to parse value for path parameter: created');
  const event = state.activity.mail
    .all()
    .find((one) => one.at === Number(created) && mailEventId(state, one) === id);
  if (event === undefined) throw recordNotFound();
  return { status: 200, body: mailEventJson(state, event) };
};

const counterNames: Readonly<Record<MailEventType, string>> = {
  SENT: 'sent',
  DELIVERED: 'delivered',
  OPEN: 'open',
  CLICK: 'click',
  BOUNCE: 'bounce',
  STATUSCHANGE: 'statuschange',
};

const countersOf = (state: HubspotState, campaignId: number): Record<string, number> => {
  const counters: Record<string, number> = {};
  for (const event of state.activity.mail.all()) {
    const name = counterNames[event.type];
    if (event.campaignId === campaignId && event.reader !== 'bot') counters[name] = (counters[name] ?? 0) + 1;
  }
  return counters;
};

const campaignJson = (state: HubspotState, email: MarketingEmail): unknown => ({
  id: email.campaignId,
  ...emailApp,
  contentId: Number(email.id),
  subject: email.subject,
  name: email.name,
  type: email.type,
  counters: countersOf(state, email.campaignId),
  lastProcessingFinishedAt: email.createdAt,
  lastProcessingStateChangeAt: email.createdAt,
});

const readCampaign = (state: HubspotState, call: Call): ApiReply => {
  const id = pathParam(call.params, 'campaignId');
  if (!/^\d+$/.test(id)) throw refuseRequest('Unable to parse value for path parameter: campaignId');
  const email = state.activity.emails.byCampaign(Number(id));
  if (email === undefined) throw recordNotFound();
  return { status: 200, body: campaignJson(state, email) };
};

const listCampaigns = (state: HubspotState, call: Call): ApiReply => {
  const limit = queryLimit(call, pageSize.default, pageSize.max);
  const offset = Number(Buffer.from(call.request.query.get('offset') ?? '', 'base64').toString() || '0');
  if (!Number.isInteger(offset) || offset < 0)
    throw refuseRequest('Unable to parse value for query parameter: offset');
  const emails = state.activity.emails.all();
  const end = offset + limit;
  return {
    status: 200,
    body: {
      hasMore: end < emails.length,
      offset: Buffer.from(String(Math.min(end, emails.length))).toString('base64'),
      campaigns: emails.slice(offset, end).map(({ campaignId }) => ({ id: campaignId, ...emailApp })),
    },
  };
};

/**
 * What became of marketing emails, and the campaigns that name them: an older API without a successor
 * (https://developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1/guide).
 */
export const emailEventRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['content'], 'GET', `${base}/events`, listEvents),
  scopedRoute(state, ['content'], 'GET', `${base}/events/{created}/{eventId}`, readEvent),
  scopedRoute(state, ['content'], 'GET', `${base}/campaigns/by-id`, listCampaigns),
  scopedRoute(state, ['content'], 'GET', `${base}/campaigns/{campaignId}`, readCampaign),
];
