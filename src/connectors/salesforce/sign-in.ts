import { createSign } from 'node:crypto';
import { Connection, OAuth2 } from 'jsforce';
import { toId18 } from '../../model/salesforce-id.ts';
import { signInFailure } from './sign-in-failure.ts';
import type { SingleCallTransport } from './transport.ts';

/**
 * How the integration signs in. Client credentials are recommended: Salesforce retires SOAP login in Summer '27 and it is
 * off in orgs made since Winter '26.
 */
export type SalesforceAuth =
  | { readonly kind: 'client-credentials'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'jwt';
      readonly clientId: string;
      readonly username: string;
      /** PEM of the RSA key whose certificate the connected app holds. */
      readonly privateKey: string;
    }
  | {
      readonly kind: 'refresh-token';
      readonly clientId: string;
      readonly clientSecret?: string;
      readonly refreshToken: string;
    };

/** What a sign-in gives: where to call, with what, and who we are there. */
export interface Session {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** 18 characters; a record whose LastModifiedById it is was last changed by us. */
  readonly userId: string;
  readonly organizationId: string;
}

export interface SignInOptions {
  readonly loginUrl: string;
  readonly auth: SalesforceAuth;
  readonly apiVersion: string;
}

/** SOAP login exists up to this version (API guide, login(), read 2026-11-24). */
const soapVersionMax = 64;
/** A JWT assertion may be valid for five minutes at most; three leave room for clocks that differ. */
const assertionSeconds = 180;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** jsforce does not sign: RS256 over issuer, user, audience and expiry (help article remoteaccess_oauth_jwt_flow). */
const makeAssertion = (auth: Extract<SalesforceAuth, { kind: 'jwt' }>, audience: string): string => {
  const expiry = Math.floor(Date.now() / 1000) + assertionSeconds;
  const unsigned = `${base64url({ alg: 'RS256' })}.${base64url({ iss: auth.clientId, sub: auth.username, aud: audience, exp: expiry })}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(auth.privateKey, 'base64url')}`;
};

const establish = async (connection: Connection, options: SignInOptions): Promise<void> => {
  const { auth } = options;
  switch (auth.kind) {
    case 'password':
      await connection.loginBySoap(auth.username, auth.password);
      return;
    case 'client-credentials':
      await connection.authorize({ grant_type: 'client_credentials' });
      return;
    case 'jwt':
      await connection.authorize({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: makeAssertion(auth, new URL(options.loginUrl).origin),
      });
      return;
    case 'refresh-token':
      await connection.authorize({ grant_type: 'refresh_token', refresh_token: auth.refreshToken });
      return;
  }
};

const oauthClient = (options: SignInOptions, transport: SingleCallTransport): OAuth2 => {
  const { auth } = options;
  const client = new OAuth2({
    loginUrl: options.loginUrl,
    ...(auth.kind === 'password' ? {} : { clientId: auth.clientId }),
    ...('clientSecret' in auth ? { clientSecret: auth.clientSecret } : {}),
  });
  client._transport = transport.asJsforce();
  return client;
};

/**
 * Signs in once, over the given transport. The connection is thrown away: a Connection that has signed in refreshes and
 * replays on every 401 without an end, so calls are made by one that only knows the session (api.ts).
 * @throws CallFailed (credentials, unavailable, throttled), never with a secret in it
 */
export const signIn = async (options: SignInOptions, transport: SingleCallTransport): Promise<Session> => {
  const soap = options.auth.kind === 'password';
  const connection = new Connection({
    loginUrl: options.loginUrl.replace(/\/+$/, ''),
    version: soap ? `${Math.min(Number(options.apiVersion), soapVersionMax)}.0` : options.apiVersion,
    oauth2: oauthClient(options, transport),
  });
  connection._transport = transport.asJsforce();
  try {
    await establish(connection, options);
    const { accessToken, instanceUrl, userInfo } = connection;
    const userId = toId18(userInfo?.id ?? '');
    const organizationId = toId18(userInfo?.organizationId ?? '');
    if (!accessToken || !instanceUrl || userId === null || organizationId === null) {
      throw new Error('the answer to the sign-in lacks its token, its address or its ids');
    }
    return { accessToken, instanceUrl, userId, organizationId };
  } catch (error) {
    throw signInFailure(error, transport.answer, options);
  }
};
