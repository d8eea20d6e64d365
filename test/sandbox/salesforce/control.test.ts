import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe('Salesforce control hooks', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg({ leads: 1_200, seed: 7 });
  });
  afterAll(() => org.close());

  const all = async (from: Org, type = 'Lead') => {
    const records: Record<string, unknown>[] = [];
    let after = '';
    for (;;) {
      const { body } = await from.control(`/records/${type}?after=${after}`);
      records.push(...body.records);
      if (body.after === undefined) return records;
      after = body.after;
    }
  };

  it('starts with the same leads for the same seed', async () => {
    const first = await all(org);
    expect(first).toHaveLength(1_200);
    const other = await startOrg({ leads: 1_200, seed: 7 });
    expect(await all(other)).toEqual(first);
    await other.close();
    const different = await startOrg({ leads: 10, seed: 8 });
    expect((await all(different)).map((one) => one.Email)).not.toEqual(
      first.slice(0, 10).map((one) => one.Email),
    );
    await different.close();
  });

  it('gives every field of every record, deleted ones too, 1,000 a page', async () => {
    const page = (await org.control('/records/Lead')).body;
    expect(page.records).toHaveLength(1_000);
    const id = page.records[3].Id;
    await org.call('DELETE', `${base}/sobjects/Lead/${id}`);
    const record = (await all(org)).find((one) => one.Id === id);
    expect(record).toMatchObject({ IsDeleted: true, HubSpot_Id__c: null });
    expect(record?.SystemModstamp).toMatch(/\.000\+0000$/);
    const described = (await org.call('GET', `${base}/sobjects/Lead/describe`)).body.fields;
    expect(Object.keys(record ?? {})).toHaveLength(described.length);
    expect((await org.control('/records/Nope')).status).toBe(400);
  });

  it('loads as the person, outside limits and counters: all or none', async () => {
    const before = (await org.control('/stats')).body;
    const loaded = await org.control('/records/Lead', {
      records: [{ LastName: 'Load', Company: 'Acme', Email: 'L@x.example' }],
    });
    const [id] = loaded.body.ids;
    const row = (await org.query(`SELECT CreatedBy.Name, Email FROM Lead WHERE Id = '${id}'`)).body
      .records[0];
    expect(row).toMatchObject({ CreatedBy: { Name: 'Robin Seller' }, Email: 'l@x.example' });
    const refused = await org.control('/records/Lead', {
      records: [
        { LastName: 'Fine', Company: 'Acme' },
        { LastName: 'x', Company: 'y', Email: 'private words' },
      ],
    });
    expect([refused.status, refused.body.place]).toEqual([400, 'records[1]']);
    expect(refused.body.error).toContain('INVALID_EMAIL_ADDRESS (Email)');
    expect(refused.body.error).not.toContain('private words');
    const fixed = await org.control('/records/Lead', { records: [{ LastName: 'x', Company: 'y', Id: id }] });
    expect(fixed.body.error).toContain('INVALID_FIELD_FOR_INSERT_UPDATE');
    const after = (await org.control('/stats')).body;
    expect(after.calls.total).toBe(before.calls.total + 1);
    expect(after.records.Lead).toBe(before.records.Lead + 1);
  });

  it('counts calls by route, the integration alone', async () => {
    await org.control('/reset', { leads: 2 });
    await org.query('SELECT Id FROM Lead', { who: 'person' });
    await org.call('PATCH', `${base}/composite/sobjects/Lead/HubSpot_Id__c`, { records: [] });
    await org.call('GET', `${base}/sobjects/Lead/00QSb0000zzzzzzAAA`);
    await org.call('GET', '/services/data');
    const { calls, records } = (await org.control('/stats')).body;
    expect(calls.byCaller).toEqual({ integration: 3, person: 1 });
    expect(calls.byRoute).toEqual({
      'GET /services/data': 1,
      'GET /services/data/{version}/sobjects/Lead/{key}': 1,
      'PATCH /services/data/{version}/composite/sobjects/Lead/HubSpot_Id__c': 1,
    });
    expect(calls.byStatus).toEqual({ '200': 3, '404': 1 });
    expect(records.Lead).toBe(2);
  });

  it('adds objects and fields, and says what is wrong with one', async () => {
    const field = { name: 'Extra__c', type: 'string', length: 10 };
    expect((await org.control('/schema', { objects: [{ name: 'Contact', fields: [field] }] })).status).toBe(
      200,
    );
    const keyed = { ...field, externalId: true };
    const twice = await org.control('/schema', { objects: [{ name: 'Contact', fields: [keyed] }] });
    expect([twice.status, twice.body.place]).toEqual([400, 'objects[0].fields[0].name']);
    expect((await org.control('/schema', { objects: [{ name: 'Visit' }] })).body.place).toBe(
      'objects[0].name',
    );
    const bad = { name: 'Contact', fields: [{ name: 'x', type: 'string' }] };
    expect((await org.control('/schema', { objects: [bad] })).body.place).toBe('objects[0].fields[0].name');
    const long = await org.call('POST', `${base}/sobjects/Contact`, {
      LastName: 'x',
      Extra__c: 'x'.repeat(11),
    });
    expect(long.body[0].errorCode).toBe('STRING_TOO_LONG');
  });

  it('plays faults in the vendor’s own shapes', async () => {
    const fault = (code: string, path: string) =>
      org.control('/faults', [{ match: { path }, effect: { code, times: 1 } }]);
    await fault('UNABLE_TO_LOCK_ROW', '/query');
    const locked = await org.query('SELECT Id FROM Lead');
    expect([locked.status, locked.body[0].errorCode]).toEqual([400, 'UNABLE_TO_LOCK_ROW']);
    expect(locked.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/);
    await fault('SERVER_UNAVAILABLE', '/query');
    expect((await org.query('SELECT Id FROM Lead')).status).toBe(503);
    await fault('invalid_grant', '/oauth2/token');
    const refused = await org.call('POST', '/services/oauth2/token', '');
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect((await org.query('SELECT Id FROM Lead')).status).toBe(200);
  });
});

describe('a custom field that an admin changes', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  it('has another type or other options from then on; values stay where the new type holds them', async () => {
    const add = async (field: object) =>
      org.control('/schema', { objects: [{ name: 'Lead', fields: [{ name: 'Nick__c', ...field }] }] });
    const described = async () =>
      (await org.connection.describe('Lead')).fields.find(({ name }) => name === 'Nick__c');
    expect((await add({ type: 'string', length: 40 })).status).toBe(200);
    const [number, text] = [await org.lead({ Nick__c: '12' }), await org.lead({ Nick__c: 'Annie' })];
    expect((await add({ type: 'double', precision: 8, scale: 0 })).status).toBe(200);
    expect(await described()).toMatchObject({ type: 'double' });
    expect([(await org.read(number, 'Nick__c')).Nick__c, (await org.read(text, 'Nick__c')).Nick__c]).toEqual([
      12,
      null,
    ]);
    await add({ type: 'string', length: 40 });
    expect((await org.read(number, 'Nick__c')).Nick__c).toBe('12');
    expect(
      (
        await org.control('/schema', {
          objects: [{ name: 'Lead', fields: [{ name: 'HubSpot_Id__c', type: 'double' }] }],
        })
      ).status,
    ).toBe(400);
  });
});
