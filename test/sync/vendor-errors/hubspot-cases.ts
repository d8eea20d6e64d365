import type { FailureCategory } from '../../../src/model/failure.ts';
import { type Case, correctIt, giveRight, mapIt, reportIt } from './case.ts';

const hubspotRow = (error: string, message: string) => ({
  status: 400,
  body: {
    status: 'error',
    category: 'VALIDATION_ERROR',
    correlationId: 'c033cdaa',
    message: `Property values were not valid: [{"isValid":false,"message":${JSON.stringify(message)},"error":"${error}","name":"jobtitle"}]`,
    errors: [{ message, code: error, context: { propertyName: ['jobtitle'] } }],
  },
});
const value = (error: string, message = 'it is not valid'): Case => ({
  name: error,
  effect: hubspotRow(error, message),
  action: 'parks the field',
  category: 'value',
  next: correctIt,
});
const waits = (name: string, category: FailureCategory): Case => ({
  name,
  effect: { code: name },
  action: 'waits',
  category,
});
const unknown = (name: string): Case => ({ name, effect: { code: name }, action: 'settles by looking' });

/** HubSpot's errors on a batch write: categories, property errors, limits, and what its edge answers. */
export const hubspotCases: readonly Case[] = [
  value('INVALID_OPTION', 'x was not one of the allowed options: [A, B]'),
  value('INVALID_EMAIL'),
  value('INVALID_DATE', '1635535865 is at 22:18:55.865 UTC, not midnight!'),
  value('INVALID_LONG', '1/1/1 was not a valid long.'),
  value('INVALID_INTEGER', 'discount was not a valid number'),
  value('MISSING_REQUIRED_PROPERTY'),
  value('A_CODE_OF_2029'),
  {
    name: 'READ_ONLY_VALUE',
    effect: hubspotRow('READ_ONLY_VALUE', 'it is read only'),
    action: 'parks the field',
    category: 'permission',
    next: giveRight,
  },
  {
    name: 'PROPERTY_DOESNT_EXIST',
    effect: hubspotRow('PROPERTY_DOESNT_EXIST', 'Property "jobtitle" does not exist'),
    action: 'parks the field',
    category: 'schema',
    next: mapIt,
  },
  {
    name: 'CONFLICTING_UNIQUE_VALUE',
    effect: hubspotRow('CONFLICTING_UNIQUE_VALUE', 'taken'),
    action: 'looks again',
    category: 'identity',
  },
  { name: 'CONFLICT', effect: { code: 'CONFLICT' }, action: 'looks again', category: 'identity' },
  {
    name: 'CONFLICT that names the other record',
    effect: {
      status: 409,
      body: { status: 'error', message: 'Contact already exists. Existing ID: 6001', category: 'CONFLICT' },
    },
    action: 'looks again',
    category: 'identity',
  },
  {
    name: 'OBJECT_NOT_FOUND',
    effect: { code: 'OBJECT_NOT_FOUND' },
    action: 'looks again',
    category: 'identity',
  },
  {
    name: 'a row of a 207 that is not found',
    effect: {
      status: 207,
      body: {
        status: 'COMPLETE',
        results: [],
        numErrors: 1,
        errors: [
          {
            status: 'error',
            category: 'OBJECT_NOT_FOUND',
            message:
              'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.',
            context: { ids: ['$ID'] },
          },
        ],
      },
    },
    action: 'looks again',
    category: 'identity',
  },
  {
    name: 'MISSING_SCOPES',
    effect: { code: 'MISSING_SCOPES' },
    action: 'parks the record',
    category: 'permission',
    next: giveRight,
  },
  {
    name: 'VALIDATION_ERROR of the whole request',
    effect: { code: 'VALIDATION_ERROR' },
    action: 'parks the record',
    category: 'request',
    next: reportIt,
  },
  {
    name: 'Duplicate IDs found in batch input',
    effect: {
      status: 400,
      body: {
        status: 'error',
        message: 'Duplicate IDs found in batch input: [123456]. IDs must be unique',
        context: { ids: ['123456'] },
        category: 'VALIDATION_ERROR',
      },
    },
    action: 'parks the record',
    category: 'request',
    next: reportIt,
  },
  {
    name: '414: more than 250 identities on a profile',
    effect: {
      status: 414,
      body: {
        status: 'error',
        message: 'Cannot have more than 250 identities on a profile',
        category: 'VALIDATION_ERROR',
      },
    },
    action: 'looks again',
    category: 'identity',
  },
  {
    name: '414: the address of the call is too long',
    effect: { status: 414, body: '<html>URI Too Long</html>' },
    action: 'parks the record',
    category: 'request',
    next: reportIt,
  },
  {
    name: '431: address and headers are too long',
    effect: { status: 431, body: '' },
    action: 'parks the record',
    category: 'request',
    next: reportIt,
  },
  {
    name: '403 of the edge, without a category',
    effect: { status: 403, body: '<html>Forbidden</html>' },
    action: 'parks the record',
    category: 'permission',
    next: giveRight,
  },
  {
    name: '404 without a category',
    effect: { status: 404, body: { status: 'error', message: 'resource not found' } },
    action: 'looks again',
    category: 'identity',
  },
  {
    name: 'RATE_LIMITS of a row',
    effect: {
      status: 207,
      body: {
        ...{ status: 'COMPLETE', results: [], numErrors: 1 },
        errors: [
          { status: 'error', category: 'RATE_LIMITS', message: 'rate limit', context: { ids: ['$ID'] } },
        ],
      },
    },
    action: 'waits',
    category: 'throttled',
  },
  {
    name: 'Unable to infer object type',
    effect: {
      status: 400,
      body: { status: 'error', message: 'Unable to infer object type from: butterflies' },
    },
    action: 'parks the record',
    category: 'schema',
    next: mapIt,
  },
  waits('INVALID_AUTHENTICATION', 'credentials'),
  waits('EXPIRED_AUTHENTICATION', 'credentials'),
  waits('TEN_SECONDLY_ROLLING', 'throttled'),
  waits('SECONDLY', 'throttled'),
  waits('DAILY', 'throttled'),
  waits('MIGRATION_IN_PROGRESS', 'throttled'),
  waits('LOCKED', 'locked'),
  unknown('INTERNAL_ERROR'),
  unknown('BAD_GATEWAY'),
  unknown('SERVICE_UNAVAILABLE'),
  unknown('GATEWAY_TIMEOUT'),
  unknown('WEB_SERVER_DOWN'),
  unknown('CONNECTION_TIMED_OUT'),
  unknown('ORIGIN_UNREACHABLE'),
  unknown('TIMEOUT'),
  { name: '525 (TLS handshake)', effect: { status: 525 }, action: 'settles by looking' },
  { name: '526 (TLS certificate)', effect: { status: 526 }, action: 'settles by looking' },
  { name: 'a cut connection', effect: { drop: 'before' }, action: 'settles by looking' },
  { name: 'a cut answer', effect: { drop: 'after' }, action: 'settles by looking' },
  {
    name: '200 with a body that is no answer',
    effect: { status: 200, body: { hello: 1 } },
    action: 'settles by looking',
  },
  {
    name: 'a row in neither results nor errors',
    effect: { status: 200, body: { status: 'COMPLETE', results: [] } },
    action: 'settles by looking',
  },
];
