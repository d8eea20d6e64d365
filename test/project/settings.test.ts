import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/model/failure.ts';
import { parseSettings } from '../../src/settings.ts';

const authOf = (variables: NodeJS.ProcessEnv) =>
  parseSettings({ HUBSPOT_ACCESS_TOKEN: 'token', ...variables }).connections?.salesforce.auth;

it('signs in with a signed assertion where a key file is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-key-'));
  try {
    const file = join(folder, 'key.pem');
    writeFileSync(file, 'PEM');
    const app = { SALESFORCE_CLIENT_ID: 'app', SALESFORCE_USERNAME: 'tandem@example.com' };
    expect(authOf({ ...app, SALESFORCE_JWT_KEY_FILE: file })).toEqual({
      kind: 'jwt',
      clientId: 'app',
      username: 'tandem@example.com',
      privateKey: 'PEM',
    });
    expect(() => authOf({ ...app, SALESFORCE_JWT_KEY_FILE: `${file}.gone` })).toThrow(UsageError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('signs in with a refresh token, with the secret of the app where it has one', () => {
  const token = { SALESFORCE_CLIENT_ID: 'app', SALESFORCE_REFRESH_TOKEN: 'refresh' };
  expect(authOf(token)).toEqual({ kind: 'refresh-token', clientId: 'app', refreshToken: 'refresh' });
  expect(authOf({ ...token, SALESFORCE_CLIENT_SECRET: 'secret' })).toMatchObject({ clientSecret: 'secret' });
});

it('names a database address that is none, without its content', () => {
  const password = 'hunter2';
  expect(() => parseSettings({ DATABASE_URL: `nonsense ${password}` })).toThrow(/DATABASE_URL/);
  expect(() => parseSettings({ DATABASE_URL: `nonsense ${password}` })).not.toThrow(new RegExp(password));
});

it.each([
  ['TANDEM_POLL_SECONDS', 'abc', 'a number of seconds from 1 to 3600'],
  ['TANDEM_POLL_SECONDS', '0', 'a number of seconds from 1 to 3600'],
  ['TANDEM_START_WAIT_SECONDS', '-1', 'a number of seconds from 0 to 86400'],
  ['TANDEM_SALESFORCE_STREAM', 'maybe', 'on, off'],
  ['TANDEM_LOG_LEVEL', 'loud', 'trace, debug, info, warn, error, silent'],
  ['DATABASE_URL', 'mysql://x', 'postgres://USER:PASSWORD@HOST:PORT/DATABASE'],
  ['REDIS_URL', 'x', 'redis://HOST:PORT'],
  ['HUBSPOT_BASE_URL', 'x', 'https://'],
])('says of %s=%s what it may be', (name, value, allowed) => {
  expect(() => parseSettings({ [name]: value })).toThrow(`${name}: give `);
  expect(() => parseSettings({ [name]: value })).toThrow(allowed);
});

it('needs a sender where a mail server is set', () => {
  const SMTP_URL = 'smtp://user:hunter2@mail.example.com:587';
  expect(() => parseSettings({ SMTP_URL })).toThrow(/TANDEM_MAIL_FROM is not/);
  expect(() => parseSettings({ SMTP_URL })).not.toThrow(/hunter2/);
  expect(() => parseSettings({ SMTP_URL: 'mail.example.com' })).toThrow(/SMTP_URL: give smtp/);
  const from = 'Tandem <tandem@example.com>';
  expect(parseSettings({ SMTP_URL, TANDEM_MAIL_FROM: from }).mail).toEqual({ smtpUrl: SMTP_URL, from });
  expect(parseSettings({}).mail).toBe(null);
});

it('does without the journal where neither client id nor secret is set, and with one of them alone says so', () => {
  const [HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET] = ['app', 'hunter2'];
  expect(parseSettings({ HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET }).hubspotApp).toEqual({
    clientId: 'app',
    clientSecret: 'hunter2',
  });
  expect(parseSettings({}).hubspotApp).toBe(null);
  expect(() => parseSettings({ HUBSPOT_CLIENT_ID })).toThrow(/HUBSPOT_CLIENT_SECRET is not/);
  expect(() => parseSettings({ HUBSPOT_CLIENT_SECRET })).toThrow(/HUBSPOT_CLIENT_ID is not/);
  expect(() => parseSettings({ HUBSPOT_CLIENT_SECRET })).not.toThrow(/hunter2/);
});

it('runs npm’s scripts by Node 24 or newer, whatever the machine has: `npm ci` brought one', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
});
