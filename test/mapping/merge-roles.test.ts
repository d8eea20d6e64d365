import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRoles } from '../../src/mapping/merge-roles.ts';
import { formatTies } from '../../src/model/tie-text.ts';
import { blank, type Canonical } from '../../src/model/value.ts';

const value = (text: string): Canonical => (text === '' ? blank : { kind: 'value', key: text, text });
const textOf = (canonical: Canonical): string => (canonical.kind === 'value' ? String(canonical.text) : '');

/** Base of HubSpot and Salesforce (one where both were the same), both now, and what both shall hold. */
type Case = readonly [
  what: string,
  base: string | readonly [string, string],
  hubspot: string,
  salesforce: string,
  merged: string,
];

const cases: readonly Case[] = [
  ['nothing known: everybody of either side', '', 'a', 'b', 'a;b'],
  ['nothing known: a role beats none', '', 'a', 'a=DM', 'a=DM'],
  ['nothing known: two roles are the named side’s', '', 'a=DM', 'a=EB', 'a=EB'],
  ['added in HubSpot', 'a', 'a;b', 'a', 'a;b'],
  ['added in Salesforce', 'a', 'a', 'a;b', 'a;b'],
  ['added on both, others', 'a', 'a;b', 'a;c', 'a;b;c'],
  ['removed in HubSpot', 'a;b', 'a', 'a;b', 'a'],
  ['removed in Salesforce', 'a;b', 'a;b', 'a', 'a'],
  ['one added here, another removed there', 'a;b', 'a;b;c', 'a', 'a;c'],
  ['the last one removed', 'a', 'a', '', ''],
  ['removed on both', 'a;b', 'b', 'b', 'b'],
  ['who is not in the base is not taken for removed', ['a', 'a'], 'a', 'a;b', 'a;b'],
  ['another role in HubSpot', 'a=DM', 'a=EB', 'a=DM', 'a=EB'],
  ['a role taken away in Salesforce', 'a=DM', 'a=DM', 'a', 'a'],
  ['other roles on both: the named side’s', 'a=DM', 'a=EB', 'a=IN', 'a=IN'],
  ['removed here, another role there: they stay', 'a=DM', '', 'a=EB', 'a=EB'],
  ['the mark moves in Salesforce', 'a*;b', 'a*;b', 'a;b*', 'a;b*'],
  ['the mark is given to a second one in HubSpot: the first loses it', 'a*;b', 'a*;b*', 'a*;b', 'a;b*'],
  ['the mark moves to two people: the named side’s', 'a*;b;c', 'a;b*;c', 'a;b;c*', 'a;b;c*'],
  ['the mark here, a role there', 'a', 'a*', 'a=DM', 'a=DM*'],
  ['a table that was corrected: what only one side says', ['a', 'a=DM'], 'a', 'a=DM', 'a=DM'],
];

describe('three-way merge of contact roles', () => {
  it.each(cases)('%s', (_, base, hubspot, salesforce, merged) => {
    const [left, right] = typeof base === 'string' ? [base, base] : base;
    const result = mergeRoles(
      { hubspot: value(left), salesforce: value(right) },
      { hubspot: value(hubspot), salesforce: value(salesforce) },
      'salesforce',
    );
    expect(textOf(result)).toBe(merged);
  });

  const deal = fc
    .uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        labels: fc.constantFrom<string[]>([], ['DM'], ['EB']),
        primary: fc.boolean(),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    )
    .map((records) => value(formatTies(records) ?? ''));
  const tie = fc.constantFrom('hubspot', 'salesforce');

  it('comes to rest: merged again from where it led, nothing changes', () => {
    fc.assert(
      fc.property(deal, deal, deal, deal, tie, (baseLeft, baseRight, left, right, side) => {
        const once = mergeRoles(
          { hubspot: baseLeft, salesforce: baseRight },
          { hubspot: left, salesforce: right },
          side as 'hubspot',
        );
        const settled = { hubspot: once, salesforce: once };
        expect(mergeRoles(settled, settled, side as 'hubspot')).toEqual(once);
      }),
    );
  });

  it('loses nobody who is there on both sides, or whom a side has added', () => {
    fc.assert(
      fc.property(deal, deal, deal, tie, (base, left, right, side) => {
        const idsOf = (canonical: Canonical): string[] =>
          textOf(canonical)
            .split(';')
            .map((text) => text.charAt(0))
            .filter(Boolean);
        const merged = idsOf(
          mergeRoles(
            { hubspot: base, salesforce: base },
            { hubspot: left, salesforce: right },
            side as 'hubspot',
          ),
        );
        const [was, here, there] = [idsOf(base), idsOf(left), idsOf(right)];
        for (const id of ['a', 'b', 'c', 'd']) {
          const isOnBoth = here.includes(id) && there.includes(id);
          const isAdded = !was.includes(id) && (here.includes(id) || there.includes(id));
          if (isOnBoth || isAdded) expect(merged).toContain(id);
          if (!here.includes(id) && !there.includes(id)) expect(merged).not.toContain(id);
        }
      }),
    );
  });
});
