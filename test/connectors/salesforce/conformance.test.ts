import { createSalesforceSimulator } from '../../../src/sandbox/salesforce/simulator.ts';
import { connectorConformance } from '../conformance.ts';
import { makeSalesforceSubject } from './conformance-subject.ts';

connectorConformance('Salesforce', async () => {
  const simulator = await createSalesforceSimulator({
    port: 0,
    seed: 1,
    contacts: 0,
    leads: 0,
    onDefect: (error) => {
      throw error;
    },
  });
  return makeSalesforceSubject({
    url: simulator.url,
    ...simulator.credentials,
    close: () => simulator.close(),
  });
});
