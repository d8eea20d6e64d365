import { randomUUID } from 'node:crypto';
import { type ApiReply, Refusal } from '../../core/message.ts';
import type { InvalidValue } from '../write/values.ts';

/** Extra parts of HubSpot's error envelope. */
export interface ErrorParts {
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly unknown[];
  readonly links?: Readonly<Record<string, string>>;
  readonly subCategory?: string;
}

/** HubSpot's error envelope; a few old bodies have no category. */
export const errorReply = (
  status: number,
  category: string | null,
  message: string,
  parts: ErrorParts = {},
): ApiReply => ({
  status,
  body: {
    status: 'error',
    message,
    correlationId: randomUUID(),
    ...parts,
    ...(category === null ? {} : { category }),
  },
});

export const refuse = (
  status: number,
  category: string | null,
  message: string,
  parts: ErrorParts = {},
): Refusal => new Refusal(errorReply(status, category, message, parts));

/** 400 VALIDATION_ERROR: the request itself is wrong. */
export const refuseRequest = (message: string): Refusal => refuse(400, 'VALIDATION_ERROR', message);

export const invalidValuesMessage = (invalid: readonly InvalidValue[]): string =>
  `Property values were not valid: ${JSON.stringify(
    invalid.map(({ message, error, name }) => ({ isValid: false, message, error, name })),
  )}`;

export const invalidValuesErrors = (invalid: readonly InvalidValue[]): readonly unknown[] =>
  invalid.map(({ message, error, name }) => ({ message, code: error, context: { propertyName: [name] } }));

/** Text recorded from the live API for ids that a batch names and that are not there. */
export const notFoundMessage = (singular: string): string =>
  `Could not get some ${singular.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`;

export const recordNotFound = (): Refusal => refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');

/** 429: another shape than all other errors, without category (https://developers.hubspot.com/docs/api/usage-details). */
export const rateLimitReply = (
  policyName: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ApiReply => ({
  status: 429,
  headers,
  body: {
    status: 'error',
    message,
    errorType: 'RATE_LIMIT',
    correlationId: randomUUID(),
    policyName,
    requestId: randomUUID(),
  },
});

const html = (status: number, title: string): ApiReply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html><html><head><title>hubapi.com | ${status}: ${title}</title></head><body><h1>${title}</h1></body></html>`,
});

const scopesLink = 'https://developers.hubspot.com/scopes';

/** 403: the app was not granted what the call needs, or the account does not have the product that grants it. */
export const missingScopesReply = (scopes: readonly string[]): ApiReply =>
  errorReply(
    403,
    'MISSING_SCOPES',
    `This app hasn't been granted all required scopes to make this call. Read more about required scopes here: ${scopesLink}.`,
    {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredGranularScopes: scopes },
        },
      ],
      links: { scopes: scopesLink },
    },
  );

/** HubSpot's answers by the code that a fault names: a category, a policy of the limits, or a status of the edge. */
const byCode: Readonly<Record<string, () => ApiReply>> = {
  TEN_SECONDLY_ROLLING: () =>
    rateLimitReply('TEN_SECONDLY_ROLLING', 'You have reached your ten_secondly_rolling limit.'),
  SECONDLY: () => rateLimitReply('SECONDLY', 'You have reached your secondly limit.'),
  DAILY: () => rateLimitReply('DAILY', 'You have reached your daily limit.'),
  INVALID_AUTHENTICATION: () => unauthenticatedReply(),
  EXPIRED_AUTHENTICATION: () =>
    errorReply(
      401,
      'EXPIRED_AUTHENTICATION',
      'The OAuth token used to make this call expired 75 second(s) ago.',
    ),
  MISSING_SCOPES: () => missingScopesReply(['crm.objects.contacts.write']),
  OBJECT_NOT_FOUND: () => errorReply(404, 'OBJECT_NOT_FOUND', 'resource not found'),
  CONFLICT: () => errorReply(409, 'CONFLICT', 'Contact already exists'),
  VALIDATION_ERROR: () => errorReply(400, 'VALIDATION_ERROR', 'Invalid input JSON'),
  LOCKED: () => errorReply(423, 'LOCKED', 'The resource is locked. Wait at least 2 seconds and try again.'),
  MIGRATION_IN_PROGRESS: () => ({
    ...errorReply(
      477,
      'MIGRATION_IN_PROGRESS',
      'This account is being moved to another data hosting location.',
    ),
    headers: { 'Retry-After': '60' },
  }),
  INTERNAL_ERROR: () => errorReply(500, 'INTERNAL_ERROR', 'internal error'),
  BAD_GATEWAY: () => html(502, 'Bad gateway'),
  SERVICE_UNAVAILABLE: () => errorReply(503, 'SERVICE_UNAVAILABLE', 'Service unavailable, please try again'),
  GATEWAY_TIMEOUT: () => html(504, 'Gateway time-out'),
  WEB_SERVER_DOWN: () => html(521, 'Web server is down'),
  CONNECTION_TIMED_OUT: () => html(522, 'Connection timed out'),
  ORIGIN_UNREACHABLE: () => html(523, 'Origin is unreachable'),
  TIMEOUT: () => html(524, 'A timeout occurred'),
};

export function unauthenticatedReply(): ApiReply {
  return errorReply(
    401,
    'INVALID_AUTHENTICATION',
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
  );
}

/** The vendor's body for a code; an unknown code becomes the category of a plain envelope. */
export const replyForCode = (code: string, status: number | undefined): ApiReply => {
  const reply = byCode[code]?.() ?? errorReply(status ?? 400, code, `The request was refused: ${code}`);
  return status === undefined ? reply : { ...reply, status };
};
