import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotState } from '../state.ts';
import { showOptOut } from '../subscriptions/opt-out-flag.ts';
import { type SubscriptionStatus, subscriptionTypes } from '../subscriptions/subscriptions.ts';
import { isEmailAddress, normalizeEmail } from '../write/values.ts';
import { sourceOf } from './access.ts';
import { refuseRequest } from './errors.ts';
import { parseBody } from './input.ts';
import { assertScopes } from './scopes.ts';

const v3 = '/communication-preferences/v3';
const v4 = '/communication-preferences/v4';
const legalBasis = z.string().nullish();
const statusSchema = z.object({
  subscriptionId: z.union([z.string(), z.number()]).transform(String),
  statusState: z.enum(['SUBSCRIBED', 'UNSUBSCRIBED', 'NOT_SPECIFIED']),
  channel: z.literal('EMAIL'),
  legalBasis,
  legalBasisExplanation: legalBasis,
});
const v3Schema = z.object({
  emailAddress: z.string(),
  subscriptionId: z.union([z.string(), z.number()]).transform(String),
  legalBasis,
  legalBasisExplanation: legalBasis,
});

const readEmail = (text: string): string => {
  const email = normalizeEmail(text);
  if (!isEmailAddress(email)) throw refuseRequest('The subscriber id is not a valid email address');
  return email;
};

const emailOf = (call: Call): string => {
  if (call.request.query.get('channel') !== 'EMAIL' && call.request.method === 'GET')
    throw refuseRequest('channel is required; EMAIL is the only one');
  return readEmail(pathParam(call.params, 'subscriberIdString'));
};

const assertType = (id: string): void => {
  if (!subscriptionTypes.some((type) => type.id === id))
    throw refuseRequest(`Subscription type ${id} does not exist`);
};

const batch = (state: HubspotState, results: readonly unknown[]): ApiReply => {
  const instant = new Date(state.clock.now()).toISOString();
  return { status: 200, body: { status: 'COMPLETE', results, startedAt: instant, completedAt: instant } };
};

const typeStatus = (state: HubspotState, email: string, typeId: string): unknown => {
  const known = state.subscriptions.statusOf(email, typeId);
  return {
    channel: 'EMAIL',
    subscriberIdString: email,
    subscriptionId: Number(typeId),
    status: known?.status ?? 'NOT_SPECIFIED',
    source: known === null ? null : 'Updated by a public API',
    timestamp: new Date(known?.at ?? 0).toISOString(),
  };
};

/** "If a contact has not opted out of all communications, the response results array will be empty." */
const wideStatus = (state: HubspotState, email: string): readonly unknown[] => {
  const at = state.subscriptions.allOutAt(email);
  if (at === null) return [];
  const timestamp = new Date(at).toISOString();
  const shared = { channel: 'EMAIL', subscriberIdString: email, timestamp };
  return [{ ...shared, status: 'UNSUBSCRIBED', wideStatusType: 'PORTAL_WIDE' }];
};

/** What a choice changes on the contact that has the address as its primary one. */
const show = (state: HubspotState, call: Call, email: string): void => {
  const store = state.find('contacts');
  const slot = store?.schema.slot('email');
  if (store === undefined || slot === undefined) return;
  const record = store.findUnique(slot.index, email);
  if (record !== undefined)
    showOptOut(state, store, record, { source: sourceOf(call), at: state.clock.now() });
};

const setStatus = (
  state: HubspotState,
  call: Call,
  email: string,
  typeId: string,
  status: SubscriptionStatus,
): void => {
  assertType(typeId);
  state.subscriptions.set(email, typeId, status, state.clock.now());
  show(state, call, email);
};

const v3Status = (state: HubspotState, email: string, typeId: string): unknown => {
  const type = subscriptionTypes.find((one) => one.id === typeId);
  const known = state.subscriptions.statusOf(email, typeId);
  const isWide = state.subscriptions.allOutAt(email) !== null;
  return {
    id: typeId,
    name: type?.name ?? '',
    description: type?.description ?? '',
    status: known?.status === 'SUBSCRIBED' ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED',
    sourceOfStatus: isWide ? 'PORTAL_WIDE_STATUS' : 'SUBSCRIPTION_STATUS',
    preferenceGroupName: type?.purpose ?? null,
    legalBasis: null,
    legalBasisExplanation: null,
  };
};

