import * as z from 'zod';
import type { ApiReply, ApiRequest, Call } from '../../core/message.ts';
import { deriveText } from '../../core/random.ts';
import { RollingWindow } from '../../core/rolling-window.ts';
import type { Route } from '../../core/routes.ts';
import type { Admission } from '../../core/system.ts';
import { errorReply, rateLimitReply, refuse } from '../http/errors.ts';

/** The app's credentials, by which it reads the journal; its secret is also what a webhook of a real app is signed with. */
export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const makeAppCredentials = (seed: number): AppCredentials => ({
  clientId: deriveText(seed, 'hubspot client id', 32).replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5',
  ),
  clientSecret: deriveText(seed, 'hubspot client secret', 32),
});

/** Seconds that a token of client credentials lives, as all access tokens. */
const tokenSeconds = 1_800;
/** Calls a second of one app (webhooks journal guide, developers.hubspot.com, read 2026-11-25). */
const callsPerSecond = 100;

const tokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string(),
  client_secret: z.string(),
  scope: z.string().default(''),
});

export const journalPath = '/webhooks-journal/';
const isJournal = (request: ApiRequest): boolean => request.path.startsWith(journalPath);

const bearer = (request: ApiRequest): string =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';

/**
 * Tokens that stand for the app and not for an account: client credentials give them, for named scopes, and the journal takes no
 * others (https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide). Their calls have a limit of their own.
 */
export class AppAccess {
  readonly #credentials: AppCredentials;
  readonly #tokens = new Map<string, { readonly until: number; readonly scopes: ReadonlySet<string> }>();
  readonly #window = new RollingWindow(1_000);
  #issued = 0;

  constructor(credentials: AppCredentials) {
    this.#credentials = credentials;
  }

  /** Whether the request carries a token of the app that still lives. */
  isApp(request: ApiRequest, now: number): boolean {
    return (this.#tokens.get(bearer(request))?.until ?? 0) > now;
  }

  /** Refuses a token that does not belong where it is used, and journal calls above their limit; null: not its business. */
  admit(request: ApiRequest, now: number): Admission | null {
    const isApp = this.isApp(request, now);
    if (isJournal(request) !== isApp)
      return {
        refused: missingScopes(isApp ? 'crm.objects.contacts.read' : 'developer.webhooks_journal.read'),
      };
    if (!isApp) return null;
    if (this.#window.count(now) >= callsPerSecond) {
      return {
        refused: rateLimitReply('SECONDLY', 'You have reached your secondly limit.', { 'Retry-After': '1' }),
      };
    }
    this.#window.add(now);
    return {};
  }

  /** Refuses the call unless its token was given for this scope. */
  requireScope(call: Call, scope: string): void {
    if (this.#tokens.get(bearer(call.request))?.scopes.has(scope) === true) return;
    throw refuse(403, 'MISSING_SCOPES', missingScopesMessage, {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredGranularScopes: [scope] },
        },
      ],
    });
  }

  /** Every token ends. */
  revoke(): void {
    this.#tokens.clear();
  }

  route(now: () => number): Route {
    return {
      method: 'POST',
      template: '/oauth/v1/token',
      open: true,
      handle: (call) => this.#issue(call, now()),
    };
  }

  #issue(call: Call, now: number): ApiReply {
    const form = new URLSearchParams(call.request.body.toString('utf8'));
    const parsed = tokenRequest.safeParse(Object.fromEntries(form));
    const { clientId, clientSecret } = this.#credentials;
    if (!parsed.success || parsed.data.client_id !== clientId || parsed.data.client_secret !== clientSecret) {
      return {
        status: 400,
        body: {
          status: 'BAD_CLIENT_SECRET',
          message: 'missing or invalid client secret',
          error: 'invalid_client',
          error_description: 'missing or invalid client secret',
        },
      };
    }
    this.#issued += 1;
    const token = deriveText(this.#issued, `hubspot app token ${clientId}`, 64);
    const scopes = new Set(parsed.data.scope.split(/\s+/).filter((scope) => scope !== ''));
    this.#tokens.set(token, { until: now + tokenSeconds * 1_000, scopes });
    return { status: 200, body: { token_type: 'bearer', access_token: token, expires_in: tokenSeconds } };
  }
}

const missingScopesMessage =
  "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.";

const missingScopes = (scope: string): ApiReply =>
  errorReply(403, 'MISSING_SCOPES', missingScopesMessage, {
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: [scope] },
      },
    ],
  });
