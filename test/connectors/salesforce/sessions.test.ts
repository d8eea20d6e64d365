import { generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SalesforceAuth } from '../../../src/connectors/salesforce/sign-in.ts';
import { UsageError } from '../../../src/model/failure.ts';
import {
  type FakeSalesforce,
  organizationId,
  ourUserId,
  startFakeSalesforce,
  tokenAnswer,
} from './fake-salesforce.ts';
import { clientCredentials, connectorTo, failureOf, reading, writing } from './harness.ts';

const expired = {
  status: 401,
  json: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
};
const noRecords = { json: { done: true, records: [] } };

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
});
afterEach(async () => {
  await fake.close();
});

/** Accepts the given session alone. */
const acceptOnly = (token: string): void => {
  fake.onApi = ({ headers }) => (headers.authorization === `Bearer ${token}` ? noRecords : expired);
};

describe('renewal', () => {
  it('signs in once for calls that start together', async () => {
    fake.onApi = () => noRecords;
    const connector = connectorTo(fake);
    await Promise.all(Array.from({ length: 8 }, () => connector.listPage('Lead', null, [], reading)));
    expect(fake.signIns()).toHaveLength(1);
  });

  it('renews once for calls that are refused together', async () => {
    acceptOnly('00D!session2');
    const connector = connectorTo(fake);
    await Promise.all(Array.from({ length: 8 }, () => connector.listPage('Lead', null, [], reading)));
    expect(fake.signIns()).toHaveLength(2);
    expect(fake.apiCalls().length).toBeLessThanOrEqual(16);
  });

  it('gives up after one renewal when the new session is refused as well', async () => {
    fake.onApi = () => expired;
    const failure = await failureOf(connectorTo(fake).listPage('Lead', null, [], reading));
    expect(failure).toMatchObject({ category: 'credentials', code: 'INVALID_SESSION_ID' });
    expect(failure.message).toContain('API Enabled');
    expect(fake.apiCalls()).toHaveLength(2);
    expect(fake.signIns()).toHaveLength(2);
  });

  it('stops signing in when no session lasts', async () => {
    fake.onApi = () => expired;
    const connector = connectorTo(fake);
    const codes = [];
    for (let call = 0; call < 12; call += 1) {
      codes.push((await failureOf(connector.listPage('Lead', null, [], reading))).code);
    }
    expect(codes.at(-1)).toBe('SESSIONS_DO_NOT_LAST');
    expect(fake.signIns()).toHaveLength(5);
  });

  it('signs in again half a minute after a refusal, however often it was asked for meanwhile', async () => {
    let now = 0;
    fake.onApi = () => noRecords;
    fake.onSignIn = () => ({ status: 400, json: { error: 'invalid_client' } });
    const connector = connectorTo(fake, { clock: () => now });
    for (now = 0; now < 30_000; now += 1_000) {
      expect(await failureOf(connector.listPage('Lead', null, [], reading))).toMatchObject({
        category: 'credentials',
      });
    }
    expect(fake.signIns()).toHaveLength(1);
    fake.onSignIn = () => tokenAnswer(fake.url, '00D!session1');
    await connector.listPage('Lead', null, [], reading);
    expect(fake.signIns()).toHaveLength(2);
  });

  it('signs in again a minute after no session lasted', async () => {
    let now = 0;
    fake.onApi = () => expired;
    const connector = connectorTo(fake, { clock: () => now });
    for (let call = 0; call < 12; call += 1) await failureOf(connector.listPage('Lead', null, [], reading));
    now = 60_001;
    fake.onApi = () => noRecords;
    await connector.listPage('Lead', null, [], reading);
  });

  it('replays a write after a 401, which executed nothing', async () => {
    fake.onApi = ({ headers }) =>
      headers.authorization === 'Bearer 00D!session2'
        ? { json: [{ id: '00Q000000000001EAA', success: true, errors: [] }] }
        : expired;
    const outcomes = await connectorTo(fake).writeMany(
      'Lead',
      [{ op: 'update', key: 'k', id: '00Q000000000001', fields: { City: 'Turin' } }],
      writing,
    );
    expect(outcomes).toEqual([{ kind: 'landed', id: '00Q000000000001EAA', created: false, stamp: null }]);
    expect(fake.apiCalls()).toHaveLength(2);
  });
});

