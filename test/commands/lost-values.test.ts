import { describe, expect, it } from 'vitest';
import { lostValues } from '../../src/commands/restore/lost-values.ts';
import type { System } from '../../src/model/system.ts';
import type { RawValue } from '../../src/model/value.ts';
import type { LedgerLine } from '../../src/store/operator/life.ts';
import { peoplePair } from '../mirror.ts';

const named = (name: string) => {
  const field = peoplePair.fields.find((each) => each.name === name);
  if (!field) throw new Error(`the mirror's people have no ${name}`);
  return field;
};
const title = named('jobtitle');

const line = (
  id: string,
  from: RawValue,
  { lost = null, system = 'salesforce', ...more }: Partial<LedgerLine> & { readonly system?: System } = {},
): LedgerLine => ({
  ...{ id, at: Number(id), pair: 'people', event: 'write', target: { system, type: 'Lead', id: '1' } },
  ...{ field: 'jobtitle', from, to: 'x', cause: 'hubspot', rule: 'changed-there', clock: null, lost },
  changedAt: null,
  ...more,
});

const link = (salesforce: RawValue) => ({
  pair: 'people',
  base: { jobtitle: { hubspot: 'Pilot', salesforce } },
});

describe('values that can be put back', () => {
  it('are those that a write replaced, the newest first, and say whether a rule let them lose', () => {
    const ledger = [
      line('1', null),
      line('2', 'Clerk'),
      line('3', 'Cook', { lost: 'Cook', rule: 'conflict:newest' }),
      line('4', 'Chief', { system: 'hubspot' }),
    ];
    expect(
      lostValues(title, link('Pilot'), ledger).map(({ id, system, byRule }) => [id, system, byRule]),
    ).toEqual([
      ['4', 'hubspot', false],
      ['3', 'salesforce', true],
      ['2', 'salesforce', false],
    ]);
  });

  it('are each of them one, however often it was replaced, and none that stands there still', () => {
    const ledger = [
      line('1', 'Cook', { lost: 'Cook' }),
      line('2', 'Clerk'),
      line('3', ' Cook ', { lost: ' Cook ' }),
    ];
    expect(lostValues(title, link('Pilot'), ledger).map(({ id }) => id)).toEqual(['3', '2']);
    expect(lostValues(title, link('Clerk'), ledger).map(({ id }) => id)).toEqual(['3']);
  });

  it('are none of another field, mapping or event, and nothing that was erased', () => {
    const ledger = [
      line('1', 'Bonn', { field: 'city' }),
      line('2', 'Cook', { pair: 'companies' }),
      line('3', 'Cook', { event: 'kept' }),
      line('4', null, { lost: null }),
    ];
    expect(lostValues(title, link('Pilot'), ledger)).toEqual([]);
  });
});
