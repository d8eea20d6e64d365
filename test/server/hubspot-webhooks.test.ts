import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseWebhookDelivery } from '../../src/connectors/hubspot/webhook-events.ts';
import type { WebhookOutcome } from '../../src/server/hubspot-webhooks.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';

const secret = 'client secret';
const path = '/webhooks/hubspot';
const now = Date.UTC(2026, 10, 25, 12);
const fiveMinutesMs = 300_000;
const event = {
  subscriptionType: 'contact.propertyChange',
  objectId: 1,
  propertyName: 'x',
  propertyValue: 'y',
};
const body = JSON.stringify([event]);

interface Endpoint {
  readonly server: RunningServer;
  readonly taken: unknown[];
  readonly outcomes: WebhookOutcome[];
}
interface EndpointOptions {
  readonly secret?: string | null;
  readonly publicUrl?: string;
  readonly take?: (events: unknown) => Promise<boolean>;
}

let open: RunningServer | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const startEndpoint = async (options: EndpointOptions = {}): Promise<Endpoint> => {
  const taken: unknown[] = [];
  const outcomes: WebhookOutcome[] = [];
  const keep = async (events: unknown): Promise<boolean> => {
    if (parseWebhookDelivery(events) === null) return false;
    taken.push(events);
    return true;
  };
  const server = await startServer(
    {
      notReady: async () => null,
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      hubspot: {
        secret: options.secret === undefined ? secret : options.secret,
        publicUrl: options.publicUrl ?? null,
        take: options.take ?? keep,
        onOutcome: (outcome) => outcomes.push(outcome),
        nowMs: () => now,
      },
    },
    '127.0.0.1',
    0,
  );
  open = server;
  return { server, taken, outcomes };
};

interface Sent {
  readonly secret?: string;
  /** The address that is signed. */
  readonly url?: string;
  readonly timestamp?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const signatureOf = (url: string, text: string, { secret: key = secret, timestamp = now }: Sent): string =>
  createHmac('sha256', key).update(`POST${url}${text}${timestamp}`).digest('base64');

const post = async (endpoint: Endpoint, text = body, sent: Sent = {}, target = path): Promise<number> => {
  const url = `${endpoint.server.url}${target}`;
  const response = await fetch(url, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-hubspot-request-timestamp': String(sent.timestamp ?? now),
      'x-hubspot-signature-v3': signatureOf(sent.url ?? url, text, sent),
      ...sent.headers,
    },
  });
  await response.arrayBuffer();
  return response.status;
};

