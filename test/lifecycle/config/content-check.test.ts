import { describe, expect, it } from 'vitest';
import { checkContent } from '../../../src/lifecycle/config/content-check.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const dealStages = ['Value Proposition', 'Proposal/Price Quote', 'Negotiation/Review'];
const own = shippedText('content.yaml').replaceAll('our-company.example', 'nordlys.no');
const told = (text: string, stages: readonly string[] = dealStages): string =>
  formatFindings(checkContent(loadWith({ 'content.yaml': text }), stages));

describe('the catalogue against both systems', () => {
  it('pieces of the example are told as such, once', () => {
    expect(told(shippedText('content.yaml'))).toMatch(
      /^content.yaml:\d+ .*5 of 5 pieces of content are examples — nobody can open https:\/\/www.our-company.example/,
    );
    expect(told(own)).toBe('');
  });

  it('a stage of deals that is none, with what was meant; where stages cannot be seen nothing is said', () => {
    const wrong = own.replace('Negotiation/Review', 'Negotiation/Revew');
    expect(told(wrong)).toMatch(
      /^content.yaml:\d+ .*StageName has no value 'Negotiation\/Revew'.*'references'.*did you mean 'Negotiation\/Review'/,
    );
    expect(told(wrong, [])).toBe('');
  });

  it('nothing is said of a catalogue that is off', () => {
    const off = shippedText('lifecycle.yaml').replace('content: act', 'content: off');
    const loaded = loadWith({ 'lifecycle.yaml': off });
    expect(checkContent(loaded, ['x'])).toEqual([]);
  });
});
