import { z } from 'zod';
import { failed } from '../send.ts';
import type { Session } from '../sign-in.ts';

/** A message as it came; what is not needed here is kept. */
const messageSchema = z.looseObject({
  channel: z.string().optional(),
  id: z.union([z.string(), z.number()]).optional(),
  clientId: z.string().optional(),
  successful: z.boolean().optional(),
  error: z.string().optional(),
  subscription: z.unknown().optional(),
  data: z.unknown().optional(),
  advice: z
    .looseObject({ reconnect: z.string().optional(), timeout: z.number().optional() })
    .optional()
    .catch(undefined),
  ext: z
    .looseObject({ sfdc: z.looseObject({ failureReason: z.string().optional() }).optional() })
    .optional()
    .catch(undefined),
});
const answerSchema = z.array(messageSchema);
export type BayeuxMessage = z.infer<typeof messageSchema>;

/** Requests that the server answers at once. */
const answerWithinMs = 20_000;
const leaveWithinMs = 2_000;

/** `BAYEUX_BROWSER=…` and whatever else a load balancer sets: without them a session is refused or lost. */
class Cookies {
  readonly #pairs = new Map<string, string>();

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const mark = pair.indexOf('=');
      if (mark > 0) this.#pairs.set(pair.slice(0, mark).trim(), pair.slice(mark + 1).trim());
    }
  }

  get header(): string {
    return [...this.#pairs].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

const codeOf = (error: unknown): string => {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
  }
  return 'NO_ANSWER';
};

/** One conversation with `/cometd/{version}`: its cookies, its client id, its message ids. */
export class BayeuxConnection {
  readonly session: Session;
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #cookies = new Cookies();
  #lastId = 0;
  clientId: string | null = null;

  /** @param signal cuts whatever is under way */
  constructor(session: Session, apiVersion: string, signal: AbortSignal) {
    this.session = session;
    this.#url = `${session.instanceUrl}/cometd/${apiVersion}`;
    this.#signal = signal;
  }

  /**
   * Sends messages in one request and answers what came back, whatever it says.
   * @throws CallFailed `unavailable` without an answer or with one that is no Bayeux; the abort reason
   */
  async send(
    messages: readonly Readonly<Record<string, unknown>>[],
    withinMs = answerWithinMs,
  ): Promise<readonly BayeuxMessage[]> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(withinMs)]);
    const { status, text } = await this.#post(messages, signal);
    try {
      return answerSchema.parse(JSON.parse(text));
    } catch {
      const category = status === 401 ? 'credentials' : status === 403 ? 'permission' : 'unavailable';
      throw failed(
        category,
        `HTTP_${status}`,
        `the streaming API answered with status ${status} and no messages`,
      );
    }
  }

  /** Says that nobody listens any more, also while everything else is being stopped. Never rejects. */
  async leave(): Promise<void> {
    if (this.clientId === null) return;
    const signal = AbortSignal.timeout(leaveWithinMs);
    await this.#post([{ channel: '/meta/disconnect' }], signal).catch(() => undefined);
  }

  async #post(
    messages: readonly Readonly<Record<string, unknown>>[],
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const body = messages.map((message) => {
      this.#lastId += 1;
      return {
        ...message,
        id: String(this.#lastId),
        ...(this.clientId === null ? {} : { clientId: this.clientId }),
      };
    });
    const cookie = this.#cookies.header;
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.session.accessToken}`,
          'content-type': 'application/json',
          ...(cookie === '' ? {} : { cookie }),
        },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      });
      this.#cookies.take(response);
      return { status: response.status, text: await response.text() };
    } catch (error) {
      this.#signal.throwIfAborted();
      throw failed('unavailable', codeOf(error), 'the streaming API gave no answer', error);
    }
  }
}
