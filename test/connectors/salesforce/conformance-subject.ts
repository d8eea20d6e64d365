import { Connection } from 'jsforce';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { makeSalesforceConnector } from '../../../src/connectors/salesforce/connector.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { Subject } from '../conformance.ts';
import { toId18 } from './harness.ts';

/** A Salesforce to conform against: the simulator, or a scratch org with its sandbox endpoints stood in for. */
export interface SalesforceUnderTest {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly personUsername: string;
  readonly personPassword: string;
  close(): Promise<void>;
}

const connect = (system: SalesforceUnderTest, clientSecret: string): Connector =>
  makeSalesforceConnector({
    loginUrl: system.url,
    auth: { kind: 'client-credentials', clientId: system.clientId, clientSecret },
    gate: makeGate({
      system: 'salesforce',
      store: makeMemoryPermitStore(Date.now),
      limits: { standard: { calls: 25, windowMs: 0 }, search: { calls: 25, windowMs: 0 } },
      dailyShare: 1,
      // The faults of the suite are a daily limit that passes at once; the real one is waited out for minutes.
      concernsAllLanes: () => false,
      onStoreError: (error) => {
        throw error;
      },
    }),
  });

/** A Lead, its edits and deletions made by the person through jsforce itself. */
export const makeSalesforceSubject = async (system: SalesforceUnderTest): Promise<Subject> => {
  const person = new Connection({ loginUrl: system.url, version: '62.0' });
  await person.login(system.personUsername, system.personPassword);
  const connector = connect(system, system.clientSecret);
  const wrongCredentials = connect(system, 'not the secret');
  return {
    connector,
    wrongCredentials,
    sandboxUrl: system.url,
    type: 'Lead',
    fields: { text: 'City', other: 'Title', email: 'Email', identity: 'HubSpot_Id__c' },
    makeFields: (email) => ({ LastName: 'Conformance', Company: 'Conformance Ltd', Email: email }),
    refused: { field: 'City', value: 'too long for a city '.repeat(3) },
    missingId: toId18('00Qzzzzzzzzzzzz') ?? '',
    async edit(id: string, fields: RawFields) {
      await person.sobject('Lead').update({ Id: id, ...fields });
    },
    async remove(id: string) {
      await person.sobject('Lead').delete(id);
    },
    writePath: '/composite/sobjects(/Lead/HubSpot_Id__c)?$',
    readPath: '/composite/sobjects/Lead$',
    throttledCode: 'REQUEST_LIMIT_EXCEEDED',
    findsDeleted: true,
    showsDeletions: true,
    keepsHistory: true,
    async close() {
      await connector.close();
      await wrongCredentials.close();
      await system.close();
    },
  };
};
