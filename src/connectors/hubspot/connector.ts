import type { CallContext } from '../../model/budget.ts';
import type { EngagementKind, WantedEngagement } from '../../model/engagement.ts';
import { CallFailed, malformedCode } from '../../model/failure.ts';
import type { ProgramStanding } from '../../model/programs.ts';
import type { Gate } from '../budget/gate.ts';
import type { Connector } from '../connector.ts';
import { readAccount, readToken, type TokenInfo } from './account.ts';
import { changesSince } from './changes.ts';
import { makeHubSpotClient } from './client.ts';
import { deletionsSince } from './deletions.ts';
import { describeObject } from './describe.ts';
import { type Engagement, HubSpotEngagement } from './engagement/engagement.ts';
import { readFates } from './fates.ts';
import { makeFind } from './find.ts';
import { readHistory } from './history.ts';
import { makeHubSpotHttp } from './http.ts';
import { batchSize } from './limits.ts';
import { listPage } from './list.ts';
import { HubSpotLists, type Joined, type Left } from './lists.ts';
import { readObjectTypeIds } from './object-types.ts';
import { type OptOutOutcome, type OptOutRow, optOut, readOptOut } from './opt-out.ts';
import { readOwners } from './owners.ts';
import { readPipelines } from './pipelines.ts';
import { readPrograms } from './programs.ts';
import { readMany } from './read.ts';
import { readTies } from './read-ties.ts';
import { readLabels } from './tie-labels.ts';
import type { ObjectTypeIds } from './webhook-events.ts';
import { writeWithOptOut } from './write-opt-out.ts';
import { writeTies } from './write-ties.ts';

export interface HubSpotConnectorOptions {
  /** `https://api.hubapi.com`, or a simulator. */
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly gate: Gate;
  /** The id of the app that the token belongs to; asked of HubSpot when it is first needed and not given. */
  readonly appId?: string;
  /** This process's time in milliseconds, for `readAt`. */
  readonly clock?: () => number;
  /** For tests: shrinks the delays between tries of a read. */
  readonly retryDelayFactor?: number;
}

/** The connector, and the subscriptions API that HubSpot alone has. Types are data throughout: `contacts`, `deals`, `2-123456`. */
export interface HubSpotConnector extends Connector {
  /** What the private app was granted; null where HubSpot does not say (a service key). */
  scopes(context: CallContext): Promise<ReadonlySet<string> | null>;
  /** Type ids of the custom objects that are known by name. See readObjectTypeIds. */
  typeIds(types: readonly string[], context: CallContext): Promise<ObjectTypeIds>;
  /** Opts people out of all marketing email; one outcome per row, in order. See optOut. */
  optOut(rows: readonly OptOutRow[], context: CallContext): Promise<readonly OptOutOutcome[]>;
  /** Whether an address is opted out of all marketing email. */
  readOptOut(email: string, context: CallContext): Promise<boolean>;
  /** Puts contacts into a list by its name; tells for each why it could not be. See HubSpotLists. */
  joinList(name: string, ids: readonly string[], context: CallContext): Promise<Joined>;
  /** Whether these lists are there, and which workflows listen to them. See readPrograms. */
  programs(names: readonly string[], context: CallContext): Promise<readonly ProgramStanding[] | null>;
  /** What people did since, in detail. See HubSpotEngagement. */
  engagement(wanted: readonly WantedEngagement[], context: CallContext): Promise<Engagement>;
  /** Kinds of details that HubSpot refused to this process, and that it asks for no more. */
  refusedEngagement(): readonly EngagementKind[];
  /** Takes contacts out of lists by their names. See HubSpotLists. */
  leaveLists(names: readonly string[], ids: readonly string[], context: CallContext): Promise<Left>;
  /** Which of these lists contacts are on. See HubSpotLists. */
  onLists(
    names: readonly string[],
    ids: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** HubSpot's CRM v3 API behind the contract of connector.ts. Makes no call by itself; build it once per process. */
export const makeHubSpotConnector = (options: HubSpotConnectorOptions): HubSpotConnector => {
  const client = makeHubSpotClient(options.baseUrl, options.accessToken);
  const http = makeHubSpotHttp(
    client,
    options.gate,
    options.clock ?? Date.now,
    options.retryDelayFactor ?? 1,
  );
  const find = makeFind(http);
  const lists = new HubSpotLists(http);
  const engagement = new HubSpotEngagement(http);
  let learned: Promise<TokenInfo | null> | null = null;

  const appId = async (context: CallContext): Promise<string | null> => {
    if (options.appId !== undefined) return options.appId;
    learned ??= readToken(http, options.accessToken, context);
    try {
      return (await learned)?.appId ?? null;
    } catch (error) {
      learned = null;
      throw error;
    }
  };

  return {
    system: 'hubspot',
    batch: { read: batchSize, find: batchSize, write: batchSize },
    async check(context) {
      const { portalId } = (await readAccount(http, context)).body;
      return { account: portalId, accountId: portalId };
    },
    site: async (context) => {
      const { portalId, uiDomain } = (await readAccount(http, context)).body;
      return `https://${uiDomain ?? 'app.hubspot.com'}/contacts/${portalId}`;
    },
    // Asked anew: what an app was granted changes, and its id does not.
    scopes: async (context) => (await readToken(http, options.accessToken, context))?.scopes ?? null,
    typeIds: (types, context) => readObjectTypeIds(http, types, context),
    describe: (type, context) => describeObject(http, type, context),
    readMany: (type, ids, fields, context) => readMany(http, type, ids, fields, context),
    findByField: find,
    writeMany: (type, rows, context) => writeWithOptOut(http, type, rows, context),
    changesSince: (type, cursor, overlapMs, fields, context) =>
      changesSince(http, type, cursor, overlapMs, fields, context),
    listPage: (type, after, fields, context) => listPage(http, type, after, fields, context),
    history: async (type, ids, fields, context) =>
      ids.length === 0
        ? new Map()
        : await readHistory(http, await appId(context), type, ids, fields, context),
    deletionsSince: (type, since, context) => deletionsSince(http, type, since, context),
    readTies: (type, ids, toType, context) => readTies(http, type, ids, toType, context),
    writeTies: (changes, context) => writeTies(http, changes, context),
    tieLabels: async (type, toType, context) =>
      (await readLabels(http, type, toType, context)).flatMap(({ label }) => label ?? []),
    pipelines: (type, context) => readPipelines(http, type, context),
    owners: (context) => readOwners(http, context),
    optOut: (rows, context) => optOut(http, rows, context),
    readOptOut: (email, context) => readOptOut(http, email, context),
    joinList: (name, ids, context) => lists.join(name, ids, context),
    programs: (names, context) => readPrograms(http, lists, names, context),
    engagement: (wanted, context) => engagement.read(wanted, context),
    refusedEngagement: () => engagement.refused,
    leaveLists: (names, ids, context) => lists.leave(names, ids, context),
    onLists: (names, ids, context) => lists.on(names, ids, context),
    fates: (type, ids, context) => readFates(http, type, ids, context),
    now: async (context) => {
      const { date } = await readAccount(http, context);
      if (date !== null) return date;
      throw new CallFailed({
        category: 'unavailable',
        system: 'hubspot',
        code: malformedCode,
        message:
          "GET /account-info/v3/details: the answer has no Date header, so HubSpot's time is not known",
        fields: [],
      });
    },
    quota: () => options.gate.quota(),
    close: () => options.gate.close(),
  };
};
