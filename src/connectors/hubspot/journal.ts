import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { Gate } from '../budget/gate.ts';
import { failureOfAnswer, failureOfSilence, malformedAnswer } from './errors.ts';
import { parseJournalEvents } from './journal-events.ts';
import { type ObjectTypeIds, objectTypeIdOf, type ParsedDelivery } from './webhook-events.ts';

/** Versions of this API live 18 months; the shapes below are those of 2026-03. */
const version = '2026-03';
const scopes = [
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
];
/** A token is renewed so long before it ends. */
const renewMs = 60_000;
const actions = ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE'];
const associationActions = ['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'];

const tokenShape = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const pointerShape = z.object({ url: z.url(), currentOffset: z.string().min(1) });
const fileShape = z.object({ journalEvents: z.array(z.unknown()) });

/** One entry of the journal: what it told, and the offset behind it. */
export interface JournalRead extends ParsedDelivery {
  readonly offset: string;
}

/** A type of record to be told of, and the properties whose changes matter. */
export interface JournalInterest {
  readonly type: string;
  readonly properties: readonly string[];
}

export interface HubSpotJournalOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly gate: Gate;
  readonly clock?: () => number;
  /** Type ids of custom objects that mappings know by name, as far as they are known by now. */
  readonly typeIds?: () => ObjectTypeIds;
}

/** HubSpot's pull-based journal of changes (webhooks journal guide, developers.hubspot.com, read 2026-11-25). Every call may throw CallFailed. */
export interface HubSpotJournal {
  /** Sees to it that the account's journal tells of these; answers the types that it cannot be asked for: custom objects whose type id is not known. */
  subscribe(
    portalId: string,
    interests: readonly JournalInterest[],
    context: CallContext,
  ): Promise<readonly string[]>;
  /** The newest offset; null while the journal is empty. */
  latest(portalId: string, context: CallContext): Promise<string | null>;
  /** What follows an offset; `end` when nothing does yet, `expired` when the journal does not know the offset any more. */
  next(portalId: string, offset: string, context: CallContext): Promise<JournalRead | 'end' | 'expired'>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const credentialsRefused = (status: number): Failure => ({
  category: 'credentials',
  system: 'hubspot',
  code: `HTTP_${status}`,
  message:
    'POST /oauth/v1/token: HubSpot refuses HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET, which the journal needs',
  fields: [],
});

const readJson = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

const parseAs = <T>(place: string, schema: z.ZodType<T>, body: unknown): T => {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new CallFailed(malformedAnswer(place, parsed.error));
  return parsed.data;
};

/** The app signs in with its own credentials: the journal takes no private-app token. Makes no call by itself. */
export const makeHubSpotJournal = (options: HubSpotJournalOptions): HubSpotJournal =>
  new Journal({ ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') });

class Journal implements HubSpotJournal {
  readonly #options: HubSpotJournalOptions;
  #token: { readonly text: string; readonly until: number } | null = null;

  constructor(options: HubSpotJournalOptions) {
    this.#options = options;
  }

  async subscribe(
    portalId: string,
    interests: readonly JournalInterest[],
    context: CallContext,
  ): Promise<readonly string[]> {
    const unknown: string[] = [];
    for (const { type, properties } of interests) {
      const objectTypeId = objectTypeIdOf(type, this.#options.typeIds?.());
      if (objectTypeId === null) {
        unknown.push(type);
        continue;
      }
      const common = { objectTypeId, portalId: Number(portalId) };
      await this.#app(context, 'POST', `/webhooks-journal/subscriptions/${version}`, {
        ...common,
        subscriptionType: 'OBJECT',
        actions,
        properties,
      });
      await this.#app(context, 'POST', `/webhooks-journal/subscriptions/${version}`, {
        ...common,
        subscriptionType: 'ASSOCIATION',
        actions: associationActions,
      });
    }
    return unknown;
  }

  async latest(portalId: string, context: CallContext): Promise<string | null> {
    const place = this.#entryPath('latest', portalId);
    const { status, body } = await this.#app(context, 'GET', place);
    return status === 204 ? null : parseAs(`GET ${place}`, pointerShape, body).currentOffset;
  }

  async next(
    portalId: string,
    offset: string,
    context: CallContext,
  ): Promise<JournalRead | 'end' | 'expired'> {
    const place = this.#entryPath(`offset/${encodeURIComponent(offset)}/next`, portalId);
    let answer: Answer;
    try {
      answer = await this.#app(context, 'GET', place);
    } catch (error) {
      if (error instanceof CallFailed && error.failure.category === 'identity') return 'expired';
      throw error;
    }
    if (answer.status === 204) return 'end';
    const { url, currentOffset } = parseAs(`GET ${place}`, pointerShape, answer.body);
    const { journalEvents } = parseAs('GET of a journal file', fileShape, await this.#file(url, context));
    return { offset: currentOffset, ...parseJournalEvents(journalEvents, this.#options.typeIds?.()) };
  }

  #entryPath(rest: string, portalId: string): string {
    return `/webhooks-journal/journal-local/${version}/${rest}?installPortalId=${encodeURIComponent(portalId)}`;
  }

  /** A call with the app's token; one that is refused as expired is made once more with a new one. */
  async #app(context: CallContext, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const token = await this.#signIn(context);
      try {
        return await this.#call(context, `${method} ${path}`, `${this.#options.baseUrl}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        const isRefused = error instanceof CallFailed && error.failure.category === 'credentials';
        if (!isRefused || tries > 1) throw error;
        this.#token = null;
      }
    }
  }

  async #signIn(context: CallContext): Promise<string> {
    const now = (this.#options.clock ?? Date.now)();
    if (this.#token && this.#token.until > now) return this.#token.text;
    const { baseUrl, clientId, clientSecret } = this.#options;
    const place = 'POST /oauth/v1/token';
    let answer: Answer;
    try {
      answer = await this.#call({ ...context, purpose: 'sign-in' }, place, `${baseUrl}/oauth/v1/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          scope: scopes.join(' '),
        }).toString(),
      });
    } catch (error) {
      if (!(error instanceof CallFailed) || error.failure.category !== 'request') throw error;
      throw new CallFailed(credentialsRefused(400), { cause: error });
    }
    const token = parseAs(place, tokenShape, answer.body);
    this.#token = { text: token.access_token, until: now + token.expires_in * 1_000 - renewMs };
    return token.access_token;
  }

  /** The file lies in a store of its own; its address is the key to it, and no token goes there. */
  async #file(url: string, context: CallContext): Promise<unknown> {
    return (await this.#call(context, 'GET of a journal file', url, { method: 'GET' })).body;
  }

  async #call(context: CallContext, place: string, url: string, request: RequestInit): Promise<Answer> {
    return this.#options.gate.call(context, 'standard', async (signal) => {
      let response: Response;
      let text: string;
      try {
        response = await fetch(url, { ...request, signal });
        text = await response.text();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new CallFailed(failureOfSilence(place, new URL(url).origin, error), { cause: error });
      }
      const body = readJson(text);
      if (response.status >= 200 && response.status <= 299) {
        return { value: { status: response.status, body }, daily: null };
      }
      throw new CallFailed(failureOfAnswer(place, response.status, response.headers, body));
    });
  }
}
