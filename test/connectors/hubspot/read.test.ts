import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { CallFailed } from '../../../src/model/failure.ts';
import {
  complete,
  contacts,
  host,
  invalid,
  makeRecord,
  makeTestConnector,
  makeTestGate,
  notFound,
  reading,
  stamp,
  token,
  withNock,
} from './harness.ts';

withNock();

const batchRead = (archived = false) =>
  nock(host)
    .post(contacts('/batch/read'))
    .query({ archived: String(archived) });

interface ReadBody {
  readonly inputs: readonly { readonly id: string }[];
  readonly idProperty?: string;
}
interface SearchBody {
  readonly filterGroups: readonly {
    readonly filters: readonly {
      readonly propertyName: string;
      readonly operator: string;
      readonly value?: string;
    }[];
  }[];
}
const bodyOf = async (request: Request): Promise<ReadBody> => (await request.json()) as ReadBody;

describe('readMany from HubSpot', () => {
  it('gives only the fields asked for; what was not returned is missing, what is empty is null', async () => {
    batchRead().reply(200, complete([makeRecord('1', { city: 'Ulm', phone: null })]));
    const found = await makeTestConnector().readMany('contacts', ['1'], ['city', 'phone', 'nosuch'], reading);
    expect(found.get('1')).toMatchObject({
      ref: { system: 'hubspot', type: 'contacts', id: '1' },
      stamp,
      deleted: false,
      lastModifiedByUs: null,
    });
    expect(found.get('1')?.fields).toEqual({ city: 'Ulm', phone: null });
  });

  it('takes the missing ids of a 207 as an answer and confirms archived ones by id', async () => {
    batchRead().reply(207, complete([makeRecord('1')], [notFound(['2', '3'])]));
    batchRead(true).reply(207, complete([makeRecord('2', {}, { archived: true })], [notFound(['3'])]));
    const found = await makeTestConnector().readMany('contacts', ['1', '2', '3'], ['city'], reading);
    expect([...found.keys()]).toEqual(['1', '2']);
    expect(found.get('2')?.deleted).toBe(true);
  });

  it('asks for archived records only the ids that are missing', async () => {
    batchRead().reply(207, complete([makeRecord('1')], [notFound(['2'])]));
    const asked: string[] = [];
    batchRead(true).reply(async (request: Request) => {
      asked.push(...(await bodyOf(request)).inputs.map(({ id }) => id));
      return [207, complete([], [notFound(['2'])])];
    });
    await makeTestConnector().readMany('contacts', ['1', '2'], [], reading);
    expect(asked).toEqual(['2']);
  });

  it('knows a merged record under the id asked for', async () => {
    batchRead().reply(200, complete([makeRecord('9', { hs_merged_object_ids: '1;2', city: 'Ulm' })]));
    const found = await makeTestConnector().readMany('contacts', ['1', '2', '9'], ['city'], reading);
    expect(
      [...found].map(([id, { ref }]) => `${id}=${ref.id}`).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['1=9', '2=9', '9=9']);
    expect(found.get('1')?.fields).toEqual({ city: 'Ulm' });
  });

  it('reads 100 ids per call and each id once', async () => {
    const sizes: number[] = [];
    const scope = nock(host).persist();
    scope
      .post(contacts('/batch/read'))
      .query(true)
      .reply(async (request: Request) => {
        const { inputs } = await bodyOf(request);
        sizes.push(inputs.length);
        return [200, complete(inputs.map(({ id }) => makeRecord(id)))];
      });
    const ids = Array.from({ length: 250 }, (_, index) => String(index + 1));
    const found = await makeTestConnector().readMany('contacts', [...ids, ...ids], [], reading);
    nock.cleanAll();
    expect(found.size).toBe(250);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([50, 100, 100]);
  });

  it.each([
    ['HTML from the edge', 502, '<html></html>'],
    ['a lock', 423, { status: 'error', message: 'locked' }],
    [
      'the ten-second limit',
      429,
      { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
    ],
    ['a malformed 200', 200, '{"results":[{"id":1}]}'],
  ])('is repeated after %s', async (_name, status, body) => {
    batchRead().reply(status, body);
    batchRead().reply(200, complete([makeRecord('1')]));
    const found = await makeTestConnector().readMany('contacts', ['1'], [], reading);
    expect(found.size).toBe(1);
  });

  it('is repeated after a cut connection', async () => {
    batchRead().replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    batchRead().reply(200, complete([makeRecord('1')]));
    expect((await makeTestConnector().readMany('contacts', ['1'], [], reading)).size).toBe(1);
  });

  it('waits for the daily limit on every lane for a quarter of an hour, for the ten-second one on its lane', async () => {
    const gate = makeTestGate();
    batchRead().reply(429, { errorType: 'RATE_LIMIT', policyName: 'DAILY' });
    batchRead().reply(429, { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' });
    batchRead().reply(200, complete([makeRecord('1')]));
    await makeTestConnector(host, gate).readMany('contacts', ['1'], [], reading);
    expect(gate.pauses).toEqual([
      'standard 900000 DAILY',
      'search 900000 DAILY',
      'standard 1000 TEN_SECONDLY_ROLLING',
    ]);
  });

  it.each([
    [401, { category: 'INVALID_AUTHENTICATION' }, 'credentials'],
    [400, { message: 'Unable to infer object type from: contacts' }, 'schema'],
    [400, { category: 'VALIDATION_ERROR', message: 'Invalid input JSON' }, 'request'],
  ])('rejects at once with %i', async (status, body, category) => {
    batchRead().reply(status, { status: 'error', ...body });
    const failed = await makeTestConnector()
      .readMany('contacts', ['1'], [], reading)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CallFailed);
    expect(failed).toMatchObject({ failure: { category, system: 'hubspot' } });
    expect(String(failed)).not.toContain(token);
  });

  it('takes the daily quota from the headers', async () => {
    const connector = makeTestConnector();
    batchRead().reply(200, complete([makeRecord('1')]), {
      'X-HubSpot-RateLimit-Daily': '625000',
      'X-HubSpot-RateLimit-Daily-Remaining': '624000',
    });
    await connector.readMany('contacts', ['1'], [], reading);
    expect(connector.quota()).toMatchObject({ dailyLimit: 625_000, dailyUsed: 1_000 });
  });

  it('does not believe a daily quota of nothing, which would keep every call waiting for a day', async () => {
    const connector = makeTestConnector();
    batchRead().reply(200, complete([makeRecord('1')]), {
      'X-HubSpot-RateLimit-Daily': '0',
      'X-HubSpot-RateLimit-Daily-Remaining': '0',
    });
    await connector.readMany('contacts', ['1'], [], reading);
    expect(connector.quota()).toMatchObject({ dailyLimit: null });
  });
});

describe('findByField in HubSpot', () => {
  it('matches by email and additional emails, whichever value led there', async () => {
    batchRead().reply(
      207,
      complete(
        [
          makeRecord('1', {
            email: 'new@example.org',
            hs_additional_emails: 'Old@example.org;other@example.org',
          }),
          makeRecord('2', { email: 'two@example.org', hs_additional_emails: null }),
        ],
        [notFound(['gone@example.org'])],
      ),
    );
    const values = ['Two@Example.org ', 'old@example.org', 'gone@example.org', '', 'NEW@example.org'];
    const found = await makeTestConnector().findByField('contacts', 'email', values, ['city'], reading);
    expect(found.map(({ record, matched }) => [record.ref.id, matched.toSorted()])).toEqual([
      ['1', ['new@example.org', 'old@example.org']],
      ['2', ['two@example.org']],
    ]);
  });

  it('looks an identity up with its case, and among archived records where no live one has it', async () => {
    const asked: string[] = [];
    const remember = async (request: Request): Promise<void> => {
      asked.push(...(await bodyOf(request)).inputs.map(({ id }) => id));
    };
    batchRead().reply(async (request: Request) => {
      await remember(request);
      return [207, complete([makeRecord('1', { tandem_salesforce_id: '00QaB' })], [notFound(['00QcD'])])];
    });
    batchRead(true).reply(async (request: Request) => {
      await remember(request);
      return [200, complete([makeRecord('2', { tandem_salesforce_id: '00QcD' }, { archived: true })])];
    });
    const found = await makeTestConnector().findByField(
      'contacts',
      'tandem_salesforce_id',
      ['00QaB', '00QcD'],
      [],
      reading,
    );
    expect(asked).toEqual(['00QaB', '00QcD', '00QcD']);
    expect(found.map(({ record, matched }) => [record.ref.id, record.deleted, matched])).toEqual([
      ['1', false, ['00qab']],
      ['2', true, ['00qcd']],
    ]);
  });

  it('parts a batch that one value makes invalid, and does not find that value', async () => {
    const scope = nock(host).persist();
    scope
      .post(contacts('/batch/read'))
      .query(true)
      .reply(async (request: Request) => {
        const { inputs, idProperty } = await bodyOf(request);
        expect(idProperty).toBe('email');
        if (inputs.some(({ id }) => id === 'no address'))
          return [400, invalid('email', 'INVALID_EMAIL', 'no address')];
        return [200, complete(inputs.map(({ id }) => makeRecord(`id of ${id}`, { email: id })))];
      });
    const found = await makeTestConnector().findByField(
      'contacts',
      'email',
      ['a@example.org', 'no address', 'b@example.org', 'c@example.org'],
      [],
      reading,
    );
    nock.cleanAll();
    expect(found.map(({ matched }) => matched[0])).toEqual([
      'a@example.org',
      'b@example.org',
      'c@example.org',
    ]);
  });

  it('finds companies by their further domains: few as tokens, many with all that have such, and too many of those as tokens again', async () => {
    const path = '/crm/v3/objects/companies';
    const searches: string[][] = [];
    let having = 1;
    const company = makeRecord('7', { domain: 'acme.com', hs_additional_domains: 'Acme.de;acme.fr' });
    nock(host)
      .post(`${path}/batch/read`)
      .query(true)
      .reply(400, { status: 'error', category: 'VALIDATION_ERROR', message: 'domain is not unique' });
    nock(host)
      .persist()
      .post(`${path}/search`)
      .reply(async (request: Request) => {
        const { filterGroups } = (await request.json()) as SearchBody;
        const groups = filterGroups.map(({ filters }) => filters[0]);
        searches.push(
          groups.map((filter) => `${filter?.propertyName} ${filter?.operator} ${filter?.value ?? ''}`.trim()),
        );
        const finds = groups.some(
          (filter) => filter?.operator === 'HAS_PROPERTY' || filter?.value === 'acme.de',
        );
        const total = groups.some((filter) => filter?.operator === 'HAS_PROPERTY') ? having : 1;
        return [
          200,
          {
            total,
            results: finds ? [company] : [],
            ...(total > 200 ? { paging: { next: { after: '200' } } } : {}),
          },
        ];
      });
    const connector = makeTestConnector();
    const find = async (domains: readonly string[]) => {
      searches.length = 0;
      const found = await connector.findByField('companies', 'domain', domains, [], reading);
      return {
        found: found.map(({ record, matched }) => [record.ref.id, ...matched]),
        searches: [...searches],
      };
    };
    const more = 'hs_additional_domains';
    expect(await find(['acme.de'])).toEqual({
      found: [['7', 'acme.de']],
      searches: [['domain IN', `${more} CONTAINS_TOKEN acme.de`]],
    });
    const many = ['acme.de', 'b.com', 'c.com', 'd.com', 'e.com', 'f.com'];
    expect(await find(many)).toEqual({
      found: [['7', 'acme.de']],
      searches: [['domain IN', `${more} HAS_PROPERTY`]],
    });
    having = 401;
    expect(await find(many)).toEqual({
      found: [['7', 'acme.de']],
      searches: [
        ['domain IN', `${more} HAS_PROPERTY`],
        ['domain IN'],
        many.slice(0, 5).map((domain) => `${more} CONTAINS_TOKEN ${domain}`),
        [`${more} CONTAINS_TOKEN f.com`],
      ],
    });
    nock.cleanAll();
  });

  it('does not halve for a field that cannot be looked up by at all', async () => {
    batchRead().reply(400, invalid('nosuch', 'PROPERTY_DOESNT_EXIST', 'x'));
    await expect(
      makeTestConnector().findByField('contacts', 'nosuch', ['a', 'b'], [], reading),
    ).rejects.toMatchObject({ failure: { category: 'schema' } });
  });
});

describe('other reads from HubSpot', () => {
  it('describes what is writable, closed and how long', async () => {
    nock(host)
      .get('/crm/v3/properties/contacts')
      .reply(200, {
        results: [
          { name: 'city', label: 'City', type: 'string', options: [] },
          { name: 'score', label: 'Score', type: 'number', calculated: true },
          { name: 'hs_id', label: 'Id', type: 'string', modificationMetadata: { readOnlyValue: true } },
          {
            name: 'stage',
            label: 'Stage',
            type: 'enumeration',
            options: [{ value: 'lead' }, { value: 'other' }],
          },
          { name: 'owner', label: 'Owner', type: 'enumeration', externalOptions: true, options: [] },
        ],
      });
    const { fields } = await makeTestConnector().describe('contacts', reading);
    expect(fields.get('city')).toEqual({
      name: 'city',
      label: 'City',
      type: 'string',
      writable: true,
      requiredOnCreate: false,
      maxLength: 65_536,
      options: null,
    });
    expect(fields.get('score')?.writable).toBe(false);
    expect(fields.get('hs_id')?.writable).toBe(false);
    expect(fields.get('stage')?.options).toEqual(['lead', 'other']);
    expect(fields.get('owner')?.options).toBeNull();
  });

  it('reads history newest first, 50 ids a call, and knows its own app', async () => {
    nock(host)
      .post(contacts('/batch/read'), (body) => body.propertiesWithHistory[0] === 'city')
      .query(true)
      .reply(
        200,
        complete([
          makeRecord(
            '1',
            {},
            {
              propertiesWithHistory: {
                city: [
                  {
                    value: 'A',
                    timestamp: '2026-11-24T08:00:00.000Z',
                    sourceType: 'CRM_UI',
                    sourceId: 'userId:1',
                  },
                  {
                    value: 'B',
                    timestamp: '2026-11-24T09:00:00.000Z',
                    sourceType: 'INTEGRATION',
                    sourceId: '4711',
                  },
                  {
                    value: 'C',
                    timestamp: '2026-11-24T07:00:00.000Z',
                    sourceType: 'INTEGRATION',
                    sourceId: '99',
                  },
                ],
              },
            },
          ),
        ]),
      );
    const history = await makeTestConnector().history('contacts', ['1'], ['city', 'phone'], reading);
    expect(history.get('1')).toMatchObject({
      city: [
        { at: Date.parse('2026-11-24T09:00:00Z'), byUs: true, source: 'INTEGRATION', value: 'B' },
        { at: Date.parse('2026-11-24T08:00:00Z'), byUs: false, source: 'CRM_UI' },
        { at: Date.parse('2026-11-24T07:00:00Z'), byUs: false, source: 'INTEGRATION' },
      ],
      phone: [],
    });
  });

  it('keeps a list query within its length: many fields come by batch/read', async () => {
    nock(host)
      .get(contacts(''))
      .query((query) => !('properties' in query) && query.limit === '100')
      .reply(200, { results: [makeRecord('1')], paging: { next: { after: '2' } } });
    batchRead().reply(200, complete([makeRecord('1', { field_7: 'seven' })]));
    const fields = Array.from({ length: 900 }, (_, index) => `field_${index}`);
    const page = await makeTestConnector().listPage('contacts', null, fields, reading);
    expect(page.after).toBe('2');
    expect(page.records[0]?.fields).toEqual({ field_7: 'seven' });
  });

  it('takes the time from the Date header and the account from its details', async () => {
    nock(host)
      .get('/account-info/v3/details')
      .times(3)
      .reply(
        200,
        { portalId: 1234567, timeZone: 'Europe/Berlin', uiDomain: 'app-eu1.hubspot.com' },
        { date: 'Tue, 24 Nov 2026 10:00:07 GMT' },
      );
    const connector = makeTestConnector();
    expect(await connector.check(reading)).toEqual({ account: '1234567', accountId: '1234567' });
    expect(await connector.site(reading)).toBe('https://app-eu1.hubspot.com/contacts/1234567');
    expect(await connector.now(reading)).toBe(Date.parse('2026-11-24T10:00:07Z'));
  });
});