describe('credentials', () => {
  it.each([
    ['invalid_client_id', 'SALESFORCE_CLIENT_ID'],
    ['invalid_client', 'SALESFORCE_CLIENT_SECRET'],
    ['invalid_grant', 'SALESFORCE_CLIENT_ID'],
    ['unsupported_grant_type', 'SALESFORCE_LOGIN_URL'],
  ])('%s names the variable and no secret, and is not tried again at once', async (error, variable) => {
    fake.onSignIn = () => ({
      status: 400,
      json: { error, error_description: 'bad the-client-secret for the-client-id' },
    });
    const connector = connectorTo(fake);
    const failure = await failureOf(connector.check(reading));
    expect(failure).toMatchObject({ category: 'credentials', code: error, system: 'salesforce' });
    expect(failure.message).toContain(variable);
    expect(failure.message).not.toMatch(/the-client-(secret|id)/);
    const [outcome] = await connector.writeMany(
      'Lead',
      [{ op: 'update', key: 'k', id: '00Q000000000001', fields: {} }],
      writing,
    );
    expect(outcome).toMatchObject({ kind: 'refused', failure: { category: 'credentials' } });
    expect(fake.signIns()).toHaveLength(1);
    expect(fake.apiCalls()).toHaveLength(0);
  });

  it('an address that is no Salesforce says so', async () => {
    fake.onSignIn = () => ({ status: 404, text: '<html>nothing here</html>' });
    const failure = await failureOf(connectorTo(fake).check(reading));
    expect(failure.category).toBe('credentials');
    expect(failure.message).toContain('SALESFORCE_LOGIN_URL');
  });

  it('an address that nobody answers is unavailable and named', async () => {
    const url = fake.url;
    await fake.close();
    const failure = await failureOf(connectorTo({ url }).check(reading));
    expect(failure).toMatchObject({ category: 'unavailable', code: 'ECONNREFUSED' });
    expect(failure.message).toContain('SALESFORCE_LOGIN_URL');
    fake = await startFakeSalesforce();
  });

  it('an address that is none is refused at once', () => {
    expect(() => connectorTo({ url: 'example.my.salesforce.com' })).toThrow(UsageError);
  });

  it('a sign-in that fails for a moment is tried again within the read', async () => {
    fake.onApi = () => noRecords;
    fake.onSignIn = () =>
      fake.signIns().length === 1 ? { status: 503, text: '' } : tokenAnswer(fake.url, 'later');
    await connectorTo(fake).listPage('Lead', null, [], reading);
    expect(fake.signIns()).toHaveLength(2);
  });
});

describe('ways to sign in', () => {
  const account = `${organizationId} at 127.0.0.1`;

  it('client credentials', async () => {
    fake.onApi = () => ({ json: {} });
    const { account: found, accountId } = await connectorTo(fake).check(reading);
    expect(found).toContain(account);
    expect(accountId).toBe(organizationId);
    const form = new URLSearchParams(fake.signIns()[0]?.body);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: clientCredentials.clientId,
      client_secret: clientCredentials.clientSecret,
    });
  });

  const password: SalesforceAuth = {
    kind: 'password',
    username: 'tandem@example.com',
    password: 'pass<word>',
  };

  it('SOAP login', async () => {
    fake.onApi = () => ({ json: {} });
    fake.onSignIn = () => ({
      text: `<e><serverUrl>${fake.url}/services/Soap/u/62.0/00D</serverUrl><sessionId>s</sessionId><userId>${ourUserId}</userId><organizationId>${organizationId}</organizationId></e>`,
    });
    const { account: found } = await connectorTo(fake, { auth: password }).check(reading);
    expect(found).toContain(account);
    expect(fake.signIns()[0]?.body).toContain('<password>pass&lt;word&gt;</password>');
  });

  it.each([
    [
      500,
      '<faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring>',
      'INVALID_LOGIN',
    ],
    [200, '<passwordExpired>true</passwordExpired>', 'PASSWORD_EXPIRED'],
  ])('SOAP login refused with %i', async (status, text, code) => {
    fake.onSignIn = () => ({ status, text });
    const failure = await failureOf(connectorTo(fake, { auth: password }).check(reading));
    expect(failure).toMatchObject({ category: 'credentials', code });
    expect(failure.message).toContain('SALESFORCE_PASSWORD');
    expect(failure.message).not.toContain('pass<word>');
  });

  it('JWT, signed for the address and the user', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    fake.onApi = () => ({ json: {} });
    const auth: SalesforceAuth = { kind: 'jwt', clientId: 'app', username: 'u@example.com', privateKey: pem };
    await connectorTo(fake, { auth }).check(reading);
    const assertion = new URLSearchParams(fake.signIns()[0]?.body).get('assertion') ?? '';
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    expect(
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const said: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(said).toMatchObject({ iss: 'app', sub: 'u@example.com', aud: fake.url });
  });

  it('a refresh token', async () => {
    fake.onApi = () => ({ json: {} });
    const auth: SalesforceAuth = { kind: 'refresh-token', clientId: 'app', refreshToken: 'r1' };
    await connectorTo(fake, { auth }).check(reading);
    const form = Object.fromEntries(new URLSearchParams(fake.signIns()[0]?.body));
    expect(form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'r1' });
  });
});
