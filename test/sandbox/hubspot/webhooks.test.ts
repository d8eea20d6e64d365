import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Signature } from '@hubspot/api-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const secret = 'client secret';

interface Delivery {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}

let portal: Portal;
let receiver: Server;
let target: string;
let deliveries: Delivery[];
/** What the receiver answers to the next deliveries; 200 when there is nothing left. */
let answers: number[];
let underWay: number;
let mostUnderWay: number;

beforeEach(async () => {
  portal = await startPortal();
  // One record a save: the companies that the portal makes by itself are told of as well.
  await portal.control('/portal', { createCompanies: false });
  deliveries = [];
  answers = [];
  [underWay, mostUnderWay] = [0, 0];
  receiver = createServer(async (incoming, response) => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    deliveries.push({ events: JSON.parse(body), body, headers: incoming.headers, url: incoming.url ?? '' });
    underWay -= 1;
    response.statusCode = answers.shift() ?? 200;
    response.end();
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?tenant=a%20b%3Ac`;
});
afterEach(async () => {
  await portal.close();
  receiver.closeAllConnections();
  receiver.close();
});

const register = async (more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const answer = await portal.control('/webhooks', { url: target, secret, ...more });
  expect(answer.status).toBe(200);
};

const events = () => deliveries.flatMap((delivery) => delivery.events);
const stats = async () => (await portal.control('/webhooks')).body;
const quiet = async (): Promise<void> => {
  await expect.poll(async () => (await stats()).pending, { timeout: 5_000, interval: 5 }).toBe(0);
};

describe('a webhook', () => {
  it('is told of a creation and of each property of it, at the record’s own stamp', async () => {
    await register();
    const id = await portal.create({ email: 'Ada@Example.com', firstname: 'Ada' });
    await quiet();
    const mine = events();
    expect(mine.every((event) => event.objectId === Number(id))).toBe(true);
    expect(mine.find((event) => event.subscriptionType === 'contact.creation')).toMatchObject({
      changeFlag: 'CREATED',
      changeSource: 'INTEGRATION',
      attemptNumber: 0,
    });
    const values = Object.fromEntries(mine.map((event) => [event.propertyName, event.propertyValue]));
    expect(values).toMatchObject({ email: 'ada@example.com', firstname: 'Ada', lifecyclestage: 'lead' });
    const { lastmodifieddate } = await portal.read(id, 'lastmodifieddate');
    expect(new Set(mine.map((event) => event.occurredAt))).toEqual(
      new Set([Date.parse(lastmodifieddate ?? '')]),
    );
  });

  it('is told of changes whoever made them, of a clearing as an empty value, and of what did not change not at all', async () => {
    const id = await portal.create({ email: 'a@example.com', jobtitle: 'CEO', city: 'Rome' });
    await register();
    await portal.call(
      'PATCH',
      `/crm/v3/objects/contacts/${id}`,
      { properties: { jobtitle: '', city: 'Rome' } },
      'person',
    );
    await quiet();
    expect(events()).toEqual([
      expect.objectContaining({
        subscriptionType: 'contact.propertyChange',
        propertyName: 'jobtitle',
        propertyValue: '',
        changeSource: 'CRM_UI',
      }),
    ]);
    await portal.call('DELETE', `/crm/v3/objects/contacts/${id}`, undefined, 'person');
    await quiet();
    expect(events().at(-1)).toMatchObject({
      subscriptionType: 'contact.deletion',
      changeFlag: 'DELETED',
      changeSource: 'CRM_UI',
    });
  });

  it('signs what HubSpot’s own client accepts, the address with it', async () => {
    // The client knows no clock but the real one.
    portal.clock.advance(Date.now() - portal.clock.now());
    await register();
    await portal.create({ email: 'a@example.com' });
    await quiet();
    const [delivery] = deliveries;
    const timestamp = Number(delivery?.headers['x-hubspot-request-timestamp']);
    expect(timestamp).toBe(portal.clock.now());
    const options = {
      signature: String(delivery?.headers['x-hubspot-signature-v3']),
      clientSecret: secret,
      requestBody: delivery?.body ?? '',
      signatureVersion: 'v3',
      // %3A is decoded before it is signed, %20 is not; the client leaves that to its caller.
      url: target.replace('%3A', ':'),
      method: 'POST',
      timestamp,
    };
    expect(Signature.isValid(options)).toBe(true);
    expect(Signature.isValid({ ...options, url: target })).toBe(false);
  });

  it('is sent batches of 100 at most, ten at once at most', async () => {
    await register();
    for (let batch = 0; batch < 12; batch += 1) {
      const inputs = Array.from({ length: 100 }, (_, at) => ({
        properties: { email: `p${batch}-${at}@example.com` },
      }));
      await portal.call('POST', '/crm/v3/objects/contacts/batch/create', { inputs });
    }
    await quiet();
    const sizes = deliveries.map((delivery) => delivery.events.length);
    expect(Math.max(...sizes)).toBe(100);
    expect(events().filter((event) => event.subscriptionType === 'contact.creation')).toHaveLength(1_200);
    expect(mostUnderWay).toBeLessThanOrEqual(10);
    expect((await stats()).concurrent).toBeGreaterThan(1);
  });

  it.each([500, 429, 404, 302])('is tried again after %d, counting the attempts', async (status) => {
    await register();
    answers = [status, status, status];
    await portal.create({ email: 'a@example.com' });
    await quiet();
    expect(deliveries.map((delivery) => delivery.events[0]?.attemptNumber)).toEqual([0, 1, 2, 3]);
    expect(await stats()).toMatchObject({ failedRequests: 3, lost: 0 });
  });

  it('loses events after ten tries more', async () => {
    await register();
    answers = Array.from({ length: 30 }, () => 500);
    await portal.create({ email: 'a@example.com' });
    await quiet();
    expect(deliveries).toHaveLength(11);
    expect((await stats()).lost).toBe(deliveries[0]?.events.length);
  });

  it('that nobody answers is tried again', async () => {
    await register({ url: 'http://127.0.0.1:1/hook' });
    await portal.create({ email: 'a@example.com' });
    await quiet();
    expect(await stats()).toMatchObject({ delivered: 0, requests: 11, failedRequests: 11 });
  });

  it('repeats, and loses, as it is told to', async () => {
    await register({ duplicate: true });
    await portal.create({ email: 'a@example.com' });
    await quiet();
    const names = events().map((event) => `${event.subscriptionType} ${event.propertyName ?? ''}`);
    expect(names.length).toBe(new Set(names).size * 2);
    await register({ dropEvery: 2 });
    deliveries = [];
    for (let at = 0; at < 10; at += 1) await portal.create({ firstname: `P${at}` });
    await quiet();
    const { dropped, delivered } = await stats();
    expect(dropped - delivered).toBeGreaterThanOrEqual(-1);
    expect(dropped - delivered).toBeLessThanOrEqual(1);
  });

  it('tells an app only what it subscribed to', async () => {
    await register({
      subscriptions: [
        { eventType: 'contact.propertyChange', propertyName: 'jobtitle' },
        { eventType: 'object.creation', objectTypeId: '0-1' },
        { eventType: 'contact.deletion', active: false },
      ],
    });
    const id = await portal.create({ email: 'a@example.com', jobtitle: 'CEO' });
    await portal.call('DELETE', `/crm/v3/objects/contacts/${id}`);
    await quiet();
    expect(
      events()
        .map((event) => event.subscriptionType)
        .sort(),
    ).toEqual(['contact.propertyChange', 'object.creation']);
    expect(events().find((event) => event.subscriptionType === 'object.creation')).toMatchObject({
      objectTypeId: '0-1',
      isSensitive: false,
    });
  });

  it('tells of custom objects by their type id', async () => {
    await register();
    await portal.control('/schema', {
      objects: [{ name: 'pets', properties: [{ name: 'breed', type: 'string', fieldType: 'text' }] }],
    });
    const answer = await portal.call('POST', '/crm/v3/objects/pets', { properties: { breed: 'cat' } });
    expect(answer.status).toBe(201);
    await quiet();
    expect(events().find((event) => event.propertyName === 'breed')).toMatchObject({
      subscriptionType: 'object.propertyChange',
      objectTypeId: expect.stringMatching(/^2-/),
    });
  });

  it('ends where it is told to', async () => {
    await register();
    await portal.control('/webhooks', { url: null });
    await portal.create({ email: 'a@example.com' });
    expect(await stats()).toMatchObject({ pending: 0, requests: 0 });
  });

  it.each([
    [{ url: 'ftp://x', secret }, 'url'],
    [{ url: 'http://x' }, 'secret'],
    [
      { url: 'http://x', secret, subscriptions: [{ eventType: 'contact.sneeze' }] },
      'subscriptions[0].eventType',
    ],
    [
      { url: 'http://x', secret, subscriptions: [{ eventType: 'contact.propertyChange' }] },
      'subscriptions[0].propertyName',
    ],
    [{ url: 'http://x', secret, dropEvery: 1 }, 'dropEvery'],
  ])('is refused as %j', async (settings, place) => {
    const { status, body } = await portal.control('/webhooks', settings);
    expect([status, body.place]).toEqual([400, place]);
  });
});
