import { describe, expect, it } from 'vitest';
import {
  isStepOld,
  knownVerdict,
  oddVerdict,
  oddVerdictStep,
} from '../../../src/lifecycle/look/odd-verdict.ts';
import { pointedFields } from '../../../src/lifecycle/own-fields/pointed.ts';

const said = (word: string | null) => ({ Tandem_Disposition__c: word });
const step = (word: string, said_ = pointedFields({})) =>
  oddVerdictStep({ ref: { system: 'salesforce', type: 'Lead', id: '00Q' }, fields: said(word) }, said_);

describe('a word in the place of a verdict', () => {
  it('is a verdict, none, or another word', () => {
    const words = ['Accepted', 'Maybe', ' ', null];
    expect(words.map((word) => [knownVerdict(said(word)), oddVerdict(said(word))])).toEqual([
      ['Accepted', null],
      [null, 'Maybe'],
      [null, null],
      [null, null],
    ]);
  });

  it('that is none is told in the words of the company, where it has a field for them', () => {
    const pointed = pointedFields({
      Tandem_Disposition__c: { field: 'Outcome__c', values: { Accepted: ['Qualified'], Rejected: ['Dead'] } },
    });
    expect(step('Maybe', pointed)).toBe(
      "'Maybe' is no verdict: choose Qualified, Dead, Return to nurture in Outcome__c",
    );
    expect(step('Accepted')).toBeNull();
  });

  it('is told anew by what the rep sees alone, in whatever script', () => {
    for (const word of ['Maybe', 'אולי', `${'x'.repeat(300)}`]) {
      const told = step(word);
      expect(isStepOld('Call and answer', said(word))).toBe(true);
      expect(isStepOld(`\u2068${told}\u2069 · Send: a guide`, said(word))).toBe(false);
      expect(isStepOld(told, said('Perhaps'))).toBe(true);
      expect(isStepOld(told, said('Accepted'))).toBe(true);
    }
    expect(isStepOld('Call and answer', said(null))).toBe(false);
  });
});
