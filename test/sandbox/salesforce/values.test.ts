import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe('what a write leaves', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
    await org.control('/schema', {
      objects: [
        {
          name: 'Lead',
          fields: [
            { name: 'Topics__c', type: 'multipicklist', picklist: ['x', 'y', 'z'], restricted: true },
            { name: 'Ratio__c', type: 'double', precision: 5, scale: 2 },
          ],
        },
      ],
    });
  });
  afterAll(() => org.close());

  it.each([
    ['Title', '  CTO \t\n', 'CTO'],
    ['Title', '\u00a0CTO\u00a0', '\u00a0CTO\u00a0'],
    ['Title', '', null],
    ['Title', '   ', null],
    ['Description', 'a\r\nb\nc', 'a\r\nb\nc'],
    ['Email', ' Ada@Example.COM', 'ada@example.com'],
    ['FirstName', '李小龙 😀', '李小龙 😀'],
    ['Industry', 'Not in the list', 'Not in the list'],
    ['Tandem_Reason__c', 'Wrong person', 'Wrong person'],
    ['Topics__c', 'z; x', 'x;z'],
    ['AnnualRevenue', 1234.5, 1235],
    ['AnnualRevenue', -0.4, 0],
    ['AnnualRevenue', '12', 12],
    ['Ratio__c', 1.005, 1.01],
    ['Ratio__c', 999.99, 999.99],
    ['NumberOfEmployees', 2.5, 3],
    ['DoNotCall', 'true', true],
    ['DoNotCall', null, false],
    ['Tandem_Recontact_On__c', '2027-02-28', '2027-02-28'],
    ['Tandem_Recontact_On__c', '2027-02-28T23:30:00Z', '2027-02-28'],
    ['Tandem_Due_At__c', '2027-01-02T03:04:05.678+02:00', '2027-01-02T01:04:05.000+0000'],
    ['Tandem_Due_At__c', '2027-01-02', '2027-01-02T00:00:00.000+0000'],
    ['Tandem_Due_At__c', '', null],
  ])('%s: %j becomes %j', async (field, given, kept) => {
    const id = await org.lead({ [field]: given });
    expect((await org.read(id, field))[field]).toBe(kept);
  });

  it.each([
    [
      'LastName',
      'x'.repeat(81),
      'STRING_TOO_LONG',
      `Last Name: data value too large: ${'x'.repeat(81)} (max length=80)`,
    ],
    ['Email', 'ada@example', 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: ada@example'],
    ['Email', 'a b@example.com', 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: a b@example.com'],
    [
      'Email',
      'ada..x@example.com',
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: ada..x@example.com',
    ],
    ['Email', 'jörg@example.com', 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: jörg@example.com'],
    [
      'Tandem_Reason__c',
      'Nope',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Tandem Reason: bad value for restricted picklist field: Nope',
    ],
    [
      'Topics__c',
      'x;q',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Topics: bad value for restricted picklist field: q',
    ],
    [
      'NumberOfEmployees',
      123_456_789,
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Employees: value outside of valid range on numeric field: 123456789',
    ],
    ['OwnerId', 'INVALID_OWNER', 'MALFORMED_ID', 'Owner ID: id value of incorrect type: INVALID_OWNER'],
    [
      'OwnerId',
      '00QSb0000000001AAA',
      'MALFORMED_ID',
      'Owner ID: id value of incorrect type: 00QSb0000000001MAA',
    ],
    ['OwnerId', '005Sb000000zzzzAAA', 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'],
    [
      'CreatedDate',
      '2020-01-01T00:00:00Z',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
    ],
    [
      'Name',
      'Ada',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
    ],
  ])('refuses %s: %j with %s', async (field, given, code, message) => {
    const { status, body } = await org.call('POST', `${base}/sobjects/Lead`, {
      LastName: 'Doe',
      Company: 'Acme',
      [field]: given,
    });
    expect(status).toBe(400);
    expect(body).toHaveLength(1);
    expect(body[0].errorCode).toBe(code);
    expect(body[0].message).toBe(message);
  });

  it('refuses a value of the wrong kind and an unknown field', async () => {
    const post = (fields: Record<string, unknown>) =>
      org.call('POST', `${base}/sobjects/Lead`, { LastName: 'Doe', Company: 'Acme', ...fields });
    for (const fields of [
      { Title: 5 },
      { NumberOfEmployees: 'many' },
      { DoNotCall: 'perhaps' },
      { Tandem_Recontact_On__c: '13/01/2027' },
      { Tandem_Recontact_On__c: '2027-02-30' },
      { Tandem_Due_At__c: 'soon' },
    ]) {
      const { status, body } = await post(fields);
      expect([status, body[0].errorCode]).toEqual([400, 'JSON_PARSER_ERROR']);
    }
    expect((await post({ foo: 1 })).body).toEqual([
      { message: "No such column 'foo' on sobject of type Lead", errorCode: 'INVALID_FIELD' },
    ]);
    expect((await org.call('POST', `${base}/sobjects/Lead`, '{"LastName":')).body[0].errorCode).toBe(
      'JSON_PARSER_ERROR',
    );
  });

  it('names every required field that is missing, and does not let one be emptied', async () => {
    const { status, body } = await org.call('POST', `${base}/sobjects/Lead`, {
      FirstName: 'Ada',
      Company: ' ',
    });
    expect(status).toBe(400);
    expect(body).toEqual([
      {
        message: 'Required fields are missing: [LastName, Company]',
        errorCode: 'REQUIRED_FIELD_MISSING',
        fields: ['LastName', 'Company'],
      },
    ]);
    const id = await org.lead({ Status: null });
    expect(await org.read(id, 'Status')).toMatchObject({ Status: 'Open - Not Contacted' });
    for (const field of ['Company', 'Status', 'OwnerId']) {
      const answer = await org.call('PATCH', `${base}/sobjects/Lead/${id}`, { [field]: null });
      expect(answer.body[0]).toMatchObject({ errorCode: 'REQUIRED_FIELD_MISSING', fields: [field] });
    }
  });

  it('holds a unique external id once, without regard to case', async () => {
    const id = await org.lead({ HubSpot_Id__c: 'Abc' });
    const again = await org.call('POST', `${base}/sobjects/Lead`, {
      LastName: 'Doe',
      Company: 'Acme',
      HubSpot_Id__c: 'aBC',
    });
    expect(again.status).toBe(400);
    expect(again.body).toEqual([
      {
        message: `duplicate value found: HubSpot_Id__c duplicates value on record with id: ${id.slice(0, 15)}`,
        errorCode: 'DUPLICATE_VALUE',
        fields: [],
      },
    ]);
    await org.call('DELETE', `${base}/sobjects/Lead/${id}`);
    await org.lead({ HubSpot_Id__c: 'aBC' });
  });

  it('stamps whole seconds and the user who wrote', async () => {
    const fields = 'CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp';
    const id = await org.lead();
    const created = await org.read(id, fields);
    org.clock.advance(1_500);
    await org.call('PATCH', `${base}/sobjects/Lead/${id}`, {}, { who: 'person' });
    const changed = await org.read(id, fields);
    expect(created.CreatedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    expect(changed).toMatchObject({ CreatedDate: created.CreatedDate, CreatedById: created.CreatedById });
    expect(changed.SystemModstamp).toBe(changed.LastModifiedDate);
    expect(changed.SystemModstamp).not.toBe(created.SystemModstamp);
    expect(changed.LastModifiedById).not.toBe(created.LastModifiedById);
  });

  it('composes names and addresses, and works out formulas', async () => {
    const id = await org.lead({
      FirstName: 'Ada',
      LastName: 'Okafor',
      Salutation: 'Dr.',
      City: 'Lagos',
      Tandem_Due_At__c: '2027-01-01T00:00:00Z',
    });
    expect(await org.read(id, 'Name', 'Address', 'Tandem_Sla__c')).toMatchObject({
      Name: 'Ada Okafor',
      Address: { city: 'Lagos', street: null, country: null },
      Tandem_Sla__c: 'Waiting',
    });
    await org.call('PATCH', `${base}/sobjects/Lead/${id}`, { Tandem_Touched_At__c: '2027-01-02T00:00:00Z' });
    expect(await org.read(id, 'Tandem_Sla__c')).toMatchObject({ Tandem_Sla__c: 'Late' });
  });

  it('refuses an inactive owner, and takes a queue for a lead alone', async () => {
    const idOf = async (soql: string): Promise<string> => (await org.query(soql)).body.records[0].Id;
    const former = await idOf('SELECT Id FROM User WHERE IsActive = false');
    const queue = await idOf("SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = 'Inbound_Leads'");
    const create = (type: string, fields: Record<string, unknown>) =>
      org.call('POST', `${base}/sobjects/${type}`, fields);
    const person = { LastName: 'Doe', Company: 'Acme' };
    expect((await create('Lead', { ...person, OwnerId: former })).body[0].errorCode).toBe(
      'INACTIVE_OWNER_OR_USER',
    );
    expect((await create('Lead', { ...person, OwnerId: queue })).status).toBe(201);
    expect((await create('Contact', { LastName: 'Doe', OwnerId: queue })).body[0].errorCode).toBe(
      'MALFORMED_ID',
    );
  });
});
