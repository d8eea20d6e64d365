import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isFreshTimestamp, isSignedBy } from './hubspot-signature.ts';

export const hubspotWebhookPath = '/webhooks/hubspot';

/**
 * A delivery holds 100 events at most, usually of some 400 bytes. A larger one than this is refused; its changes are found by the
 * sweep. Ten at once, as HubSpot sends them, stay far below the worker's memory.
 */
const bodyBytesMax = 8 * 1024 * 1024;

/** Signatures of deliveries that were taken, remembered as long as they would be fresh; ten requests a second for five minutes. */
const takenMax = 3_000;

/** What became of a request; the label of the counter. */
export const webhookOutcomes = [
  'taken',
  'repeated',
  'not-signed',
  'too-old',
  'too-large',
  'not-readable',
  'not-taken',
] as const;
export type WebhookOutcome = (typeof webhookOutcomes)[number];

/** What the endpoint needs of the worker. */
export interface HubSpotWebhooks {
  /** The client secret of the app that posts; null: not set up, and the endpoint is not there. */
  readonly secret: string | null;
  /** `TANDEM_PUBLIC_URL`: by which HubSpot reaches this server, where a proxy stands before it. */
  readonly publicUrl: string | null;
  /** Takes the events; resolves once all of them are safe, `false` when the body is no delivery. Rejects when they are not safe. */
  readonly take: (events: unknown) => Promise<boolean>;
  /** Told of every request. `cause` says why one was not taken; never holds values. */
  readonly onOutcome: (outcome: WebhookOutcome, cause?: string) => void;
  readonly nowMs: () => number;
}

const header = (request: FastifyRequest, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** The address that HubSpot called: the public one, else the one in the request itself. */
const addressOf = (request: FastifyRequest, publicUrl: string | null): string => {
  const { url = '' } = request.raw;
  if (publicUrl === null) return `http://${header(request, 'host')}${url}`;
  const query = url.indexOf('?');
  return `${publicUrl.replace(/\/+$/, '')}${hubspotWebhookPath}${query < 0 ? '' : url.slice(query)}`;
};

/** A body that is not JSON is undefined, which is no delivery either. */
const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Deliveries that were taken: the same request again, within the time in which its signature holds, is answered and does nothing. */
class TakenDeliveries {
  readonly #signatures = new Set<string>();

  has(signature: string): boolean {
    return this.#signatures.has(signature);
  }

  add(signature: string): void {
    this.#signatures.add(signature);
    for (const oldest of this.#signatures) {
      if (this.#signatures.size <= takenMax) break;
      this.#signatures.delete(oldest);
    }
  }
}

type Refuse = (
  reply: FastifyReply,
  status: number,
  outcome: WebhookOutcome,
  error: string,
  cause?: string,
) => FastifyReply;

/** Checks that need no body, so that whoever cannot sign costs no memory; and the words for bodies that cannot be read. */
const guard = (scope: FastifyInstance, refuse: Refuse, nowMs: () => number): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope.setErrorHandler(async (error: { statusCode?: number }, _request, reply) =>
    error.statusCode === 413
      ? refuse(reply, 413, 'too-large', `A delivery is at most ${bodyBytesMax} bytes.`)
      : refuse(reply, 400, 'not-readable', 'The request cannot be read.'),
  );
  scope.addHook('onRequest', async (request, reply) => {
    const timestamp = header(request, 'x-hubspot-request-timestamp');
    if (timestamp === '' || header(request, 'x-hubspot-signature-v3') === '') {
      return refuse(reply, 401, 'not-signed', 'The signature (version 3) is missing.');
    }
    return isFreshTimestamp(timestamp, nowMs())
      ? undefined
      : refuse(reply, 401, 'too-old', 'The timestamp is not within five minutes of now.');
  });
};

/**
 * `POST /webhooks/hubspot`: 200 only when the dirty rows of its events are committed, so that HubSpot sends again what is not. 401 for
 * a signature (v3) that is missing, wrong or older than five minutes, 413 and 400 for a body that is too large or no delivery, 503
 * when it could not be taken now. Version 1 is not accepted: it covers neither address nor time.
 */
export const addHubSpotWebhooks = (app: FastifyInstance, webhooks: HubSpotWebhooks): void => {
  const { secret, publicUrl, take, onOutcome, nowMs } = webhooks;
  if (secret === null) return;
  const taken = new TakenDeliveries();
  const refuse: Refuse = (reply, status, outcome, error, cause) => {
    onOutcome(outcome, cause);
    return reply.code(status).send({ error });
  };
  const receive = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const timestamp = header(request, 'x-hubspot-request-timestamp');
    const signature = header(request, 'x-hubspot-signature-v3');
    const url = addressOf(request, publicUrl);
    if (!isSignedBy(secret, { method: 'POST', url, body, timestamp, signature })) {
      return refuse(reply, 401, 'not-signed', 'The signature is wrong.');
    }
    if (taken.has(signature)) {
      onOutcome('repeated');
      return { status: 'taken' };
    }
    try {
      if (!(await take(parseJson(body)))) {
        return refuse(reply, 400, 'not-readable', 'The body is not an array of events.');
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      return refuse(reply, 503, 'not-taken', 'The events could not be stored; send them again.', cause);
    }
    taken.add(signature);
    onOutcome('taken');
    return { status: 'taken' };
  };
  app.register((scope, _options, done) => {
    guard(scope, refuse, nowMs);
    scope.post(hubspotWebhookPath, { bodyLimit: bodyBytesMax }, receive);
    done();
  });
};
