import { type Clock, systemClock } from '../core/clock.ts';
import type { ApiRequest, Caller } from '../core/message.ts';
import { deriveText } from '../core/random.ts';
import type { Route } from '../core/routes.ts';
import { ControlError, type SimulatedSystem } from '../core/system.ts';
import { activityControl } from './activity/control.ts';
import { rollUpEngagements } from './activity/engagement-roll-up.ts';
import { accountRoutes } from './http/account-routes.ts';
import { associationBatchRoutes } from './http/association-batch-routes.ts';
import { associationRoutes } from './http/association-routes.ts';
import { batchRoutes } from './http/batch-routes.ts';
import { emailEventRoutes } from './http/email-event-routes.ts';
import { errorReply, replyForCode, unauthenticatedReply } from './http/errors.ts';
import { eventRoutes } from './http/event-routes.ts';
import { flowRoutes } from './http/flow-routes.ts';
import { formRoutes } from './http/form-routes.ts';
import { labelRoutes } from './http/label-routes.ts';
import { lifeRoutes } from './http/life-routes.ts';
import { listMemberRoutes } from './http/list-member-routes.ts';
import { listRoutes } from './http/list-routes.ts';
import { marketingEmailRoutes } from './http/marketing-email-routes.ts';
import { objectRoutes } from './http/object-routes.ts';
import { pipelineRoutes } from './http/pipeline-routes.ts';
import { presentRaw } from './http/present.ts';
import { propertyRoutes } from './http/property-routes.ts';
import { recordListRoutes } from './http/record-list-routes.ts';
import { schemaRoutes } from './http/schema-routes.ts';
import { searchRoutes } from './http/search-routes.ts';
import { subscriptionRoutes } from './http/subscription-routes.ts';
import { AppAccess, type AppCredentials, makeAppCredentials } from './journal/app-access.ts';
import { Journal } from './journal/journal.ts';
import { journalControl, journalRoutes } from './journal/routes.ts';
import { HubspotLimits } from './limits.ts';
import { loadRecords } from './load.ts';
import { portalControl } from './portal-control.ts';
import { addCustomObject, addSchemaPayload } from './schema/schema-payload.ts';
import { seedPortal } from './seed/seed.ts';
import { HubspotState, type PortalState } from './state.ts';
import type { ObjectStore } from './store/object-store.ts';
import { webhookControl } from './webhooks/control.ts';
import { WebhookSender } from './webhooks/sender.ts';

/** Tokens of the two private apps; the same for the same seed. */
export interface HubspotTokens {
  readonly integration: string;
  readonly person: string;
  /** The integration's app, as it signs in to read the journal. */
  readonly app: AppCredentials;
}

export const makeHubspotTokens = (seed: number): HubspotTokens => ({
  integration: `pat-na1-${deriveText(seed, 'hubspot integration', 32)}`,
  person: `pat-na1-${deriveText(seed, 'hubspot person', 32)}`,
  app: makeAppCredentials(seed),
});

const readToken = (request: ApiRequest): string | null =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;

const controlStore = (state: HubspotState, type: string): ObjectStore => {
  const store = state.find(type);
  if (store !== undefined) return store;
  const known = state.stores.map(({ schema }) => schema.definition.name).join(', ');
  throw new ControlError('type', `${type} is not an object here; there are: ${known}`);
};

interface SavedPortal {
  readonly portal: PortalState;
  readonly limits: ReturnType<HubspotLimits['exportState']>;
}

/** The HubSpot simulator: a Professional account, served by startSimulator. */
export const createHubspotSystem = (tokens: HubspotTokens, clock: Clock = systemClock): SimulatedSystem => {
  const state = new HubspotState(clock);
  const limits = new HubspotLimits();
  const webhooks = new WebhookSender(clock);
  const journal = new Journal(clock);
  const app = new AppAccess(tokens.app);
  state.changes.listen((change) => {
    webhooks.hear(change);
    journal.hear(change);
    rollUpEngagements(state, change);
  });
  const callersByToken = new Map<string, Caller>([
    [tokens.integration, 'integration'],
    [tokens.person, 'person'],
  ]);
  const routes: Route[] = [
    ...objectRoutes(state),
    ...batchRoutes(state),
    ...searchRoutes(state),
    ...lifeRoutes(state),
    ...associationRoutes(state),
    ...associationBatchRoutes(state),
    ...labelRoutes(state),
    ...pipelineRoutes(state),
    ...subscriptionRoutes(state),
    ...formRoutes(state),
    ...eventRoutes(state),
    ...emailEventRoutes(state),
    ...marketingEmailRoutes(state),
    ...listRoutes(state),
    ...listMemberRoutes(state),
    ...recordListRoutes(state),
    ...flowRoutes(state),
    ...propertyRoutes(state),
    ...schemaRoutes(state),
    ...accountRoutes(state, limits, (token) => callersByToken.get(token) ?? null),
    ...journalRoutes(state, journal, app),
  ];
  return {
    name: 'hubspot',
    keepsSources: true,
    jsonContentType: 'application/json;charset=utf-8',
    routes,
    controlRoutes: [
      ...webhookControl(webhooks, () => state.seed),
      ...journalControl(journal),
      ...portalControl(state),
      ...activityControl(state),
    ],
    identify: (request) =>
      app.isApp(request, clock.now())
        ? 'integration'
        : (callersByToken.get(readToken(request) ?? '') ?? null),
    arrive: () => {
      state.lateFigures.catchUp();
      return () => undefined;
    },
    admit: (request, caller) =>
      caller === null ? {} : (app.admit(request, clock.now()) ?? limits.admit(request, caller, clock.now())),
    statsParameter: (name, value) =>
      /^(objectType|fromObjectType|toObjectType)$/.test(name)
        ? (state.find(value)?.schema.definition.name ?? null)
        : null,
    unauthenticated: unauthenticatedReply,
    notFound: () => errorReply(404, 'OBJECT_NOT_FOUND', 'resource not found'),
    errorReply: replyForCode,
    brokenReply: () => errorReply(500, 'INTERNAL_ERROR', 'internal error'),
    reset: ({ seed, contacts, leads }) => {
      state.clear(seed);
      limits.clear();
      webhooks.stop();
      journal.clear(seed);
      seedPortal(state, seed, contacts, leads);
    },
    changeLimits: (change) => limits.change(change),
    setRules: (rules) => state.setRules(rules),
    countRecords: () =>
      Object.fromEntries(state.stores.map((store) => [store.schema.definition.name, store.liveCount])),
    pageRecords: (type, after, limit) => {
      const store = controlStore(state, type);
      const from = /^\d{1,15}$/.test(after ?? '') ? Number(after) : 0;
      const page = store.page(from, limit + 1, () => true);
      const next = page[limit];
      return {
        records: page.slice(0, limit).map((record) => presentRaw(store.schema, record)),
        ...(next === undefined ? {} : { after: String(next.id) }),
      };
    },
    loadRecords: (type, records, source) => loadRecords(state, controlStore(state, type), records, source),
    addSchema: (payload) => addSchemaPayload(state, payload),
    close: () => {
      webhooks.stop();
      journal.stop();
      state.lateFigures.clear();
    },
    exportState: (): SavedPortal => {
      state.lateFigures.flush();
      return { portal: state.exportState(), limits: limits.exportState() };
    },
    importState: (saved) => {
      const { portal, limits: use } = saved as SavedPortal;
      state.importState(portal, (name) => addCustomObject(state, name));
      limits.importState(use);
    },
  };
};
