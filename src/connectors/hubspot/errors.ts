import type { z } from 'zod';
import { blocklistedCode, type Failure, type FailureCategory, malformedCode } from '../../model/failure.ts';
import { blamedProperties, type PropertyBlame } from './property-errors.ts';
import { errorSchema, type HubSpotError } from './wire.ts';

/** Nothing was sent: the connection was never made. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** HubSpot holds locks for 2 s (https://developers.hubspot.com/docs/api-reference/error-handling, read 2026-11-24). */
const lockedRetryMs = 2_000;

const base = (category: FailureCategory, code: string, message: string): Failure => ({
  category,
  system: 'hubspot',
  code,
  message,
  fields: [],
});

/** Whether it is certain that HubSpot executed nothing of the request that failed so. */
export const wasNotExecuted = (failure: Failure): boolean =>
  failure.category !== 'unavailable' || neverConnected.has(failure.code);

/** Daily quota and account migrations stop everything; the ten-second and search windows stop one lane. */
export const concernsAllLanes = (failure: Failure): boolean =>
  failure.code === 'DAILY' || failure.code === 'MIGRATION_IN_PROGRESS';

const socketCode = (error: unknown): string => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'NO_ANSWER';
};

/** No answer came from `origin`: the failure that fetch reported, by its code alone. */
export const failureOfSilence = (place: string, origin: string, error: unknown): Failure => {
  const code = socketCode(error);
  return base(
    'unavailable',
    code,
    neverConnected.has(code)
      ? `${place}: cannot connect to ${origin}; check the address and the network`
      : `${place}: the connection ended before the answer; whether it was executed is not known`,
  );
};

/** A 2xx answer that is not what HubSpot documents; names the places in the body, never what stands there. */
export const malformedAnswer = (place: string, error: z.ZodError): Failure => {
  const where = error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'the body');
  return base(
    'unavailable',
    malformedCode,
    `${place}: the answer does not have the documented shape at ${where.join(', ')}`,
  );
};

/** Retry-After: seconds, or a date (RFC 9110). HubSpot documents it for 477 alone; proxies send it with 503. */
const retryAfterMs = (headers: Headers): number | undefined => {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
};

/** `policyName` names the limit; older bodies tell it only in the message (`You have reached your secondly limit.`). */
const throttleCode = (error: HubSpotError): string =>
  error.policyName ?? /your (\w+) limit/.exec(error.message ?? '')?.[1]?.toUpperCase() ?? 'RATE_LIMIT';

const existingIdOf = (error: HubSpotError): string | undefined =>
  error.context?.existingId?.[0] ?? /Existing ID: (\d+)/.exec(error.message ?? '')?.[1];

const identityFailure = (code: string, error: HubSpotError, message: string): Failure => {
  const existingId = existingIdOf(error);
  const failure = base('identity', code, message);
  return existingId === undefined ? failure : { ...failure, existingId };
};

const blameCategory = (blame: PropertyBlame): FailureCategory => {
  if (blame.code === 'PROPERTY_DOESNT_EXIST') return 'schema';
  if (blame.code === 'READ_ONLY_VALUE') return 'permission';
  return blame.code === 'CONFLICTING_UNIQUE_VALUE' ? 'identity' : 'value';
};

const blameSentence: Partial<Record<FailureCategory, string>> = {
  schema: 'does not exist on this object; create the property or correct the mapping',
  permission: 'is read-only; take it out of the direction to HubSpot',
  identity: 'must be unique and another record already has this value',
  value: 'does not accept this value',
};

const blameFailure = (blames: readonly [PropertyBlame, ...PropertyBlame[]], error: HubSpotError): Failure => {
  const [first] = blames;
  const category = blameCategory(first);
  const alike = blames.filter((blame) => blameCategory(blame) === category);
  const fields = [...new Set(alike.map((blame) => blame.property))];
  const why =
    first.code === blocklistedCode
      ? 'is an address that HubSpot takes from nobody, since somebody who had it was deleted there for privacy'
      : blameSentence[category];
  return {
    ...identityFailure(first.code, error, `${fields.join(', ')} ${why} (${first.code})`),
    category,
    fields,
  };
};

