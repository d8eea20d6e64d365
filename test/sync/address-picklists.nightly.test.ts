import { beforeEach, describe, expect, it } from 'vitest';
import { checkAgainstSchemas } from '../../src/mapping/check-schemas.ts';
import type { Sides } from '../../src/model/system.ts';
import { type Fields, type SimulatedObjects, withObjects } from './simulated-objects.ts';

const countries = [
  { code: 'DE', name: 'Germany' },
  {
    code: 'US',
    name: 'United States',
    states: [
      { code: 'CA', name: 'California' },
      { code: 'TX', name: 'Texas' },
    ],
  },
  { code: 'VN', name: 'Viet Nam' },
];

const switchOn = async ({ simulated }: SimulatedObjects): Promise<void> => {
  await simulated.control('salesforce', 'address-picklists', { countries }).catch(() => undefined);
};
const enter = async (objects: SimulatedObjects, address: Fields): Promise<Sides<string>> => {
  const properties = { name: 'Analytical Engines', domain: 'engines.example', ...address };
  const { id = '' } = await objects.hubspot('POST', '/crm/v3/objects/companies', { properties });
  await objects.look('companies', { hubspot: id });
  const link = await objects.link('companies', 'hubspot', id);
  if (link === undefined) throw new Error('the company was not linked');
  return link.ids;
};
const editHubspot = async (objects: SimulatedObjects, ids: Sides<string>, address: Fields) => {
  await objects.editHubspot('companies', ids.hubspot, address);
  await objects.look('companies', { hubspot: ids.hubspot });
};
const billing = async (objects: SimulatedObjects, { salesforce }: Sides<string>) => {
  const found = await objects.record('salesforce', 'Account', salesforce);
  return ['BillingCity', 'BillingState', 'BillingCountry', 'BillingCountryCode'].map((name) => found?.[name]);
};
const parked = async (objects: SimulatedObjects) =>
  (await objects.parked()).map(({ field, code }) => [field, code]).sort();

const refusal = 'FIELD_INTEGRITY_EXCEPTION';

describe('an org with State and Country/Territory Picklists, mapped by text as shipped', () => {
  const objects = withObjects();
  beforeEach(async () => switchOn(objects));

  it('refuses a free text alone, by name, and takes it by itself once it is corrected', async () => {
    const ids = await enter(objects, { city: 'Austin', state: 'Texas', country: 'Untied States' });
    expect(await billing(objects, ids)).toEqual(['Austin', null, null, null]);
    expect(await parked(objects)).toEqual([
      ['country', refusal],
      ['state', refusal],
    ]);
    await editHubspot(objects, ids, { country: 'United States' });
    expect(await billing(objects, ids)).toEqual(['Austin', 'Texas', 'United States', 'US']);
    expect(await parked(objects)).toEqual([]);

    await editHubspot(objects, ids, { city: 'Dallas', state: 'Taxes' });
    expect(await billing(objects, ids)).toEqual(['Dallas', 'Texas', 'United States', 'US']);
    expect(await parked(objects)).toEqual([['state', refusal]]);
    await editHubspot(objects, ids, { city: 'Fresno', state: 'California' });
    expect(await billing(objects, ids)).toEqual(['Fresno', 'California', 'United States', 'US']);
    expect([await objects.parked(), await objects.unexplained()]).toEqual([[], []]);
  });

  it('takes the state as well where nobody heard that its country had landed', async () => {
    const ids = await enter(objects, { state: 'Texas', country: 'Untied States' });
    await objects.simulated.control('salesforce', 'faults', [
      { match: { method: 'PATCH' }, effect: { drop: 'after', times: 1 } },
    ]);
    await editHubspot(objects, ids, { country: 'United States' });
    expect(await billing(objects, ids)).toEqual([null, 'Texas', 'United States', 'US']);
    expect([await objects.parked(), await objects.unexplained()]).toEqual([[], []]);
  });

  it('is told by check, with the place of each field', async () => {
    const pair = objects.pair('companies');
    const connectors = objects.simulated.connect();
    const call = { class: 'live', purpose: 'describe' } as const;
    const schemas = {
      hubspot: await connectors.hubspot.describe(pair.types.hubspot, call),
      salesforce: await connectors.salesforce.describe(pair.types.salesforce, call),
    };
    const lineOf = (name: string) => pair.fields.find((field) => field.name === name)?.line;
    const found = checkAgainstSchemas(pair, schemas).filter(({ what }) =>
      what.includes('takes no free text'),
    );
    expect(found.map(({ level, line }) => [level, line])).toEqual([
      ['note', lineOf('state')],
      ['note', lineOf('country')],
    ]);
  });

  it('has ISO’s names, which are not written over what people call the country', async () => {
    const ids = await enter(objects, { city: 'Hanoi', country: 'Viet Nam' });
    expect(await billing(objects, ids)).toEqual(['Hanoi', null, 'Viet Nam', 'VN']);
    await editHubspot(objects, ids, { country: 'Vietnam' });
    expect([await objects.parked(), await objects.unexplained()]).toEqual([[], []]);
  });
});

describe('an org with State and Country/Territory Picklists, mapped by code', () => {
  const objects = withObjects((file, text) =>
    file === 'companies.yaml'
      ? text
          .replace(
            'salesforce: BillingCountry\n    kind: country',
            'salesforce: BillingCountryCode\n    kind: country-code',
          )
          .replace(
            'salesforce: BillingState\n    kind: text',
            'salesforce: BillingStateCode\n    kind: enum\n    values: { California: CA, CA: CA, Texas: TX, TX: TX }',
          )
      : text,
  );
  beforeEach(async () => switchOn(objects));

  it('names and codes flow both ways, and what is no country stays where it is', async () => {
    const ids = await enter(objects, { city: 'Austin', state: 'TX', country: 'USA' });
    expect(await billing(objects, ids)).toEqual(['Austin', 'Texas', 'United States', 'US']);
    const atHubspot = async () => {
      const { state, country } = (await objects.record('hubspot', 'companies', ids.hubspot)) ?? {};
      return [state ?? '', country];
    };
    expect(await atHubspot()).toEqual(['TX', 'USA']);
    await objects.editSalesforce('Account', ids.salesforce, {
      BillingStateCode: null,
      BillingCountryCode: 'VN',
    });
    await objects.look('companies', ids);
    expect(await atHubspot()).toEqual(['', 'Vietnam']);
    await editHubspot(objects, ids, { city: 'Atlantis', country: 'Utopia' });
    expect(await billing(objects, ids)).toEqual(['Atlantis', null, 'Viet Nam', 'VN']);
    expect((await parked(objects)).map(([field]) => field)).toEqual(['country']);
    await editHubspot(objects, ids, { country: 'germany' });
    expect(await billing(objects, ids)).toEqual(['Atlantis', null, 'Germany', 'DE']);
    expect([await objects.parked(), await objects.unexplained()]).toEqual([[], []]);
  });
});
