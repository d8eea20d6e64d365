import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean } from '../../src/mapping/codecs/boolean.ts';
import { faultOfScope, makeScopeRule } from '../../src/mapping/scope-rule.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { Base, Link } from '../../src/model/state.ts';
import type { RawValue } from '../../src/model/value.ts';
import { newsIn } from '../../src/sync/intake.ts';
import { baseOfCreated, planCreate, planLinked } from '../../src/sync/plan.ts';
import { mayMoveScope, scopeKey, scopeMoves } from '../../src/sync/scope.ts';
import { makeField, makePair, makeSnapshot } from './builders.ts';

const ids = { hubspot: '1', salesforce: '00Q000000000001AAA' };
const optOut = makeField({
  name: 'hs_email_optout',
  fields: { hubspot: 'hs_email_optout', salesforce: 'HasOptedOutOfEmail' },
  codecs: boolean.make({}),
  kind: 'boolean',
  latch: true,
  conflict: 'prefer-salesforce',
});
const stage = "lifecyclestage in ['lead', 'customer']";
const pair: PairMapping = {
  ...makePair([makeField(), optOut]),
  scope: { hubspot: makeScopeRule(stage, 1) },
};
const mapped = { pair, mappingHash: 'hash' };
const inScope = { hubspot: true, salesforce: true };
const outOfScope = { hubspot: false, salesforce: true };
const linkWith = (base: Base): Pick<Link, 'ids' | 'base' | 'stamps'> => ({
  ids,
  base,
  stamps: { hubspot: 900_000, salesforce: 900_000 },
});
const settled: Base = {
  jobtitle: { hubspot: 'CEO', salesforce: 'CEO' },
  hs_email_optout: { hubspot: null, salesforce: false },
};
const hubspot = (fields: Record<string, RawValue>) =>
  makeSnapshot('hubspot', {
    tandem_salesforce_id: ids.salesforce,
    jobtitle: 'CEO',
    hs_email_optout: null,
    lifecyclestage: 'lead',
    ...fields,
  });
const salesforce = (fields: Record<string, RawValue>) =>
  makeSnapshot('salesforce', { HubSpot_Id__c: '1', Title: 'CEO', HasOptedOutOfEmail: false, ...fields });

describe('a scope rule', () => {
  it('reads the fields that it names, missing ones as null, and is out where it has no answer', () => {
    const rule = makeScopeRule("['a', 'b'].exists(x, x == Status) && Rating != null || Amount > 5", 3);
    expect(rule.fields).toEqual(['Status', 'Rating', 'Amount']);
    expect(rule.admits({ Status: 'a', Rating: 'Hot' })).toBe(true);
    expect(rule.admits({ Status: 'c', Amount: 6 })).toBe(true);
    expect(rule.admits({ Status: 'c', Rating: 'Hot' })).toBe(false);
  });

  it.each(['Status ==', '1 + 2', 'Status + 1', 'nothing(Status)', 'true', "1 + 'a' == Status"])(
    'is refused where it cannot decide anything: %s',
    (text) => {
      expect(faultOfScope(text)).toEqual(expect.any(String));
    },
  );

  it('never throws, whatever a record holds', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
    const rule = makeScopeRule("a.startsWith('x') && b > 1 && c == d || e", 1);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), value), (fields) => {
        expect([true, false]).toContain(rule.admits(fields));
      }),
    );
  });
});

describe('a link of which a record takes no part', () => {
  const changed = {
    hubspot: hubspot({ jobtitle: 'CTO', lifecyclestage: 'other' }),
    salesforce: salesforce({}),
  };

  it('keeps its base, writes nothing, and remembers that it is out', () => {
    const plan = planLinked(mapped, linkWith({ ...settled, [scopeKey]: inScope }), changed, []);
    expect(plan.writes).toEqual({ hubspot: [], salesforce: [] });
    expect(plan.settled).toEqual({ [scopeKey]: outOfScope });
    const moves = scopeMoves(pair, changed, { [scopeKey]: inScope }, plan.settled, 'look');
    expect(moves).toMatchObject([{ event: 'scope', from: true, to: false }]);
    expect(moves[0]?.rule).toContain(stage);
  });

  it('sends what was changed meanwhile once it is back', () => {
    const base = { ...settled, [scopeKey]: outOfScope };
    const back = { ...changed, hubspot: hubspot({ jobtitle: 'CTO' }) };
    const plan = planLinked(mapped, linkWith(base), back, []);
    expect(plan.writes.salesforce.map(({ apiField, sent }) => [apiField, sent])).toEqual([['Title', 'CTO']]);
    expect(plan.settled[scopeKey]).toEqual(inScope);
  });

  it('is looked at when a signal says that it enters or leaves, and for nothing but consent else', () => {
    const link = { ...linkWith({ ...settled, [scopeKey]: outOfScope }) } as Link;
    const told = (fields: Record<string, RawValue>) => ({ ...hubspot({}), fields });
    expect(mayMoveScope(pair, told({ lifecyclestage: 'lead' }), link)).toBe(true);
    expect(mayMoveScope(pair, told({ lifecyclestage: 'other' }), link)).toBe(false);
    expect(mayMoveScope(pair, told({ jobtitle: 'CTO' }), link)).toBe(false);
    expect(newsIn(pair, told({ jobtitle: 'CTO' }), link)).toEqual([]);
    expect(newsIn(pair, told({ hs_email_optout: 'true' }), link)).toHaveLength(1);
  });
});

describe('consent', () => {
  const answers: readonly RawValue[] = [null, '', 'false', 'true'];
  const law = fc.record({
    hs: fc.constantFrom(...answers),
    sf: fc.boolean(),
    wasHs: fc.constantFrom(...answers),
    wasSf: fc.boolean(),
    hasBase: fc.boolean(),
    lifecyclestage: fc.constantFrom('lead', 'other', null),
  });

  it('is yes on both sides once it is yes on one, in scope or not, and no is never sent', () => {
    fc.assert(
      fc.property(law, ({ hs, sf, wasHs, wasSf, hasBase, lifecyclestage }) => {
        const base = hasBase ? { ...settled, hs_email_optout: { hubspot: wasHs, salesforce: wasSf } } : {};
        const sides = {
          hubspot: hubspot({ hs_email_optout: hs, lifecyclestage }),
          salesforce: salesforce({ HasOptedOutOfEmail: sf }),
        };
        const { writes } = planLinked(mapped, linkWith(base), sides, []);
        const sent = (system: 'hubspot' | 'salesforce') =>
          writes[system].filter(({ field }) => field === optOut.name).map((write) => write.sent);
        expect(sent('hubspot')).toEqual(sf && hs !== 'true' ? ['true'] : []);
        expect(sent('salesforce')).toEqual(hs === 'true' && !sf ? [true] : []);
      }),
    );
  });

  it('goes with a new record when it is yes, and is settled without a write when it is no', () => {
    const yes = planCreate(mapped, hubspot({ hs_email_optout: 'true' }), []);
    expect(yes).toMatchObject({ kind: 'create' });
    expect(yes.kind === 'create' && yes.writes.map(({ apiField, sent }) => [apiField, sent])).toContainEqual([
      'HasOptedOutOfEmail',
      true,
    ]);
    const source = hubspot({ hs_email_optout: 'false' });
    const no = planCreate(mapped, source, []);
    const writes = no.kind === 'create' ? no.writes : [];
    expect(writes.map(({ field }) => field)).toEqual(['jobtitle']);
    expect(baseOfCreated(pair, source, writes)[optOut.name]).toEqual({ hubspot: 'false', salesforce: false });
  });
});
