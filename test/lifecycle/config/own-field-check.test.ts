import { expect, it } from 'vitest';
import { checkOwnFields } from '../../../src/lifecycle/config/own-field-check.ts';
import { type OwnFieldType, ownFields } from '../../../src/lifecycle/own-fields/own-fields.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import type { FieldDescription, ObjectDescription } from '../../../src/model/record.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const types: Readonly<Record<OwnFieldType['kind'], readonly [hubspot: string, salesforce: string]>> = {
  text: ['string', 'string'],
  'long-text': ['string', 'textarea'],
  number: ['number', 'double'],
  picklist: ['enumeration', 'picklist'],
  date: ['date', 'date'],
  datetime: ['datetime', 'datetime'],
  checkbox: ['bool', 'boolean'],
  formula: ['string', 'string'],
};

const described = ({ name, system, type }: (typeof ownFields)[number]): FieldDescription => ({
  name,
  label: name,
  type: types[type.kind][system === 'hubspot' ? 0 : 1],
  writable: type.kind !== 'formula',
  requiredOnCreate: false,
  maxLength: 'charsMax' in type ? type.charsMax : null,
  options: 'values' in type ? type.values : null,
});

type Changes = Readonly<Record<string, Partial<FieldDescription> | null>>;

/** All objects with every own field, but for these (`Lead.Tandem_Stage__c`): changed, or (null) not there. */
const objects = (changes: Changes = {}): ReadonlyMap<string, Pick<ObjectDescription, 'fields'>> =>
  new Map(
    ['contacts', 'Lead', 'Contact', 'Opportunity', 'Task'].map((object) => {
      const own = ownFields
        .filter((field) => field.objects.includes(object))
        .map((field): [string, FieldDescription] => [field.name, described(field)]);
      const fields = own.flatMap(([name, field]) => {
        const change = changes[`${object}.${name}`];
        return change === null ? [] : [[name, { ...field, ...change }] as const];
      });
      return [object, { fields: new Map(fields) }] as const;
    }),
  );

const lineOf = (text: string): number =>
  shippedText('lifecycle.yaml')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

it('has nothing to say where every field is there', () => {
  expect(checkOwnFields(loadWith({}), objects())).toEqual([]);
});

it('names a missing field that a behaviour in act needs once, with the behaviours, its line and what to create', () => {
  const found = checkOwnFields(
    loadWith({}),
    objects({
      'contacts.tandem_request': null,
      'Lead.Tandem_Stage__c': null,
      'Contact.Tandem_Stage__c': null,
      'Task.Tandem_Key__c': null,
    }),
  );
  expect(found.map(({ level, line }) => [level, line])).toEqual([
    ['error', lineOf('requests: act')],
    ['error', lineOf('stages: act')],
    ['error', lineOf('hand-off: act')],
  ]);
  const text = formatFindings(found);
  expect(text).toMatch(
    /HubSpot contacts\.tandem_request is not there — 'requests: act' needs it: .+; fix: make it dropdown select, as docs\/admins\/fields.md says/,
  );
  expect(text).toMatch(
    /Salesforce Tandem_Stage__c \(of Lead, Contact\) is not there — 'stages: act' and 'hand-off: act' need it/,
  );
  expect(text).toMatch(/Salesforce Task\.Tandem_Key__c is not there.+external id, not unique/);
});

it.each([
  ['a field that cannot be written', 'Lead.Tandem_Digest__c', { writable: false }, /cannot be written/],
  ['a field of another type', 'contacts.tandem_ready_at', { type: 'date' }, /has the type date/],
  [
    'a text that is too short',
    'Lead.Tandem_Why_Now__c',
    { maxLength: 80 },
    /takes 80 characters.+text \(255\)/,
  ],
  [
    'a list without a value',
    'contacts.tandem_stage',
    { options: ['lead'] },
    /does not have the values subscriber/,
  ],
] as const)('finds %s', (_, field, change, says) => {
  const found = checkOwnFields(loadWith({}), objects({ [field]: change }));
  expect(found).toHaveLength(1);
  expect(found[0]?.level).toBe('error');
  expect(formatFindings(found)).toMatch(says);
});

it('says in one note what is missing and not needed, by what it is for or by what is switched off', () => {
  const text = shippedText('lifecycle.yaml').replace('requests: act', 'requests: observe');
  const missing = objects({ 'contacts.tandem_request': null, 'Lead.Tandem_Quality__c': null });
  const found = checkOwnFields(loadWith({ 'lifecycle.yaml': text }), missing);
  expect(found).toMatchObject([
    {
      level: 'note',
      isMild: true,
      what: expect.stringMatching(/contacts\.tandem_request.+Lead\.Tandem_Quality__c/),
    },
  ]);
});

it('looks at no object that could not be described, and at nothing without lifecycle.yaml', () => {
  expect(checkOwnFields(loadWith({}), new Map())).toEqual([]);
  expect(
    checkOwnFields(loadWith({ 'lifecycle.yaml': null }), new Map([['Task', { fields: new Map() }]])),
  ).toEqual([]);
});
