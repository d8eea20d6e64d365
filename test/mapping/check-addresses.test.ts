import { expect, it } from 'vitest';
import { addressFindings } from '../../src/mapping/check-addresses.ts';
import type { FieldMapping } from '../../src/model/mapping.ts';
import type { FieldDescription, ObjectDescription } from '../../src/model/record.ts';
import { makeField, makePair } from '../sync/builders.ts';

const described = (
  type: string,
  fields: Readonly<Record<string, 'string' | 'picklist'>>,
): ObjectDescription => ({
  type,
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, { name, type } as FieldDescription])),
});
const hubspot = described('contacts', { state: 'string', country: 'string' });
const listed = described('Lead', {
  ...{ State: 'string', StateCode: 'picklist', Country: 'string', CountryCode: 'picklist' },
});
const free = described('Lead', { State: 'string', Country: 'string' });
const field = (name: string, api: string, more: Partial<FieldMapping> = {}): FieldMapping =>
  makeField({ name, kind: 'text', line: 7, fields: { hubspot: name, salesforce: api }, ...more });
const found = (fields: readonly FieldMapping[], salesforce: ObjectDescription) =>
  addressFindings(makePair(fields), { hubspot, salesforce });

it('free text into an address with picklists is named with its place, and how it is mapped by code', () => {
  expect(
    found([field('country', 'Country', { kind: 'country' }), field('state', 'State')], listed),
  ).toMatchObject([
    {
      ...{ level: 'note', line: 7 },
      what: 'Salesforce Lead.Country takes no free text: the org has State and Country/Territory Picklists',
      fix: expect.stringContaining('salesforce: CountryCode, kind: country-code'),
    },
    {
      ...{ level: 'note', line: 7 },
      what: expect.stringContaining('Lead.State takes no free text'),
      fix: expect.stringContaining('salesforce: StateCode, kind: enum, values:'),
    },
  ]);
});

it('nothing is said of an org without them, of codes, of a table of values, or of what is only read', () => {
  expect(found([field('country', 'Country')], free)).toEqual([]);
  expect(found([field('country', 'CountryCode', { kind: 'country-code' })], listed)).toEqual([]);
  expect(found([field('state', 'State', { kind: 'enum' })], listed)).toEqual([]);
  expect(found([field('state', 'State', { direction: 'to-hubspot' })], listed)).toEqual([]);
});
