import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
beforeEach(async () => {
  portal = await startPortal();
  await portal.control('/limits', { reset: true });
});
afterEach(() => portal.close());

const details = (caller: 'integration' | 'person' = 'integration') =>
  portal.call('GET', '/account-info/v3/details', undefined, caller);
const search = () => portal.call('POST', '/crm/v3/objects/contacts/search', {});

describe('burst', () => {
  it('lets 190 calls in within ten seconds, for each app by itself, and opens again as the window rolls', async () => {
    for (let i = 0; i < 190; i += 1) expect((await details()).status).toBe(200);
    const refused = await details();
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      status: 'error',
      message: 'You have reached your ten_secondly_rolling limit.',
      errorType: 'RATE_LIMIT',
      correlationId: expect.any(String),
      policyName: 'TEN_SECONDLY_ROLLING',
      requestId: expect.any(String),
    });
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await details('person')).status).toBe(200);
    portal.clock.advance(9_999);
    expect((await details()).status).toBe(429);
    portal.clock.advance(1);
    expect((await details()).status).toBe(200);
    const { calls } = (await portal.control('/stats')).body;
    expect(calls).toMatchObject({ total: 194, limited: 2, byStatus: { 200: 192, 429: 2 } });
  });

  it('tells what is left in the headers', async () => {
    await details('person');
    const { headers } = await details();
    expect(
      Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-hubspot-ratelimit'))),
    ).toEqual({
      'x-hubspot-ratelimit-daily': '625000',
      'x-hubspot-ratelimit-daily-remaining': '624998',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': '190',
      'x-hubspot-ratelimit-remaining': '189',
      'x-hubspot-ratelimit-secondly': '19',
      'x-hubspot-ratelimit-secondly-remaining': '18',
    });
  });
});

describe('search', () => {
  it('five a second, outside the burst and without rate limit headers', async () => {
    for (let i = 0; i < 5; i += 1) {
      const { status, headers } = await search();
      expect(status).toBe(200);
      expect([...headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    }
    const refused = await search();
    expect([refused.status, refused.body.policyName, refused.body.message]).toEqual([
      429,
      'SECONDLY',
      'You have reached your secondly limit.',
    ]);
    expect((await details()).headers.get('x-hubspot-ratelimit-remaining')).toBe('189');
    portal.clock.advance(1_000);
    expect((await search()).status).toBe(200);
  });
});

describe('daily', () => {
  it('is shared by the apps, counts searches, and begins anew at midnight', async () => {
    await portal.control('/limits', { daily: 3 });
    await details();
    await details('person');
    await search();
    for (const refused of [await details(), await details('person'), await search()]) {
      expect([refused.status, refused.body.policyName, refused.body.message]).toEqual([
        429,
        'DAILY',
        'You have reached your daily limit.',
      ]);
    }
    portal.clock.advance(12 * 3_600_000);
    expect((await details()).headers.get('x-hubspot-ratelimit-daily-remaining')).toBe('2');
  });

  it('shows its use in the account API, by the official client path', async () => {
    await details();
    const { body } = await portal.call('GET', '/account-info/v3/api-usage/daily/private-apps');
    expect(body.results).toMatchObject([
      { usageLimit: 625_000, currentUsage: 2, resetsAt: '2026-11-26T00:00:00.000Z' },
    ]);
  });
});

describe('changing limits', () => {
  it("null lifts one, reset restores the vendor's", async () => {
    await portal.control('/limits', { burst: 1 });
    await details();
    expect((await details()).status).toBe(429);
    await portal.control('/limits', { burst: null });
    const open = await details();
    expect([open.status, open.headers.get('x-hubspot-ratelimit-max')]).toEqual([200, null]);
    await portal.control('/limits', { reset: true });
    expect((await details()).headers.get('x-hubspot-ratelimit-max')).toBe('190');
  });
});

describe('who calls', () => {
  it('401 without or with a wrong token', async () => {
    const { status, body } = await portal.call('GET', '/crm/v3/objects/contacts', undefined, 'nobody');
    expect([status, body.category]).toEqual([401, 'INVALID_AUTHENTICATION']);
    expect(body.message).toMatch(/^Authentication credentials not found\./);
  });
});

describe("faults with the vendor's own codes", () => {
  it.each([
    ['TEN_SECONDLY_ROLLING', 429, { errorType: 'RATE_LIMIT' }],
    ['DAILY', 429, { policyName: 'DAILY' }],
    ['EXPIRED_AUTHENTICATION', 401, { category: 'EXPIRED_AUTHENTICATION' }],
    [
      'MISSING_SCOPES',
      403,
      { category: 'MISSING_SCOPES', links: { scopes: 'https://developers.hubspot.com/scopes' } },
    ],
    ['LOCKED', 423, {}],
    ['INTERNAL_ERROR', 500, { status: 'error' }],
    ['SOMETHING_NEW', 400, { category: 'SOMETHING_NEW' }],
  ])('%s', async (code, status, shape) => {
    await portal.control('/faults', [{ effect: { code } }]);
    const answer = await details();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(shape);
  });

  it('BAD_GATEWAY answers HTML, as the edge does', async () => {
    await portal.control('/faults', [{ effect: { code: 'BAD_GATEWAY' } }]);
    const response = await fetch(`${portal.simulator.url}/crm/v3/owners`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      502,
      'text/html; charset=UTF-8',
    ]);
  });

  it('drop after creates the contact although the client hears nothing', async () => {
    await portal.control('/faults', [
      { match: { method: 'POST', path: 'contacts$' }, effect: { drop: 'after', times: 1 } },
    ]);
    const body = { properties: { email: 'dropped@example.com' } };
    await expect(portal.call('POST', '/crm/v3/objects/contacts', body)).rejects.toThrow();
    expect((await portal.call('POST', '/crm/v3/objects/contacts', body)).status).toBe(409);
  });
});
