import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/lifecycle/effects/effect.ts';
import { requestOf, routeStep } from '../../../src/lifecycle/effects/route-step.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import { makeStaff } from '../../../src/lifecycle/staff/staff.ts';
import { makeExpression } from '../../../src/mapping/expression.ts';
import type { Owner } from '../../../src/model/owner.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { companies } from '../digest/digest-input.ts';
import { loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const { scoring, routing, sla } = loadWith({});
if (scoring === null || routing === null || sla === null) throw new Error('the shipped files are wrong');

const makeOwner = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name: id, email: null, active: true, owns: null },
  ...more,
});
const owners = [
  makeOwner('ana'),
  makeOwner('ben'),
  makeOwner('tandem', { isTandem: true }),
  makeOwner('machine', { isMachine: true }),
  makeOwner(routing.fallbackQueue, { kind: 'queue' }),
];

/** A lead of `ownerId` whose company both systems have with these fields. */
const makeStanding = (
  ownerId: string,
  {
    company = null,
    effect = {},
    at = now,
  }: {
    company?: { readonly hubspot: RawFields; readonly salesforce: RawFields } | null;
    effect?: Partial<Effect>;
    at?: number;
  } = {},
): Standing => {
  const stored = newStored('j', '7', 0);
  const record = { stamp: now, createdAt: 0, byUs: false };
  return {
    effect: {
      ...{ key: 'j/1/hand-off', kind: 'hand-off', turn: 1, at: now, evidence: 'request/salesforce:00Q1' },
      ...{ journeyId: 'j', contactId: '7', attempts: 0, route: null, steps: {} },
      ...effect,
    },
    stored: { ...stored, journey: { ...stored.journey, stage: 'sales-ready', turn: 1 } },
    person: {
      contact: { ...record, ref: { system: 'hubspot', type: 'contacts', id: '7' }, fields: {} },
      sales: {
        ...record,
        ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
        fields: { OwnerId: ownerId },
      },
    },
    ...{ activities: [], transitions: [], feedback: [], clocks: [] },
    about: {
      company: company === null ? null : { pair: companies, fields: company },
      colleagues: { named: [], count: 0 },
      notes: [],
    },
    staff: makeStaff(owners, [], makeCalendarBook(sla)),
    now: at,
  };
};

const makeContext = (by: 'tandem' | 'external' = 'tandem'): LifecycleContext =>
  // Nothing else of a context is looked at by this step.
  ({
    models: { lifecycle: makeDefinition(), scoring, sla, routing: { ...routing, by } },
    staff: async () => makeStaff(owners, [], makeCalendarBook(sla)),
    store: {
      openLeads: async () => new Map(),
      turns: async () => ({ version: 1, state: '{}' }),
      saveTurns: async () => true,
    },
    systems: { salesforce: {} },
    signal: new AbortController().signal,
  }) as unknown as LifecycleContext;

describe('the account as rules of routing see it', () => {
  const isEnterprise = makeExpression('account.NumberOfEmployees >= 1000', 1);
  const namesOf = (company: { hubspot: RawFields; salesforce: RawFields } | null) =>
    requestOf(makeContext(), makeStanding('tandem', { company }), null).names;

  it('has what Salesforce has, else what HubSpot has, by the names of Salesforce', () => {
    const names = namesOf({
      hubspot: { name: 'Acme', numberofemployees: '20', annualrevenue: '', phone: '+41 44 668 18 00' },
      salesforce: { Name: '[not provided]', NumberOfEmployees: 1200, AnnualRevenue: null },
    });
    expect(names.account).toEqual({ Name: 'Acme', NumberOfEmployees: 1200, Phone: '+41 44 668 18 00' });
    expect(isEnterprise.holds(names)).toBe(true);
  });

  it('has a number where HubSpot alone knows one, so that an order of size can be asked for', () => {
    const sized = (numberofemployees: string) =>
      isEnterprise.holds(namesOf({ hubspot: { numberofemployees }, salesforce: {} }));
    expect([sized('1000'), sized('999')]).toEqual([true, false]);
  });

  it('is empty for those whose company nobody knows', () => {
    expect(namesOf(null).account).toEqual({});
    expect(isEnterprise.holds(namesOf(null))).toBe(false);
  });
});

