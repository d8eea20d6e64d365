import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const batch = '/crm/v3/objects/contacts/batch';
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());

const post = (path: string, body: unknown) => portal.call('POST', `${batch}/${path}`, body);
const countContacts = async (): Promise<number> => (await portal.control('/stats')).body.records.contacts;
const notFound =
  'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.';

describe('batch/read', () => {
  it('reads by id and by email, additional ones too, each record once; 200 when all are there', async () => {
    const { body } = await portal.control('/records/contacts', {
      records: [
        { email: 'r1@example.com', hs_additional_emails: 'r1.b@example.com', city: 'Oslo' },
        { email: 'r2@example.com' },
      ],
    });
    const read = await portal.client.crm.contacts.batchApi.read({
      inputs: [{ id: 'R2@example.com' }, { id: 'r1.b@example.com' }, { id: 'r1@example.com' }],
      properties: ['email', 'city'],
      propertiesWithHistory: [],
      idProperty: 'email',
    });
    expect(read.results.map((row) => row.id)).toEqual(body.ids);
    expect(read.results[0]?.properties).toMatchObject({ email: 'r1@example.com', city: 'Oslo' });
    expect(read).not.toHaveProperty('numErrors');
  });

  it('answers 207 with one error entry for all ids that are not there', async () => {
    const id = await portal.create({ email: 'there@example.com' });
    const archived = await portal.create({ email: 'archived@example.com' });
    await portal.call('DELETE', `/crm/v3/objects/contacts/${archived}`);
    const { status, body } = await post('read', {
      inputs: [{ id }, { id: '99' }, { id: archived }],
      properties: [],
    });
    expect(status).toBe(207);
    expect(body).toMatchObject({
      status: 'COMPLETE',
      results: [{ id }],
      numErrors: 1,
      errors: [
        {
          status: 'error',
          category: 'OBJECT_NOT_FOUND',
          message: notFound,
          context: { ids: ['99', archived] },
        },
      ],
    });
  });

  it('takes 100 inputs, 50 with history', async () => {
    const inputs = Array.from({ length: 101 }, (_, index) => ({ id: String(index) }));
    expect((await post('read', { inputs })).status).toBe(400);
    expect((await post('read', { inputs: inputs.slice(0, 100) })).status).toBe(207);
    const history = await post('read', { inputs: inputs.slice(0, 51), propertiesWithHistory: ['city'] });
    expect([history.status, history.body.message]).toEqual([
      400,
      'The maximum number of inputs supported in a batch request for property histories is 50. Please reduce the number of items and try again',
    ]);
  });
});

describe('batch/create', () => {
  it('creates all with 201', async () => {
    const created = await portal.client.crm.contacts.batchApi.create({
      inputs: [1, 2].map((n) => ({ properties: { email: `bc${n}@example.com` }, associations: [] })),
    });
    expect(created.results.map((row) => row.properties.email)).toEqual([
      'bc1@example.com',
      'bc2@example.com',
    ]);
  });

  it('without trace ids one bad row refuses the whole batch, and nothing is created', async () => {
    await portal.create({ email: 'taken@example.com' });
    const before = await countContacts();
    const conflict = await post('create', {
      inputs: [
        { properties: { email: 'fresh@example.com' } },
        { properties: { email: 'taken@example.com' } },
      ],
    });
    expect(conflict.status).toBe(409);
    expect(conflict.body).toMatchObject({ category: 'CONFLICT', message: 'Contact already exists' });
    const invalid = await post('create', {
      inputs: [
        { properties: { email: 'fresh@example.com' } },
        { properties: { email: 'bad' } },
        { properties: { email: 'fresh2@example.com', nope: '1' }, objectWriteTraceId: 'only one' },
      ],
    });
    expect(invalid.status).toBe(400);
    expect(invalid.body.errors.map((error: { code: string }) => error.code)).toEqual([
      'INVALID_EMAIL',
      'PROPERTY_DOESNT_EXIST',
    ]);
    const twice = await post('create', {
      inputs: [{ properties: { email: 'same@example.com' } }, { properties: { email: 'SAME@example.com' } }],
    });
    expect(twice.status).toBe(409);
    expect(await countContacts()).toBe(before);
  });

  it('trace ids that repeat do not count as trace ids', async () => {
    const answer = await post('create', {
      inputs: [
        { properties: { email: 'trace@example.com' }, objectWriteTraceId: 'a' },
        { properties: { email: 'bad' }, objectWriteTraceId: 'a' },
      ],
    });
    expect(answer.status).toBe(400);
  });

  it('with trace ids the good rows land and the bad ones come back by theirs: 207', async () => {
    const existing = await portal.create({ email: 'traced@example.com' });
    const { status, body } = await post('create', {
      inputs: [
        { properties: { email: 'good@example.com' }, objectWriteTraceId: 'g' },
        { properties: { email: 'traced@example.com' }, objectWriteTraceId: 'c' },
        { properties: { email: 'bad', tandem_score: 'x' }, objectWriteTraceId: 'v' },
      ],
    });
    expect(status).toBe(207);
    expect(body).toMatchObject({
      numErrors: 2,
      results: [{ properties: { email: 'good@example.com' }, objectWriteTraceId: 'g' }],
      errors: [
        {
          category: 'CONFLICT',
          message: `Contact already exists. Existing ID: ${existing}`,
          context: { objectWriteTraceId: ['c'], existingId: [existing] },
        },
        {
          category: 'VALIDATION_ERROR',
          context: { objectWriteTraceId: ['v'] },
          errors: [{ code: 'INVALID_EMAIL' }, { code: 'INVALID_INTEGER' }],
        },
      ],
    });
    expect(body.results).toHaveLength(1);
  });
});

