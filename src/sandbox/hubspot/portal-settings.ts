import * as z from 'zod';

/**
 * What differs between portals and cannot be set through the public API (POST /_sandbox/portal; what is not named stays). A reset keeps
 * it.
 */
export const portalSettings = z.strictObject({
  /**
   * Settings > Companies > "Create and associate companies with contacts": a company from the domain of a contact's email, on in new
   * portals (https://knowledge.hubspot.com/records/automatically-create-and-associate-companies-with-contacts).
   */
  createCompanies: z.boolean(),
  /** A merge keeps the primary's id instead of making a new one: a beta that some portals have. */
  mergeKeepsPrimaryId: z.boolean(),
  /** Whether batch/read follows ids that were merged away, as reading one record by id does; documents do not say. */
  batchReadFollowsMerges: z.boolean(),
  /**
   * Whether the account is an Enterprise one of any hub, which the events API needs
   * (https://developers.hubspot.com/docs/guides/api/analytics-and-events/event-analytics).
   */
  eventsApi: z.boolean(),
  /**
   * How long after a page view its figures show on the contact. Portals take half a minute to some minutes (the recorded contact's stamps);
   * 0 here, so that a story need not wait.
   */
  analyticsLagMs: z.int().min(0).max(600_000),
  /** Scopes that the integration's private app was not granted, of those that marketing's endpoints ask for. */
  withheldScopes: z.array(z.string()),
});
export type PortalSettings = z.output<typeof portalSettings>;

export const portalDefaults: PortalSettings = {
  createCompanies: true,
  mergeKeepsPrimaryId: false,
  batchReadFollowsMerges: true,
  eventsApi: true,
  analyticsLagMs: 0,
  withheldScopes: [],
};