describe('who has the lead already', () => {
  it.each([
    ['ana', { id: 'ana', by: 'person' }],
    ['machine', null],
    ['tandem', null],
    [routing.fallbackQueue, null],
  ])('%s', (owner, expected) => {
    expect(requestOf(makeContext(), makeStanding(owner), null).owner).toEqual(expected);
  });

  it('is no member of a pool where nobody is behind the user', async () => {
    const members = ['machine', 'ben'].map((owner) => ({ owner, weight: 1, perDayMax: 9, openMax: 9 }));
    const context = makeContext();
    const pools = new Map([['reps', { name: 'reps', hours: 'any' as const, members }]]);
    const models = { ...context.models, routing: { ...context.models.routing, pools, otherwise: 'reps' } };
    const [result] = await routeStep({ ...context, models }, [makeStanding('machine')]);
    expect(result).toMatchObject({ route: { decision: { kind: 'owner', id: 'ben', kept: false } } });
  });
});

describe('another router', () => {
  const minutes = (count: number): number => now + count * 60_000;
  const go = async (standing: Standing) => (await routeStep(makeContext('external'), [standing]))[0];
  /** An order that has waited since `now`, when `before` had the lead. */
  const waiting = (before: string, kind: Effect['kind'] = 'hand-off'): Partial<Effect> => ({
    kind,
    steps: { route: { state: 'sent', at: now, id: before } },
  });

  it.each(['tandem', 'machine', routing.fallbackQueue])(
    'is waited for, visibly, while %s has the lead',
    async (owner) => {
      const why = expect.stringContaining('given the lead to nobody yet');
      const began = { at: now, id: owner };
      expect(await go(makeStanding(owner))).toEqual({ kind: 'wait', ms: 2_000, why, began });
      expect(await go(makeStanding(owner, { effect: waiting(owner), at: minutes(14) }))).toEqual({
        ...{ kind: 'wait', ms: 60_000, why, began },
      });
    },
  );

  it('has chosen once a person has the lead, who keeps it', async () => {
    const effect = waiting('tandem');
    expect(await go(makeStanding('ana', { effect, at: minutes(1) }))).toEqual({
      kind: 'done',
      route: {
        decision: { kind: 'owner', id: 'ana', stage: 'rep', kept: true },
        lines: [{ step: 'other router', name: null, owner: 'ana', outcome: 'kept' }],
        ...{ version: routing.version, before: 'ana' },
      },
    });
  });

  it('is not waited for where a person had the lead before', async () => {
    expect(await go(makeStanding('ana'))).toMatchObject({
      kind: 'done',
      route: { decision: { id: 'ana', kept: true }, lines: [{ step: 'existing owner' }] },
    });
  });

  it('chooses another one for those whom a rep gave back, whatever owner a look has seen since', async () => {
    expect(await go(makeStanding('ana', { effect: { kind: 're-route' } }))).toMatchObject({
      kind: 'wait',
      began: { id: 'ana' },
    });
    const effect = waiting('ana', 're-route');
    expect(await go(makeStanding('ana', { effect, at: minutes(1) }))).toMatchObject({ kind: 'wait' });
    const chosen = makeStanding('ben', { effect, at: minutes(2) });
    const seen = { ...chosen.stored, journey: { ...chosen.stored.journey, owner: 'ben' } };
    expect(await go({ ...chosen, stored: seen })).toMatchObject({
      kind: 'done',
      route: { decision: { kind: 'owner', id: 'ben', kept: true } },
    });
  });

  it('gives way to the fallback queue after a quarter of an hour', async () => {
    const effect = waiting('tandem');
    expect(await go(makeStanding('tandem', { effect, at: minutes(15) }))).toEqual({
      kind: 'done',
      route: {
        decision: { kind: 'queue', id: routing.fallbackQueue },
        lines: [
          { step: 'other router', name: null, owner: null, outcome: 'nobody' },
          { step: 'fallback', name: null, owner: routing.fallbackQueue, outcome: 'taken' },
        ],
        ...{ version: routing.version, before: 'tandem' },
      },
    });
  });
});
