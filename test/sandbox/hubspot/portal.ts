import { Client } from '@hubspot/api-client';
import type { Clock } from '../../../src/sandbox/core/clock.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/core/simulator.ts';
import {
  createHubspotSystem,
  type HubspotTokens,
  makeHubspotTokens,
} from '../../../src/sandbox/hubspot/system.ts';

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

const makeTestClock = (): TestClock => {
  let now = Date.UTC(2026, 10, 25, 12);
  return {
    now: () => now,
    sleep: () => Promise.resolve(),
    advance: (ms) => {
      now += ms;
    },
  };
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests look into
  readonly body: any;
}

/** A running portal with the official client for the integration, and raw calls for both callers and the control routes. */
export interface Portal {
  readonly clock: TestClock;
  readonly client: Client;
  readonly simulator: Simulator;
  /** The app's credentials, for the journal. */
  readonly app: HubspotTokens['app'];
  call(
    method: string,
    path: string,
    body?: unknown,
    caller?: 'integration' | 'person' | 'nobody',
  ): Promise<Answer>;
  control(path: string, body?: unknown): Promise<Answer>;
  /** Creates a contact and answers its id. */
  create(properties: Record<string, string>): Promise<string>;
  /** What GET by id says of some properties. */
  read(id: string, ...properties: string[]): Promise<Record<string, string | null>>;
  close(): Promise<void>;
}

const toAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
};

export const startPortal = async (
  options: { seed?: number; contacts?: number; leads?: number } = {},
): Promise<Portal> => {
  const seed = options.seed ?? 1;
  const clock = makeTestClock();
  const tokens = makeHubspotTokens(seed);
  const defects: unknown[] = [];
  const simulator = await startSimulator(createHubspotSystem(tokens, clock), {
    port: 0,
    seed,
    contacts: options.contacts ?? 0,
    leads: options.leads ?? 0,
    latency: { ms: 0, jitterMs: 0 },
    clock,
    onDefect: (error) => defects.push(error),
  });
  const headers = {
    integration: { authorization: `Bearer ${tokens.integration}` },
    person: { authorization: `Bearer ${tokens.person}` },
    nobody: {},
  };
  const portal: Portal = {
    clock,
    simulator,
    app: tokens.app,
    client: new Client({
      accessToken: tokens.integration,
      basePath: simulator.url,
      numberOfApiCallRetries: 0,
    }),
    call: async (method, path, body, caller = 'integration') =>
      toAnswer(
        await fetch(`${simulator.url}${path}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers[caller] },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      ),
    control: async (path, body) =>
      toAnswer(
        await fetch(`${simulator.url}/_sandbox${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    create: async (properties) => {
      const { status, body } = await portal.call('POST', '/crm/v3/objects/contacts', { properties });
      if (status !== 201) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
      return body.id;
    },
    read: async (id, ...properties) => {
      const query = properties.map((name) => `properties=${name}`).join('&');
      return (await portal.call('GET', `/crm/v3/objects/contacts/${id}?${query}`)).body.properties;
    },
    close: async () => {
      await simulator.close();
      if (defects.length > 0) throw new Error('the simulator broke', { cause: defects[0] });
    },
  };
  await portal.control('/limits', { burst: null, search: null });
  return portal;
};
