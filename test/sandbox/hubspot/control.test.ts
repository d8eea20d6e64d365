import { afterEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const contacts = '/crm/v3/objects/contacts';
let portal: Portal;
afterEach(() => portal.close());

const records = async (
  from: Portal,
): Promise<{ id: string; properties: Record<string, string>; archived: boolean }[]> => {
  const all = [];
  let after: string | undefined = '';
  do {
    const { body } = await from.control(`/records/contacts?after=${after}`);
    all.push(...body.records);
    after = body.after;
  } while (after !== undefined);
  return all;
};

describe('records', () => {
  it('seeds the same people for the same seed, ids and stamps included, and others for another', async () => {
    portal = await startPortal({ contacts: 30, leads: 20 });
    const first = await records(portal);
    expect(first).toHaveLength(30);
    await portal.control('/reset', {});
    expect(await records(portal)).toEqual(first);
    await portal.control('/reset', { seed: 2 });
    expect(await records(portal)).not.toEqual(first);
    await portal.control('/reset', { contacts: 0 });
    expect(await records(portal)).toEqual([]);
  });

  it('seeded people are long in the search index', async () => {
    portal = await startPortal({ contacts: 30 });
    expect((await portal.call('POST', `${contacts}/search`, {})).body.total).toBe(30);
  });

  it('pages 1,000 at a time, archived ones included, outside the counters', async () => {
    portal = await startPortal();
    const loaded = await portal.control('/records/contacts', {
      records: Array.from({ length: 2_300 }, (_, n) => ({ email: `p${n}@example.com`, tandem_score: n })),
    });
    await portal.call('DELETE', `${contacts}/${loaded.body.ids[5]}`);
    const page = await portal.control('/records/contacts');
    expect(page.body.records).toHaveLength(1_000);
    const all = await records(portal);
    expect(all.map((record) => record.id)).toEqual(loaded.body.ids);
    expect(all[5]).toMatchObject({
      archived: true,
      properties: { email: 'p5@example.com', tandem_score: '5', lifecyclestage: 'lead' },
    });
    expect((await portal.control('/stats')).body).toMatchObject({
      calls: { total: 1 },
      records: { contacts: 2_299 },
    });
  });

  it('enters a bulk load as the person', async () => {
    portal = await startPortal();
    const { body } = await portal.control('/records/contacts', { records: [{ email: 'bulk@example.com' }] });
    const read = await portal.call('GET', `${contacts}/${body.ids[0]}?propertiesWithHistory=email`);
    expect(read.body.propertiesWithHistory.email).toMatchObject([
      { sourceType: 'CRM_UI', sourceId: 'userId:51430432' },
    ]);
  });

  it.each([
    [[{ email: 'ok@example.com' }, { email: 'bad' }], 'records[1].email'],
    [[{ email: 'a@example.com' }, { email: 'A@example.com' }], 'records[1]'],
    [[{ nope: '1' }], 'records[0].nope'],
    [[{ city: { a: 1 } }], 'records[0].city'],
  ])('refuses a bulk load as a whole and names the record (%j)', async (rows, place) => {
    portal = await startPortal();
    expect(await portal.control('/records/contacts', { records: rows })).toMatchObject({
      status: 400,
      body: { place },
    });
    expect((await portal.control('/stats')).body.records.contacts).toBe(0);
  });

  it('names the objects that are there when asked for another', async () => {
    portal = await startPortal();
    const { status, body } = await portal.control('/records/butterflies');
    expect([status, body.error]).toEqual([
      400,
      'type: butterflies is not an object here; there are: contacts, companies, deals, tasks, notes, meetings, calls, emails',
    ]);
  });
});

describe('stats', () => {
  it("count by route template with the object's name, the integration alone", async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'stats@example.com' });
    await portal.call('GET', `${contacts}/${id}`);
    await portal.call('GET', `/crm/v3/objects/0-1/${id}`);
    await portal.call('GET', `${contacts}/${id}`, undefined, 'person');
    await portal.call('POST', `${contacts}/batch/read`, { inputs: [{ id: '1' }] });
    expect((await portal.control('/stats')).body.calls).toEqual({
      total: 5,
      byCaller: { integration: 4, person: 1 },
      byRoute: {
        'GET /crm/v3/objects/contacts/{objectId}': 2,
        'POST /crm/v3/objects/contacts': 1,
        'POST /crm/v3/objects/contacts/batch/read': 1,
      },
      droppedByRoute: {},
      byStatus: { 200: 3, 201: 1, 207: 1 },
      limited: 0,
    });
  });
});

