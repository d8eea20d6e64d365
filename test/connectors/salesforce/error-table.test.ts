import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FailureCategory } from '../../../src/model/failure.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { WriteOutcome } from '../../../src/model/write.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, writing } from './harness.ts';

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
});
afterEach(async () => {
  await fake.close();
});

interface VendorError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields?: readonly string[];
}

const outcomeOf = async (error: VendorError, fields: RawFields = {}): Promise<WriteOutcome | undefined> => {
  const { statusCode, ...said } = error;
  const body = [{ errorCode: statusCode, ...said }];
  const sub = { body, httpHeaders: {}, httpStatusCode: 400, referenceId: 'row0' };
  fake.onApi = ({ path }) => ({
    // What a duplicate rule refused is asked about alone, in a composite.
    json: path.endsWith('/composite')
      ? { compositeResponse: [sub] }
      : [{ success: false, created: true, errors: [error] }],
  });
  const [outcome] = await connectorTo(fake).writeMany(
    'Lead',
    [{ op: 'upsert', key: 'k', identityField: 'HubSpot_Id__c', identityValue: '151', fields }],
    writing,
  );
  return outcome;
};

const rows: readonly [FailureCategory, VendorError][] = [
  [
    'value',
    {
      statusCode: 'STRING_TOO_LONG',
      message: 'City: data value too large: x (max length=40)',
      fields: ['City'],
    },
  ],
  [
    'value',
    {
      statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      message: 'Industry: bad value for restricted picklist field: abc',
    },
  ],
  [
    'value',
    {
      statusCode: 'FIELD_INTEGRITY_EXCEPTION',
      message: "There's a problem with this country, even though it may appear correct.",
      fields: ['BillingCountry'],
    },
  ],
  ['value', { statusCode: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid email address: abc' }],
  [
    'value',
    {
      statusCode: 'REQUIRED_FIELD_MISSING',
      message: 'Required fields are missing: [LastName]',
      fields: ['LastName'],
    },
  ],
  ['value', { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Give a reason' }],
  [
    'value',
    {
      statusCode: 'NUMBER_OUTSIDE_VALID_RANGE',
      message: 'Revenue: value outside of valid range on numeric field: 1',
    },
  ],
  ['value', { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid', fields: ['OwnerId'] }],
  [
    'value',
    { statusCode: 'MALFORMED_ID', message: 'Owner ID: id value of incorrect type: X', fields: ['OwnerId'] },
  ],
  ['value', { statusCode: 'SOMETHING_NEW_IN_2028', message: 'nobody knows' }],
  ['identity', { statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }],
  ['identity', { statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD', message: 'cannot reference converted lead' }],
  ['identity', { statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?' }],
  [
    'identity',
    {
      statusCode: 'DUPLICATE_VALUE',
      message: 'duplicate value found: <unknown> duplicates value on record with id: <unknown>',
    },
  ],
  ['identity', { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id' }],
  [
    'identity',
    { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: ['Id'] },
  ],
  ['identity', { statusCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
  ['permission', { statusCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'insufficient access rights' }],
  [
    'permission',
    { statusCode: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', message: 'insufficient access rights' },
  ],
  [
    'permission',
    {
      statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      message: 'Unable to create/update fields: Name',
      fields: ['Name'],
    },
  ],
  ['schema', { statusCode: 'INVALID_FIELD', message: "No such column 'Nope__c' on sobject of type Lead" }],
  ['schema', { statusCode: 'INVALID_TYPE', message: "sObject type 'X' is not supported." }],
  [
    'locked',
    { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' },
  ],
  ['throttled', { statusCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
];

describe('a row that is refused', () => {
  it.each(rows)('%s: %o', async (category, error) => {
    const outcome = await outcomeOf(error);
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { category, code: error.statusCode, system: 'salesforce' },
    });
  });

  it.each(['SERVER_UNAVAILABLE', 'UNKNOWN_EXCEPTION'])(
    '%s inside a row leaves it unknown',
    async (statusCode) => {
      expect(await outcomeOf({ statusCode, message: 'oops' })).toMatchObject({ kind: 'unknown' });
    },
  );

  it('names the record that is already there by its 18 characters', async () => {
    const outcome = await outcomeOf({
      statusCode: 'DUPLICATE_VALUE',
      message: 'duplicate value found: HubSpot_Id__c duplicates value on record with id: 003q000000KvQ1t',
    });
    expect(outcome).toMatchObject({ failure: { existingId: '003q000000KvQ1tAAF' } });
    expect(outcome).toMatchObject({ failure: { message: expect.stringContaining('HubSpot_Id__c') } });
  });
});

describe('the message of a refusal', () => {
  const secret = 'Giovanna Very-Private';
  const cases: readonly [string, VendorError, string][] = [
    [
      'keeps label and limit',
      {
        statusCode: 'STRING_TOO_LONG',
        message: `Last Name: data value too large: ${secret} (max length=80)`,
      },
      'Last Name: longer than 80 characters',
    ],
    [
      'keeps them where the value has lines and a limit of its own',
      {
        statusCode: 'STRING_TOO_LONG',
        message: `Title: data value too large: ${secret}\n(max length=9)\n (max length=128)`,
      },
      'Title: longer than 128 characters',
    ],
    [
      'keeps the label of a picklist',
      {
        statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        message: `Industry: bad value for restricted picklist field: ${secret}`,
      },
      'Industry: not an option of this restricted picklist',
    ],
    [
      'keeps the field of an address, not its code',
      {
        statusCode: 'FIELD_INTEGRITY_EXCEPTION',
        message: `The BillingStateCode field contains ${secret}, which isn't an available state. Your administrator can add it for you.`,
      },
      "BillingStateCode: a code that is none of the org's states or countries",
    ],
    [
      'says what an unknown form of a known code means',
      { statusCode: 'STRING_TOO_LONG', message: `${secret} is too long` },
      'a text is longer than its field',
    ],
    [
      'keeps what the admin wrote, without the values',
      {
        statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: `${secret} may not be moved; ask ops@example.com or +39 011 555 1234`,
      },
      '… may not be moved; ask … or …',
    ],
    [
      'of a field that is not there does not quote the query',
      {
        statusCode: 'INVALID_FIELD',
        message: `\nWHERE Email = '${secret}'\n ^\nERROR at Row:1:Column:16\nNo such column 'Emial' on entity 'Lead'.`,
      },
      'no field Emial on Lead, or it is hidden from this user',
    ],
    ['of a code nobody knows', { statusCode: 'NEW', message: `bad ${secret}` }, 'bad …'],
  ];
  it.each(cases)('%s', async (_name, error, message) => {
    const outcome = await outcomeOf(error, { LastName: secret });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { message } });
  });

  it('never holds the value, whatever the code', async () => {
    for (const [, error] of rows) {
      const outcome = await outcomeOf(
        { ...error, message: `${error.message} ${secret}` },
        { LastName: secret },
      );
      expect(JSON.stringify(outcome)).not.toContain(secret);
    }
  });
});
