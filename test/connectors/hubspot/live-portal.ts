import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { type HubSpotConnector, makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { concernsAllLanes } from '../../../src/connectors/hubspot/errors.ts';
import { makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { type Portal, startPortal } from '../../sandbox/hubspot/portal.ts';

export interface LivePortal extends Portal {
  readonly connector: HubSpotConnector;
  /** Enters records as the person; their ids. */
  load(type: string, ...records: object[]): Promise<string[]>;
}

/** A simulated portal whose clock stands still, and a connector to it that knows nothing but the token. */
export const startLivePortal = async (): Promise<LivePortal> => {
  const portal = await startPortal();
  const connector = makeHubSpotConnector({
    baseUrl: portal.simulator.url,
    accessToken: makeHubspotTokens(1).integration,
    retryDelayFactor: 0.01,
    gate: makeGate({
      system: 'hubspot',
      store: makeMemoryPermitStore(Date.now),
      limits: { standard: { calls: 100, windowMs: 0 }, search: { calls: 10, windowMs: 0 } },
      dailyShare: 1,
      concernsAllLanes,
      onStoreError: (error) => {
        throw error;
      },
    }),
  });
  return {
    ...portal,
    connector,
    load: async (type, ...records) => (await portal.control(`/records/${type}`, { records })).body.ids,
  };
};
