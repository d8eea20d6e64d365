import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const path = '/crm/v3/objects/contacts/search';
/** Longer than the longest lag. */
const settledMs = 3_001;
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
  const rows = [
    {
      email: 'ann@north.example.com',
      firstname: 'Ann',
      company: 'North Star',
      tandem_score: '10',
      hs_lead_status: 'NEW',
    },
    {
      email: 'bob@south.example.com',
      firstname: 'BOB',
      company: 'South Star',
      tandem_score: '9',
      phone: '+49 1512 3456789',
    },
    {
      email: 'cyd@north.example.com',
      firstname: 'Cyd',
      company: 'Northern Light',
      tandem_score: '100',
      hs_lead_status: 'OPEN',
    },
    { email: 'dee@east.example.com', firstname: 'Dee', tandem_recontact_on: '2026-03-01' },
  ];
  for (const row of rows) {
    await portal.create(row);
    portal.clock.advance(1_000);
  }
  portal.clock.advance(settledMs);
});
afterAll(() => portal.close());

const search = (body: unknown) => portal.call('POST', path, body);
const find = async (...filters: unknown[]): Promise<string[]> => {
  const { status, body } = await search({ filterGroups: [{ filters }], limit: 200 });
  if (status !== 200) throw new Error(`search answered ${status}: ${body.message}`);
  return body.results.map((row: { properties: { firstname: string } }) => row.properties.firstname);
};

describe('operators', () => {
  it.each([
    ['EQ without regard to case', { propertyName: 'firstname', operator: 'EQ', value: 'bob' }, ['BOB']],
    ['EQ on an option regards case', { propertyName: 'hs_lead_status', operator: 'EQ', value: 'new' }, []],
    ['EQ on an option', { propertyName: 'hs_lead_status', operator: 'EQ', value: 'NEW' }, ['Ann']],
    ['NEQ skips blanks', { propertyName: 'hs_lead_status', operator: 'NEQ', value: 'NEW' }, ['Cyd']],
    ['GT by number', { propertyName: 'tandem_score', operator: 'GT', value: '9' }, ['Ann', 'Cyd']],
    ['LTE by number', { propertyName: 'tandem_score', operator: 'LTE', value: '10' }, ['Ann', 'BOB']],
    [
      'BETWEEN',
      { propertyName: 'tandem_score', operator: 'BETWEEN', value: '9', highValue: '10' },
      ['Ann', 'BOB'],
    ],
    [
      'IN takes lower case alone',
      { propertyName: 'firstname', operator: 'IN', values: ['ann', 'Cyd'] },
      ['Ann'],
    ],
    ['NOT_IN', { propertyName: 'firstname', operator: 'NOT_IN', values: ['ann', 'bob'] }, ['Cyd', 'Dee']],
    ['HAS_PROPERTY', { propertyName: 'company', operator: 'HAS_PROPERTY' }, ['Ann', 'BOB', 'Cyd']],
    ['NOT_HAS_PROPERTY', { propertyName: 'company', operator: 'NOT_HAS_PROPERTY' }, ['Dee']],
    [
      'CONTAINS_TOKEN by word',
      { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'star' },
      ['Ann', 'BOB'],
    ],
    [
      'CONTAINS_TOKEN is not by part',
      { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'north' },
      ['Ann'],
    ],
    [
      'CONTAINS_TOKEN with *',
      { propertyName: 'email', operator: 'CONTAINS_TOKEN', value: '*@north.*' },
      ['Ann', 'Cyd'],
    ],
    [
      'a date by milliseconds',
      { propertyName: 'tandem_recontact_on', operator: 'EQ', value: '1772323200000' },
      ['Dee'],
    ],
    [
      'a phone without country code',
      { propertyName: 'hs_searchable_calculated_phone_number', operator: 'EQ', value: '15123456789' },
      ['BOB'],
    ],
    [
      'contacts have no hs_lastmodifieddate',
      { propertyName: 'hs_lastmodifieddate', operator: 'GT', value: '0' },
      [],
    ],
  ])('%s', async (_name, filter, names) => {
    expect(await find(filter)).toEqual(names);
  });

  it('filters of a group must all pass, groups are alternatives', async () => {
    const score = { propertyName: 'tandem_score', operator: 'GTE', value: '10' };
    const star = { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'star' };
    expect(await find(score, star)).toEqual(['Ann']);
    const { body } = await search({ filterGroups: [{ filters: [score] }, { filters: [star] }] });
    expect(body.total).toBe(3);
  });

  it('query looks through names, addresses and company', async () => {
    const { body } = await search({ query: 'north' });
    expect(
      body.results.map((row: { properties: { firstname: string } }) => row.properties.firstname),
    ).toEqual(['Ann', 'Cyd']);
  });
});

