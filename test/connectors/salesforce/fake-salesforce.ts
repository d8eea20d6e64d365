import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const ourUserId = '005000000000001AAA';
export const organizationId = '00D000000000001EAA';

export interface FakeRequest {
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Length of the request line and the headers, in bytes. */
  readonly headBytes: number;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `before`: cut without a byte; `middle`: cut inside the body; `never`: the connection stays silent. */
  readonly cut?: 'before' | 'middle' | 'never';
}

type Handler = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeSalesforce {
  readonly url: string;
  readonly requests: FakeRequest[];
  /** Requests to the API, sign-ins left out. */
  apiCalls(): FakeRequest[];
  signIns(): FakeRequest[];
  /** Connections that the client closed before it had an answer. */
  readonly cutByClient: { count: number };
  onApi: Handler;
  onSignIn: Handler;
  close(): Promise<void>;
}

const isSignIn = (path: string): boolean =>
  path.startsWith('/services/oauth2/') || path.startsWith('/services/Soap/');

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const ourCuts = new WeakSet<ServerResponse>();

const write = (response: ServerResponse, answer: FakeAnswer): void => {
  if (answer.cut === 'never') return;
  if (answer.cut !== undefined) ourCuts.add(response);
  if (answer.cut === 'before') {
    response.destroy();
    return;
  }
  const body = answer.text ?? JSON.stringify(answer.json ?? {});
  const type = answer.text === undefined ? 'application/json' : 'text/plain';
  response.writeHead(answer.status ?? 200, {
    'content-type': type,
    'sforce-limit-info': 'api-usage=18/100000',
    ...answer.headers,
  });
  if (answer.cut === 'middle') {
    response.write(body.slice(0, 5), () => response.destroy());
    return;
  }
  response.end(body);
};

/** The token answer for the n-th sign-in: each gives a session of its own. */
export const tokenAnswer = (url: string, token: string): FakeAnswer => ({
  json: {
    access_token: token,
    instance_url: url,
    id: `${url}/id/${organizationId}/${ourUserId}`,
    token_type: 'Bearer',
  },
});

/** A server that answers as a test says and counts what it is asked; no logic of its own. */
export const startFakeSalesforce = async (): Promise<FakeSalesforce> => {
  const requests: FakeRequest[] = [];
  const cutByClient = { count: 0 };
  const server = createServer((request, response) => {
    response.on('close', () => {
      // Those that this server cuts itself are destroyed before they close.
      if (!response.writableEnded && !ourCuts.has(response)) cutByClient.count += 1;
    });
    void (async () => {
      const body = await readBody(request);
      const url = new URL(request.url ?? '/', 'http://fake');
      const asked: FakeRequest = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
        headBytes: (request.url ?? '').length + request.rawHeaders.join('    ').length,
      };
      requests.push(asked);
      write(response, await (isSignIn(url.pathname) ? fake.onSignIn(asked) : fake.onApi(asked)));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeSalesforce = {
    url,
    requests,
    cutByClient,
    apiCalls: () => requests.filter(({ path }) => !isSignIn(path)),
    signIns: () => requests.filter(({ path }) => isSignIn(path)),
    onApi: () => ({ status: 500, text: 'no handler' }),
    onSignIn: () => tokenAnswer(url, `00D!session${fake.signIns().length}`),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
};