/** v3: one type at a time, never everything; who unsubscribed cannot be subscribed again. */
const v3Routes = (state: HubspotState): Route[] => {
  const change = (call: Call, status: SubscriptionStatus): ApiReply => {
    const { emailAddress, subscriptionId } = parseBody(call, v3Schema);
    const email = readEmail(emailAddress);
    assertType(subscriptionId);
    const isOut = state.subscriptions.statusOf(email, subscriptionId)?.status === 'UNSUBSCRIBED';
    if (status === 'SUBSCRIBED' && isOut)
      throw refuseRequest(`The contact has unsubscribed from ${subscriptionId} and cannot be resubscribed`);
    setStatus(state, call, email, subscriptionId, status);
    return { status: 200, body: v3Status(state, email, subscriptionId) };
  };
  return [
    {
      method: 'GET',
      template: `${v3}/definitions`,
      handle: () => ({ status: 200, body: { subscriptionDefinitions: subscriptionTypes.map(definition) } }),
    },
    {
      method: 'GET',
      template: `${v3}/status/email/{subscriberIdString}`,
      handle: (call) => {
        const email = readEmail(pathParam(call.params, 'subscriberIdString'));
        const subscriptionStatuses = subscriptionTypes.map(({ id }) => v3Status(state, email, id));
        return { status: 200, body: { recipient: email, subscriptionStatuses } };
      },
    },
    { method: 'POST', template: `${v3}/subscribe`, handle: (call) => change(call, 'SUBSCRIBED') },
    { method: 'POST', template: `${v3}/unsubscribe`, handle: (call) => change(call, 'UNSUBSCRIBED') },
  ];
};

const since = '2024-01-15T09:00:00.000Z';
const definition = (type: (typeof subscriptionTypes)[number]): unknown => ({
  ...type,
  communicationMethod: 'Email',
  isActive: true,
  isDefault: true,
  isInternal: type.purpose === 'Sales',
  createdAt: since,
  updatedAt: since,
});

/** https://developers.hubspot.com/docs/guides/api/marketing/subscriptions (v4) and /subscriptions-preferences (v3). */
const routesOf = (state: HubspotState): Route[] => [
  ...v3Routes(state),
  {
    method: 'GET',
    template: `${v4}/definitions`,
    handle: () => batch(state, subscriptionTypes.map(definition)),
  },
  {
    method: 'GET',
    template: `${v4}/statuses/{subscriberIdString}`,
    handle: (call) => {
      const email = emailOf(call);
      return batch(
        state,
        subscriptionTypes.map(({ id }) => typeStatus(state, email, id)),
      );
    },
  },
  {
    method: 'POST',
    template: `${v4}/statuses/{subscriberIdString}`,
    handle: (call) => {
      const email = emailOf(call);
      const { subscriptionId, statusState } = parseBody(call, statusSchema);
      if (statusState === 'NOT_SPECIFIED') throw refuseRequest('statusState NOT_SPECIFIED cannot be set');
      setStatus(state, call, email, subscriptionId, statusState);
      return { status: 200, body: typeStatus(state, email, subscriptionId) };
    },
  },
  {
    method: 'GET',
    template: `${v4}/statuses/{subscriberIdString}/unsubscribe-all`,
    handle: (call) => batch(state, wideStatus(state, emailOf(call))),
  },
  {
    method: 'POST',
    template: `${v4}/statuses/{subscriberIdString}/unsubscribe-all`,
    handle: (call) => {
      if (call.request.query.get('channel') !== 'EMAIL')
        throw refuseRequest('channel is required; EMAIL is the only one');
      const email = emailOf(call);
      state.subscriptions.unsubscribeAll(email, state.clock.now());
      show(state, call, email);
      return batch(state, wideStatus(state, email));
    },
  },
];

/** Every one of them asks for the scope, whatever it does. */
export const subscriptionRoutes = (state: HubspotState): Route[] =>
  routesOf(state).map((route) => ({
    ...route,
    handle: (call) => {
      assertScopes(state, call, 'communication_preferences.read_write');
      return route.handle(call);
    },
  }));