describe('batch/update', () => {
  it('refuses an id given twice', async () => {
    const id = await portal.create({ email: 'dup@example.com' });
    const row = { id, properties: { city: 'x' } };
    const { status, body } = await post('update', { inputs: [row, row] });
    expect([status, body.message, body.context]).toEqual([
      400,
      `Duplicate IDs found in batch input: [${id}]. IDs must be unique`,
      { ids: [id] },
    ]);
  });

  it('updates what is there and names what is not: 207', async () => {
    const id = await portal.create({ email: 'upd@example.com' });
    const plain = await post('update', {
      inputs: [
        { id, properties: { city: 'A' } },
        { id: '1', properties: { city: 'A' } },
      ],
    });
    expect(plain.status).toBe(207);
    expect(plain.body).toMatchObject({
      results: [{ id, properties: { city: 'A' } }],
      errors: [{ category: 'OBJECT_NOT_FOUND', message: notFound, context: { ids: ['1'] } }],
    });
    const traced = await post('update', {
      inputs: [
        { id: 'upd@example.com', idProperty: 'email', properties: { city: 'B' }, objectWriteTraceId: 't1' },
        { id: '1', properties: { city: 'B' }, objectWriteTraceId: 't2' },
      ],
    });
    expect(traced.body).toMatchObject({
      results: [{ id, objectWriteTraceId: 't1' }],
      errors: [{ message: notFound, context: { ids: ['1'], objectWriteTraceId: ['t2'] } }],
    });
    expect(await portal.read(id, 'city')).toMatchObject({ city: 'B' });
  });

  it('without trace ids one refused value refuses all rows', async () => {
    const a = await portal.create({ email: 'ua@example.com' });
    const b = await portal.create({ email: 'ub@example.com' });
    const { status } = await post('update', {
      inputs: [
        { id: a, properties: { city: 'landed?' } },
        { id: b, properties: { tandem_score: 'x' } },
      ],
    });
    expect(status).toBe(400);
    expect(await portal.read(a, 'city')).toMatchObject({ city: null });
  });

  it('keeps a stamp that a row does not move', async () => {
    const id = await portal.create({ email: 'noop@example.com', city: 'Rome' });
    const before = await portal.read(id);
    portal.clock.advance(5_000);
    const { status, body } = await post('update', { inputs: [{ id, properties: { city: 'Rome' } }] });
    expect([status, body.results[0].properties.lastmodifieddate]).toEqual([200, before.lastmodifieddate]);
  });
});

describe('batch/upsert', () => {
  it('creates or updates by a unique property and says which', async () => {
    const upsert = (city: string) =>
      portal.client.crm.contacts.batchApi.upsert({
        inputs: [
          {
            id: '00Qupsert',
            idProperty: 'tandem_salesforce_id',
            properties: { email: 'up@example.com', city },
            objectWriteTraceId: 'u',
          },
        ],
      });
    const first = await upsert('Oslo');
    const second = await upsert('Bergen');
    expect([first.results[0]?._new, second.results[0]?._new]).toEqual([true, false]);
    expect(second.results[0]?.id).toBe(first.results[0]?.id);
    expect(await portal.read(first.results[0]?.id ?? '', 'city', 'tandem_salesforce_id')).toMatchObject({
      city: 'Bergen',
      tandem_salesforce_id: '00Qupsert',
    });
  });

  it('settles rows one by one with trace ids, but not when it goes by email', async () => {
    await portal.create({ email: 'mine@example.com' });
    const rows = (idProperty: string, ids: readonly string[]) => ({
      inputs: ids.map((id, at) => ({
        id,
        idProperty,
        properties: at === 0 ? { city: 'Rome' } : { tandem_score: 'x' },
        objectWriteTraceId: `t${at}`,
      })),
    });
    const byEmail = await post('upsert', rows('email', ['new.one@example.com', 'mine@example.com']));
    expect(byEmail.status).toBe(400);
    expect(
      (await portal.call('GET', '/crm/v3/objects/contacts/new.one@example.com?idProperty=email')).status,
    ).toBe(404);
    const bySalesforceId = await post('upsert', {
      inputs: [
        {
          id: 's1',
          idProperty: 'tandem_salesforce_id',
          properties: { lastname: 'S' },
          objectWriteTraceId: 'a',
        },
        {
          id: 's2',
          idProperty: 'tandem_salesforce_id',
          properties: { email: 'mine@example.com' },
          objectWriteTraceId: 'b',
        },
      ],
    });
    expect(bySalesforceId.status).toBe(207);
    expect(bySalesforceId.body).toMatchObject({
      results: [{ new: true, objectWriteTraceId: 'a' }],
      errors: [{ category: 'CONFLICT', context: { objectWriteTraceId: ['b'] } }],
    });
  });

  it('refuses an idProperty that does not identify, or none', async () => {
    for (const idProperty of ['city', undefined]) {
      const { status } = await post('upsert', {
        inputs: [{ id: 'x', idProperty, properties: { lastname: 'x' } }],
      });
      expect([idProperty, status]).toEqual([idProperty, 400]);
    }
  });
});

describe('batch/archive', () => {
  it('archives with 204, whatever the ids are', async () => {
    const id = await portal.create({ email: 'ba@example.com' });
    await portal.client.crm.contacts.batchApi.archive({ inputs: [{ id }, { id: '77' }] });
    expect((await portal.call('GET', `/crm/v3/objects/contacts/${id}?archived=true`)).body.archived).toBe(
      true,
    );
  });
});
