import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { concernsAllLanes } from '../../../src/connectors/hubspot/errors.ts';
import { startSimulator } from '../../../src/sandbox/core/simulator.ts';
import { integrationAppId } from '../../../src/sandbox/hubspot/state.ts';
import { createHubspotSystem, makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { connectorConformance } from '../conformance.ts';

/** Wide, and without a pause worth waiting for: the window of a lane is what a refusal without Retry-After waits. */
const connect = (baseUrl: string, accessToken: string): Connector =>
  makeHubSpotConnector({
    baseUrl,
    accessToken,
    appId: integrationAppId,
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

connectorConformance('HubSpot', async () => {
  const tokens = makeHubspotTokens(1);
  const simulator = await startSimulator(createHubspotSystem(tokens), {
    port: 0,
    seed: 1,
    contacts: 0,
    leads: 0,
    onDefect: (error) => {
      throw error;
    },
  });
  const connector = connect(simulator.url, tokens.integration);
  const callAsPerson = async (method: string, id: string, body?: object): Promise<void> => {
    const response = await fetch(`${simulator.url}/crm/v3/objects/contacts/${id}`, {
      method,
      headers: { authorization: `Bearer ${tokens.person}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} as the person: ${response.status}`);
  };
  return {
    connector,
    wrongCredentials: connect(simulator.url, 'pat-na1-wrong'),
    sandboxUrl: simulator.url,
    type: 'contacts',
    fields: { text: 'city', other: 'jobtitle', email: 'email', identity: 'tandem_salesforce_id' },
    makeFields: (email) => ({ email, lastname: 'Conformance' }),
    refused: { field: 'email', value: 'not an address' },
    missingId: '9007199254740',
    edit: (id, fields) => callAsPerson('PATCH', id, { properties: fields }),
    remove: (id) => callAsPerson('DELETE', id),
    writePath: '/batch/(update|upsert)$',
    readPath: '/batch/read$',
    throttledCode: 'TEN_SECONDLY_ROLLING',
    findsDeleted: false,
    showsDeletions: false,
    keepsHistory: true,
    close: async () => {
      await connector.close();
      await simulator.close();
    },
  };
});
