import { describe, expect, it } from 'vitest';
import { callFailure } from '../../../src/connectors/salesforce/call-failure.ts';
import type { FailureCategory } from '../../../src/model/failure.ts';

const answered = (statusCode: number, body: unknown = '', headers: Record<string, string> = {}) =>
  callFailure({ statusCode, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const refused = (errorCode: string, message = 'played by the test', status = 400) =>
  answered(status, [{ errorCode, message }]);

describe('a call that is answered with nothing but a status', () => {
  const none = 'no' as const;
  const statuses: readonly (readonly [number, FailureCategory, 'no' | 'maybe'])[] = [
    ...[304, 400, 404, 405, 409, 410, 412, 414, 415, 428, 431].map(
      (status) => [status, 'request', none] as const,
    ),
    [300, 'identity', none],
    [401, 'credentials', none],
    [403, 'permission', none],
    [429, 'throttled', none],
    ...[408, 420, 500, 502, 503, 504].map((status) => [status, 'unavailable', 'maybe'] as const),
  ];
  it.each(statuses)('%i: %s, executed: %s', (status, category, executed) => {
    for (const body of ['', '<html>a page of the edge</html>']) {
      expect(answered(status, body)).toMatchObject({ failure: { category, system: 'salesforce' }, executed });
    }
  });

  it('300 names no address of the records that it lists', () => {
    const several = answered(300, ['/services/data/v62.0/sobjects/Lead/00Q8M000003uKqq']);
    expect(several).toMatchObject({ failure: { category: 'identity', code: 'MULTIPLE_CHOICES' } });
    expect(JSON.stringify(several)).not.toContain('00Q8M');
  });
});

describe('a call that is refused with a code', () => {
  const codes: readonly (readonly [FailureCategory, readonly string[]])[] = [
    ['credentials', ['INVALID_SESSION_ID', 'INVALID_AUTH_HEADER']],
    ['throttled', ['REQUEST_LIMIT_EXCEEDED']],
    [
      'locked',
      [
        'UNABLE_TO_LOCK_ROW',
        'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        'PROCESSING_HALTED',
        'BATCH_PROCESSING_HALTED',
      ],
    ],
    ['unavailable', ['SERVER_UNAVAILABLE', 'UNKNOWN_EXCEPTION', 'QUERY_TIMEOUT', 'INVALID_QUERY_LOCATOR']],
    ['permission', ['API_DISABLED_FOR_ORG', 'API_CURRENTLY_DISABLED', 'INSUFFICIENT_ACCESS']],
    ['schema', ['INVALID_FIELD', 'INVALID_TYPE', 'NOT_FOUND']],
    [
      'request',
      [
        ...['MALFORMED_QUERY', 'JSON_PARSER_ERROR', 'METHOD_NOT_ALLOWED', 'INVALID_BATCH_OPERATION'],
        ...['INVALID_REPLICATION_DATE', 'EXCEEDED_ID_LIMIT', 'EXCEEDED_MAX_SEMIJOIN_SUBSELECTS'],
        ...['OPERATION_TOO_LARGE', 'QUERY_TOO_COMPLICATED', 'NUMBER_OUTSIDE_VALID_RANGE', 'MALFORMED_ID'],
        'A_CODE_OF_2029',
      ],
    ],
  ];
  it.each(codes.flatMap(([category, all]) => all.map((code) => [code, category] as const)))(
    '%s: %s',
    (code, category) => expect(refused(code).failure).toMatchObject({ category, code }),
  );

  it('tells too many calls at once, over within seconds, from the day’s limit', () => {
    for (const limit of ['ConcurrentRequests (Concurrent API Requests)', 'ConcurrentPerOrgLongTxn']) {
      const { failure } = refused('REQUEST_LIMIT_EXCEEDED', `${limit} Limit exceeded.`, 403);
      expect(failure.retryAfterMs).toBeLessThan(60_000);
    }
    const { failure } = refused('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403);
    expect(failure.retryAfterMs).toBeUndefined();
  });
});
