import { describe, expect, it } from 'vitest';
import { checkAgainstSchemas } from '../../src/mapping/check-schemas.ts';
import { formatFindings, MappingError, withoutRepeats } from '../../src/mapping/finding.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { FieldDescription, ObjectDescription } from '../../src/model/record.ts';
import { bothSides, type Sides, type System } from '../../src/model/system.ts';
import { peoplePair } from '../mirror.ts';

const people = (): PairMapping => peoplePair;

const makeField = (name: string, overrides: Partial<FieldDescription> = {}): FieldDescription => ({
  name,
  label: name,
  type: 'string',
  writable: true,
  requiredOnCreate: false,
  maxLength: 255,
  options: null,
  ...overrides,
});

type Changes = Partial<Sides<Readonly<Record<string, Partial<FieldDescription> | null>>>>;

/** Schemas that fit the mapping, with these fields changed, added, or (null) taken away. */
const makeSchemas = (pair: PairMapping, changes: Changes = {}): Sides<ObjectDescription> =>
  bothSides((system: System) => {
    const names = [pair.identity[system], ...pair.fields.map((field) => field.fields[system])];
    const fields = new Map(names.map((name) => [name, makeField(name)]));
    for (const [name, change] of Object.entries(changes[system] ?? {})) {
      if (change === null) fields.delete(name);
      else fields.set(name, makeField(name, change));
    }
    return { type: pair.types[system], fields };
  });

const lineOf = (pair: PairMapping, name: string): number =>
  pair.fields.find((field) => field.name === name)?.line ?? -1;

