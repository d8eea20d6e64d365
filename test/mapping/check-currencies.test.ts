import { describe, expect, it } from 'vitest';
import { currencyFindings } from '../../src/mapping/check-currencies.ts';
import type { FieldMapping } from '../../src/model/mapping.ts';
import type { FieldDescription, ObjectDescription } from '../../src/model/record.ts';
import { makeField, makePair } from '../sync/builders.ts';

const described = (
  type: string,
  ...names: readonly (string | [string, readonly string[]])[]
): ObjectDescription => ({
  type,
  fields: new Map(
    names.map((each) => {
      const [name, options] = typeof each === 'string' ? [each, null] : each;
      return [name, { name, type: 'string', writable: true, options } as FieldDescription];
    }),
  ),
});
const one = described('deals', 'amount', ['deal_currency_code', ['USD']]);
const two = described('deals', 'amount', ['deal_currency_code', ['USD', 'EUR']]);
const plainOrg = described('Opportunity', 'Amount');
const richOrg = described('Opportunity', 'Amount', 'CurrencyIsoCode');
const amount = (overrides: Partial<FieldMapping> = {}): FieldMapping =>
  makeField({
    ...{ name: 'amount', kind: 'currency', line: 7 },
    fields: { hubspot: 'amount', salesforce: 'Amount' },
    ...overrides,
  });
const currencyCodes = { hubspot: 'deal_currency_code', salesforce: 'CurrencyIsoCode' };
const currency = (overrides: Partial<FieldMapping> = {}): FieldMapping =>
  makeField({ name: 'deal_currency_code', kind: 'enum', fields: currencyCodes, ...overrides });
const found = (fields: readonly FieldMapping[], hubspot: ObjectDescription, salesforce: ObjectDescription) =>
  currencyFindings(makePair(fields), { hubspot, salesforce }).map(({ level, line, what }) => [
    level,
    line,
    what,
  ]);

describe('currencies of a mapping', () => {
  it('need no word where both systems have one', () => {
    expect(found([amount()], one, plainOrg)).toEqual([]);
    expect(found([amount({ kind: 'number' })], two, richOrg)).toEqual([]);
  });

  it.each([
    ['Salesforce', one, richOrg],
    ['HubSpot', two, plainOrg],
  ])('have to be named where %s has several', (label, hubspot, salesforce) => {
    expect(found([amount()], hubspot, salesforce)).toEqual([
      ['error', 7, expect.stringMatching(new RegExp(`^${label} .* has amounts in several currencies`))],
    ]);
  });

  it('are a field that is there, or a code', () => {
    expect(found([amount({ currencyCodes })], one, plainOrg)).toContainEqual([
      'error',
      7,
      expect.stringContaining("CurrencyIsoCode, which 'codes' names, is not there"),
    ]);
    const fixed = { hubspot: 'deal_currency_code', salesforce: 'USD' };
    expect(found([amount({ currencyCodes: fixed })], two, plainOrg)).toEqual([]);
  });

  it('are mapped themselves, in one group with the amount; else a note says what happens', () => {
    expect(found([amount({ currencyCodes })], two, richOrg)).toEqual([
      ['note', 7, expect.stringContaining("gets the integration's own currency")],
    ]);
    expect(found([amount({ currencyCodes }), currency()], two, richOrg)).toEqual([
      ['note', 7, expect.stringContaining('are not in one group')],
    ]);
    const grouped = [amount({ currencyCodes, group: 'money' }), currency({ group: 'money' })];
    expect(found(grouped, two, richOrg)).toEqual([]);
  });
});