describe('a delivery of HubSpot', () => {
  it('is taken when its signature is right', async () => {
    const endpoint = await startEndpoint();
    expect(await post(endpoint)).toBe(200);
    expect(endpoint.taken).toEqual([[event]]);
  });

  it('is answered only when its events are safe', async () => {
    const events: string[] = [];
    let release: () => void = () => undefined;
    const committed = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const endpoint = await startEndpoint({
      take: async () => {
        arrived();
        await committed;
        events.push('committed');
        return true;
      },
    });
    const answer = post(endpoint).then((status) => events.push(`answered ${status}`));
    await begun;
    release();
    await answer;
    expect(events).toEqual(['committed', 'answered 200']);
  });

  it('is asked for again when its events cannot be stored, and taken then', async () => {
    let isDown = true;
    const endpoint = await startEndpoint({
      take: async () => {
        if (isDown) throw new Error('the store is away');
        return true;
      },
    });
    expect(await post(endpoint)).toBe(503);
    isDown = false;
    expect(await post(endpoint)).toBe(200);
    expect(endpoint.outcomes).toEqual(['not-taken', 'taken']);
  });

  it('does nothing when the very same one comes again', async () => {
    const endpoint = await startEndpoint();
    expect([await post(endpoint), await post(endpoint)]).toEqual([200, 200]);
    expect(endpoint.taken).toHaveLength(1);
    expect(endpoint.outcomes).toEqual(['taken', 'repeated']);
  });

  it.each<[string, Sent, number, WebhookOutcome]>([
    ['of another secret', { secret: 'other' }, 401, 'not-signed'],
    ['for another address', { url: 'http://127.0.0.1:1/webhooks/hubspot' }, 401, 'not-signed'],
    ['without a signature', { headers: { 'x-hubspot-signature-v3': '' } }, 401, 'not-signed'],
    ['that is no base64', { headers: { 'x-hubspot-signature-v3': '£££' } }, 401, 'not-signed'],
    [
      'with a signature of another length',
      { headers: { 'x-hubspot-signature-v3': 'YQ==' } },
      401,
      'not-signed',
    ],
    ['without a time', { headers: { 'x-hubspot-request-timestamp': '' } }, 401, 'not-signed'],
    ['of no time at all', { timestamp: 'yesterday' }, 401, 'too-old'],
    [
      'of another time than is signed',
      { headers: { 'x-hubspot-request-timestamp': String(now - 1) } },
      401,
      'not-signed',
    ],
    ['of five minutes ago', { timestamp: now - fiveMinutesMs }, 200, 'taken'],
    ['of more than five minutes ago', { timestamp: now - fiveMinutesMs - 1 }, 401, 'too-old'],
    ['of more than five minutes hence', { timestamp: now + fiveMinutesMs + 1 }, 401, 'too-old'],
  ])('%s', async (_name, sent, status, outcome) => {
    const endpoint = await startEndpoint();
    expect(await post(endpoint, body, sent)).toBe(status);
    expect(endpoint.outcomes).toEqual([outcome]);
    expect(endpoint.taken).toHaveLength(outcome === 'taken' ? 1 : 0);
  });

  it('is refused with a signature of version 1 alone', async () => {
    const endpoint = await startEndpoint();
    const headers = {
      'x-hubspot-signature-v3': '',
      'x-hubspot-signature-version': 'v1',
      'x-hubspot-signature': createHash('sha256')
        .update(secret + body)
        .digest('hex'),
    };
    expect(await post(endpoint, body, { headers })).toBe(401);
  });

  it('is refused when its body is another than was signed', async () => {
    const endpoint = await startEndpoint();
    const headers = { 'x-hubspot-signature-v3': signatureOf(`${endpoint.server.url}${path}`, body, {}) };
    expect(await post(endpoint, body.replace('"y"', '"z"'), { headers })).toBe(401);
  });

  it.each([
    ['text', 'no JSON'],
    ['nothing', ''],
    ['an object', '{"subscriptionType":"contact.creation"}'],
    ['a list of numbers', '[1,2]'],
    ['null', 'null'],
    ['a byte order mark alone', '\uFEFF'],
  ])('is refused when it holds %s', async (_name, text) => {
    const endpoint = await startEndpoint();
    expect(await post(endpoint, text)).toBe(400);
    expect(endpoint.outcomes).toEqual(['not-readable']);
  });

  it.each(['application/json', 'application/json;charset=utf-8', 'text/plain'])(
    'is known by its signature, not by its content type (%s)',
    async (type) => {
      expect(await post(await startEndpoint(), body, { headers: { 'content-type': type } })).toBe(200);
    },
  );

  it('is refused with a content type that is none', async () => {
    expect(await post(await startEndpoint(), body, { headers: { 'content-type': 'nonsense' } })).toBe(400);
  });

  it('is refused when it is too large, whether it says so before or not', async () => {
    const endpoint = await startEndpoint();
    expect(await post(endpoint, `[${' '.repeat(8 * 1024 * 1024)}]`)).toBe(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(endpoint.server.url);
      const headers = { 'x-hubspot-request-timestamp': now, 'x-hubspot-signature-v3': 'x'.repeat(44) };
      const chunked = request({ hostname, port, path, method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      chunked.on('error', reject);
      for (let sent = 0; sent < 9; sent += 1) chunked.write(Buffer.alloc(1024 * 1024, ' '));
      chunked.end();
    });
    expect(status).toBe(413);
    expect(endpoint.taken).toEqual([]);
  });

  it('covers the public address behind a proxy, whatever the proxy calls', async () => {
    const endpoint = await startEndpoint({ publicUrl: 'https://tandem.example.com/align/' });
    expect(await post(endpoint)).toBe(401);
    expect(await post(endpoint, body, { url: `https://tandem.example.com/align${path}` })).toBe(200);
    const query = `${path}?a=%20%3A%2Fb%25&c=d`;
    const url = `https://tandem.example.com/align${path}?a=%20:/b%25&c=d`;
    expect(await post(endpoint, body, { url }, query)).toBe(200);
  });

  it('has no address where no secret is set', async () => {
    const endpoint = await startEndpoint({ secret: null });
    expect(await post(endpoint)).toBe(404);
  });
});

describe('anything else that is posted there', () => {
  it('never breaks the worker', async () => {
    const endpoint = await startEndpoint();
    const header = fc.stringMatching(/^[\x20-\x7e\u00a1-\u00ff]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
        fc.oneof(fc.constant(String(now)), header),
        fc.option(header, { nil: null }),
        async (text, timestamp, signature) => {
          const headers: Record<string, string> = { 'x-hubspot-request-timestamp': timestamp.trim() };
          if (signature !== null) headers['x-hubspot-signature-v3'] = signature.trim();
          const status = await post(endpoint, text.toWellFormed(), { headers });
          expect([200, 400, 401]).toContain(status);
        },
      ),
      { numRuns: 200 },
    );
    expect(await post(endpoint)).toBe(200);
  });
});
