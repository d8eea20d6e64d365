import { describe, expect, it } from 'vitest';
import { nativeIdsOf, nativeKeysOf } from '../../src/model/native-ids.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import { type Candidates, decideMatch, matchKeysOf } from '../../src/sync/match.ts';
import { makePair, makeSnapshot } from './builders.ts';

const lead = (id: string, overrides: Partial<RecordSnapshot> = {}): RecordSnapshot =>
  makeSnapshot('salesforce', {}, { ref: { system: 'salesforce', type: 'Lead', id }, ...overrides });
const found = (overrides: Partial<Candidates>): Candidates => ({
  named: null,
  naming: [],
  converted: [],
  matching: [],
  twins: [],
  formerly: [],
  shownAt: 0,
  ...overrides,
});
const verdictOf = (candidates: Candidates, linked: readonly string[] = []): string => {
  const verdict = decideMatch(candidates, (ref) => linked.includes(ref.id));
  if (verdict.kind === 'link') return `link ${verdict.other.ref.id} by ${verdict.how}`;
  return verdict.kind === 'review'
    ? `review ${verdict.candidates.map((ref) => ref.id).join(' ')}`
    : verdict.kind;
};

describe('match of a record without link', () => {
  it.each<[string, Candidates, readonly string[], string]>([
    ['nobody', found({}), [], 'none'],
    ['one candidate', found({ matching: [lead('a')] }), [], 'link a by match-key'],
    ['two candidates are never guessed', found({ matching: [lead('a'), lead('b')] }), [], 'review a b'],
    [
      'a deleted candidate does not count',
      found({ matching: [lead('a'), lead('b', { deleted: true })] }),
      [],
      'link a by match-key',
    ],
    ['only deleted ones', found({ matching: [lead('a', { deleted: true })] }), [], 'none'],
    ['a candidate that is linked elsewhere', found({ matching: [lead('a')] }), ['a'], 'review a'],
    [
      'the identity field comes before the match key',
      found({ named: lead('a'), matching: [lead('b')] }),
      [],
      'link a by identity',
    ],
    [
      'the other side names this record',
      found({ naming: [lead('a')], matching: [lead('b')] }),
      [],
      'link a by identity',
    ],
    [
      'its counterpart was deleted: not created again',
      found({ naming: [lead('a', { deleted: true })] }),
      [],
      'review a',
    ],
    ['the record it names is linked elsewhere', found({ named: lead('a') }), ['a'], 'review a'],
    [
      'a converted lead names it: its contact stands for it',
      found({ converted: [{ lead: lead('l').ref, contact: lead('c') }], matching: [lead('b')] }),
      [],
      'link c by identity',
    ],
    [
      'a converted lead and its contact are one',
      found({ naming: [lead('c')], converted: [{ lead: lead('l').ref, contact: lead('c') }] }),
      [],
      'link c by identity',
    ],
    [
      'a converted lead whose contact was deleted: not created again',
      found({ converted: [{ lead: lead('l').ref, contact: lead('c', { deleted: true }) }] }),
      [],
      'review c',
    ],
    [
      'a converted lead whose contact is not shown: asked, whoever else there is',
      found({ converted: [{ lead: lead('l').ref, contact: null }], matching: [lead('a')] }),
      [],
      'review l',
    ],
    ['a twin on its own side', found({ twins: [lead('t')], matching: [lead('a')] }), [], 'review t a'],
    [
      'nobody, where it is the contact of a lead whose link has ended',
      found({ formerly: [{ ref: lead('l').ref, isLinked: false }] }),
      [],
      'review l',
    ],
    [
      'somebody who is there, although it is such a contact',
      found({ formerly: [{ ref: lead('l').ref, isLinked: false }], matching: [lead('a')] }),
      [],
      'link a by match-key',
    ],
    [
      "an id of HubSpot's own integration comes before the match key, whoever else has that",
      found({ native: [lead('a')], matching: [lead('b')], twins: [lead('t')] }),
      [],
      'link a by native-id',
    ],
    [
      'the identity field before it',
      found({ named: lead('b'), native: [lead('a')] }),
      [],
      'link b by identity',
    ],
    [
      'such an id of somebody linked',
      found({ native: [lead('a')], matching: [lead('b')] }),
      ['a'],
      'review a',
    ],
    ['several such', found({ native: [lead('a'), lead('b')] }), [], 'review a b'],
    ['such an id that others have too', found({ native: [lead('a')], claimed: ['a'] }), [], 'review a'],
    [
      'such an id of somebody deleted, and another candidate',
      found({ native: [lead('a', { deleted: true })], matching: [lead('b')] }),
      [],
      'link b by match-key',
    ],
    [
      'such an id of somebody deleted alone',
      found({ native: [lead('a', { deleted: true })] }),
      [],
      'review a',
    ],
    [
      'a candidate whom such an id gives to another record',
      found({ matching: [lead('a')], claimed: ['a'] }),
      [],
      'review a',
    ],
    ['a deleted twin does not count', found({ twins: [lead('t', { deleted: true })] }), [], 'none'],
  ])('%s', (_name, candidates, linked, expected) => {
    expect(verdictOf(candidates, linked)).toBe(expected);
  });

  it('finds match keys in valid values alone', () => {
    const keys = (email: string | null) => matchKeysOf(makePair(), makeSnapshot('hubspot', { email }));
    expect(keys(' a@example.com ')).toEqual(['a@example.com']);
    expect(keys('?')).toEqual([]);
    expect(keys(null)).toEqual([]);
  });

  it("reads the ids of HubSpot's own integration in one form, and only where the mapping names them", () => {
    const native = { fields: ['salesforcecontactid', 'salesforceleadid'], line: 1 };
    const ids = (contact: string | null, leadId: string | null, from: object = { native }) =>
      nativeIdsOf(
        { ...makePair(), ...from },
        makeSnapshot('hubspot', { salesforcecontactid: contact, salesforceleadid: leadId }),
      );
    expect(ids('003000000000001', ' 00Q000000000001EAA ')).toEqual([
      '003000000000001AAA',
      '00Q000000000001EAA',
    ]);
    expect(ids('00Q000000000001', '00Q000000000001EAA')).toEqual(['00Q000000000001EAA']);
    expect(ids(null, 'unknown')).toEqual([]);
    expect(ids('003000000000001', null, {})).toEqual([]);
    const salesforce = makeSnapshot('salesforce', {});
    expect(nativeKeysOf({ native }, salesforce)).toEqual([salesforce.ref.id]);
    expect(nativeKeysOf({}, salesforce)).toEqual([]);
  });

  it('has its further addresses as keys too, after its own', () => {
    const keys = (email: string | null, hs_additional_emails: string | null) =>
      matchKeysOf(makePair(), makeSnapshot('hubspot', { email, hs_additional_emails }));
    expect(keys('a@example.com', 'b@example.com; c@example.com;;a@example.com')).toEqual([
      'a@example.com',
      'b@example.com',
      'c@example.com',
    ]);
    expect(keys('?', 'b@example.com;?')).toEqual(['b@example.com']);
    expect(keys('a@example.com', null)).toEqual(['a@example.com']);
  });
});
