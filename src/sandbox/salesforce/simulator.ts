import { type Simulator, type SimulatorOptions, startSimulator } from '../core/simulator.ts';
import { makeSalesforceCredentials, type SalesforceCredentials } from './credentials.ts';
import { createSalesforceSystem } from './system.ts';

export interface SalesforceSimulator extends Simulator {
  readonly credentials: SalesforceCredentials;
}

/**
 * Starts the Salesforce simulator on 127.0.0.1 with `leads` leads. The credentials follow from the seed and stay as they
 * are through resets. Rejects with UsageError when the port is taken.
 */
export const createSalesforceSimulator = async (options: SimulatorOptions): Promise<SalesforceSimulator> => {
  const credentials = makeSalesforceCredentials(options.seed);
  const simulator = await startSimulator(createSalesforceSystem(credentials, options.clock), options);
  return { ...simulator, credentials };
};
