import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WriteRow } from '../../../src/model/write.ts';
import { type FakeSalesforce, startFakeSalesforce, tokenAnswer } from './fake-salesforce.ts';
import { connectorTo, failureOf, openGate, reading, writing } from './harness.ts';

const unavailable = { status: 503, json: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }] };
const leadId = '00Q000000000001EAA';
const update: WriteRow = { op: 'update', key: 'k1', id: leadId, fields: { City: 'Turin' } };
const upsert: WriteRow = {
  op: 'upsert',
  key: 'k2',
  identityField: 'HubSpot_Id__c',
  identityValue: '151',
  fields: { LastName: 'Rossi' },
};

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
});
afterEach(async () => {
  await fake.close();
});

describe('jsforce repeats nothing by itself', () => {
  it.each([429, 500, 502, 503])(
    'a GET answered %i is sent once per try of ours',
    async (status) => {
      fake.onApi = () => ({ status, text: '' });
      const failure = await failureOf(connectorTo(fake).describe('Lead', reading));
      expect(failure.category).toBe(status === 429 ? 'throttled' : 'unavailable');
      // One try and the four of withRetry; jsforce alone would make six of each of these.
      expect(fake.apiCalls()).toHaveLength(5);
    },
    40_000,
  );

  it('a GET refused for what it asks is sent once', async () => {
    fake.onApi = () => ({ status: 404, json: [{ errorCode: 'NOT_FOUND', message: 'no such resource' }] });
    const failure = await failureOf(connectorTo(fake).describe('Nope__c', reading));
    expect(failure).toMatchObject({ category: 'schema', code: 'NOT_FOUND' });
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('a read comes through after a failure that passed', async () => {
    const answers = [unavailable, { json: [], headers: {} }];
    fake.onApi = () => answers.shift() ?? { status: 500 };
    const found = await connectorTo(fake).readMany('Lead', [], ['City'], reading);
    expect(found.size).toBe(0);
    expect(fake.apiCalls()).toHaveLength(0);
    const listed = connectorTo(fake);
    const pages = [unavailable, { json: { done: true, records: [] } }];
    fake.onApi = () => pages.shift() ?? { status: 500 };
    expect(await listed.listPage('Lead', null, ['City'], reading)).toEqual({ records: [], after: null });
    expect(fake.apiCalls()).toHaveLength(2);
  });
});

describe('what a header tells of the daily limit', () => {
  it.each([
    ['api-usage=18/15000', { dailyLimit: 15_000, dailyUsed: 18 }],
    ['api-usage=18/15000; per-app-api-usage=17/250(appName=tandem)', { dailyLimit: 15_000, dailyUsed: 18 }],
    // Believed, it would keep every call waiting for a day.
    ['api-usage=18/0', { dailyLimit: null, dailyUsed: null }],
    ['api-usage=18/x', { dailyLimit: null, dailyUsed: null }],
  ])('%s', async (header, quota) => {
    fake.onApi = () => ({ json: { done: true, records: [] }, headers: { 'sforce-limit-info': header } });
    const connector = connectorTo(fake);
    await connector.listPage('Lead', null, ['City'], reading);
    expect(connector.quota()).toMatchObject(quota);
  });
});

describe('a write is sent once, and what cannot be known is unknown', () => {
  it.each([
    ['cut before the answer', { cut: 'before' as const }],
    ['cut inside the answer', { json: [{ id: leadId, success: true }], cut: 'middle' as const }],
    ['answered 500', { status: 500, text: 'oops' }],
    ['answered 502', { status: 502, text: '<html></html>' }],
    ['answered 503 SERVER_UNAVAILABLE', unavailable],
    ['answered 200 with something else', { text: 'hello' }],
    ['answered for fewer rows', { json: [] }],
    ['landed, but under no id', { json: [{ success: true, errors: [] }] }],
  ])('%s', async (_name, answer) => {
    fake.onApi = () => answer;
    const outcomes = await connectorTo(fake).writeMany('Lead', [upsert], writing);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown']);
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('without an answer in time, and the socket is really cut', async () => {
    fake.onApi = () => ({ cut: 'never' });
    const connector = connectorTo(fake, { gate: openGate(300) });
    const [outcome] = await connector.writeMany('Lead', [update], writing);
    expect(outcome).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('TIMEOUT') });
    await vi.waitFor(() => expect(fake.cutByClient.count).toBe(1));
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('stopped under way by the caller', async () => {
    const stop = new AbortController();
    fake.onApi = () => {
      stop.abort(new Error('lease lost'));
      return { cut: 'never' };
    };
    const [outcome] = await connectorTo(fake).writeMany('Lead', [update], {
      ...writing,
      signal: stop.signal,
    });
    expect(outcome?.kind).toBe('unknown');
    await vi.waitFor(() => expect(fake.cutByClient.count).toBe(1));
  });
});

describe('a write that nobody executed is refused, not unknown', () => {
  it('when no connection could be made', async () => {
    const connector = connectorTo(fake);
    // Signed in, and with no connection left that a write would still find open.
    const headers = { connection: 'close' };
    fake.onSignIn = () => ({ ...tokenAnswer(fake.url, 'token'), headers });
    fake.onApi = () => ({ json: {}, headers });
    await connector.check(reading);
    const { url } = fake;
    await fake.close();
    const [outcome] = await connector.writeMany('Lead', [update], writing);
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: {
        ...{ category: 'unavailable', code: 'ECONNREFUSED' },
        message: expect.stringContaining(`no connection to ${url} `),
      },
    });
    fake = await startFakeSalesforce();
  }, 20_000);

  it('when the caller stopped before it was sent', async () => {
    const signal = AbortSignal.abort(new Error('lease lost'));
    const [outcome] = await connectorTo(fake).writeMany('Lead', [update], { ...writing, signal });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'ABORTED' } });
    expect(fake.apiCalls()).toHaveLength(0);
  });

  it('when the day’s calls are used up, and the rows that are left are not sent', async () => {
    fake.onApi = () => ({
      status: 403,
      json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    });
    const rows = Array.from({ length: 401 }, (_, n): WriteRow => ({ ...upsert, identityValue: `${n}` }));
    const outcomes = await connectorTo(fake).writeMany('Lead', rows, writing);
    expect(outcomes).toHaveLength(401);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'refused', failure: { category: 'throttled' } });
    }
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it.each([
    ['without a reason', { status: 429, text: '' }],
    [
      'with a reason',
      { status: 429, json: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'too many requests' }] },
    ],
  ])('when a gateway answers 429 %s, for as long as its Retry-After says', async (_name, answer) => {
    fake.onApi = () => ({ ...answer, headers: { 'retry-after': '7' } });
    const [outcome] = await connectorTo(fake).writeMany('Lead', [update], writing);
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { category: 'throttled', retryAfterMs: 7_000 },
    });
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('when a field does not exist, which refuses the whole call', async () => {
    fake.onApi = () => ({
      status: 400,
      json: [{ errorCode: 'INVALID_FIELD', message: "No such column 'Nope__c' on sobject of type Lead" }],
    });
    const outcomes = await connectorTo(fake).writeMany('Lead', [update, upsert], writing);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        kind: 'refused',
        failure: { category: 'schema', code: 'INVALID_FIELD', fields: ['Nope__c'] },
      });
    }
    expect(outcomes).toHaveLength(2);
  });
});

it('reports the day’s quota from the answers', async () => {
  fake.onApi = () => ({ json: {} });
  const connector = connectorTo(fake);
  expect(connector.quota()).toMatchObject({ dailyLimit: null, dailyUsed: null });
  await connector.check(reading);
  expect(connector.quota()).toMatchObject({ dailyLimit: 100_000, dailyUsed: 18 });
});

it('takes the time from the Date header', async () => {
  fake.onApi = () => ({ json: [], headers: { date: 'Tue, 24 Nov 2026 10:00:00 GMT' } });
  expect(await connectorTo(fake).now(reading)).toBe(Date.UTC(2026, 10, 24, 10));
});
