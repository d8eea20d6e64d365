import { describe, expect, it } from 'vitest';
import {
  checkAccountFields,
  checkRuleFields,
  objectsNamed,
  type RuleSchemas,
} from '../../../src/lifecycle/config/field-check.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import type { FieldDescription, ObjectDescription } from '../../../src/model/record.ts';
import { mirrorMappings } from '../../mirror.ts';
import { companies } from '../digest/digest-input.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const makeField = (name: string, type = 'string', values: readonly string[] = []): FieldDescription => ({
  name,
  label: name,
  type,
  writable: true,
  requiredOnCreate: false,
  maxLength: null,
  options: null,
  choices: values.map((value) => ({ value, label: value, active: true, isDefault: false })),
});
const makeObject = (type: string, ...fields: readonly FieldDescription[]): ObjectDescription => ({
  type,
  fields: new Map(fields.map((field) => [field.name, field])),
});

const leadStatuses = [
  'NEW',
  'OPEN',
  'IN_PROGRESS',
  'OPEN_DEAL',
  'UNQUALIFIED',
  'ATTEMPTED_TO_CONTACT',
  'CONNECTED',
  'BAD_TIMING',
];
const lifecycleStages = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
];
const schemas: RuleSchemas = {
  contact: makeObject(
    'contacts',
    ...[
      ...['company', 'jobtitle', 'phone', 'mobilephone', 'numemployees', 'industry'],
      ...['hs_analytics_source', 'hs_language'],
    ].map((name) => makeField(name)),
    // As HubSpot is described: a closed list. Salesforce's picklists list their choices.
    { ...makeField('hs_lead_status', 'enumeration'), options: leadStatuses, choices: [] },
    makeField('lifecyclestage', 'enumeration', lifecycleStages),
    makeField('hubspotscore', 'number'),
  ),
  lead: makeObject('Lead', makeField('Status', 'picklist', ['Open - Not Contacted', 'Working'])),
};
const told = (
  name: 'lifecycle.yaml' | 'scoring.yaml' | 'sla.yaml' | 'content.yaml',
  from: string,
  to: string,
): string => {
  const text = shippedText(name);
  expect(text).toContain(from);
  return formatFindings(checkRuleFields(loadWith({ [name]: text.replace(from, to) }), schemas));
};

describe('the files against the fields of both systems', () => {
  it('the shipped ones name fields that every portal has', () => {
    expect(checkRuleFields(loadWith({}), schemas)).toEqual([]);
    expect(objectsNamed(loadWith({}))).toEqual(['contact', 'lead']);
    expect(objectsNamed(loadWith({ 'lifecycle.yaml': null }))).toEqual([]);
  });

  it('a property that content goes by', () => {
    expect(told('content.yaml', 'contact.industry', 'contact.industri')).toMatch(
      /^content.yaml:\d+ .*contacts.industri is not there.*did you mean 'industry'/,
    );
    expect(told('content.yaml', 'from: hs_language', 'from: hs_langage')).toMatch(
      /^content.yaml:\d+ .*contacts.hs_langage is not there — everybody would be taken to read 'en'/,
    );
  });

  it('a property that is not there, with its line', () => {
    const line =
      shippedText('scoring.yaml')
        .split('\n')
        .findIndex((each) => each.includes('contact.company')) + 1;
    expect(told('scoring.yaml', 'contact.company !=', 'contact.compny !=')).toMatch(
      new RegExp(`^scoring.yaml:${line} .*HubSpot contacts.compny is not there .* did you mean 'company'`),
    );
    expect(told('sla.yaml', 'pauses: []', "pauses: [{ name: x, when: lead.State__c == 'x' }]")).toContain(
      'Salesforce Lead.State__c is not there',
    );
  });

  it('a value that shows a stage and is none', () => {
    expect(told('lifecycle.yaml', 'leadStatus: CONNECTED', 'leadStatus: CONECTED')).toMatch(
      /has no value 'CONECTED' — it could not show 'accepted'; fix: did you mean 'CONNECTED'/,
    );
    expect(
      told('lifecycle.yaml', 'leadStatus: CONNECTED', 'leadStatus: CONNECTED, salesforceStatus: Workin'),
    ).toContain("Salesforce Lead.Status has no value 'Workin'");
  });

  it('a score that is not there, or is no number', () => {
    const from = (name: string): string =>
      told('scoring.yaml', '# score: { from: hubspotscore }   #', `score: { from: ${name} } #`);
    expect(from('hubspotscore')).toBe('');
    expect(from('hubspot_score')).toMatch(
      /contacts.hubspot_score is not there — every score would be 0; fix: did you mean 'hubspotscore'/,
    );
    expect(from('company')).toContain('is no number');
  });

  it('a property that is to name the campaign', () => {
    const from = (name: string): string =>
      told(
        'lifecycle.yaml',
        '\nlifecyclestage:',
        `\nhand-off: { campaigns: { from: ${name}, map: { Spring: 701000000000001AAA } } }\nlifecyclestage:`,
      );
    expect(from('company')).toBe('');
    expect(from('compny')).toMatch(/contacts.compny is not there — nobody would become a member/);
  });

  it('a field of the account that no mapping reads, with its line', () => {
    const rules = (when: string): string =>
      shippedText('routing.yaml')
        .replace('by: salesforce-assignment-rules', 'by: tandem')
        .concat(
          `rules: [{ kind: segment, name: Big, when: ${when}, pool: big }]\npools: { big: { members: [{ owner: 005000000000003AAA }] } }\n`,
        );
    const told = (when: string, pairs = [companies]): string =>
      formatFindings(checkAccountFields(loadWith({ 'routing.yaml': rules(when) }), pairs));
    const line =
      rules('x')
        .split('\n')
        .findIndex((each) => each.startsWith('rules:')) + 1;
    expect(told('account.NumberOfEmployees >= 1000')).toBe('');
    expect(told('account.NumberOfEmployes >= 1000')).toMatch(
      new RegExp(
        `^routing.yaml:${line} .*account.NumberOfEmployes is not known here — .*does not map it; fix: did you mean 'NumberOfEmployees'`,
      ),
    );
    expect(told('account.NumberOfEmployees >= 1000', [])).toContain('no mapping reads accounts');
    expect(checkAccountFields(loadWith({}), mirrorMappings.pairs)).toEqual([]);
  });

  it.each([
    ['scoring.yaml', 'when: contact.company !=', 'when: account.Name !=', 'account.Name'],
    ['sla.yaml', 'pauses: []', "pauses: [{ name: x, when: account.Type == 'x' }]", 'account.Type'],
  ] as const)('the account in %s, where nobody reads it', (name, from, to, what) => {
    const text = shippedText(name);
    expect(text).toContain(from);
    const line = text.slice(0, text.indexOf(from)).split('\n').length;
    expect(formatFindings(loadWith({ [name]: text.replace(from, to) }).findings)).toMatch(
      new RegExp(
        `${name}:${line} .*${what} is not known here — .*routing.yaml can go by it; fix: name a prop`,
      ),
    );
  });

  it('an object that could not be described is not judged', () => {
    expect(checkRuleFields(loadWith({}), {})).toEqual([]);
  });
});
