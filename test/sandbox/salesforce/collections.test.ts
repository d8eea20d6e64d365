import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe('sObject collections', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const path = `${base}/composite/sobjects`;
  const lead = (fields: Record<string, unknown>) => ({ attributes: { type: 'Lead' }, ...fields });
  const person = (LastName: string, fields: Record<string, unknown> = {}) =>
    lead({ LastName, Company: 'Acme', ...fields });

  it('gives one result per row, in order, and commits the good ones', async () => {
    const { status, body } = await org.call('POST', path, {
      records: [person('A'), lead({ LastName: 'B' }), person('C', { Email: 'nope' }), person('D')],
    });
    expect(status).toBe(200);
    expect(body.map((row: { success: boolean }) => row.success)).toEqual([true, false, false, true]);
    expect(body[1]).toEqual({
      success: false,
      errors: [
        {
          statusCode: 'REQUIRED_FIELD_MISSING',
          message: 'Required fields are missing: [Company]',
          fields: ['Company'],
        },
      ],
    });
    expect(body[2].errors[0].statusCode).toBe('INVALID_EMAIL_ADDRESS');
    expect(await org.read(body[3].id, 'LastName')).toMatchObject({ LastName: 'D' });
  });

  it('rolls all back with allOrNone', async () => {
    const count = async () => (await org.query('SELECT COUNT() FROM Lead')).body.totalSize;
    const id = await org.lead({ HubSpot_Id__c: 'keep', Email: 'keep@x.example' });
    const before = await count();
    const created = await org.call('POST', path, {
      allOrNone: true,
      records: [person('A', { HubSpot_Id__c: 'rolled' }), lead({ LastName: 'B' })],
    });
    expect(
      created.body.map((row: { errors: { statusCode: string }[] }) => row.errors[0]?.statusCode),
    ).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
    expect(await count()).toBe(before);
    const updated = await org.call('PATCH', path, {
      allOrNone: true,
      records: [lead({ Id: id, HubSpot_Id__c: 'other', Email: 'other@x.example' }), lead({ Id: 'x' })],
    });
    expect(updated.body[0].success).toBe(false);
    // Indexes are taken back as well.
    const byKey = `SELECT Id FROM Lead WHERE HubSpot_Id__c = 'keep' AND Email = 'keep@x.example'`;
    expect((await org.query(byKey)).body.totalSize).toBe(1);
    expect(
      (await org.query("SELECT Id FROM Lead WHERE HubSpot_Id__c IN ('other', 'rolled')")).body.totalSize,
    ).toBe(0);
  });

  it('stamps all rows of a call alike, and nobody sees a half of it', async () => {
    const { body } = await org.call('POST', path, { records: [person('A'), person('B'), person('C')] });
    const ids = body.map((row: { id: string }) => `'${row.id}'`).join();
    const found = await org.query(`SELECT SystemModstamp FROM Lead WHERE Id IN (${ids})`);
    expect(
      new Set(found.body.records.map((row: { SystemModstamp: string }) => row.SystemModstamp)).size,
    ).toBe(1);
  });

  it('tells deleted, unknown, malformed and repeated ids apart', async () => {
    const kept = await org.lead();
    const gone = await org.lead();
    await org.call('DELETE', `${base}/sobjects/Lead/${gone}`);
    const { body } = await org.call('PATCH', path, {
      records: [
        lead({ Id: kept, Title: 'x' }),
        lead({ id: gone, Title: 'x' }),
        lead({ Id: '00QSb0000zzzzzzAAA', Title: 'x' }),
        lead({ Id: 'nope', Title: 'x' }),
        lead({ Title: 'x' }),
        lead({ Id: kept.slice(0, 15), Title: 'y' }),
      ],
    });
    expect(body.map((row: { errors: { statusCode: string }[] }) => row.errors[0]?.statusCode)).toEqual([
      undefined,
      'ENTITY_IS_DELETED',
      'INVALID_CROSS_REFERENCE_KEY',
      'MALFORMED_ID',
      'MISSING_ARGUMENT',
      'DUPLICATE_VALUE',
    ]);
    expect(body[0]).toEqual({ id: kept, success: true, errors: [] });
    const removed = await org.call('DELETE', `${path}?ids=${kept},${gone},nope&allOrNone=false`);
    expect(removed.body.map((row: { success: boolean }) => row.success)).toEqual([true, false, false]);
  });

  it('upserts by external id and says of refused rows whether they would have been created', async () => {
    const existing = await org.lead({ HubSpot_Id__c: 'U1' });
    const { status, body } = await org.call('PATCH', `${path}/Lead/HubSpot_Id__c`, {
      records: [
        lead({ HubSpot_Id__c: 'u1', Title: 'x' }),
        person('New', { HubSpot_Id__c: 'U2' }),
        lead({ HubSpot_Id__c: 'U3', LastName: 'No company' }),
        lead({ HubSpot_Id__c: 'U1b', Email: 'nope', LastName: 'x', Company: 'y' }),
        person('No key'),
        person('Twice', { HubSpot_Id__c: 'U4' }),
        person('Twice', { HubSpot_Id__c: 'u4' }),
      ],
    });
    expect(status).toBe(200);
    expect(body[0]).toEqual({ id: existing, success: true, errors: [], created: false });
    expect(body[1]).toMatchObject({ success: true, created: true });
    expect(body[2]).toMatchObject({ success: false, created: true });
    expect(body[3]).toMatchObject({ success: false, created: true });
    expect(
      body.slice(4).map((row: { errors: { statusCode: string }[] }) => row.errors[0]?.statusCode),
    ).toEqual(['MISSING_ARGUMENT', 'DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
  });

  it('refuses an update that would make a unique value twice, row by row', async () => {
    const [one, two] = [await org.lead({ HubSpot_Id__c: 'D1' }), await org.lead({ HubSpot_Id__c: 'D2' })];
    const { body } = await org.call('PATCH', path, { records: [lead({ Id: two, HubSpot_Id__c: 'd1' })] });
    expect(body[0].errors[0]).toMatchObject({ statusCode: 'DUPLICATE_VALUE', fields: [] });
    expect(body[0].errors[0].message).toContain(one.slice(0, 15));
  });

  it('retrieves in the order of the ids, null for what is not there', async () => {
    const [one, two] = [await org.lead({ Title: 'one' }), await org.lead({ Title: 'two' })];
    await org.call('DELETE', `${base}/sobjects/Lead/${one}`);
    const { body } = await org.call('POST', `${path}/Lead`, { ids: [two, one, two], fields: ['Title'] });
    const record = {
      attributes: { type: 'Lead', url: `${base}/sobjects/Lead/${two}` },
      Title: 'two',
      Id: two,
    };
    expect(body).toEqual([record, null, record]);
    expect((await org.call('GET', `${path}/Lead?ids=${two}&fields=Id`)).body).toHaveLength(1);
    const bad = await org.call('POST', `${path}/Lead`, { ids: [two], fields: ['Nope'] });
    expect([bad.status, bad.body[0].errorCode]).toEqual([400, 'INVALID_FIELD']);
  });

  it('refuses as a whole: too many records, too many chunks, an unknown field', async () => {
    const count = async () => (await org.query('SELECT COUNT() FROM Lead')).body.totalSize;
    const before = await count();
    const code = async (records: unknown[]) => {
      const { status, body } = await org.call('POST', path, { records });
      return [status, body[0].errorCode];
    };
    const many = Array.from({ length: 201 }, () => person('A'));
    expect(await code(many)).toEqual([400, 'EXCEEDED_ID_LIMIT']);
    const contact = { attributes: { type: 'Contact' }, LastName: 'A' };
    const mixed = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? person('A') : contact));
    expect(await code(mixed)).toEqual([400, 'LIMIT_EXCEEDED']);
    expect(await code([person('A'), person('B', { Nope__c: 1 })])).toEqual([400, 'INVALID_FIELD']);
    expect(await code([{ LastName: 'A' }])).toEqual([400, 'INVALID_INPUT']);
    expect(await count()).toBe(before);
    expect((await org.call('POST', path, { records: mixed.slice(0, 10) })).status).toBe(200);
  });
});
