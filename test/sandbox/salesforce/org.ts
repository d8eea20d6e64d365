import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from 'jsforce';
import type { Clock } from '../../../src/sandbox/core/clock.ts';
import {
  createSalesforceSimulator,
  type SalesforceSimulator,
} from '../../../src/sandbox/salesforce/simulator.ts';

export const base = '/services/data/v60.0';

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** The real clock, which can be moved ahead beside: long polls need its time. */
const makeRunningClock = (): TestClock => {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (ms) => delay(ms, undefined, { ref: false }),
    advance: (ms) => {
      ahead += ms;
    },
  };
};

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
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests look into
  readonly body: any;
}

export type Who = 'integration' | 'person' | 'nobody';

export interface CallOptions {
  readonly who?: Who;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running org with the official client for the integration, and raw calls for both callers and the control routes. */
export interface Org {
  readonly clock: TestClock;
  readonly simulator: SalesforceSimulator;
  readonly connection: Connection;
  readonly tokens: Readonly<Record<'integration' | 'person', string>>;
  /** Signs both in anew, after a time in which their sessions ended. */
  renew(): Promise<void>;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  control(path: string, body?: unknown): Promise<Answer>;
  /** Creates a lead (LastName and Company filled where absent) and answers its id. */
  lead(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Creates a record of any type and answers its id. */
  create(type: string, fields: Readonly<Record<string, unknown>>): Promise<string>;
  read(id: string, ...fields: string[]): Promise<Record<string, unknown>>;
  query(soql: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

const toAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
};

const signIn = async (
  simulator: SalesforceSimulator,
  form: Readonly<Record<string, string>>,
): Promise<string> => {
  const { clientId, clientSecret } = simulator.credentials;
  const response = await fetch(`${simulator.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`sign-in answered ${response.status}`);
  return token;
};

export const startOrg = async (
  options: { seed?: number; leads?: number; runs?: boolean } = {},
): Promise<Org> => {
  const clock = options.runs === true ? makeRunningClock() : makeTestClock();
  const defects: unknown[] = [];
  const simulator = await createSalesforceSimulator({
    port: 0,
    seed: options.seed ?? 1,
    contacts: 0,
    leads: options.leads ?? 0,
    latency: { ms: 0, jitterMs: 0 },
    clock,
    onDefect: (error) => defects.push(error),
  });
  const { personUsername, personPassword } = simulator.credentials;
  const tokens = { integration: '', person: '' };
  const connection = new Connection({ instanceUrl: simulator.url, version: '60.0' });
  const renew = async (): Promise<void> => {
    tokens.integration = await signIn(simulator, { grant_type: 'client_credentials' });
    tokens.person = await signIn(simulator, {
      grant_type: 'password',
      username: personUsername,
      password: personPassword,
    });
    connection.accessToken = tokens.integration;
  };
  await renew();
  const org: Org = {
    clock,
    simulator,
    tokens,
    connection,
    renew,
    call: async (method, path, body, { who = 'integration', headers = {} } = {}) =>
      toAnswer(
        await fetch(`${simulator.url}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(who === 'nobody' ? {} : { authorization: `Bearer ${tokens[who]}` }),
            ...headers,
          },
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
    lead: async (fields = {}) => org.create('Lead', { LastName: 'Doe', Company: 'Acme', ...fields }),
    create: async (type, fields) => {
      const answer = await org.call('POST', `${base}/sobjects/${type}`, fields);
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`);
      return answer.body.id;
    },
    read: async (id, ...fields) =>
      (await org.call('GET', `${base}/sobjects/Lead/${id}?fields=${fields.join(',')}`)).body,
    query: (soql, callOptions) =>
      org.call('GET', `${base}/query?q=${encodeURIComponent(soql)}`, undefined, callOptions),
    close: async () => {
      await simulator.close();
      if (defects.length > 0) throw new Error('the simulator broke', { cause: defects[0] });
    },
  };
  return org;
};
