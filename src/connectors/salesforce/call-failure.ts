import type { HttpResponse } from 'jsforce';
import type { Failure, FailureCategory } from '../../model/failure.ts';
import {
  parseVendorError,
  rowCategory,
  severalMatches,
  toFailure,
  type VendorError,
} from './vendor-error.ts';

export interface RefusedCall {
  readonly failure: Failure;
  /** Whether any of it can have been executed: `no` where the answer says that it was not. */
  readonly executed: 'no' | 'maybe';
}

/** Paths of whole calls name objects and fields, never records, so that a 404 or an unknown code blames the request. */
const callCategory = (error: VendorError, status: number): FailureCategory => {
  if (error.code === 'NOT_FOUND') return 'schema';
  const category = rowCategory(error);
  if (category === 'value' || category === 'identity') return status >= 500 ? 'unavailable' : 'request';
  return category;
};

const categoryOfStatus = (status: number): FailureCategory => {
  if (status === 429) return 'throttled';
  if (status === 401) return 'credentials';
  if (status === 403) return 'permission';
  return status >= 500 || status === 408 || status === 420 ? 'unavailable' : 'request';
};

/** Retry-After in milliseconds, which Salesforce does not send but a gateway before it may. */
const retryAfter = (answer: HttpResponse): { retryAfterMs?: number } => {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
};

/**
 * What an answer of status 300 or more means for the whole call. A daily limit is 403 REQUEST_LIMIT_EXCEEDED here, not 429.
 * A 5xx says nothing about what was executed, unless its code does (a limit, a lock).
 */
export const callFailure = (answer: HttpResponse): RefusedCall => {
  const { statusCode: status } = answer;
  if (status === 300) return { failure: toFailure(severalMatches, 'identity'), executed: 'no' };
  const error = parseVendorError(answer.body);
  if (error === null || error.code === 'UNKNOWN_ERROR') {
    const category = categoryOfStatus(status);
    const failure: Failure = {
      category,
      system: 'salesforce',
      code: `HTTP_${status}`,
      message: `answered with status ${status} and no reason`,
      fields: [],
      ...retryAfter(answer),
    };
    return { failure, executed: category === 'unavailable' ? 'maybe' : 'no' };
  }
  const category = status === 429 ? 'throttled' : callCategory(error, status);
  const nothingRan = status < 500 || category === 'throttled' || category === 'locked';
  const executed = nothingRan && category !== 'unavailable' ? 'no' : 'maybe';
  return { failure: { ...toFailure(error, category), ...retryAfter(answer) }, executed };
};
