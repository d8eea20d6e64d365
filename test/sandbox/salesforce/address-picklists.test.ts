import { deserialize, serialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalesforceSimulator } from '../../../src/sandbox/salesforce/simulator.ts';
import { base, type Org, startOrg } from './org.ts';

const countries = [
  { code: 'DE', name: 'Germany' },
  {
    code: 'US',
    name: 'United States',
    integration: 'USA',
    states: [
      { code: 'CA', name: 'California' },
      { code: 'WA', name: 'Washington' },
    ],
  },
  { code: 'AU', name: 'Australia', states: [{ code: 'WA', name: 'Western Australia' }] },
];

describe('state and country/territory picklists', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const addressOf = async (id: string) => {
    const { body } = await org.call('GET', `${base}/sobjects/Contact/${id}`);
    const { MailingCountry, MailingCountryCode, MailingState, MailingStateCode } = body;
    return [MailingCountry, MailingCountryCode, MailingState, MailingStateCode];
  };
  const update = async (id: string, fields: object) => {
    const { status, body } = await org.call('PATCH', `${base}/sobjects/Contact/${id}`, fields);
    return status === 204 ? 'saved' : body[0];
  };
  const create = async (fields: object) => org.create('Contact', { LastName: 'Lovelace', ...fields });

  it('are not there until they are switched on; then each address has codes, described with whose they are', async () => {
    const old = await create({ MailingCountry: 'Utopia', MailingState: 'Bliss' });
    expect(await addressOf(old)).toEqual(['Utopia', undefined, 'Bliss', undefined]);
    expect((await org.control('/address-picklists', { countries })).status).toBe(200);
    expect((await org.control('/address-picklists', { countries })).status).toBe(400);
    expect(await addressOf(old)).toEqual(['Utopia', null, 'Bliss', null]);
    expect(await update(old, { Title: 'Countess' })).toBe('saved');

    const { fields } = await org.connection.sobject('Lead').describe();
    const field = (name: string) => fields.find((each) => each.name === name);
    expect(field('CountryCode')).toMatchObject({
      type: 'picklist',
      restrictedPicklist: true,
      picklistValues: [
        { value: 'DE', label: 'Germany', validFor: null },
        { value: 'US', label: 'United States' },
        { value: 'AU', label: 'Australia' },
      ],
    });
    expect(field('StateCode')).toMatchObject({
      controllerName: 'CountryCode',
      dependentPicklist: true,
      picklistValues: [
        { value: 'CA', validFor: Buffer.from([0b0100_0000]).toString('base64') },
        { value: 'WA', label: 'Washington', validFor: Buffer.from([0b0100_0000]).toString('base64') },
        { value: 'WA', label: 'Western Australia', validFor: Buffer.from([0b0010_0000]).toString('base64') },
      ],
    });
    expect(field('Country')).toMatchObject({ type: 'string' });
  });

  it('texts and codes are kept in line, whichever is written', async () => {
    const id = await create({ MailingCountry: 'usa', MailingState: 'California' });
    expect(await addressOf(id)).toEqual(['USA', 'US', 'California', 'CA']);
    expect(await update(id, { MailingCountryCode: 'AU', MailingStateCode: 'wa' })).toBe('saved');
    expect(await addressOf(id)).toEqual(['Australia', 'AU', 'Western Australia', 'WA']);
    expect(await update(id, { MailingCountry: null })).toBe('saved');
    expect(await addressOf(id)).toEqual([null, null, null, null]);
    expect(await addressOf(await create({ MailingCountryCode: 'DE', MailingCountry: 'USA' }))).toEqual([
      ...['Germany', 'DE'],
      ...[null, null],
    ]);
  });

  it.each([
    [
      { MailingCountry: 'Germoney' },
      'MailingCountry',
      "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.: Mailing Country",
    ],
    // The code is no text of an address, unless the company made it one.
    [{ MailingCountry: 'DE' }, 'MailingCountry', /^There's a problem with this country/],
    [
      { MailingState: 'Texas' },
      'MailingState',
      "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states.: Mailing State/Province",
    ],
    [
      { MailingStateCode: 'TX' },
      'MailingStateCode',
      "The MailingStateCode field contains TX, which isn't an available state. Your administrator can add it for you.",
    ],
    [
      { MailingCountryCode: 'XX' },
      'MailingCountryCode',
      "The MailingCountryCode field contains XX, which isn't an available country/territory. Your administrator can add it for you.",
    ],
    [
      { MailingCountry: 'Germany' },
      'MailingStateCode',
      "The existing country/territory doesn't recognize the state value for field: Mailing State/Province Code",
    ],
    [
      { MailingCountry: 'USA', MailingCountryCode: 'DE' },
      'MailingCountry',
      /^There's a problem with this country/,
    ],
    [
      { MailingCountry: null, MailingState: 'California' },
      'MailingState',
      'A country/territory must be specified before specifying a state value for field: Mailing State/Province',
    ],
  ])('%j is refused, naming %s', async (fields, name, message) => {
    const id = await create({ MailingCountry: 'USA', MailingState: 'California' });
    expect(await update(id, fields)).toEqual({
      errorCode: 'FIELD_INTEGRITY_EXCEPTION',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      fields: [name],
    });
    expect(await addressOf(id)).toEqual(['USA', 'US', 'California', 'CA']);
  });

  it('survive a saved state', async () => {
    const lead = { LastName: 'Byron', Company: 'Poems', Country: 'USA', State: 'Washington' };
    await org.create('Lead', lead);
    const next = await createSalesforceSimulator({
      ...{ port: 0, seed: 1, contacts: 0, leads: 0 },
      state: deserialize(serialize(org.simulator.exportState())),
    });
    const records = await fetch(`${next.url}/_sandbox/records/Lead`);
    expect((await records.json()) as object).toMatchObject({
      records: [{ Country: 'USA', CountryCode: 'US', StateCode: 'WA' }],
    });
    await next.close();
  });
});
