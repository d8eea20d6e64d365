import * as z from 'zod';
import { type ApiReply, type Call, type Caller, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotLimits } from '../limits.ts';
import { ownerJson, personUserId } from '../owners.ts';
import { type HubspotState, integrationAppId, portalId } from '../state.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody, queryFlag, queryLimit } from './input.ts';
import { marketingScopes } from './scopes.ts';

const listOwners = (state: HubspotState, call: Call): ApiReply => {
  const email = call.request.query.get('email')?.toLowerCase() ?? '';
  const archived = queryFlag(call, 'archived');
  const limit = queryLimit(call, 100, 500);
  const offset = Number(call.request.query.get('after') ?? 0);
  if (!Number.isInteger(offset) || offset < 0)
    throw refuseRequest('after must be the value of paging.next.after');
  const owners = state.owners.filter(
    (owner) => owner.archived === archived && (email === '' || owner.email === email),
  );
  const next = offset + limit;
  return {
    status: 200,
    body: {
      results: owners.slice(offset, next).map(ownerJson),
      ...(next < owners.length ? { paging: { next: { after: String(next) } } } : {}),
    },
  };
};

const readOwner = (state: HubspotState, call: Call): ApiReply => {
  const id = pathParam(call.params, 'ownerId');
  const byUser = call.request.query.get('idProperty') === 'userId';
  const owner = state.owners.find(
    (one) => (byUser ? String(one.userId) : one.id) === id && one.archived === queryFlag(call, 'archived'),
  );
  if (owner === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
  return { status: 200, body: ownerJson(owner) };
};

const accountDetails = {
  portalId,
  accountType: 'STANDARD',
  timeZone: 'UTC',
  companyCurrency: 'USD',
  additionalCurrencies: [],
  utcOffset: '+00:00',
  utcOffsetMilliseconds: 0,
  uiDomain: 'app.hubspot.com',
  dataHostingLocation: 'na1',
};

/** What the integration can learn of its own use; an unlimited account shows no limit. */
const dailyUsage = (state: HubspotState, limits: HubspotLimits): ApiReply => {
  const { limit, used, resetsAt } = limits.daily(state.clock.now());
  return {
    status: 200,
    body: {
      results: [
        {
          name: 'private-apps-api-calls-daily',
          usageLimit: limit ?? 0,
          currentUsage: used,
          collectedAt: new Date(state.clock.now()).toISOString(),
          fetchStatus: 'SUCCESS',
          resetsAt: new Date(resetsAt).toISOString(),
        },
      ],
    },
  };
};

/** What the integration's private app was granted. */
const grantedScopes: readonly string[] = [
  ...['contacts', 'companies', 'deals', 'custom'].flatMap((object) => [
    `crm.objects.${object}.read`,
    `crm.objects.${object}.write`,
  ]),
  'crm.objects.owners.read',
  ...marketingScopes,
];

/** Whose a token is; null: nobody's. */
type CallerOfToken = (token: string) => Caller | null;

const tokenSchema = z.object({ tokenKey: z.string().min(1) });

/**
 * What a private app's token is: asks, and changes nothing. Source: developers.hubspot.com, private apps, "access token information"
 * (`POST /oauth/v2/private-apps/get/access-token-info` with `tokenKey`, answers userId, hubId, appId, scopes).
 */
const tokenInfo = (state: HubspotState, call: Call, callerOfToken: CallerOfToken): ApiReply => {
  const { tokenKey } = parseBody(call, tokenSchema);
  if (callerOfToken(tokenKey) !== 'integration') throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
  return {
    status: 200,
    body: {
      userId: personUserId,
      hubId: portalId,
      appId: Number(integrationAppId),
      scopes: grantedScopes.filter((scope) => !state.settings.withheldScopes.includes(scope)),
    },
  };
};

/** Owners and what the account says of itself. */
export const accountRoutes = (
  state: HubspotState,
  limits: HubspotLimits,
  callerOfToken: CallerOfToken,
): Route[] => [
  {
    method: 'POST',
    template: '/oauth/v2/private-apps/get/access-token-info',
    handle: (call) => tokenInfo(state, call, callerOfToken),
  },
  { method: 'GET', template: '/crm/v3/owners', handle: (call) => listOwners(state, call) },
  { method: 'GET', template: '/crm/v3/owners/{ownerId}', handle: (call) => readOwner(state, call) },
  {
    method: 'GET',
    template: '/account-info/v3/details',
    handle: () => ({ status: 200, body: accountDetails }),
  },
  {
    method: 'GET',
    template: '/account-info/v3/api-usage/daily/private-apps',
    handle: () => dailyUsage(state, limits),
  },
];