describe('a mapping against what the systems say', () => {
  it('has no findings where everything fits', () => {
    expect(checkAgainstSchemas(people(), makeSchemas(people()))).toEqual([]);
  });

  it("names a property of HubSpot's own integration that is not there, where the mapping asks for it alone", () => {
    const pair = { ...people(), native: { fields: ['salesforceleadid', 'salesforcecontactid'], line: 7 } };
    const schemas = makeSchemas(pair, { hubspot: { salesforcecontactid: {} } });
    expect(checkAgainstSchemas(people(), schemas)).toEqual([]);
    const findings = checkAgainstSchemas(pair, schemas);
    expect(findings).toMatchObject([{ level: 'error', line: 7, file: pair.file }]);
    expect(formatFindings(findings)).toMatch(
      /contacts\.salesforceleadid, which 'native' names, is not there.*take it out of 'native'/s,
    );
  });

  const cases: readonly (readonly [string, Changes, 'error' | 'note', string, RegExp])[] = [
    [
      'a field that is not there',
      { salesforce: { City: null, Citty: {} } },
      'error',
      'city',
      /Salesforce Lead\.City is not there.*field-level security.*did you mean 'Citty'/,
    ],
    [
      'a property that is not there',
      { hubspot: { zip: null } },
      'error',
      'zip',
      /HubSpot contacts\.zip is not there.*scope/,
    ],
    [
      'ranges that the property does not have',
      { hubspot: { numemployees: { options: ['1-5', '5-25', '25-50', '50-100', '100-500', '500-1000'] } } },
      'note',
      'numemployees',
      /numemployees does not know 1000\+.*correct 'ranges' by the options there: 1-5, 5-25.* and 1 more/,
    ],
    [
      'options that no range is',
      {
        hubspot: {
          numemployees: {
            options: ['1-5', '5-25', '25-50', '50-100', '100-500', '500-1000', '1000+', 'unknown'],
          },
        },
      },
      'note',
      'numemployees',
      /'ranges' does not list unknown, which HubSpot contacts.numemployees has/,
    ],
    [
      'a field that cannot be written',
      { salesforce: { Title: { writable: false } } },
      'error',
      'jobtitle',
      /Lead\.Title cannot be written.*direction: to-hubspot/,
    ],
    [
      'consent that has nowhere to go',
      { salesforce: { HasOptedOutOfEmail: { writable: false } } },
      'error',
      'hs_email_optout',
      /Lead\.HasOptedOutOfEmail cannot be written.*consent has nowhere to go/,
    ],
    [
      'consent whose field is missing',
      { hubspot: { hs_email_optout: null } },
      'error',
      'hs_email_optout',
      /contacts\.hs_email_optout is not there.*consent has nowhere to go/,
    ],
    [
      'a shorter target',
      { salesforce: { City: { maxLength: 40 } } },
      'note',
      'city',
      /Lead takes shorter texts than HubSpot in 1 field \(characters\): City 40 — a longer value is parked/,
    ],
    [
      'a shorter target of an unbounded source',
      { hubspot: { city: { maxLength: null } } },
      'note',
      'city',
      /in 1 field .*: City 255/,
    ],
    [
      'a required target without fill',
      { salesforce: { City: { requiredOnCreate: true } } },
      'note',
      'city',
      /Lead\.City is required at creation and has no fill/,
    ],
    [
      'a type that the kind does not fit',
      { salesforce: { City: { type: 'boolean', maxLength: null } }, hubspot: { city: { maxLength: null } } },
      'error',
      'city',
      /\(type boolean\) does not take kind text — it takes kind boolean/,
    ],
    [
      'options that the target does not know',
      { salesforce: { State: { options: ['CA'] } }, hubspot: { state: { options: ['CA', 'NY'] } } },
      'note',
      'state',
      /Lead\.State does not know NY/,
    ],
  ];

  it.each(cases)('finds %s', (_, changes, level, name, says) => {
    const pair = people();
    const found = checkAgainstSchemas(pair, makeSchemas(pair, changes));
    expect(formatFindings(found)).toMatch(says);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ level, file: pair.file, line: lineOf(pair, name) });
  });

  it('finds a required field that nothing writes, only where records are created', () => {
    const pair = people();
    const schemas = makeSchemas(pair, { salesforce: { Region__c: { requiredOnCreate: true } } });
    expect(checkAgainstSchemas(pair, schemas)).toMatchObject([
      { level: 'error', line: pair.identityLine, what: expect.stringContaining('Region__c') },
    ]);
    const never: PairMapping = { ...pair, create: { hubspot: 'matchable', salesforce: 'never' } };
    expect(checkAgainstSchemas(never, schemas)).toEqual([]);
  });

  it('is content with a required field that has a fill', () => {
    const pair = people();
    expect(
      checkAgainstSchemas(pair, makeSchemas(pair, { salesforce: { LastName: { requiredOnCreate: true } } })),
    ).toEqual([]);
  });

  it('finds identity fields that are missing or read-only', () => {
    const pair = people();
    const found = checkAgainstSchemas(
      pair,
      makeSchemas(pair, {
        hubspot: { tandem_salesforce_id: null },
        salesforce: { HubSpot_Id__c: { writable: false } },
      }),
    );
    expect(found.map(({ what, line }) => [what, line])).toEqual([
      ['HubSpot contacts.tandem_salesforce_id is not there', pair.identityLine],
      ['Salesforce Lead.HubSpot_Id__c cannot be written', pair.identityLine],
    ]);
  });

  it('says in one note which fields of an object take shorter texts, and asks nothing of ids, options and numbers', () => {
    const pair = people();
    const found = checkAgainstSchemas(
      pair,
      makeSchemas(pair, {
        hubspot: {
          annualrevenue: { maxLength: 65_536 },
          leadsource: { type: 'enumeration', maxLength: null },
        },
        salesforce: {
          City: { maxLength: 40 },
          Title: { maxLength: 128 },
          Industry: { type: 'picklist', maxLength: 40 },
          OwnerId: { type: 'reference', maxLength: 18 },
          AnnualRevenue: { type: 'currency', maxLength: null },
        },
      }),
    );
    expect(found).toMatchObject([
      { level: 'note', isMild: true, what: expect.stringMatching(/in 2 fields .*: Title 128, City 40$/) },
    ]);
  });
});

it('says what a person has to do before what is only good to know, and the same thing once', () => {
  const finding = { file: 'a.yaml', line: 1, why: 'w', fix: 'f' } as const;
  const mild = { ...finding, level: 'note', what: 'mild', isMild: true } as const;
  const note = { ...finding, level: 'note', what: 'note', line: 9 } as const;
  const error = { ...finding, level: 'error', what: 'error', file: 'b.yaml' } as const;
  expect(formatFindings([mild, note, error]).match(/error|mild|note(?= —)/g)).toEqual([
    'error',
    'note',
    'mild',
  ]);
  expect(withoutRepeats([error, note, { ...error }])).toEqual([error, note]);
  expect(new MappingError([error, { ...error }]).message).toContain('There is 1 thing to correct');
});
