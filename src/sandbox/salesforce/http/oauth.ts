import { createVerify } from 'node:crypto';
import * as z from 'zod';
import type { ApiReply, Call, Caller } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { headerOf } from './endpoint.ts';

/** Errors of the token endpoint are an object, not the array of the REST API. */
const oauthError = (error: string, description: string, status = 400): ApiReply => ({
  status,
  headers: { 'Cache-Control': 'no-store' },
  body: { error, error_description: description },
});

class OAuthRefusal extends Error {
  readonly reply: ApiReply;
  constructor(error: string, description: string) {
    super(error);
    this.name = 'OAuthRefusal';
    this.reply = oauthError(error, description);
  }
}

type Form = URLSearchParams;

const checkClient = (company: Company, form: Form, secretNeeded: boolean): void => {
  const { clientId, clientSecret } = company.credentials;
  if (form.get('client_id') !== clientId) {
    throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
  }
  const secret = form.get('client_secret');
  if (secret === null ? secretNeeded : secret !== clientSecret) {
    throw new OAuthRefusal('invalid_client', 'invalid client credentials');
  }
};

/** Client credentials may also come in a Basic header. */
const withBasicHeader = (form: Form, call: Call): Form => {
  const header = headerOf(call.request.headers, 'authorization') ?? '';
  const encoded = /^Basic (.+)$/i.exec(header)?.[1];
  if (encoded === undefined) return form;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const merged = new URLSearchParams(form);
  merged.set('client_id', decodeURIComponent(id));
  merged.set('client_secret', decodeURIComponent(secret.join(':')));
  return merged;
};

const byPassword = (company: Company, form: Form): Caller => {
  checkClient(company, form, true);
  const { credentials, policy } = company;
  const username = form.get('username')?.toLowerCase();
  const password = form.get('password');
  if (policy.password && username === credentials.username && password === credentials.password) {
    return 'integration';
  }
  if (policy.password && username === credentials.personUsername && password === credentials.personPassword) {
    return 'person';
  }
  throw new OAuthRefusal('invalid_grant', 'authentication failure');
};

const byClientCredentials = (company: Company, form: Form): Caller => {
  checkClient(company, form, true);
  if (!company.policy.clientCredentials) {
    throw new OAuthRefusal('invalid_grant', 'no client credentials user enabled');
  }
  return 'integration';
};

const byRefreshToken = (company: Company, form: Form): Caller => {
  checkClient(company, form, false);
  if (form.get('refresh_token') !== company.credentials.refreshToken) {
    throw new OAuthRefusal('invalid_grant', 'expired access/refresh token');
  }
  return 'integration';
};

const claimsSchema = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() });

const readClaims = (part: string): z.output<typeof claimsSchema> | null => {
  try {
    return claimsSchema.parse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
};

/** RS256 over the certificate that was registered through /_sandbox/auth; without one nobody has approved the app. */
const byJwt = (company: Company, form: Form): Caller => {
  const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const claims = readClaims(payload);
  if (claims === null) throw new OAuthRefusal('invalid_grant', 'invalid assertion');
  const { credentials, policy } = company;
  if (claims.iss !== credentials.clientId) {
    throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
  }
  if (claims.sub !== credentials.username || policy.jwtPublicKey === null) {
    throw new OAuthRefusal('invalid_grant', "user hasn't approved this consumer");
  }
  const verify = createVerify('RSA-SHA256').update(`${header}.${payload}`);
  if (!verify.verify(policy.jwtPublicKey, signature, 'base64url')) {
    throw new OAuthRefusal('invalid_grant', 'invalid assertion');
  }
  if (claims.exp * 1_000 <= company.nowMs()) throw new OAuthRefusal('invalid_grant', 'expired assertion');
  return 'integration';
};

const grants = new Map<string, (company: Company, form: Form) => Caller>(
  Object.entries({
    password: byPassword,
    client_credentials: byClientCredentials,
    refresh_token: byRefreshToken,
    'urn:ietf:params:oauth:grant-type:jwt-bearer': byJwt,
  }),
);

/** `id` must be there, its last two segments the organization and the user: clients take both from it. */
const tokenAnswer = (company: Company, caller: Caller, origin: string): ApiReply => {
  const { organizationId } = company.directory;
  const { userId } = company.actor(caller);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: company.sessions.open(caller, organizationId),
      instance_url: origin,
      id: `${origin}/id/${organizationId}/${userId}`,
      token_type: 'Bearer',
      scope: 'api refresh_token',
      issued_at: String(company.nowMs()),
      signature: 'c2FuZGJveA==',
    },
  };
};

const tokenOf = (call: Call): string | null =>
  new URLSearchParams(call.request.body.toString('utf8')).get('token') ?? call.request.query.get('token');

/** The token, revoke and identity endpoints. */
export const oauthRoutes = (company: Company): readonly Route[] => [
  {
    method: 'POST',
    template: '/services/oauth2/token',
    open: true,
    handle: (call) => {
      const form = withBasicHeader(new URLSearchParams(call.request.body.toString('utf8')), call);
      const grant = grants.get(form.get('grant_type') ?? '');
      if (grant === undefined) return oauthError('unsupported_grant_type', 'grant type not supported');
      try {
        return tokenAnswer(company, grant(company, form), call.request.origin);
      } catch (error) {
        if (error instanceof OAuthRefusal) return error.reply;
        throw error;
      }
    },
  },
  {
    method: 'POST',
    template: '/services/oauth2/revoke',
    open: true,
    handle: (call) => {
      const token = tokenOf(call);
      if (token === null || !company.sessions.close(token)) {
        return oauthError('unsupported_token_type', 'this token type is not supported');
      }
      return { status: 200 };
    },
  },
  {
    method: 'GET',
    template: '/id/{organizationId}/{userId}',
    handle: (call) => {
      const caller = call.caller ?? 'person';
      const { userId } = company.actor(caller);
      const { organizationId } = company.directory;
      const username =
        caller === 'integration' ? company.credentials.username : company.credentials.personUsername;
      const { origin } = call.request;
      return {
        status: 200,
        body: {
          id: `${origin}/id/${organizationId}/${userId}`,
          asserted_user: true,
          user_id: userId,
          organization_id: organizationId,
          username,
          nick_name: username.split('@')[0],
          email: username,
          active: true,
          user_type: 'STANDARD',
          language: 'en_US',
          locale: 'en_US',
          utcOffset: 0,
          photos: { picture: `${origin}/profilephoto/005/F`, thumbnail: `${origin}/profilephoto/005/T` },
          urls: {
            rest: `${origin}/services/data/v{version}/`,
            sobjects: `${origin}/services/data/v{version}/sobjects/`,
            query: `${origin}/services/data/v{version}/query/`,
          },
        },
      };
    },
  },
];
