import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRoleCodecs } from '../../../src/mapping/codecs/contact-roles.ts';
import type { ReferenceTable } from '../../../src/mapping/codecs/reference.ts';
import { formatTies, parseTies } from '../../../src/model/tie-text.ts';

const people = { '501': '003000000000001AAA', '502': '003000000000002AAA' };
const known: ReferenceTable = {
  toSalesforce: (id) => people[id as keyof typeof people],
  toHubspot: (id) => Object.entries(people).find(([, there]) => there === id)?.[0],
};
const roles = { 'Decision maker': 'Decision Maker', Boss: 'Decision Maker', Budget: 'Economic Buyer' };
const codecs = makeRoleCodecs({ roles, primary: 'Primary' }, known);

describe('ties as a text', () => {
  it('come back as they were, whatever the labels are', () => {
    const label = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => !/[\uD800-\uDFFF]/u.test(text));
    const record = fc.record({
      id: fc.stringMatching(/^[0-9a-zA-Z]{1,18}$/),
      labels: fc.array(label, { maxLength: 3 }),
      primary: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(record, { selector: ({ id }) => id, minLength: 1 }), (records) => {
        const sorted = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(parseTies(formatTies(records))).toEqual(sorted);
      }),
    );
  });

  it('of nobody are null', () => {
    expect(formatTies([])).toBeNull();
    expect([parseTies(null), parseTies(''), parseTies(7)]).toEqual([[], [], []]);
  });
});

describe('contact roles', () => {
  it.each([
    ['501', '003000000000001AAA'],
    ['501=Decision maker*;502', '003000000000001AAA=Decision Maker*;003000000000002AAA'],
    ['501=Boss', '003000000000001AAA=Decision Maker'],
    // The first of the table counts, whatever comes first on the record.
    ['501=Budget+Decision maker', '003000000000001AAA=Budget+Decision Maker'],
  ])('%s in HubSpot says what %s says in Salesforce', (hubspot, salesforce) => {
    const there = salesforce.replace('Budget+', 'Economic Buyer+');
    expect(codecs.hubspot.decode(hubspot)).toEqual(codecs.salesforce.decode(there));
    expect(codecs.hubspot.decode(hubspot).kind).toBe('value');
  });

  it('leave out who has no counterpart, and what the table does not list', () => {
    expect(codecs.hubspot.decode('501;999=Boss')).toEqual(codecs.hubspot.decode('501'));
    expect(codecs.salesforce.decode('003000000000009AAA')).toEqual({ kind: 'blank' });
    expect(codecs.salesforce.decode('003000000000001AAA=Influencer')).toEqual(codecs.hubspot.decode('501'));
  });

  it('take ids of 15 characters, and the mark where the mapping names a label for it', () => {
    expect(codecs.salesforce.decode('003000000000001*')).toEqual(codecs.hubspot.decode('501*'));
    const unmarked = makeRoleCodecs({ roles, primary: null }, known);
    expect(unmarked.salesforce.decode('003000000000001AAA*')).toEqual(unmarked.hubspot.decode('501'));
  });

  it('are written so that they say the same there', () => {
    for (const side of ['hubspot', 'salesforce'] as const) {
      for (const raw of ['501=Boss*;502', '502=Budget', '501']) {
        const value = codecs.hubspot.decode(raw);
        if (value.kind === 'foreign') throw new Error(value.why);
        const sent = codecs[side].encode(value);
        expect(codecs[side].decode(sent)).toEqual(value);
        expect(codecs[side].encode(value)).toEqual(sent);
      }
    }
    expect(codecs.hubspot.encode({ kind: 'blank' })).toBe('');
    expect(codecs.salesforce.encode({ kind: 'blank' })).toBeNull();
  });
});
