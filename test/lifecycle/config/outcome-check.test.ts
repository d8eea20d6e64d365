import { describe, expect, it } from 'vitest';
import { checkOutcome } from '../../../src/lifecycle/config/outcome-check.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import type { FieldDescription } from '../../../src/model/record.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const line = 'outcome: { roles: any }';
const codesField = (options: readonly string[]): FieldDescription => ({
  ...{ name: 'CurrencyIsoCode', label: 'Currency', type: 'picklist', writable: true },
  ...{ requiredOnCreate: false, maxLength: 3, options },
});
const told = (
  outcome: string,
  { codes = null, roles = null }: { codes?: readonly string[] | null; roles?: readonly string[] | null } = {},
  change = (text: string) => text,
): string => {
  const text = shippedText('lifecycle.yaml');
  expect(text).toContain(line);
  const loaded = loadWith({ 'lifecycle.yaml': change(text.replace(line, outcome)) });
  const fields = new Map(codes === null ? [] : [['CurrencyIsoCode', codesField(codes)]]);
  const findings = checkOutcome(loaded, { opportunity: { fields }, roles });
  return findings.map(({ level }) => level).join(' ') + formatFindings(findings);
};

describe('what HubSpot is to show of deals, against Salesforce', () => {
  it('is fine as shipped in an org with one currency', () => {
    expect(told(line, { roles: ['Decision Maker'] })).toBe('');
  });

  it('a role that its list does not have, with what was meant; primary is none, and case does not matter', () => {
    const roles = ['Decision Maker', 'Evaluator'];
    expect(told('outcome: { roles: [Primary, decision maker] }', { roles })).toBe('');
    expect(told('outcome: { roles: [primary, Decison Maker] }', { roles })).toMatch(
      /^note.*no 'Decison Maker'.*did you mean 'Decision Maker'/,
    );
    expect(told('outcome: { roles: [Decison Maker] }')).toBe('');
  });

  it('several currencies of which none is said to be that of HubSpot, and one that there is not', () => {
    const codes = ['EUR', 'USD'];
    expect(told(line, { codes })).toMatch(/^note.*several currencies.*currency: EUR/);
    expect(told('outcome: { currency: EUR }', { codes })).toBe('');
    expect(told('outcome: { currency: CHF }', { codes })).toMatch(/^error.*no currency CHF.*EUR, USD/);
    expect(told(line, { codes }, (text) => text.replace('stages: act', 'stages: off'))).not.toContain(
      'several currencies',
    );
  });
});
