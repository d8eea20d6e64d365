import { describe, expect, it } from 'vitest';
import { checkPointedMappings } from '../../../src/lifecycle/config/pointed-rules.ts';
import { reasonWordsOn } from '../../../src/lifecycle/digest/ask-reason.ts';
import { inTheirWords, nameOn, pointedOn, understood } from '../../../src/lifecycle/own-fields/pointed.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import type { RawValue } from '../../../src/model/value.ts';
import { mirrorMappings } from '../../mirror.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const withFields = (...lines: readonly string[]) =>
  loadWith({
    'lifecycle.yaml': `${shippedText('lifecycle.yaml')}\nfields:\n${lines.map((line) => `  ${line}`).join('\n')}\n`,
  });

const definitionOf = (...lines: readonly string[]) => {
  const { lifecycle, findings } = withFields(...lines);
  if (lifecycle === null) throw new Error(formatFindings(findings));
  return lifecycle;
};

const reasonLine =
  'Tandem_Reason__c: { field: Rejection_Reason__c, values: { Not now: [Too early, Next year], No budget: No money } }';

describe('the company has fields of its own', () => {
  it('a key means every object that has the field, and one that names an object only that one', () => {
    const { pointed } = definitionOf(
      'Tandem_Competitor__c: Rival__c',
      'Opportunity.Tandem_Competitor__c: MainCompetitors__c',
    );
    const names = ['Lead', 'Contact', 'Opportunity', 'Account'].map((object) =>
      nameOn(pointed, object, 'Tandem_Competitor__c'),
    );
    expect(names).toEqual(['Rival__c', 'Rival__c', 'MainCompetitors__c', 'Tandem_Competitor__c']);
  });

  it.each<readonly [RawValue, RawValue]>([
    ['Too early', 'Not now'],
    ['Next year', 'Not now'],
    ['No money', 'No budget'],
    ['Unresponsive', 'Unresponsive'],
    ['Bad weather', 'Bad weather'],
    [null, null],
    [5, '5'],
  ])('%s is understood as %s', (said, meant) => {
    const field = pointedOn(definitionOf(reasonLine).pointed, 'Lead', 'Tandem_Reason__c');
    if (field === null) throw new Error('it is not pointed');
    expect(understood(field, said)).toBe(meant);
  });

  it("writes the first of the company's words, and each word that it writes is understood as what it was", () => {
    const field = pointedOn(definitionOf(reasonLine).pointed, 'Contact', 'Tandem_Reason__c');
    if (field?.own.type.kind !== 'picklist') throw new Error('it is no list');
    expect(inTheirWords(field, 'Not now')).toBe('Too early');
    for (const word of field.own.type.values) expect(understood(field, inTheirWords(field, word))).toBe(word);
  });

  it('asks a rep for the reason in the words of their page', () => {
    const { pointed } = definitionOf(reasonLine, 'Tandem_Recontact_On__c: Call_Back__c');
    const words = reasonWordsOn(
      pointed,
      'Lead',
      new Map([
        ['Lead.Tandem_Reason__c', { label: 'Rejection Reason', choices: null }],
        ['Opportunity.Tandem_Loss_Reason__c', { label: 'Nothing of theirs', choices: [] }],
      ]),
    );
    expect(words).toMatchObject({
      reason: 'Rejection Reason',
      notNow: 'Too early',
      recontact: 'Call_Back__c',
    });
    expect(words.reasons).toEqual(expect.arrayContaining(['Too early', 'Next year', 'No money', 'Bad data']));
    expect(words.reasons).not.toContain('No budget');
    expect(words).toMatchObject({ loss: 'Tandem Loss Reason', losses: expect.arrayContaining(['Price']) });
    // What their list does not have cannot be chosen.
    const choices = ['Too early', 'No money', 'Weather'];
    const shown = new Map([['Lead.Tandem_Reason__c', { label: 'Why', choices }]]);
    expect(reasonWordsOn(pointed, 'Lead', shown).reasons).toEqual(['Too early', 'No money']);
  });
});

describe('a field that cannot stand for one of Tandem is told with its line', () => {
  it.each([
    ['no such field', 'Tandem_Reson__c: Why__c', /no field of Tandem's own.+did you mean 'Tandem_Reason__c'/],
    [
      'no such field on it',
      'Task.Tandem_Reason__c: Why__c',
      /Task has no Tandem_Reason__c; Lead, Contact have/,
    ],
    ['the identity', 'HubSpot_Id__c: External__c', /is the identity.+write 'identity' in the mapping/],
    ['the formula', 'Tandem_Sla__c: Mine__c', /does nothing/],
    ["another of Tandem's", 'Tandem_Reason__c: Tandem_Competitor__c', /it is a field of Tandem's own/],
    ['what it goes by', 'Tandem_Stage__c: Status', /goes by Status as the field that it is/],
    ['a word of no list', 'Tandem_Reason__c: { field: Why__c, values: { Later: X } }', /no value 'Later'/],
    ['values of a text', 'Tandem_Why_Now__c: { field: Why__c, values: { a: b } }', /field that is no list/],
    [
      'a word for two',
      'Tandem_Reason__c: { field: Why__c, values: { Not now: Later, No need: [None, Later] } }',
      /'Later' means two things.+both Not now and No need/,
    ],
    [
      'a word that means another',
      'Tandem_Reason__c: { field: Why__c, values: { Other: No budget } }',
      /'No budget' means two things/,
    ],
  ])('%s', (_, line, says) => {
    const { findings, lifecycle } = withFields('Tandem_Quality__c: Stars__c', line);
    expect(lifecycle).toBeNull();
    expect(findings.every((each) => each.line === shippedText('lifecycle.yaml').split('\n').length + 3)).toBe(
      true,
    );
    expect(formatFindings(findings)).toMatch(says);
  });

  it('one field for two', () => {
    const { findings } = withFields('Tandem_Reason__c: Why__c', 'Lead.Tandem_Good_Because__c: Why__c');
    expect(formatFindings(findings)).toMatch(
      /Lead\.Why__c stands for Tandem_Reason__c and Tandem_Good_Because__c/,
    );
  });

  it('one that a mapping writes as well, unless people fill it', () => {
    const loaded = withFields('Lead.Tandem_Next_Step__c: Description', 'Tandem_Competitor__c: Industry');
    expect(loaded.lifecycle).not.toBeNull();
    const found = checkPointedMappings(loaded, mirrorMappings.pairs);
    expect(found.map(({ what }) => what)).toEqual([
      expect.stringMatching(
        /^Salesforce Lead\.Description is written by the lifecycle and by .+people\.yaml$/,
      ),
    ]);
  });
});