/** What the associations API says of one pair of records (associations guide; bodies recorded in amp-labs/connectors, MIT). */
const associationFailure = (place: string, error: HubSpotError): Failure | null => {
  switch (error.subCategory) {
    case 'crm.associations.INVALID_IDENTIFIER':
      // One of the two was deleted or merged since it was read; the same words are said of a record that is to be tied to itself.
      return /associated to itself/.test(error.message ?? '')
        ? base('value', 'TIED_TO_ITSELF', `${place}: a record cannot be associated with itself`)
        : base('identity', 'INVALID_IDENTIFIER', `${place}: one of the two records is not there`);
    case 'crm.associations.INVALID_ASSOCIATION_TYPE':
      return base('schema', 'INVALID_ASSOCIATION_TYPE', `${place}: these objects have no such label`);
    default:
      return null;
  }
};

/** A refusal of one row (an entry of a 207) or of a whole request (4xx), by what HubSpot says; never repeats its words, they quote values. */
export const failureOfError = (place: string, status: number, error: HubSpotError): Failure => {
  const trace = error.correlationId ? `, correlation id ${error.correlationId}` : '';
  const category = error.category ?? '';
  const ofPair = associationFailure(place, error);
  if (ofPair !== null) return ofPair;
  const blames = blamedProperties(error);
  const [first, ...others] = blames;
  if (first !== undefined) return blameFailure([first, ...others], error);
  if (category === 'MISSING_SCOPES' || status === 403) {
    const scopes = (error.errors ?? []).flatMap((entry) => entry.context?.requiredGranularScopes ?? []);
    const needed = scopes.length > 0 ? `: grant the app one of ${scopes.join(', ')}` : '';
    return base('permission', category || 'FORBIDDEN', `${place}: not allowed${needed}${trace}`);
  }
  if (category === 'CONFLICT' || category === 'OBJECT_ALREADY_EXISTS' || status === 409) {
    return identityFailure(
      category || 'CONFLICT',
      error,
      `${place}: another record already has this identity${trace}`,
    );
  }
  // After some 250 merges a profile takes no further identity (error handling page, status 414): the record is the matter, not us.
  if (status === 414 && /identities on a profile/.test(error.message ?? '')) {
    return identityFailure(
      'TOO_MANY_IDENTITIES',
      error,
      `${place}: merged too often to take another identity${trace}`,
    );
  }
  if (category === 'OBJECT_NOT_FOUND' || status === 404) {
    return base('identity', category || 'OBJECT_NOT_FOUND', `${place}: no such live record${trace}`);
  }
  if (category === 'RATE_LIMITS')
    return base('throttled', throttleCode(error), `${place}: rate limit${trace}`);
  if (error.message?.startsWith('Unable to infer object type')) {
    return base('schema', 'UNKNOWN_OBJECT_TYPE', `${place}: HubSpot has no such object type${trace}`);
  }
  return base(
    'request',
    category || `HTTP_${status}`,
    `${place}: HubSpot refused the request with ${status}${trace}`,
  );
};

/** A status outside 2xx. A body that is not HubSpot's error (HTML from the edge) leaves the status to speak. */
export const failureOfAnswer = (place: string, status: number, headers: Headers, body: unknown): Failure => {
  const parsed = errorSchema.safeParse(body);
  const error: HubSpotError = parsed.success ? parsed.data : {};
  const after = retryAfterMs(headers);
  const later = after === undefined ? {} : { retryAfterMs: after };
  if (status === 401) {
    const code = error.category ?? 'UNAUTHORIZED';
    return base(
      'credentials',
      code,
      `${place}: HubSpot refuses the access token; check HUBSPOT_ACCESS_TOKEN`,
    );
  }
  if (status === 423) {
    return {
      ...base('locked', 'LOCKED', `${place}: a record is locked`),
      retryAfterMs: after ?? lockedRetryMs,
    };
  }
  if (status === 429) {
    const code = throttleCode(error);
    return { ...base('throttled', code, `${place}: refused by the limit ${code}`), ...later };
  }
  if (status === 477) {
    const message = `${place}: HubSpot is moving the account to another region and refuses all calls`;
    return { ...base('throttled', 'MIGRATION_IN_PROGRESS', message), ...later };
  }
  if (status === 408 || status >= 500) {
    return { ...base('unavailable', `HTTP_${status}`, `${place}: HubSpot answered ${status}`), ...later };
  }
  return failureOfError(place, status, error);
};
