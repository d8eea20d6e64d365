import { describe, expect, it } from 'vitest';
import { boolean } from '../../src/mapping/codecs/boolean.ts';
import type { Link } from '../../src/model/state.ts';
import type { Canonical } from '../../src/model/value.ts';
import { bringsConsent, heardBy, yes } from '../../src/sync/latch.ts';
import { baseOfCreated, planCreate, planLinked } from '../../src/sync/plan.ts';
import { makeField, makePair, makeSnapshot } from './builders.ts';

const ids = { hubspot: '1', salesforce: '00Q000000000001AAA' };
const optOut = makeField({
  name: 'hs_email_optout',
  fields: { hubspot: 'hs_email_optout', salesforce: 'HasOptedOutOfEmail' },
  codecs: boolean.make({}),
  kind: 'boolean',
  latch: true,
});
const bounce = makeField({
  name: 'bounce',
  fields: { hubspot: 'hs_email_hard_bounce_reason_enum', salesforce: 'EmailBouncedReason' },
  direction: 'to-salesforce',
  latch: true,
});
const email = makeField({ name: 'email', fields: { hubspot: 'email', salesforce: 'Email' } });
const pair = makePair([email, optOut, bounce]);
const mapped = { pair, mappingHash: 'hash' };

const hubspot = (optedOut: string | null, reason: string | null) =>
  makeSnapshot('hubspot', {
    ...{ tandem_salesforce_id: ids.salesforce, email: 'a@example.com', hs_email_optout: optedOut },
    hs_email_hard_bounce_reason_enum: reason,
  });
const salesforce = (optedOut: boolean, reason: string | null) =>
  makeSnapshot('salesforce', {
    ...{ HubSpot_Id__c: '1', Email: 'a@example.com', HasOptedOutOfEmail: optedOut },
    EmailBouncedReason: reason,
  });
const writesOf = (
  sides: { hubspot: ReturnType<typeof hubspot>; salesforce: ReturnType<typeof salesforce> },
  said: ReadonlyMap<string, Canonical> = new Map(),
) => {
  const link = { ids, base: {}, stamps: { hubspot: 0, salesforce: 0 } };
  const { writes, settled } = planLinked(mapped, link, sides, [], {}, {}, said);
  const shown = (system: 'hubspot' | 'salesforce') =>
    writes[system].map(({ apiField, sent, rule }) => [apiField, sent, rule]);
  return { hubspot: shown('hubspot'), salesforce: shown('salesforce'), settled: Object.keys(settled) };
};

describe('a text that says why mail bounced', () => {
  it('goes to the other side where none is, and only the way it may', () => {
    const there = writesOf({ hubspot: hubspot(null, 'SPAM'), salesforce: salesforce(false, null) });
    expect(there.salesforce).toEqual([['EmailBouncedReason', 'SPAM', 'latch']]);
    const back = writesOf({ hubspot: hubspot(null, null), salesforce: salesforce(false, 'full') });
    expect([back.hubspot, back.settled]).toEqual([[], ['email', 'hs_email_optout', 'bounce']]);
  });

  it('is left where both say why, and is never emptied', () => {
    const both = writesOf({ hubspot: hubspot(null, 'SPAM'), salesforce: salesforce(false, 'full') });
    expect([both.hubspot, both.salesforce]).toEqual([[], []]);
    expect(both.settled).toContain('bounce');
  });

  it('is not given at creation, and has no base then, so that the next look gives it', () => {
    const source = hubspot('true', 'SPAM');
    const plan = planCreate(mapped, source, []);
    const writes = plan.kind === 'create' ? plan.writes : [];
    expect(writes.map(({ field }) => field)).toEqual(['email', 'hs_email_optout']);
    expect(Object.keys(baseOfCreated(pair, source, writes))).toEqual(['email', 'hs_email_optout']);
  });

  it('is heard by records of the very same address alone, and only where it may go', () => {
    const contact = hubspot(null, 'SPAM');
    const lead = (address: string | null) => {
      const record = salesforce(false, null);
      return { ...record, fields: { ...record.fields, Email: address } };
    };
    const heard = (address: string | null) => [...heardBy(pair, lead(address), [contact])];
    expect(heard('a@example.com')).toEqual([['bounce', { kind: 'value', key: 'SPAM', text: 'SPAM' }]]);
    expect(heard('b@example.com')).toEqual([]);
    expect(heard(null)).toEqual([]);
    expect([...heardBy(pair, hubspot(null, null), [salesforce(false, 'full')])]).toEqual([]);
    const link = writesOf(
      { hubspot: hubspot(null, null), salesforce: salesforce(false, null) },
      heardBy(pair, lead('a@example.com'), [contact]),
    );
    expect([link.hubspot, link.salesforce]).toEqual([[], [['EmailBouncedReason', 'SPAM', 'latch']]]);
  });

  it('of a follower is news where it is the address of its link', () => {
    const link: Link = {
      ...{ id: 'L', pair: pair.name, ids, version: 1, base: {}, ended: null },
      stamps: { hubspot: 0, salesforce: 0 },
    };
    expect(bringsConsent(pair, link, salesforce(false, 'full'))).toBe(false);
    expect(bringsConsent(pair, link, salesforce(true, null))).toBe(true);
    const at = (address: string, reason: string | null = null): Link => ({
      ...link,
      base: {
        email: { hubspot: address, salesforce: address },
        bounce: { hubspot: null, salesforce: reason },
      },
    });
    expect(bringsConsent(pair, at('a@example.com'), salesforce(false, 'full'))).toBe(true);
    expect(bringsConsent(pair, at('b@example.com'), salesforce(false, 'full'))).toBe(false);
    expect(bringsConsent(pair, at('a@example.com', 'SPAM'), salesforce(false, 'full'))).toBe(false);
    const settled = { ...link, base: { hs_email_optout: { hubspot: 'true', salesforce: true } } };
    expect(bringsConsent(pair, settled, salesforce(true, null))).toBe(false);
  });
});

describe('a yes of another record of the person', () => {
  it('goes to both sides that do not say it', () => {
    const none = { hubspot: hubspot(null, null), salesforce: salesforce(false, null) };
    const { hubspot: left, salesforce: right } = writesOf(none, new Map([['hs_email_optout', yes]]));
    expect(left).toEqual([['hs_email_optout', 'true', 'latch']]);
    expect(right).toEqual([['HasOptedOutOfEmail', true, 'latch']]);
    const one = { ...none, salesforce: salesforce(true, null) };
    expect(writesOf(one, new Map([['hs_email_optout', yes]])).salesforce).toEqual([]);
    expect(writesOf(none).hubspot).toEqual([]);
  });
});
