import type { Clock } from './core/clock.ts';
import type { LatencySettings } from './core/latency.ts';
import type { ApiRequest } from './core/message.ts';
import type { Simulator } from './core/simulator.ts';
import { createHubspotSimulator } from './hubspot/simulator.ts';
import { createSalesforceSimulator } from './salesforce/simulator.ts';

/** What `tandem sandbox` starts with; the defaults are in `sandboxDefaults`. */
export interface SandboxOptions {
  /** 0: any free port. */
  readonly hubspotPort?: number;
  readonly salesforcePort?: number;
  readonly seed?: number;
  readonly contacts?: number;
  readonly leads?: number;
  readonly latency?: LatencySettings;
  readonly clock?: Clock;
  /** Hears of a defect of a simulator; the client gets the vendor's 500. */
  readonly onDefect?: (error: unknown, request: ApiRequest) => void;
}

export const sandboxDefaults = {
  hubspotPort: 4010,
  salesforcePort: 4020,
  seed: 1,
  contacts: 2_000,
  leads: 1_200,
} as const;

/** The ready line: where both simulators are and how to sign in, as the integration and as the person. */
export interface SandboxAccess {
  readonly hubspot: string;
  readonly salesforce: string;
  readonly hubspotToken: string;
  readonly hubspotPersonToken: string;
  readonly hubspotClientId: string;
  readonly hubspotClientSecret: string;
  readonly salesforceUsername: string;
  readonly salesforcePassword: string;
  readonly salesforceClientId: string;
  readonly salesforceClientSecret: string;
  readonly salesforcePersonUsername: string;
  readonly salesforcePersonPassword: string;
}

export interface Sandbox {
  readonly access: SandboxAccess;
  close(): Promise<void>;
}

/** The ready line of two simulators that run. */
export const accessTo = (
  { url: hubspot, tokens }: Awaited<ReturnType<typeof createHubspotSimulator>>,
  { url: salesforce, credentials }: Awaited<ReturnType<typeof createSalesforceSimulator>>,
): SandboxAccess => ({
  hubspot,
  salesforce,
  hubspotToken: tokens.integration,
  hubspotPersonToken: tokens.person,
  hubspotClientId: tokens.app.clientId,
  hubspotClientSecret: tokens.app.clientSecret,
  salesforceUsername: credentials.username,
  salesforcePassword: credentials.password,
  salesforceClientId: credentials.clientId,
  salesforceClientSecret: credentials.clientSecret,
  salesforcePersonUsername: credentials.personUsername,
  salesforcePersonPassword: credentials.personPassword,
});

const closeAll = async (simulators: readonly Simulator[]): Promise<void> => {
  await Promise.all(simulators.map((simulator) => simulator.close()));
};

/**
 * Starts both simulators with people planned from one seed, so that they agree on who is who. Rejects with UsageError
 * when a port is taken; nothing is left running then.
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { hubspotPort, salesforcePort, ...shared } = { ...sandboxDefaults, ...options };
  const running: Simulator[] = [];
  try {
    const hubspot = await createHubspotSimulator({ ...shared, port: hubspotPort });
    running.push(hubspot);
    const salesforce = await createSalesforceSimulator({ ...shared, port: salesforcePort });
    running.push(salesforce);
    return {
      access: accessTo(hubspot, salesforce),
      close: () => closeAll(running),
    };
  } catch (error) {
    await closeAll(running);
    throw error;
  }
};
