import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { MarketingEmail } from '../activity/marketing-emails.ts';
import type { HubspotState } from '../state.ts';
import { recordNotFound } from './errors.ts';
import { queryFlag, queryLimit } from './input.ts';
import { nextPage, offsetToken, readOffsetToken } from './paging.ts';
import { scopedRoute } from './scopes.ts';

const base = '/marketing/v3/emails';
const pageSize = { default: 10, max: 100 } as const;

/** As recorded (amp-labs/connectors, providers/hubspot/test/read/marketing-emails/1-first-page.json): no campaign id among it. */
const emailJson = ({ id, name, subject, type, createdAt }: MarketingEmail): unknown => {
  const at = new Date(createdAt).toISOString();
  return {
    activeDomain: 'acme.example.com',
    archived: false,
    businessUnitId: '0',
    content: {},
    createdAt: at,
    emailTemplateMode: 'DRAG_AND_DROP',
    from: { fromName: 'Marketing', replyTo: 'marketing@acme.example.com' },
    id,
    isAb: false,
    isPublished: true,
    isTransactional: false,
    jitterSendTime: false,
    language: 'en',
    name,
    publishDate: at,
    publishedAt: at,
    sendOnPublish: true,
    state: type === 'BATCH_EMAIL' ? 'PUBLISHED' : 'AUTOMATED',
    subcategory: type === 'BATCH_EMAIL' ? 'batch' : 'automated',
    subject,
    subscriptionDetails: {},
    to: {},
    type,
    updatedAt: at,
    webversion: {},
  };
};

const listEmails = (state: HubspotState, call: Call): ApiReply => {
  const type = call.request.query.get('type') ?? '';
  const emails = queryFlag(call, 'archived')
    ? []
    : state.activity.emails.all().filter((email) => type === '' || email.type === type);
  const offset = readOffsetToken(call);
  const end = offset + queryLimit(call, pageSize.default, pageSize.max);
  return {
    status: 200,
    body: {
      total: emails.length,
      results: emails.slice(offset, end).map(emailJson),
      ...nextPage(call, end < emails.length ? offsetToken(end) : null),
    },
  };
};

const readEmail = (state: HubspotState, call: Call): ApiReply => {
  const email = state.activity.emails.byId(pathParam(call.params, 'emailId'));
  if (email === undefined || queryFlag(call, 'archived')) throw recordNotFound();
  return { status: 200, body: emailJson(email) };
};

/** https://developers.hubspot.com/docs/api-reference/legacy/marketing/marketing-emails */
export const marketingEmailRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['content'], 'GET', base, listEmails),
  scopedRoute(state, ['content'], 'GET', `${base}/{emailId}`, readEmail),
];
