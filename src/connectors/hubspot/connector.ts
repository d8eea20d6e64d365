import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Gate } from '../budget/gate.ts';
import type { Connector } from '../connector.ts';
import { readAccount, readAppId } from './account.ts';
import { changesSince } from './changes.ts';
import { makeHubSpotClient } from './client.ts';
import { describeObject } from './describe.ts';
import { readFates } from './fates.ts';
import { findByField } from './find.ts';
import { readHistory } from './history.ts';
import { makeHubSpotHttp } from './http.ts';
import { batchSize } from './limits.ts';
import { listPage } from './list.ts';
import { readMany } from './read.ts';
import { writeMany } from './write.ts';

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

/** HubSpot's CRM v3 API behind the contract of connector.ts. Makes no call by itself; build it once per process. */
export const makeHubSpotConnector = (options: HubSpotConnectorOptions): Connector => {
  const client = makeHubSpotClient(options.baseUrl, options.accessToken);
  const http = makeHubSpotHttp(
    client,
    options.gate,
    options.clock ?? Date.now,
    options.retryDelayFactor ?? 1,
  );
  let learnedAppId: Promise<string | null> | null = null;

  const appId = async (context: CallContext): Promise<string | null> => {
    if (options.appId !== undefined) return options.appId;
    learnedAppId ??= readAppId(http, options.accessToken, context);
    try {
      return await learnedAppId;
    } catch (error) {
      learnedAppId = null;
      throw error;
    }
  };

  return {
    system: 'hubspot',
    batch: { read: batchSize, find: batchSize, write: batchSize },
    check: async (context) => ({ account: (await readAccount(http, context)).body.portalId }),
    describe: (type, context) => describeObject(http, type, context),
    readMany: (type, ids, fields, context) => readMany(http, type, ids, fields, context),
    findByField: (type, field, values, fields, context) =>
      findByField(http, type, field, values, fields, context),
    writeMany: (type, rows, context) => writeMany(http, type, rows, context),
    changesSince: (type, cursor, overlapMs, fields, context) =>
      changesSince(http, type, cursor, overlapMs, fields, context),
    listPage: (type, after, fields, context) => listPage(http, type, after, fields, context),
    history: async (type, ids, fields, context) =>
      ids.length === 0
        ? new Map()
        : await readHistory(http, await appId(context), type, ids, fields, context),
    fates: (type, ids, context) => readFates(http, type, ids, context),
    now: async (context) => {
      const { date } = await readAccount(http, context);
      if (date !== null) return date;
      throw new CallFailed({
        category: 'unavailable',
        system: 'hubspot',
        code: 'MALFORMED_ANSWER',
        message:
          "GET /account-info/v3/details: the answer has no Date header, so HubSpot's time is not known",
        fields: [],
      });
    },
    quota: () => options.gate.quota(),
    close: async () => undefined,
  };
};
