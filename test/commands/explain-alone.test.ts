import { describe, expect, it } from 'vitest';
import { whyAlone } from '../../src/commands/explain/alone.ts';
import { outcomeOf } from '../../src/commands/sync.ts';
import { makeScopeRule } from '../../src/mapping/scope-rule.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { RawValue } from '../../src/model/value.ts';
import { peoplePair } from '../mirror.ts';
import { makeSnapshot } from '../sync/builders.ts';

const contact = (fields: Readonly<Record<string, RawValue>>) =>
  makeSnapshot('hubspot', { email: 'ann@example.com', ...fields });
const why = (
  record: ReturnType<typeof contact> | undefined,
  { pair = peoplePair, handed = [] as string[], isWaiting = false } = {},
) => whyAlone(pair, record?.ref ?? contact({}).ref, record, new Set(handed), isWaiting);
const creating = (salesforce: PairMapping['create']['salesforce']): PairMapping => ({
  ...peoplePair,
  create: { ...peoplePair.create, salesforce },
});

describe('why a record has no counterpart', () => {
  it('is that nothing valid is there to find it by, and where to enter it', () => {
    expect(why(contact({ email: 'no address' }))).toMatchObject({
      rule: 'no valid match key',
      cause: 'it has no valid email, by which its counterpart in Salesforce is found',
      next: expect.stringContaining('Enter one in HubSpot'),
    });
  });

  it('is the scope, in the words of the mapping', () => {
    const pair = { ...peoplePair, scope: { hubspot: makeScopeRule("country == 'DE'", 1) } };
    expect(why(contact({ country: 'FR' }), { pair })).toMatchObject({
      rule: 'out of scope',
      cause: "it takes no part: scope.hubspot is country == 'DE'",
    });
    expect(why(contact({ country: 'DE' }), { pair })?.rule).toBe('not looked at');
  });

  it('is that nobody is created, or nobody who is not handed to sales', () => {
    expect(why(contact({}), { pair: creating('never') })?.rule).toBe('create: never');
    const pair = creating('sales-ready');
    expect(why(contact({}), { pair })).toMatchObject({
      rule: 'not sales-ready',
      next: expect.stringContaining('tandem score'),
    });
    expect(why(contact({}), { pair, handed: ['1'] })?.rule).toBe('not looked at');
  });

  it('is that it is a converted lead, merged, deleted or not shown', () => {
    const lead = makeSnapshot('salesforce', { Email: 'ann@example.com', IsConverted: true });
    expect(whyAlone(peoplePair, lead.ref, lead, new Set(), false)?.rule).toBe('converted');
    const survivor = { ...contact({}), ref: { ...contact({}).ref, id: '2' } };
    expect(whyAlone(peoplePair, contact({}).ref, survivor, new Set(), false)?.cause).toBe(
      'it was merged into hubspot:contacts/2',
    );
    expect(why({ ...contact({}), deleted: true })?.rule).toBe('deleted');
    expect(why(undefined)).toMatchObject({ rule: 'not shown', next: expect.stringContaining('shared') });
  });

  it('is left to the store where that says what it waits for', () => {
    expect(why(contact({}), { isWaiting: true })).toBeNull();
    expect(why(contact({}))).toMatchObject({ rule: 'not looked at', next: expect.stringContaining('sync') });
  });
});

it('a look at a record that stays alone does not say that both sides are equal', () => {
  const nothing = { dirty: [], reviews: [], parked: [] };
  expect(outcomeOf(nothing, false, false)).toBe('alone');
  expect(outcomeOf(nothing, false, true)).toBe('equal');
  expect(outcomeOf(nothing, true, true)).toBe('written');
});
