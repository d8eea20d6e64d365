import { z } from 'zod';
import type { CallContext, DailyQuota } from '../../model/budget.ts';
import type { CampaignMembership, MembershipOutcome } from '../../model/campaign.ts';
import type { ChangeStream } from '../../model/change-stream.ts';
import { UsageError } from '../../model/failure.ts';
import type { Gate } from '../budget/gate.ts';
import type { Connector } from '../connector.ts';
import { readAbsences } from './absences.ts';
import { makeApi } from './api.ts';
import { assignsNow } from './assignment.ts';
import { withBounceDates } from './bounce.ts';
import { joinCampaigns } from './campaign-members.ts';
import { changedAmong } from './changed-among.ts';
import { changesSince } from './changes-since.ts';
import { deletionsSince, vendorNow } from './deleted.ts';
import { describe, describeMany } from './describe.ts';
import { readFates } from './fates.ts';
import { findAcross } from './find-across.ts';
import { findByDomain } from './find-by-domain.ts';
import { findBatch, findByField } from './find-by-field.ts';
import { readHistory } from './history.ts';
import { listPage } from './list-page.ts';
import { readOwners } from './owners.ts';
import { readPipelines } from './pipelines.ts';
import { collectionMax, readMany } from './read-many.ts';
import { makeSessions } from './sessions.ts';
import type { SalesforceAuth } from './sign-in.ts';
import { eventQuota } from './streaming/event-quota.ts';
import { makeSalesforceStream } from './streaming/stream.ts';
import { tieLabels, tiesChangedSince } from './tie-changes.ts';
import { readTies, writeTies } from './ties.ts';
import { writeMany } from './write-many.ts';

export interface SalesforceOptions {
  /** `SALESFORCE_LOGIN_URL`: the company's My Domain address (client credentials need it), or a simulator's. */
  readonly loginUrl: string;
  readonly auth: SalesforceAuth;
  readonly gate: Gate;
  /** `62.0`; upserts by collections need 46.0 or later. */
  readonly apiVersion?: string;
  readonly clock?: () => number;
  /** For tests: shrinks the waits between the tries of a read. */
  readonly retryDelayFactor?: number;
}

/** The connector, and what Salesforce tells by itself. */
export interface SalesforceConnector extends Connector {
  readonly stream: ChangeStream;
  /** The events that all subscribers get in a day; null where the user may not know. */
  eventQuota(context: CallContext): Promise<DailyQuota | null>;
  /** Makes leads and contacts members of campaigns; one outcome each, in order. Never rejects for what the vendor says. */
  joinCampaigns(
    members: readonly CampaignMembership[],
    context: CallContext,
  ): Promise<readonly MembershipOutcome[]>;
}

export const apiVersionDefault = '62.0';

/**
 * Salesforce behind the connector's contract, on jsforce. One session is shared by all calls and renewed when it is refused.
 * @throws UsageError when the login address is none
 */
export const makeSalesforceConnector = (options: SalesforceOptions): SalesforceConnector => {
  const { gate, loginUrl, auth } = options;
  if (!/^https?:$/.test(URL.parse(loginUrl)?.protocol ?? '')) {
    throw new UsageError(
      'SALESFORCE_LOGIN_URL is not a web address',
      'set it to the company’s My Domain address, such as https://example.my.salesforce.com',
    );
  }
  const apiVersion = options.apiVersion ?? apiVersionDefault;
  const clock = options.clock ?? Date.now;
  const sessions = makeSessions({ gate, loginUrl, auth, apiVersion, clock });
  const retryDelayFactor = options.retryDelayFactor ?? 1;
  const api = makeApi({ gate, sessions, apiVersion, clock, retryDelayFactor });
  return {
    system: 'salesforce',
    batch: { read: collectionMax, find: findBatch, write: collectionMax },
    async check(context) {
      // The list of resources needs a session and no permission; /limits would need "View Setup and Configuration".
      const { session } = await api.read(
        context,
        { method: 'GET', path: `/services/data/v${apiVersion}` },
        z.looseObject({}),
      );
      const { organizationId, instanceUrl } = session;
      return {
        account: `${organizationId} at ${new URL(instanceUrl).host}`,
        accountId: organizationId,
      };
    },
    describe: (type, context) => describe(api, type, context),
    describeMany: (types, context) => describeMany(api, types, context),
    readMany: (type, ids, fields, context) => readMany(api, type, ids, fields, context),
    findByField: (type, field, values, fields, context) =>
      findByField(api, type, field, values, fields, context),
    findByDomain: (type, field, domains, fields, context) =>
      findByDomain(api, type, field, domains, fields, context),
    writeMany: (type, rows, context) => writeMany(api, type, withBounceDates(type, rows, clock()), context),
    changesSince: (type, cursor, overlapMs, fields, context) =>
      changesSince(api, type, cursor, overlapMs, fields, context),
    listPage: (type, after, fields, context) => listPage(api, type, after, fields, context),
    history: (type, ids, fields, context) => readHistory(api, type, ids, fields, context),
    absences: (from, to, context) => readAbsences(api, from, to, context),
    owners: (context) => readOwners(api, context),
    assigns: (type, context) => assignsNow(api, type, context),
    pipelines: (type, context) => readPipelines(api, type, context),
    deletionsSince: (type, since, context) => deletionsSince(api, type, since, context),
    findAcross: (searches, values, context) => findAcross(api, searches, values, context),
    readTies: (type, ids, toType, context) => readTies(api, type, ids, toType, context),
    writeTies: (changes, context) => writeTies(api, changes, context),
    tiesChangedSince: (type, toType, since, context) => tiesChangedSince(api, type, toType, since, context),
    changedAmong: (looks, context) => changedAmong(api, looks, context),
    tieLabels: (type, toType, context) => tieLabels(api, type, toType, context),
    fates: (type, ids, context) => readFates(api, type, ids, context),
    now: (context) => vendorNow(api, context),
    stream: makeSalesforceStream({ sessions, apiVersion }),
    eventQuota: (context) => eventQuota(api, context),
    joinCampaigns: (members, context) => joinCampaigns(api, members, context),
    site: async (context) => new URL((await sessions.current(context)).instanceUrl).origin,
    quota: () => gate.quota(),
    // Sessions end by themselves; logging out would end the sessions of other workers of the same user.
    close: () => gate.close(),
  };
};