describe('schema', () => {
  it('adds an object and properties, which then work like any other', async () => {
    portal = await startPortal();
    const answer = await portal.control('/schema', {
      objects: [
        {
          name: 'pets',
          properties: [{ name: 'pet_name' }, { name: 'kind', type: 'enumeration', options: ['cat', 'dog'] }],
        },
        { name: 'contacts', properties: [{ name: 'tax_id', hasUniqueValue: true }] },
      ],
    });
    expect(answer.status).toBe(200);
    const pet = await portal.call('POST', '/crm/v3/objects/pets', {
      properties: { pet_name: 'Tom', kind: 'cat' },
    });
    expect(pet.status).toBe(201);
    expect(pet.body.properties).toHaveProperty('hs_lastmodifieddate');
    expect((await portal.call('POST', '/crm/v3/objects/pets', { properties: { kind: 'cow' } })).status).toBe(
      400,
    );
    await portal.create({ lastname: 'A', tax_id: '1' });
    const read = await portal.call('GET', `${contacts}/1?idProperty=tax_id&properties=lastname`);
    expect(read.body.properties.lastname).toBe('A');
    const bad = await portal.control('/schema', {
      objects: [{ name: 'pets', properties: [{ name: 'X', type: 'colour' }] }],
    });
    expect(bad).toMatchObject({
      status: 400,
      body: { place: expect.stringContaining('objects[0].properties[0]') },
    });
  });
});

describe("the company's rules", () => {
  const setRules = (...rules: Record<string, unknown>[]) =>
    portal.control(
      '/rules',
      rules.map((rule) => ({ object: 'contacts', ...rule })),
    );
  const patch = (id: string, properties: Record<string, string>, caller?: 'person') =>
    portal.call('PATCH', `${contacts}/${id}`, { properties }, caller);

  it("validation, required and duplicate refuse with the company's own words", async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'rules@example.com', city: 'Rome' });
    await setRules(
      {
        kind: 'validation',
        field: 'city',
        when: { city: ['Paris', 'Lyon'] },
        code: 'NO_FRANCE',
        message: 'not there',
      },
      { kind: 'required', field: 'city' },
      { kind: 'duplicate', field: 'lastname' },
    );
    const invalid = await patch(id, { city: 'Lyon' });
    expect([invalid.status, invalid.body.errors]).toEqual([
      400,
      [{ message: 'not there', code: 'NO_FRANCE', context: { propertyName: ['city'] } }],
    ]);
    expect((await patch(id, { city: '' })).body.errors[0].code).toBe('REQUIRED_FIELD');
    expect((await patch(id, { lastname: 'Doe', city: 'Bonn' })).status).toBe(200);
    const duplicate = await portal.call('POST', contacts, { properties: { lastname: 'DOE', city: 'Bonn' } });
    expect(duplicate.body.errors[0].code).toBe('CONFLICTING_UNIQUE_VALUE');
    await portal.control('/rules', []);
    expect((await patch(id, { city: 'Lyon' })).status).toBe(200);
  });

  it('update writes behind the write, as a workflow', async () => {
    portal = await startPortal();
    await setRules({ kind: 'update', when: { country: 'Germany' }, set: { state: 'unknown' } });
    const id = await portal.create({ email: 'flow@example.com', country: 'Germany' });
    const read = await portal.call('GET', `${contacts}/${id}?propertiesWithHistory=state`);
    expect(read.body.propertiesWithHistory.state).toMatchObject([
      { value: 'unknown', sourceType: 'AUTOMATION_PLATFORM' },
    ]);
  });

  it('lock answers 423 while its condition holds', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'lock@example.com', hs_lead_status: 'OPEN' });
    await setRules({ kind: 'lock', when: { hs_lead_status: 'OPEN' } });
    expect((await patch(id, { city: 'x' })).status).toBe(423);
    const other = await portal.create({ email: 'free@example.com' });
    expect((await patch(other, { city: 'x' })).status).toBe(200);
  });

  it('hide and readonly bind the integration, not the person', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'hide@example.com', city: 'Rome', zip: '1' });
    await setRules({ kind: 'hide', field: 'city' }, { kind: 'readonly', field: 'zip' });
    expect(await portal.read(id, 'city', 'zip')).not.toHaveProperty('city');
    expect((await patch(id, { city: 'x' })).body.errors[0].code).toBe('PROPERTY_DOESNT_EXIST');
    expect((await patch(id, { zip: 'x' })).body.errors[0].code).toBe('READ_ONLY_VALUE');
    expect((await patch(id, { city: 'Bari', zip: '2' }, 'person')).status).toBe(200);
    const { body } = await portal.call('GET', '/crm/v3/properties/contacts/zip');
    expect(body.modificationMetadata.readOnlyValue).toBe(true);
  });
});
