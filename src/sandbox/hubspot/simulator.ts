import { systemClock } from '../core/clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../core/simulator.ts';
import { createHubspotSystem, type HubspotTokens, makeHubspotTokens } from './system.ts';

export interface HubspotSimulator extends Simulator {
  readonly tokens: HubspotTokens;
}

/**
 * Starts the HubSpot simulator on 127.0.0.1 with `contacts` contacts. The tokens follow from the seed and stay as they
 * are through resets. Rejects with UsageError when the port is taken.
 */
export const createHubspotSimulator = async (options: SimulatorOptions): Promise<HubspotSimulator> => {
  const tokens = makeHubspotTokens(options.seed);
  const simulator = await startSimulator(createHubspotSystem(tokens, options.clock ?? systemClock), options);
  return { ...simulator, tokens };
};
