import { describe, expect, it } from 'vitest';
import { recordRefused, refusedValueOf } from '../../src/commands/failures/refused-value.ts';
import { type Failure, UsageError } from '../../src/model/failure.ts';
import type { ParkedItem } from '../../src/store/operator/parked-rows.ts';
import { peoplePair } from '../mirror.ts';

const contact = '003000000000001AAA';
const lead = '00Q000000000001AAA';
const failureOf = (code: string, more: Partial<Failure> = {}): Failure => ({
  ...{ category: 'value', system: 'salesforce', code, message: 'no', fields: [] },
  ...more,
});
const itemOf = (failure: Failure, more: Partial<ParkedItem> = {}): ParkedItem => ({
  ...{ pair: 'people', unit: 'link:1', system: failure.system, field: null, failure },
  ...{ ref: { system: 'salesforce', type: 'Lead', id: lead }, ids: {} },
  ...{ next: 'do this', refused: '', since: 0 },
  ...more,
});
const linkOf = (salesforce: string, type: string) => [
  { id: '1', ids: { hubspot: '7', salesforce }, types: { hubspot: 'contacts', salesforce: type } },
];
const find = (items: readonly ParkedItem[], name: string, links = linkOf(lead, 'Lead')) => {
  const found = refusedValueOf([peoplePair], links, items, name);
  return found && { field: found.field.fields[found.source.system], source: found.source };
};
const rule = failureOf('FIELD_CUSTOM_VALIDATION_EXCEPTION');

describe('the value that failures edit corrects', () => {
  it('is any field of a record that is refused as a whole, where it was entered', () => {
    const source = { system: 'hubspot', type: 'contacts', id: '7' };
    expect(find([itemOf(rule)], 'city')).toEqual({ field: 'city', source });
    expect(find([itemOf(rule)], 'STREET')).toEqual({ field: 'address', source });
    expect(find([itemOf(rule)], 'nothing')).toBeNull();
    // One that names another field is no word on this one.
    expect(find([itemOf(rule, { field: 'jobtitle' })], 'city')).toBeNull();
  });

  it('of a record that could not be created is the other one, which has no link', () => {
    const unmade = {
      unit: 'hubspot:contacts/9',
      ref: { system: 'salesforce', type: 'Lead', id: '' },
    } as const;
    expect(find([itemOf(rule, unmade)], 'city', [])).toEqual({
      field: 'city',
      source: { system: 'hubspot', type: 'contacts', id: '9' },
    });
    expect(recordRefused(itemOf(rule, unmade))).toEqual({ system: 'hubspot', type: 'contacts', id: '9' });
  });

  it('of a contact is a contact’s, by the contact’s own name of the field', () => {
    const refusal = itemOf(failureOf('INVALID_OPTION', { system: 'hubspot' }), { field: 'city' });
    const found = { field: 'MailingCity', source: { system: 'salesforce', type: 'Contact', id: contact } };
    expect(find([refusal], 'MailingCity', linkOf(contact, 'Contact'))).toEqual(found);
    expect(find([refusal], 'city', linkOf(contact, 'Contact'))).toEqual(found);
  });

  it.each(['UNREADABLE_VALUE', 'UNKNOWN_OWNER'])('with %s is where it stands', (code) => {
    const item = itemOf(failureOf(code, { system: 'hubspot' }), { field: 'hubspot_owner_id' });
    expect(find([item], 'hubspot_owner_id')?.source).toMatchObject({ system: 'hubspot', id: '7' });
  });

  it('is none where the whole record is refused for a right: it says what helps instead', () => {
    const refused = itemOf(failureOf('INSUFFICIENT_ACCESS', { category: 'permission' }));
    expect(() => find([refused], 'city')).toThrow(UsageError);
    expect(() => find([refused], 'city')).toThrow(/refuses the whole record, and not for a value/);
    const named = itemOf(failureOf('STRING_TOO_LONG'), { field: 'city' });
    expect(find([refused, named], 'city')).toMatchObject({ field: 'city' });
    expect(find([itemOf(failureOf('DUPLICATES_DETECTED', { category: 'identity' }))], 'city')).toBeTruthy();
  });
});
