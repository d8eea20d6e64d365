import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../src/compose.ts';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { concernsAllLanes } from '../../../src/connectors/hubspot/errors.ts';
import type { LaneLimits } from '../../../src/model/budget.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { reading } from './harness.ts';

/** More than the associations API takes in ten seconds, and fewer than the window takes. */
const calls = 170;

describe('HubSpot’s limit on associations', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({
      ...{ hubspotPort: 0, salesforcePort: 0, contacts: 0, leads: 0, latency: { ms: 0, jitterMs: 0 } },
    });
  });
  afterAll(async () => sandbox.close());

  const connectorWith = (own: LaneLimits) => {
    const pauses: string[] = [];
    const permits = makeMemoryPermitStore(Date.now);
    const gate = makeGate({
      system: 'hubspot',
      store: {
        ...permits,
        pause: async (system, lane, ...rest) => {
          pauses.push(lane);
          await permits.pause(system, lane, ...rest);
        },
      },
      limits: own,
      dailyShare: 1,
      concernsAllLanes,
      onStoreError: (error) => {
        throw error;
      },
    });
    const connector = makeHubSpotConnector({
      ...{ baseUrl: sandbox.access.hubspot, accessToken: sandbox.access.hubspotToken, gate },
    });
    return { connector, pauses };
  };
  const refused = async (): Promise<number> => {
    const response = await fetch(`${sandbox.access.hubspot}/_sandbox/stats`);
    return ((await response.json()) as { calls: { limited: number } }).calls.limited;
  };

  it('is kept: no call is refused, other calls go on meanwhile, and those above it wait for their window', async () => {
    const { connector, pauses } = connectorWith(limits.hubspot);
    const began = performance.now();
    const all = Promise.all(
      Array.from({ length: calls }, (_, at) =>
        connector.readTies?.('contacts', [String(at + 1)], 'companies', reading),
      ),
    );
    await connector.readMany('contacts', ['1'], ['email'], reading);
    expect(performance.now() - began).toBeLessThan(9_000);
    await all;
    expect(performance.now() - began).toBeGreaterThan(9_000);
    expect(await refused()).toBe(0);
    expect(pauses).toEqual([]);
  }, 60_000);
});