describe('order and pages', () => {
  it('pages by offset, oldest first, with the total', async () => {
    const first = await search({ limit: 3, properties: ['company'] });
    expect(first.body).toMatchObject({ total: 4, paging: { next: { after: '3' } } });
    expect(new Set(Object.keys(first.body.results[0].properties))).toEqual(
      new Set(['company', 'createdate', 'hs_object_id', 'lastmodifieddate']),
    );
    const second = await search({ limit: 3, after: '3' });
    expect(second.body.results).toHaveLength(1);
    expect(second.body).not.toHaveProperty('paging');
  });

  it('sorts by one property, by the official client', async () => {
    const found = await portal.client.crm.contacts.searchApi.doSearch({
      filterGroups: [
        { filters: [{ propertyName: 'createdate', operator: FilterOperatorEnum.Gte, value: '0' }] },
      ],
      sorts: ['firstname'],
      limit: 2,
    });
    expect(found.results.map((row) => row.properties.firstname)).toEqual(['Ann', 'BOB']);
    const { body } = await search({ sorts: [{ propertyName: 'tandem_score', direction: 'DESCENDING' }] });
    expect(
      body.results.map((row: { properties: { firstname: string } }) => row.properties.firstname),
    ).toEqual(['Cyd', 'Ann', 'BOB', 'Dee']);
    expect((await search({ sorts: ['firstname', 'lastname'] })).status).toBe(400);
  });

  const filter = { propertyName: 'firstname', operator: 'EQ', value: 'x' };
  it.each([
    ['a limit above 200', { limit: 201 }],
    ['paging past 10,000', { limit: 200, after: '9900' }],
    ['a body above 3,000 characters', { query: 'x'.repeat(3_000) }],
    ['six groups', { filterGroups: Array.from({ length: 6 }, () => ({ filters: [filter] })) }],
    ['seven filters in a group', { filterGroups: [{ filters: Array.from({ length: 7 }, () => filter) }] }],
    [
      'more than 18 filters',
      {
        filterGroups: Array.from({ length: 4 }, () => ({ filters: Array.from({ length: 5 }, () => filter) })),
      },
    ],
    [
      'a property that does not exist',
      { filterGroups: [{ filters: [{ ...filter, propertyName: 'nope' }] }] },
    ],
    ['an operator that does not exist', { filterGroups: [{ filters: [{ ...filter, operator: 'LIKE' }] }] }],
    [
      'a filter without value',
      { filterGroups: [{ filters: [{ propertyName: 'firstname', operator: 'EQ' }] }] },
    ],
  ])('refuses %s', async (_name, body) => {
    expect((await search(body)).body).toMatchObject({ status: 'error', category: 'VALIDATION_ERROR' });
  });
});

describe('the index lags', () => {
  it('sees a new contact, and a change, only after 0.5 to 3 seconds, and then and before as it was', async () => {
    const byEmail = { propertyName: 'email', operator: 'EQ', value: 'lag@example.com' };
    const cityInSearch = async (): Promise<string | null | undefined> => {
      const { body } = await search({ filterGroups: [{ filters: [byEmail] }], properties: ['city'] });
      return body.results[0]?.properties.city;
    };
    const id = await portal.create({ email: 'lag@example.com', city: 'first' });
    portal.clock.advance(499);
    expect(await cityInSearch()).toBeUndefined();
    portal.clock.advance(settledMs - 499);
    expect(await cityInSearch()).toBe('first');
    const before = portal.clock.now();
    await portal.call('PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { city: 'second' } });
    portal.clock.advance(499);
    expect(await cityInSearch()).toBe('first');
    expect(await portal.read(id, 'city')).toMatchObject({ city: 'second' });
    // A poll by the new stamp misses it as well.
    const since = { propertyName: 'lastmodifieddate', operator: 'GTE', value: String(before) };
    expect(await find(since)).toEqual([]);
    portal.clock.advance(settledMs - 499);
    expect(await cityInSearch()).toBe('second');
    expect(await find(since)).toHaveLength(1);
  });

  it('lags differ between changes', async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, n) => portal.create({ email: `many${n}@lag.example.com` })),
    );
    const seen = async (): Promise<number> =>
      (await find({ propertyName: 'email', operator: 'CONTAINS_TOKEN', value: '*@lag.*' })).length;
    portal.clock.advance(1_750);
    const halfway = await seen();
    expect(halfway).toBeGreaterThan(5);
    expect(halfway).toBeLessThan(35);
    portal.clock.advance(settledMs);
    expect(await seen()).toBe(ids.length);
  });

  it('never shows an archived contact', async () => {
    const id = await portal.create({ email: 'archive@search.example.com' });
    portal.clock.advance(settledMs);
    const byEmail = { propertyName: 'email', operator: 'EQ', value: 'archive@search.example.com' };
    expect(await find(byEmail)).toHaveLength(1);
    await portal.call('DELETE', `/crm/v3/objects/contacts/${id}`);
    expect(await find(byEmail)).toEqual([]);
  });
});
