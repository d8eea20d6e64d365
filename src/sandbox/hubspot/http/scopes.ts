import { type ApiReply, type Call, Refusal } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotState } from '../state.ts';
import { callerOf } from './access.ts';
import { missingScopesReply } from './errors.ts';

/** Scopes of forms, email, subscriptions, lists and workflows, which the integration has unless the portal's setting `withheldScopes` says otherwise. */
export const marketingScopes = [
  'forms',
  'content',
  'marketing-email',
  'business-intelligence',
  'crm.lists.read',
  'crm.lists.write',
  'automation',
  'communication_preferences.read_write',
] as const;
export type MarketingScope = (typeof marketingScopes)[number];

/** Throws 403 MISSING_SCOPES, naming all that the call needs, where the app was not granted one of them. The person's app has everything. */
export const assertScopes = (state: HubspotState, call: Call, ...scopes: readonly MarketingScope[]): void => {
  if (callerOf(call) !== 'integration') return;
  if (scopes.some((scope) => state.settings.withheldScopes.includes(scope)))
    throw new Refusal(missingScopesReply(scopes));
};

/** A route that needs scopes. */
export const scopedRoute = (
  state: HubspotState,
  scopes: readonly MarketingScope[],
  method: string,
  template: string,
  handle: (state: HubspotState, call: Call) => ApiReply,
): Route => ({
  method,
  template,
  handle: (call) => {
    assertScopes(state, call, ...scopes);
    return handle(state, call);
  },
});
