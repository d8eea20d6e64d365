import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalesforceSimulator } from '../../../src/sandbox/salesforce/simulator.ts';
import { base, type Org, startOrg } from './org.ts';

describe('sign-in', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const token = async (form: Record<string, string>) => {
    const { clientId, clientSecret } = org.simulator.credentials;
    const response = await fetch(`${org.simulator.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };

  it('answers a token with the identity that clients read', async () => {
    const { status, body } = await token({ grant_type: 'client_credentials' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', instance_url: org.simulator.url });
    const [organization, user] = body.id?.split('/').slice(-2) ?? [];
    expect(organization).toMatch(/^00D.{15}$/);
    expect(user).toMatch(/^005.{15}$/);
    expect(body.access_token?.startsWith(`${organization?.slice(0, 15)}!`)).toBe(true);
  });

  it.each([
    [
      { grant_type: 'client_credentials', client_secret: 'x' },
      'invalid_client',
      'invalid client credentials',
    ],
    [{ grant_type: 'client_credentials', client_id: 'x' }, 'invalid_client_id', 'client identifier invalid'],
    [{ grant_type: 'password', username: 'x', password: 'y' }, 'invalid_grant', 'authentication failure'],
    [{ grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant', 'expired access/refresh token'],
    [
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
      'invalid_grant',
      'invalid assertion',
    ],
    [{ grant_type: 'constructor' }, 'unsupported_grant_type', 'grant type not supported'],
  ])('refuses %j', async (form, error, description) => {
    expect(await token(form)).toEqual({ status: 400, body: { error, error_description: description } });
  });

  it('can close client credentials', async () => {
    await org.control('/auth', { clientCredentials: false });
    expect((await token({ grant_type: 'client_credentials' })).body.error_description).toBe(
      'no client credentials user enabled',
    );
    await org.control('/auth', { clientCredentials: true });
  });

  it('takes a JWT once its certificate is known', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { clientId, username } = org.simulator.credentials;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const assertion = (claims: Record<string, unknown>) => {
      const exp = Math.floor(org.clock.now() / 1_000) + 180;
      const head = `${encode({ alg: 'RS256' })}.${encode({ iss: clientId, sub: username, aud: org.simulator.url, exp, ...claims })}`;
      return `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')}`;
    };
    const ask = (claims: Record<string, unknown>) =>
      token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion(claims) });
    expect((await ask({})).body.error_description).toBe("user hasn't approved this consumer");
    await org.control('/auth', { jwtPublicKey: publicKey.export({ type: 'spki', format: 'pem' }) });
    expect((await ask({})).status).toBe(200);
    expect((await ask({ exp: 1 })).body.error_description).toBe('expired assertion');
    expect((await ask({ sub: 'other' })).body.error).toBe('invalid_grant');
  });

  it('ends sessions: expired, revoked, idle for two hours', async () => {
    const gone = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
    const use = async (bearer: string | undefined) => {
      const answer = await org.call('GET', `${base}/limits`, undefined, {
        who: 'nobody',
        headers: { authorization: `Bearer ${bearer}` },
      });
      return answer.status === 401 ? answer.body : answer.status;
    };
    const open = async () => (await token({ grant_type: 'client_credentials' })).body.access_token;
    expect(await use('nope')).toEqual(gone);
    const revoked = await open();
    await fetch(`${org.simulator.url}/services/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: revoked ?? '' }),
    });
    expect(await use(revoked)).toEqual(gone);
    const idle = await open();
    org.clock.advance(119 * 60_000);
    expect(await use(idle)).toBe(200);
    org.clock.advance(121 * 60_000);
    expect(await use(idle)).toEqual(gone);
    const ended = await open();
    await org.control('/auth', { expire: 'integration' });
    expect(await use(ended)).toEqual(gone);
  });
});

describe('limits', () => {
  it('counts 100,000 a rolling day, discovery apart, and refuses beyond with 403', async () => {
    const org = await startOrg();
    const usage = (answer: { headers: Headers }) => answer.headers.get('sforce-limit-info');
    expect(usage(await org.query('SELECT Id FROM User'))).toBe('api-usage=1/100000');
    const discovery = await org.call('GET', '/services/data', undefined, { who: 'nobody' });
    expect(discovery.body.at(-1)).toMatchObject({ version: '67.0', label: "Summer '26" });
    expect(usage(await org.query('SELECT Nope FROM User'))).toBe('api-usage=2/100000');
    await org.control('/limits', { daily: 3 });
    expect(usage(await org.query('SELECT Id FROM User', { who: 'person' }))).toBe('api-usage=3/3');
    const refused = await org.query('SELECT Id FROM User');
    expect([refused.status, refused.body]).toEqual([
      403,
      [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    ]);
    expect((await org.control('/stats')).body.calls.limited).toBe(1);
    await org.control('/limits', { daily: null });
    expect((await org.query('SELECT Id FROM User')).status).toBe(200);
    await org.control('/limits', { reset: true, daily: 5 });
    org.clock.advance(60 * 60_000);
    expect((await org.query('SELECT Id FROM User')).status).toBe(200);
    await org.control('/limits', { daily: 1 });
    expect((await org.query('SELECT Id FROM User')).status).toBe(403);
    await org.close();
  });

  it('refuses beyond the requests that last 20 seconds or more', async () => {
    let now = Date.UTC(2026, 10, 25);
    const sleepers: (() => void)[] = [];
    const clock = {
      now: () => now,
      sleep: () =>
        new Promise<void>((resolve) => {
          sleepers.push(resolve);
        }),
    };
    const simulator = await createSalesforceSimulator({
      port: 0,
      seed: 1,
      contacts: 0,
      leads: 0,
      latency: { ms: 0, jitterMs: 0 },
      clock,
    });
    const { url, credentials } = simulator;
    const post = (path: string, body: URLSearchParams | string) =>
      fetch(`${url}${path}`, { method: 'POST', body });
    const signedIn = await post(
      '/services/oauth2/token',
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
      }),
    );
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const limits = () => fetch(`${url}${base}/limits`, { headers: { authorization: `Bearer ${token}` } });
    await post('/_sandbox/limits', JSON.stringify({ concurrent: 1 }));
    await post('/_sandbox/faults', JSON.stringify([{ effect: { delayMs: 30_000, times: 1 } }]));
    const long = limits();
    await expect.poll(() => sleepers.length).toBe(1);
    expect((await limits()).status).toBe(200);
    now += 20_000;
    const refused = await limits();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
    for (const wake of sleepers) wake();
    expect((await long).status).toBe(200);
    expect((await limits()).status).toBe(200);
    await simulator.close();
  });
});
