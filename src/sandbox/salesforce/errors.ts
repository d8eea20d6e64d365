import type { ApiReply } from '../core/message.ts';

/** One error as a row's result or a REST answer carries it. */
export interface RowError {
  readonly code: string;
  readonly message: string;
  /** Absent where the vendor's answer has none. */
  readonly fields?: readonly string[];
  /** More keys of the REST error (duplicateResut). */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The HTTP status of each code that is not 400. Source: REST API guide, status codes; captures of real answers. */
const statuses = new Map(
  Object.entries({
    INVALID_SESSION_ID: 401,
    REQUEST_LIMIT_EXCEEDED: 403,
    API_DISABLED_FOR_ORG: 403,
    API_CURRENTLY_DISABLED: 403,
    INSUFFICIENT_ACCESS: 403,
    INSUFFICIENT_ACCESS_OR_READONLY: 403,
    NOT_FOUND: 404,
    ENTITY_IS_DELETED: 404,
    METHOD_NOT_ALLOWED: 405,
    UNSUPPORTED_API_VERSION: 410,
    PRECONDITION_FAILED: 412,
    UNSUPPORTED_MEDIA_TYPE: 415,
    SERVER_UNAVAILABLE: 503,
    UNKNOWN_EXCEPTION: 500,
  }),
);

/** The vendor's words for codes that a fault can name; others say that the sandbox was told to play them. */
const messages = new Map(
  Object.entries({
    INVALID_SESSION_ID: 'Session expired or invalid',
    REQUEST_LIMIT_EXCEEDED: 'TotalRequests Limit exceeded.',
    API_DISABLED_FOR_ORG: 'The REST API is not enabled for this Organization.',
    API_CURRENTLY_DISABLED: 'API is currently disabled for this organization.',
    NOT_FOUND: 'The requested resource does not exist',
    ENTITY_IS_DELETED: 'entity is deleted',
    UNABLE_TO_LOCK_ROW: 'unable to obtain exclusive access to this record',
    SERVER_UNAVAILABLE: 'Server unavailable. Please try again later.',
    UNKNOWN_EXCEPTION: 'An unexpected error occurred. Please include this ErrorId if you contact support',
    QUERY_TIMEOUT: 'Your query request was running for too long.',
  }),
);

export const messageOf = (code: string): string => messages.get(code) ?? `${code} (played by the sandbox)`;

/** Thrown wherever the vendor refuses: a whole request, or, caught by the collections, one row of it. */
export class SalesforceError extends Error {
  readonly errors: readonly RowError[];
  readonly status: number;
  /** The request could not be read as records at all: a collection answers it as a whole, not for the row alone. */
  readonly wholeRequest: boolean;

  constructor(
    errors: RowError | readonly RowError[],
    options: { readonly status?: number; readonly wholeRequest?: boolean } = {},
  ) {
    const list = Array.isArray(errors) ? (errors as readonly RowError[]) : [errors as RowError];
    const code = list[0]?.code ?? 'UNKNOWN_EXCEPTION';
    super(code);
    this.name = 'SalesforceError';
    this.errors = list;
    this.status = options.status ?? statuses.get(code) ?? 400;
    this.wholeRequest = options.wholeRequest ?? false;
  }
}

export const refuse = (code: string, message: string, fields?: readonly string[]): SalesforceError =>
  new SalesforceError(fields === undefined ? { code, message } : { code, message, fields });

/** A single-record or query answer: an array of errors, also for one. */
export const errorReply = (error: SalesforceError): ApiReply => ({
  status: error.status,
  body: error.errors.map(({ code, message, fields, extra }) => ({
    ...extra,
    message,
    errorCode: code,
    ...(fields === undefined ? {} : { fields }),
  })),
});

/** The `errors` of one row in a collection's answer: `statusCode`, and `fields` always. */
export const rowErrors = (error: SalesforceError): readonly unknown[] =>
  error.errors.map(({ code, message, fields }) => ({ statusCode: code, message, fields: fields ?? [] }));
