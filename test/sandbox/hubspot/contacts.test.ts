import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const contacts = '/crm/v3/objects/contacts';
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());

describe('single contacts, by the official client', () => {
  it('creates with 201 and reads by id, by email and by a unique property', async () => {
    const { basicApi } = portal.client.crm.contacts;
    const created = await basicApi.create({
      properties: {
        email: ' Ada@Example.COM ',
        firstname: 'Ada',
        tandem_salesforce_id: '00Q000000000001AAA',
      },
      associations: [],
    });
    expect(created.properties).toMatchObject({
      email: 'ada@example.com',
      firstname: 'Ada',
      lifecyclestage: 'lead',
    });
    for (const [id, idProperty] of [
      [created.id, undefined],
      ['ADA@example.com', 'email'],
      ['00Q000000000001AAA', 'tandem_salesforce_id'],
    ] as const) {
      const read = await basicApi.getById(
        id,
        ['firstname', 'city', 'no_such'],
        undefined,
        undefined,
        false,
        idProperty,
      );
      expect(read.id).toBe(created.id);
      expect(read.properties).toEqual({
        firstname: 'Ada',
        city: null,
        createdate: created.createdAt.toISOString(),
        lastmodifieddate: created.updatedAt.toISOString(),
        hs_object_id: created.id,
      });
    }
  });

  it('updates only what is given, by id or email; an empty text clears', async () => {
    const { basicApi } = portal.client.crm.contacts;
    const id = await portal.create({ email: 'patch@example.com', firstname: 'Pat', city: 'Oslo' });
    await basicApi.update(id, { properties: { city: '' } });
    await basicApi.update('patch@example.com', { properties: { zip: '0150' } }, 'email');
    expect(await portal.read(id, 'firstname', 'city', 'zip')).toMatchObject({
      firstname: 'Pat',
      city: null,
      zip: '0150',
    });
  });

  it('archives with 204, again with 204; then reads and lists only as archived', async () => {
    const { basicApi } = portal.client.crm.contacts;
    const id = await portal.create({ email: 'gone@example.com' });
    await basicApi.archive(id);
    await basicApi.archive(id);
    expect((await portal.call('GET', `${contacts}/${id}`)).status).toBe(404);
    const read = await basicApi.getById(id, undefined, undefined, undefined, true);
    expect(read).toMatchObject({ id, archived: true });
    const live = await portal.call('GET', `${contacts}?limit=100`);
    const archived = await portal.call('GET', `${contacts}?limit=100&archived=true`);
    expect(live.body.results.map((row: { id: string }) => row.id)).not.toContain(id);
    expect(archived.body.results).toMatchObject([{ id, archived: true, archivedAt: expect.any(String) }]);
    expect((await portal.call('PATCH', `${contacts}/${id}`, { properties: { city: 'x' } })).status).toBe(404);
    // The address is free again.
    expect(await portal.create({ email: 'gone@example.com' })).not.toBe(id);
  });

  it('lists in order of id by the after cursor, each record once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) ids.push(await portal.create({ email: `list${i}@example.com` }));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await portal.client.crm.contacts.basicApi.getPage(3, after);
      expect(page.results.length).toBeLessThanOrEqual(3);
      seen.push(...page.results.map((row) => row.id));
      after = page.paging?.next?.after;
    } while (after !== undefined);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
  });

  it('refuses a page above 100, above 50 with history, and a cursor that is none', async () => {
    for (const query of ['limit=101', 'limit=51&propertiesWithHistory=email', 'after=abc', 'limit=0']) {
      expect([query, (await portal.call('GET', `${contacts}?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('answers 404 to an id that is not there, 400 to an object that is not one', async () => {
    expect((await portal.call('GET', `${contacts}/42`)).body).toMatchObject({ category: 'OBJECT_NOT_FOUND' });
    const unknown = await portal.call('GET', '/crm/v3/objects/butterflies/1');
    expect(unknown.status).toBe(400);
    expect(unknown.body).toEqual({
      status: 'error',
      message: 'Unable to infer object type from: butterflies',
      correlationId: expect.any(String),
    });
    expect(
      (await portal.call('GET', `/crm/v3/objects/0-1/${await portal.create({ lastname: 'X' })}`)).status,
    ).toBe(200);
  });

  it('takes lists in the query repeated or with commas, and the flags of Python', async () => {
    const id = await portal.create({ email: 'query@example.com', firstname: 'Q', city: 'Rome' });
    const answer = await portal.call(
      'GET',
      `${contacts}/${id}?properties=firstname,city&properties=zip&archived=False`,
    );
    expect(answer.body.properties).toMatchObject({ firstname: 'Q', city: 'Rome', zip: null });
  });
});

describe('email identity', () => {
  it('is unique over primary and additional addresses: 409 that names the contact', async () => {
    const { body } = await portal.control('/records/contacts', {
      records: [{ email: 'one@example.com', hs_additional_emails: 'Two@example.com;three@example.com' }],
    });
    const existing = body.ids[0];
    for (const email of ['ONE@example.com', 'two@example.com', 'three@example.com']) {
      const refused = await portal.call('POST', contacts, { properties: { email } });
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({
        status: 'error',
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${existing}`,
      });
      const read = await portal.call('GET', `${contacts}/${email}?idProperty=email`);
      expect([read.status, read.body.id, read.body.properties.email]).toEqual([
        200,
        existing,
        'one@example.com',
      ]);
    }
    const other = await portal.create({ email: 'four@example.com' });
    const moved = await portal.call('PATCH', `${contacts}/${other}`, {
      properties: { email: 'two@example.com' },
    });
    expect(moved.status).toBe(409);
    expect(await portal.read(other, 'email')).toMatchObject({ email: 'four@example.com' });
  });

  it('frees an address when it changes', async () => {
    const id = await portal.create({ email: 'old@example.com' });
    await portal.call('PATCH', `${contacts}/${id}`, { properties: { email: 'new@example.com' } });
    expect(await portal.create({ email: 'old@example.com' })).not.toBe(id);
  });

  it('needs an email or a name to create', async () => {
    expect((await portal.call('POST', contacts, { properties: { city: 'Nowhere' } })).status).toBe(400);
  });
});

