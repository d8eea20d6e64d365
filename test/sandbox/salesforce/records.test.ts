import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe('single records', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
    await org.control('/schema', {
      objects: [
        { name: 'Lead', fields: [{ name: 'Code__c', type: 'string', length: 20, externalId: true }] },
        {
          name: 'Visit__c',
          label: 'Visit',
          fields: [{ name: 'Lead__c', type: 'reference', referenceTo: ['Lead'] }],
        },
      ],
    });
  });
  afterAll(() => org.close());

  const leadPath = `${base}/sobjects/Lead`;

  it('answers 201, 204 and the record in the shapes of the API', async () => {
    const created = await org.call('POST', leadPath, { LastName: 'Doe', Company: 'Acme' });
    const { id } = created.body;
    expect(created.status).toBe(201);
    expect(created.body).toEqual({ id, success: true, errors: [] });
    expect(id).toMatch(/^00Q[0-9A-Za-z]{15}$/);
    const patched = await org.call('PATCH', `${leadPath}/${id.slice(0, 15)}`, { Title: 'CTO' });
    expect([patched.status, patched.text]).toEqual([204, '']);
    const read = await org.call('GET', `${leadPath}/${id}?fields=Id,Title`);
    expect(read.body).toEqual({
      attributes: { type: 'Lead', url: `${leadPath}/${id}` },
      Id: id,
      Title: 'CTO',
    });
    expect(Date.parse(read.headers.get('last-modified') ?? '')).toBe(org.clock.now());
    expect((await org.call('DELETE', `${leadPath}/${id}`)).status).toBe(204);
    const gone = [{ message: 'entity is deleted', errorCode: 'ENTITY_IS_DELETED', fields: [] }];
    for (const method of ['GET', 'DELETE'] as const) {
      expect(await org.call(method, `${leadPath}/${id}`)).toMatchObject({ status: 404, body: gone });
    }
    expect((await org.call('PATCH', `${leadPath}/${id}`, {})).status).toBe(404);
  });

  it('tells a wrong id from no id and an unknown object', async () => {
    const unknown = '00QSb0000zzzzzzAAA';
    const code = async (method: string, path: string, body?: unknown) => {
      const answer = await org.call(method, path, body);
      return [answer.status, answer.body[0].errorCode];
    };
    expect(await code('GET', `${leadPath}/${unknown}`)).toEqual([404, 'NOT_FOUND']);
    expect(await code('PATCH', `${leadPath}/${unknown}`, {})).toEqual([404, 'INVALID_CROSS_REFERENCE_KEY']);
    expect(await code('GET', `${leadPath}/23foo`)).toEqual([404, 'NOT_FOUND']);
    expect(await code('GET', `${base}/sobjects/Nope/${unknown}`)).toEqual([404, 'NOT_FOUND']);
    expect(await code('GET', '/services/data/v99.0/sobjects')).toEqual([404, 'NOT_FOUND']);
    expect(await code('GET', '/services/data/v25.0/sobjects')).toEqual([410, 'UNSUPPORTED_API_VERSION']);
    const id = await org.lead();
    expect(await code('PATCH', `${leadPath}/${id}`, { Id: id })).toEqual([400, 'INVALID_FIELD']);
    expect(await code('GET', `${leadPath}/${id}?fields=Nope`)).toEqual([400, 'INVALID_FIELD']);
    expect(await code('POST', `${base}/sobjects/User`, { LastName: 'x' })).toEqual([
      400,
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ]);
  });

  it('upserts by external id', async () => {
    const path = `${leadPath}/HubSpot_Id__c/7%2F8`;
    const created = await org.call('PATCH', path, { LastName: 'Doe', Company: 'Acme' });
    expect([created.status, created.body.created]).toEqual([201, true]);
    const updated = await org.call('PATCH', path, { Title: 'CTO' });
    expect([updated.status, updated.body]).toEqual([
      200,
      { id: created.body.id, success: true, errors: [], created: false },
    ]);
    const older = await org.call('PATCH', path.replace('v60.0', 'v45.0'), { Title: 'CEO' });
    expect([older.status, older.text]).toEqual([204, '']);
    expect((await org.call('GET', path)).body).toMatchObject({ HubSpot_Id__c: '7/8', Title: 'CEO' });
    const named = await org.call('PATCH', path, { HubSpot_Id__c: '9' });
    expect([named.status, named.body[0].errorCode]).toEqual([400, 'INVALID_FIELD']);
    expect((await org.call('PATCH', `${leadPath}/HubSpot_Id__c/new?updateOnly=true`, {})).status).toBe(404);
    const noKey = await org.call('PATCH', `${leadPath}/Title/CTO`, {});
    expect(noKey.body[0].message).toBe(
      'Provided external ID field does not exist or is not accessible: Title',
    );
    await org.call('DELETE', path);
    const afresh = await org.call('PATCH', path, { LastName: 'Doe', Company: 'Acme' });
    expect(afresh.body.id).not.toBe(created.body.id);
  });

  it('leaves a converted lead alone', async () => {
    const id = await org.lead({ IsConverted: true });
    const refused = await org.call('PATCH', `${leadPath}/${id}`, { Title: 'x' });
    expect([refused.status, refused.body]).toEqual([
      400,
      [
        {
          message: 'cannot reference converted lead',
          errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD',
          fields: [],
        },
      ],
    ]);
    expect((await org.query(`SELECT IsConverted FROM Lead WHERE Id = '${id}'`)).body.totalSize).toBe(1);
  });

  it('takes JSON alone', async () => {
    const headers = { 'content-type': 'text/plain' };
    const refused = await org.call('POST', leadPath, '{}', { headers });
    expect([refused.status, refused.body[0].errorCode]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('answers 300 where an external id that is not unique matches several', async () => {
    const ids = [await org.lead({ Code__c: 'same' }), await org.lead({ Code__c: 'SAME' })];
    const answer = await org.call('PATCH', `${leadPath}/Code__c/same`, { Title: 'x' });
    expect(answer.status).toBe(300);
    expect(answer.body).toEqual(ids.map((id) => `${leadPath}/${id}`));
  });

  it('updates only what was not modified since', async () => {
    const id = await org.lead();
    const seen = new Date(org.clock.now()).toUTCString();
    const patch = (since: string) =>
      org.call('PATCH', `${leadPath}/${id}`, { Title: 'x' }, { headers: { 'If-Unmodified-Since': since } });
    expect((await patch(seen)).status).toBe(204);
    org.clock.advance(2_000);
    await org.call('PATCH', `${leadPath}/${id}`, { Title: 'y' }, { who: 'person' });
    expect((await patch(seen)).status).toBe(412);
    expect(await org.read(id, 'Title')).toMatchObject({ Title: 'y' });
    expect((await patch('yesterday')).status).toBe(400);
    const now = new Date(org.clock.now()).toUTCString();
    const headers = { 'If-Modified-Since': now };
    expect((await org.call('GET', `${leadPath}/${id}`, undefined, { headers })).status).toBe(304);
  });

  it('takes a parent by its external id, and an account takes its contacts with it', async () => {
    const account = await org.call('POST', `${base}/sobjects/Account`, { Name: 'Acme', HubSpot_Id__c: 'A1' });
    const contact = await org.call('POST', `${base}/sobjects/Contact`, {
      LastName: 'Doe',
      Account: { HubSpot_Id__c: 'a1' },
    });
    const found = await org.query(`SELECT Account.Name FROM Contact WHERE AccountId = '${account.body.id}'`);
    expect(found.body.records).toMatchObject([{ Account: { Name: 'Acme' } }]);
    const orphan = { LastName: 'Doe', Account: { HubSpot_Id__c: 'nope' } };
    expect((await org.call('POST', `${base}/sobjects/Contact`, orphan)).body[0].message).toContain(
      'not found for field HubSpot_Id__c in entity Account',
    );
    await org.call('DELETE', `${base}/sobjects/Account/${account.body.id}`);
    expect((await org.call('GET', `${base}/sobjects/Contact/${contact.body.id}`)).body[0].errorCode).toBe(
      'ENTITY_IS_DELETED',
    );
  });

  it('has custom objects and their lookups at once', async () => {
    const lead = await org.lead({ LastName: 'Okafor' });
    const visit = await org.call('POST', `${base}/sobjects/Visit__c`, { Name: 'First', Lead__c: lead });
    expect(visit.body.id).toMatch(/^a00/);
    const { body } = await org.query('SELECT Name, Lead__r.LastName FROM Visit__c');
    expect(body.records).toMatchObject([{ Name: 'First', Lead__r: { LastName: 'Okafor' } }]);
  });

  it('reports changes by minute, within 30 and 15 days', async () => {
    const id = await org.lead();
    const iso = (ms: number) => new Date(ms).toISOString();
    const now = org.clock.now();
    const ask = (kind: string, start: number, end: number) =>
      org.call('GET', `${leadPath}/${kind}?start=${iso(start)}&end=${iso(end)}`);
    const day = 24 * 60 * 60_000;
    org.clock.advance(60_000);
    const updated = await ask('updated', now - 60_000, now + 60_000);
    expect(updated.body.ids).toContain(id);
    expect(updated.body.latestDateCovered).toMatch(/:00\.000\+0000$/);
    expect((await ask('deleted', now - 14 * day, now + 60_000)).status).toBe(200);
    for (const [kind, start, end] of [
      ['updated', now - 31 * day, now],
      ['deleted', now - 16 * day, now],
      ['updated', now, now],
      ['deleted', now - 60_000, now],
    ] as const) {
      const refused = await ask(kind, start, end);
      expect([refused.status, refused.body[0].errorCode]).toEqual([400, 'INVALID_REPLICATION_DATE']);
    }
  });
});
