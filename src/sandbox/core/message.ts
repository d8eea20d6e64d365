import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who calls: the worker signs in as the integration; whatever edits beside it (a colleague in the web page, another
 * app, an outside check) is the person.
 */
export const callers = ['integration', 'person'] as const;
export type Caller = (typeof callers)[number];

export interface ApiRequest {
  readonly method: string;
  /** Path without query, still percent-encoded; doubled leading and trailing slashes are gone. */
  readonly path: string;
  /** Path and query exactly as sent: what limits on the length of a URI count. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Origin as the client sees it (`http://127.0.0.1:4010`), for links in answers. */
  readonly origin: string;
}

/** An answer: a string or Buffer goes out as it is, undefined is an empty body, anything else becomes JSON. */
export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Path parameters by name, decoded. */
export type PathParams = ReadonlyMap<string, string>;

/** A parameter that the route's template has. */
export const pathParam = (params: PathParams, name: string): string => {
  const value = params.get(name);
  if (value === undefined) throw new Error(`the route has no parameter {${name}}`);
  return value;
};

/** What a handler is called with. */
export interface Call {
  readonly request: ApiRequest;
  readonly params: PathParams;
  /** Null on routes that are open to callers who have not signed in. */
  readonly caller: Caller | null;
  /** Aborted when the client hangs up; only long polls care, a write is carried out anyway. */
  readonly signal: AbortSignal;
}

/** Thrown by handlers to answer with a refusal in the vendor's shape. */
export class Refusal extends Error {
  readonly reply: ApiReply;
  constructor(reply: ApiReply) {
    super(`refused with status ${reply.status}`);
    this.name = 'Refusal';
    this.reply = reply;
  }
}
