import { Connection } from 'jsforce';
import {
  makeSalesforceConnector,
  type SalesforceConnector,
} from '../../../src/connectors/salesforce/connector.ts';
import {
  createSalesforceSimulator,
  type SalesforceSimulator,
} from '../../../src/sandbox/salesforce/simulator.ts';
import { openGate } from './harness.ts';

/** A simulated org with the connector as the integration and jsforce as the person. */
export interface LiveOrg {
  readonly connector: SalesforceConnector;
  readonly person: Connection;
  readonly simulator: SalesforceSimulator;
  control(path: string, body: unknown): Promise<void>;
  /** Creates a record as the person and answers its id. */
  create(type: string, fields: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

export const startLiveOrg = async (): Promise<LiveOrg> => {
  const simulator = await createSalesforceSimulator({
    port: 0,
    seed: 1,
    contacts: 0,
    leads: 0,
    latency: { ms: 0, jitterMs: 0 },
    onDefect: (error) => {
      throw error;
    },
  });
  const { clientId, clientSecret, personUsername, personPassword } = simulator.credentials;
  const connector = makeSalesforceConnector({
    loginUrl: simulator.url,
    auth: { kind: 'client-credentials', clientId, clientSecret },
    gate: openGate(),
  });
  const person = new Connection({ loginUrl: simulator.url, version: '62.0' });
  await person.login(personUsername, personPassword);
  return {
    connector,
    person,
    simulator,
    control: async (path, body) => {
      const response = await fetch(`${simulator.url}/_sandbox${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    create: async (type, fields) => {
      const created = await person.sobject(type).create(fields);
      if (!created.success) throw new Error(`${type} was not created: ${JSON.stringify(created.errors)}`);
      return created.id;
    },
    close: async () => {
      await connector.close();
      await simulator.close();
    },
  };
};