describe('lifecycle stage', () => {
  it('moves forward only, without a word, unless cleared first', async () => {
    const id = await portal.create({ email: 'stage@example.com', lifecyclestage: 'opportunity' });
    const set = (properties: Record<string, string>) =>
      portal.call('PATCH', `${contacts}/${id}`, { properties });
    expect((await set({ lifecyclestage: 'lead', city: 'Bonn' })).status).toBe(200);
    expect(await portal.read(id, 'lifecyclestage', 'city')).toMatchObject({
      lifecyclestage: 'opportunity',
      city: 'Bonn',
    });
    await set({ lifecyclestage: '' });
    await set({ lifecyclestage: 'lead' });
    expect(await portal.read(id, 'lifecyclestage', 'hs_lifecyclestage_lead_date')).toMatchObject({
      lifecyclestage: 'lead',
      hs_lifecyclestage_lead_date: new Date(portal.clock.now()).toISOString(),
    });
    await set({ lifecyclestage: 'customer' });
    expect(await portal.read(id, 'lifecyclestage')).toMatchObject({ lifecyclestage: 'customer' });
  });
});

describe('stamps and history', () => {
  it('moves lastmodifieddate in milliseconds, and not for a write that changes nothing', async () => {
    const id = await portal.create({ email: 'stamp@example.com', city: 'Rome' });
    const created = portal.clock.now();
    portal.clock.advance(1_234);
    const same = await portal.call('PATCH', `${contacts}/${id}`, {
      properties: { city: 'Rome', email: 'STAMP@example.com' },
    });
    expect([same.status, same.body.updatedAt]).toEqual([200, new Date(created).toISOString()]);
    const changed = await portal.call('PATCH', `${contacts}/${id}`, { properties: { city: 'Bari' } });
    expect(changed.body.properties.lastmodifieddate).toBe(new Date(created + 1_234).toISOString());
  });

  it('tells by whom and when each value came, newest first', async () => {
    const id = await portal.create({ email: 'history@example.com', city: 'Rome' });
    const at = portal.clock.now();
    portal.clock.advance(1_000);
    await portal.call('PATCH', `${contacts}/${id}`, { properties: { city: 'Bari' } }, 'person');
    portal.clock.advance(1_000);
    await portal.call('PATCH', `${contacts}/${id}`, { properties: { city: '' } });
    const read = await portal.client.crm.contacts.basicApi.getById(id, undefined, ['city', 'zip']);
    expect(read.propertiesWithHistory).toMatchObject({
      zip: [],
      city: [
        { value: '', sourceType: 'INTEGRATION', sourceId: '2633736', timestamp: new Date(at + 2_000) },
        { value: 'Bari', sourceType: 'CRM_UI', sourceId: 'userId:51430432', updatedByUserId: 51430432 },
        { value: 'Rome', sourceType: 'INTEGRATION', timestamp: new Date(at) },
      ],
    });
  });
});
