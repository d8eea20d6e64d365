import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAnswer, type FakeSalesforce, ourUserId, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, failureOf, reading, toId18 } from './harness.ts';

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
});
afterEach(async () => {
  await fake.close();
});

const leadId = (n: number): string => toId18(`00Q${String(n).padStart(12, '0')}`) ?? '';

const lead = (n: number, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  attributes: { type: 'Lead', url: '/' },
  Id: leadId(n),
  SystemModstamp: '2026-11-24T10:00:05.000+0000',
  CreatedDate: '2026-01-02T03:04:05.000+0000',
  LastModifiedById: '005000000000009AAA',
  IsDeleted: false,
  ...fields,
});

/** Answers retrieves out of `live` and queries with `queried`. */
const answerWith = (live: ReadonlyMap<string, unknown>, queried: readonly unknown[]): void => {
  fake.onApi = ({ path, body }): FakeAnswer => {
    if (!path.includes('/composite/sobjects/')) return { json: { done: true, records: queried } };
    const { ids } = JSON.parse(body) as { ids: string[] };
    return { json: ids.map((id) => live.get(id) ?? null) };
  };
};

describe('readMany', () => {
  it('reads 200 a call and gives each under the id asked for, 15 characters or 18', async () => {
    const live = new Map(Array.from({ length: 450 }, (_, n) => [leadId(n), lead(n, { City: `c${n}` })]));
    answerWith(live, []);
    const ids = [...live.keys()].map((id, n) => (n % 2 === 0 ? id : id.slice(0, 15)));
    const found = await connectorTo(fake).readMany('Lead', ids, ['City'], reading);
    expect([...found.keys()]).toEqual(ids);
    expect(found.get(ids[7] ?? '')).toMatchObject({
      ref: { type: 'Lead', id: leadId(7) },
      fields: { City: 'c7' },
    });
    expect(fake.apiCalls()).toHaveLength(3);
  });

  it('gives stamps in milliseconds, who changed it, and only the fields asked for', async () => {
    const address = { city: 'Turin' };
    answerWith(
      new Map([
        [
          leadId(1),
          lead(1, {
            Email: null,
            Address: address,
            AnnualRevenue: 0,
            LastModifiedById: ourUserId.slice(0, 15),
          }),
        ],
        [leadId(2), lead(2)],
      ]),
      [],
    );
    const found = await connectorTo(fake).readMany(
      'Lead',
      [leadId(1), leadId(2)],
      ['email', 'Address', 'AnnualRevenue', 'Gone__c', 'CreatedDate'],
      reading,
    );
    expect(found.get(leadId(1))).toEqual({
      ref: { system: 'salesforce', type: 'Lead', id: leadId(1) },
      fields: { email: null, AnnualRevenue: 0, CreatedDate: '2026-01-02T03:04:05.000+0000' },
      stamp: Date.UTC(2026, 10, 24, 10, 0, 5),
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      deleted: false,
      lastModifiedByUs: true,
      lastModifiedBy: ourUserId,
      readAt: expect.any(Number),
    });
    expect(found.get(leadId(2))?.lastModifiedByUs).toBe(false);
  });

  it('asks once more, for the missing alone, and so knows the deleted ones', async () => {
    answerWith(new Map([[leadId(1), lead(1)]]), [lead(2, { IsDeleted: true })]);
    const found = await connectorTo(fake).readMany('Lead', [1, 2, 3].map(leadId), ['City'], reading);
    expect([...found.entries()].map(([id, { deleted }]) => [id, deleted])).toEqual([
      [leadId(1), false],
      [leadId(2), true],
    ]);
    const query = fake.apiCalls()[1];
    expect(query?.path).toMatch(/\/queryAll$/);
    expect(query?.query.get('q')).toContain(`Id IN ('${leadId(2)}','${leadId(3)}')`);
    expect(fake.apiCalls()).toHaveLength(2);
  });

  it('does not send what is no id, and survives it', async () => {
    answerWith(new Map([[leadId(1), lead(1)]]), []);
    const found = await connectorTo(fake).readMany(
      'Lead',
      ['nonsense', leadId(1), "x' OR Id != '"],
      [],
      reading,
    );
    expect([...found.keys()]).toEqual([leadId(1)]);
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('tells a field that does not exist apart, by its name', async () => {
    fake.onApi = () => ({
      status: 400,
      json: [{ errorCode: 'INVALID_FIELD', message: "No such column 'Emial' on sobject of type Lead" }],
    });
    const failure = await failureOf(connectorTo(fake).readMany('Lead', [leadId(1)], ['Emial'], reading));
    expect(failure).toMatchObject({ category: 'schema', fields: ['Emial'] });
    expect(fake.apiCalls()).toHaveLength(1);
  });
});

describe('findByField', () => {
  const soql = (): string[] => fake.apiCalls().map(({ query }) => query.get('q') ?? '');

  it('escapes quotes, backslashes and line ends', async () => {
    answerWith(new Map(), []);
    const naughty = ["o'neil@example.com", 'back\\', "\\' OR Name != '", 'two\nlines', '漢字 🙂'];
    await connectorTo(fake).findByField('Lead', 'Email', naughty, [], reading);
    expect(soql()[0]).toContain(
      "WHERE Email IN ('o\\'neil@example.com','back\\\\','\\\\\\' OR Name != \\'','two\\nlines','漢字 🙂')",
    );
  });

  it('refuses a name that is none before any call', async () => {
    const connector = connectorTo(fake);
    const failure = await failureOf(connector.findByField('Lead', "Email = '' OR Id", ['x'], [], reading));
    expect(failure.category).toBe('schema');
    expect((await failureOf(connector.listPage('Lead WHERE', null, [], reading))).category).toBe('schema');
    expect(fake.requests).toHaveLength(0);
  });

  it('tells which of the values led to a record, without regard to case', async () => {
    answerWith(new Map(), [
      lead(1, { Email: 'Ada@Example.com' }),
      lead(2, { Email: 'ada@example.com', IsDeleted: true }),
      lead(3, { Email: 'bob@example.com', IsConverted: true }),
    ]);
    const found = await connectorTo(fake).findByField(
      'Lead',
      'email',
      ['ADA@example.com', 'bob@example.com', 'nobody@example.com', ''],
      ['IsConverted'],
      reading,
    );
    expect(found.map(({ record, matched }) => [record.ref.id, record.deleted, matched])).toEqual([
      [leadId(1), false, ['ada@example.com']],
      [leadId(2), true, ['ada@example.com']],
      [leadId(3), false, ['bob@example.com']],
    ]);
    expect(found[2]?.record.fields).toEqual({ IsConverted: true });
    expect(soql()[0]).toMatch(/^SELECT .*\bemail\b.* FROM Lead WHERE email IN/);
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('keeps URI and headers under 16,384 bytes, and asks for each value once', async () => {
    answerWith(new Map(), []);
    const emails = Array.from({ length: 2_000 }, (_, n) => `person.number${n}@some-company.example`);
    const wide = Array.from({ length: 20 }, (_, n) => `${'漢'.repeat(200)}${n}@example.com`);
    const asked = [...emails, ...wide, ...emails.map((email) => email.toUpperCase())];
    await connectorTo(fake).findByField('Lead', 'Email', asked, ['City', 'Company'], reading);
    expect(Math.max(...fake.apiCalls().map(({ headBytes }) => headBytes))).toBeLessThan(14_000);
    const values = soql().flatMap((text) =>
      [...text.matchAll(/'([^']+)'/g)].map(([, value]) => value?.toLowerCase()),
    );
    expect(values.toSorted()).toEqual([...emails, ...wide].toSorted());
    // 300 common emails a call is what batch.find promises.
    expect(fake.apiCalls().length).toBeLessThanOrEqual(Math.ceil(2_000 / 200) + 5);
  });

  it('the promised number of common emails fits in one call', async () => {
    answerWith(new Map(), []);
    const connector = connectorTo(fake);
    const emails = Array.from({ length: connector.batch.find }, (_, n) => `jane.doe.${n}@company.com`);
    const fields = [
      'FirstName',
      'LastName',
      'Email',
      'Phone',
      'Company',
      'City',
      'IsConverted',
      'HubSpot_Id__c',
    ];
    await connector.findByField('Lead', 'Email', emails, fields, reading);
    expect(fake.apiCalls()).toHaveLength(1);
  });

  it('skips what no field can hold', async () => {
    answerWith(new Map(), []);
    await connectorTo(fake).findByField('Lead', 'Email', ['x'.repeat(4_001), '\ud800', '  '], [], reading);
    expect(fake.requests).toHaveLength(0);
  });

  it('follows the pages of a query to its end', async () => {
    fake.onApi = ({ path }) =>
      path.endsWith('/queryAll')
        ? {
            json: {
              done: false,
              nextRecordsUrl: '/services/data/v62.0/query/01g-2000',
              records: [lead(1, { Email: 'a' })],
            },
          }
        : { json: { done: true, records: [lead(2, { Email: 'A' })] } };
    const found = await connectorTo(fake).findByField('Lead', 'Email', ['a'], [], reading);
    expect(found.map(({ record }) => record.ref.id)).toEqual([leadId(1), leadId(2)]);
  });

  it('does not send its token to another host for the next page', async () => {
    fake.onApi = () => ({ json: { done: false, nextRecordsUrl: 'http://elsewhere.example/x', records: [] } });
    const failure = await failureOf(connectorTo(fake).findByField('Lead', 'Email', ['a'], [], reading));
    expect(failure.code).toBe('BAD_ANSWER');
    expect(fake.apiCalls()).toHaveLength(1);
  });
});

describe('describe', () => {
  it('tells what can be written, what is required, how long, and which options are closed', async () => {
    const field = { length: 0, nillable: true, createable: true, updateable: true, defaultedOnCreate: false };
    fake.onApi = () => ({
      json: {
        name: 'Lead',
        fields: [
          { ...field, name: 'LastName', label: 'Last Name', type: 'string', length: 80, nillable: false },
          {
            ...field,
            name: 'IsUnreadByOwner',
            label: 'Unread',
            type: 'boolean',
            nillable: false,
            defaultedOnCreate: true,
          },
          {
            ...field,
            name: 'Name',
            label: 'Full Name',
            type: 'string',
            length: 121,
            nillable: false,
            createable: false,
            updateable: false,
          },
          {
            ...field,
            name: 'Tandem_Stage__c',
            label: 'Stage',
            type: 'picklist',
            length: 255,
            restrictedPicklist: true,
            picklistValues: [
              { value: 'A', active: true },
              { value: 'Old', active: false },
            ],
          },
          {
            ...field,
            name: 'Industry',
            label: 'Industry',
            type: 'picklist',
            length: 40,
            restrictedPicklist: false,
            picklistValues: [{ value: 'Energy', active: true }],
          },
        ],
      },
    });
    const described = await connectorTo(fake).describe('Lead', reading);
    const facts = [...described.fields.values()].map((f) => [
      f.name,
      f.writable,
      f.requiredOnCreate,
      f.maxLength,
      f.options,
    ]);
    expect(facts).toEqual([
      ['LastName', true, true, 80, null],
      ['IsUnreadByOwner', true, false, null, null],
      ['Name', false, false, 121, null],
      ['Tandem_Stage__c', true, false, 255, ['A']],
      ['Industry', true, false, 40, null],
    ]);
  });
});
