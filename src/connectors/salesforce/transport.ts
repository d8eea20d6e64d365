import { PassThrough } from 'node:stream';
import type { Connection, HttpRequest, HttpResponse } from 'jsforce';

/** Errors that happen before a connection stands: the request cannot have been executed. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** No whole answer arrived. `sent` is false only where it is certain that the vendor never saw the request. */
export class NoAnswer extends Error {
  readonly code: string;
  readonly sent: boolean;
  constructor(code: string, sent: boolean, origin: string, cause: unknown) {
    super(sent ? `no answer from ${origin} (${code})` : `no connection to ${origin} (${code})`, { cause });
    this.name = 'NoAnswer';
    this.code = code;
    this.sent = sent;
  }
}

const codeOf = (error: unknown): string => {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
    if (at.name === 'AbortError') return 'ABORTED';
  }
  return 'NO_ANSWER';
};

/**
 * The transport under jsforce for exactly one call: one request, no retries, no redirects, cut by the signal.
 *
 * jsforce's own (3.10.26, lib/request.js) cannot be used. It repeats GET, PUT and DELETE five times on 429 and 5xx, takes no
 * signal, its timeout ends when the headers arrive, and a connection that is cut in the middle of a body raises an
 * `error` event that nobody listens to, which ends the process.
 */
export class SingleCallTransport {
  /** The answer, whatever its status; null until it arrived whole. jsforce's errors carry no status. */
  answer: HttpResponse | null = null;
  private readonly signal: AbortSignal;

  /** @param signal the gate's, which also carries the deadline: when it aborts, the socket is cut */
  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** What jsforce calls. It also pipes the promise's stream somewhere, which is never read here. @throws NoAnswer */
  httpRequest(request: HttpRequest): Promise<HttpResponse> & { stream(): PassThrough } {
    // Not jsforce's StreamPromise: its types export it, its CommonJS entry does not.
    return Object.assign(this.perform(request), { stream: () => new PassThrough() });
  }

  /** For the places where jsforce wants its own class; it uses `httpRequest` alone. */
  asJsforce(): Connection['_transport'] {
    return this as unknown as Connection['_transport'];
  }

  private async perform(request: HttpRequest): Promise<HttpResponse> {
    const { origin } = new URL(request.url);
    const { signal } = this;
    if (signal.aborted) throw new NoAnswer(codeOf(signal.reason), false, origin, signal.reason);
    // fetch counts the body itself and refuses a length that differs.
    const { 'content-length': _counted, ...headers } = request.headers ?? {};
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers,
        body: typeof request.body === 'string' ? request.body : null,
        redirect: 'manual',
        signal,
      });
      const body = await response.text();
      this.answer = { statusCode: response.status, headers: Object.fromEntries(response.headers), body };
      return this.answer;
    } catch (error) {
      const code = codeOf(error);
      throw new NoAnswer(code, !neverConnected.has(code), origin, error);
    }
  }
}
