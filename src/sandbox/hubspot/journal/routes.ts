import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { ControlRoute } from '../../core/system.ts';
import { refuse } from '../http/errors.ts';
import { parseBody } from '../http/input.ts';
import { type HubspotState, integrationAppId, portalId } from '../state.ts';
import { type AppAccess, journalPath } from './app-access.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { type JournalSubscription, subscriptionRequest } from './subscription.ts';

const version = '2026-03';
const scopes = {
  read: 'developer.webhooks_journal.read',
  subscriptionsRead: 'developer.webhooks_journal.subscriptions.read',
  subscriptionsWrite: 'developer.webhooks_journal.subscriptions.write',
} as const;

/** How long the address of a file is good for. Not documented; the answer says it. */
const fileMs = 600_000;
/** Files lie in a store of their own, at addresses that need no sign-in. */
const filePath = '/journal-files';

const iso = (ms: number): string => new Date(ms).toISOString();

/** What all three ways to an entry answer: where its file is, until when, and its offset. 204 where there is none. */
const pointTo = (state: HubspotState, call: Call, entry: JournalEntry | undefined): ApiReply => {
  if (entry === undefined) return { status: 204 };
  const expires = state.clock.now() + fileMs;
  return {
    status: 200,
    body: {
      url: `${call.request.origin}${filePath}/${entry.offset}.json?Expires=${expires}`,
      expiresAt: iso(expires),
      currentOffset: entry.offset,
    },
  };
};

const readFile = (state: HubspotState, journal: Journal, call: Call): ApiReply => {
  const expires = Number(call.request.query.get('Expires') ?? 0);
  const entry = journal.entry(pathParam(call.params, 'file').replace(/\.json$/, ''));
  const denied = (status: number, code: string): ApiReply => ({
    status,
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
  });
  if (!(expires > state.clock.now())) return denied(403, 'AccessDenied');
  if (entry === undefined) return denied(404, 'NoSuchKey');
  return {
    status: 200,
    body: { offset: entry.offset, journalEvents: entry.events, publishedAt: iso(entry.publishedAt) },
  };
};

const subscriptionJson = (subscription: JournalSubscription): Record<string, unknown> => ({
  id: subscription.id,
  appId: Number(integrationAppId),
  subscriptionType: subscription.subscriptionType,
  objectTypeId: subscription.objectTypeId,
  portalId: subscription.portalId,
  actions: subscription.actions,
  properties: subscription.properties ?? null,
  objectIds: subscription.objectIds ?? null,
  associatedObjectTypeIds: subscription.associatedObjectTypeIds ?? null,
  createdBy: 0,
  createdAt: iso(subscription.createdAt),
  updatedAt: iso(subscription.updatedAt),
  deletedAt: null,
});

const entryRoutes = (state: HubspotState, journal: Journal, access: AppAccess, kind: string): Route[] => {
  const base = `${journalPath}${kind}/${version}`;
  const route = (template: string, find: (call: Call) => JournalEntry | undefined): Route => ({
    method: 'GET',
    template: `${base}/${template}`,
    handle: (call) => {
      access.requireScope(call, scopes.read);
      return pointTo(state, call, find(call));
    },
  });
  return [
    route('earliest', () => journal.earliest()),
    route('latest', () => journal.latest()),
    route('offset/{offset}/next', (call) => {
      const next = journal.next(pathParam(call.params, 'offset'));
      // "Fails with a 404 if the offset has expired or doesn't exist" (reference of this call, 2027-03-beta).
      if (next === 'unknown') throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
      return next;
    }),
  ];
};

const subscriptionRoutes = (journal: Journal, access: AppAccess): Route[] => {
  const base = `${journalPath}subscriptions/${version}`;
  const remove = (
    template: string,
    isGone: (call: Call, subscription: JournalSubscription) => boolean,
  ): Route => ({
    method: 'DELETE',
    template: `${base}/${template}`,
    handle: (call) => {
      access.requireScope(call, scopes.subscriptionsWrite);
      journal.unsubscribe((subscription) => isGone(call, subscription));
      return { status: 204 };
    },
  });
  return [
    {
      method: 'POST',
      template: base,
      handle: (call) => {
        access.requireScope(call, scopes.subscriptionsWrite);
        return {
          status: 200,
          body: subscriptionJson(journal.subscribe(parseBody(call, subscriptionRequest))),
        };
      },
    },
    {
      method: 'GET',
      template: base,
      handle: (call) => {
        access.requireScope(call, scopes.subscriptionsRead);
        return { status: 200, body: { results: journal.subscriptions.map(subscriptionJson) } };
      },
    },
    remove('{subscriptionId}', (call, { id }) => String(id) === pathParam(call.params, 'subscriptionId')),
    remove('portals/{portalId}', (call) => pathParam(call.params, 'portalId') === String(portalId)),
  ];
};

/**
 * The pull-based journal (https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide, read 2026-11-25): the global
 * one and the one of an account are the same here, since there is one account.
 */
export const journalRoutes = (state: HubspotState, journal: Journal, access: AppAccess): Route[] => [
  access.route(() => state.clock.now()),
  ...entryRoutes(state, journal, access, 'journal'),
  ...entryRoutes(state, journal, access, 'journal-local'),
  ...subscriptionRoutes(journal, access),
  {
    method: 'GET',
    template: `${filePath}/{file}`,
    open: true,
    handle: (call) => readFile(state, journal, call),
  },
];

/** `POST /_sandbox/journal/expire`: three days pass for the journal; `POST /_sandbox/journal/publish` closes the file being gathered. */
export const journalControl = (journal: Journal): readonly ControlRoute[] => [
  { method: 'POST', template: '/journal/expire', handle: () => journal.expire() ?? {} },
  { method: 'POST', template: '/journal/publish', handle: () => journal.publish() ?? {} },
];
