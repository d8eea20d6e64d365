import { describe, expect, it } from 'vitest';
import { type Looked, type LookModels, lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { SeenPerson } from '../../../src/lifecycle/look/person.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import { resultMax, resultText } from '../../../src/lifecycle/requests/results.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { type DefinitionOverrides, loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const { scoring } = loadWith({});
if (scoring === null) throw new Error('the shipped scoring.yaml is wrong');
const modelsOf = (overrides: DefinitionOverrides = {}): LookModels => ({
  lifecycle: makeDefinition(overrides),
  scoring,
  sinceAt: now - 60 * minute,
});

const vera = { email: 'vera@nordlys.example', company: 'Nordlys', jobtitle: 'Head of IT' };
const person = (contact: RawFields, lead: RawFields | null, stamp: number): SeenPerson => ({
  contact: {
    ref: { system: 'hubspot', type: 'contacts', id: '7' },
    fields: { ...vera, ...contact },
    stamp,
    createdAt: now - 30 * minute,
    byUs: false,
  },
  sales:
    lead === null
      ? null
      : {
          ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
          fields: { Status: 'Open - Not Contacted', OwnerId: '005b', ...lead },
          stamp,
          createdAt: now,
          byUs: false,
        },
});
const asks = (word: string, detail: string | null = null, more: RawFields = {}): RawFields => ({
  Tandem_Request__c: word,
  Tandem_Request_Detail__c: detail,
  ...more,
});
const none = asks('', null);

const look = (
  stored: StoredJourney,
  lead: RawFields | null,
  at: number,
  { contact = {}, overrides = {} }: { contact?: RawFields; overrides?: DefinitionOverrides } = {},
): Looked => lookAt(stored, person(contact, lead, at), [], modelsOf(overrides), at);
const known = (overrides: DefinitionOverrides = {}): StoredJourney =>
  look(newStored('j', '7', now), none, now, { overrides }).stored;
const planOf = (looked: Looked, system: 'hubspot' | 'salesforce' = 'salesforce') =>
  looked.stored.requests[system]?.plan;
const saidIn = (looked: Looked): string => {
  const plan = planOf(looked);
  return plan?.kind === 'say' ? plan.text : `a plan to ${plan?.kind ?? 'do nothing'}`;
};
const requested = (looked: Looked): readonly string[] =>
  looked.effects.filter(({ kind }) => kind === 'request').map(({ key }) => key);
const answered = (stored: StoredJourney): StoredJourney => ({
  ...stored,
  requests: Object.fromEntries(
    Object.entries(stored.requests).map(([side, each]) => [side, { ...each, state: 'answered' as const }]),
  ),
});

describe('a request', () => {
  it('is ordered once, however often the record is looked at', () => {
    const wish = asks('Enroll in program', 'Nurture: budget');
    const first = look(known(), wish, now + minute);
    expect(requested(first)).toEqual([`j/request/salesforce:00Q1/${now + minute}/1`]);
    const later = look(first.stored, { ...wish, Phone: '1' }, now + 2 * minute);
    expect(requested(later)).toEqual([]);
  });

  it('is a new one once the field was empty, also with the same words', () => {
    const wish = asks('Remove from campaigns');
    const first = look(known(), wish, now + minute);
    const empty = look(answered(first.stored), none, now + 2 * minute);
    expect(requested(empty)).toEqual([]);
    const second = look(empty.stored, wish, now + 3 * minute);
    expect(requested(second)).toEqual([`j/request/salesforce:00Q1/${now + 3 * minute}/1`]);
  });

  it('is a new one when it was answered and stands there again before anybody saw the field empty', () => {
    const wish = asks('Remove from campaigns');
    const first = answered(look(known(), wish, now + minute).stored);
    // Stamps of Salesforce are whole seconds: asked, answered and asked again within one.
    expect(requested(look(first, wish, now + minute))).toEqual([
      `j/request/salesforce:00Q1/${now + minute}/2`,
    ]);
  });

  it('in HubSpot is not done again by a read from before its answer', () => {
    const contact = { tandem_request: 'Remove from campaigns' };
    const first = answered(look(known(), none, now + minute, { contact }).stored);
    expect(requested(look(first, none, now + minute, { contact }))).toEqual([]);
    expect(requested(look(first, none, now + 2 * minute, { contact }))).toHaveLength(1);
  });

  it('that was changed before it was done is another one', () => {
    const first = look(known(), asks('Enroll in program', 'Nurture: budget'), now + minute);
    const second = look(first.stored, asks('Enroll in program', 'Nurture: later'), now + 2 * minute);
    expect(requested(second)).toHaveLength(1);
    expect(planOf(second)).toEqual({ kind: 'join', program: 'Nurture: later' });
  });

  it('is seen and ordered nothing where requests are only observed, and not seen where they are off', () => {
    const wish = asks('Enroll in program', 'Nurture: budget');
    const [observe, off] = (['observe', 'off'] as const).map((requests) => {
      const overrides = { behaviours: { requests } };
      return look(known(overrides), wish, now + minute, { overrides });
    });
    expect([requested(observe as Looked), observe?.requests.length]).toEqual([[], 1]);
    expect([requested(off as Looked), off?.requests.length]).toEqual([[], 0]);
  });
});

describe('what is asked for', () => {
  it.each([
    ['Enroll in program', 'nurture: BUDGET', { kind: 'join', program: 'Nurture: budget' }],
    ['remove from campaigns', null, { kind: 'leave' }],
  ])('%s (%s) is done by its lists', (word, detail, plan) => {
    expect(planOf(look(known(), asks(word, detail), now + minute))).toMatchObject(plan);
  });

  it.each([
    ['Make coffee', null, /^Not done: 'Make coffee' is none of the requests \(Enroll in program, .*Hold\)/],
    ['Enroll in program', null, /^Not done: no program was named.*Nurture: later/],
    [
      'Enroll in program',
      'Nurture: tea',
      /^Not done: 'Nurture: tea' is none of the programs.*Nurture: later/,
    ],
    ['Set stage', null, /^Not done: no stage was named.*Sales-ready/],
    ['Set stage', 'happy', /^Not done: 'happy' is no stage/],
    ['Set stage', 'customer', /^Not done: Customer cannot be set by a request. Stages that can be set: Lead/],
    ['Set stage', 'lead', /^Done: they are in Lead already/],
  ])('%s (%s) is answered in words', (word, detail, words) => {
    expect(saidIn(look(known(), asks(word, detail), now + minute))).toMatch(words);
  });

  it('nobody is enrolled who opted out of email', () => {
    const looked = look(known(), asks('Enroll in program', 'Nurture: budget'), now + minute, {
      contact: { hs_email_optout: 'true' },
    });
    expect(saidIn(looked)).toMatch(/^Not done: they opted out/);
  });

  it('a prospect that is named is handed over, and one who is with sales stays where they are', () => {
    const named = look(known(), asks('Name a prospect'), now + minute);
    expect(named.stored.journey).toMatchObject({ stage: 'sales-ready', turn: 1 });
    expect(named.effects.map(({ kind }) => kind)).toEqual(['hand-off', 'programs', 'request']);
    expect(saidIn(named)).toMatch(/^Done: handed over to sales/);
    const working = { ...none, Status: 'Working - Contacted' };
    const touched = look(answered(named.stored), working, now + 2 * minute);
    expect(touched.stored.journey.stage).toBe('working');
    const again = look(touched.stored, { ...working, ...asks('Name a prospect') }, now + 3 * minute);
    expect(again.stored.journey).toMatchObject({ stage: 'working', turn: 1 });
    expect(saidIn(again)).toMatch(/^Done: they are with sales already \(Working\)/);
  });

  it("a hold goes back to marketing with the rep's reason, and comes back on the rep's day", () => {
    const handed = look(known(), asks('Name a prospect'), now + minute);
    const hold = asks('Set stage', 'nurture', {
      Tandem_Reason__c: 'Not now',
      Tandem_Recontact_On__c: '2027-03-01',
    });
    const held = look(answered(handed.stored), hold, now + 2 * minute);
    expect(held.stored.journey).toMatchObject({
      stage: 'returned',
      reason: 'Not now',
      program: 'Nurture: later',
      recontactAt: Date.parse('2027-03-01T00:00:00Z'),
    });
    expect(held.effects.map(({ kind }) => kind)).toEqual(['return', 'request']);
    expect(saidIn(held)).toMatch(/program 'Nurture: later'; they come back to sales on 2027-03-01/);
  });

  it('a customer stays one, and who is excluded is not handed over', () => {
    const base = known();
    const customer: StoredJourney = { ...base, journey: { ...base.journey, stage: 'customer' } };
    expect(saidIn(look(customer, asks('Set stage', 'nurture'), now + minute))).toMatch(/are a customer/);
    const rival = { email: 'x@competitor.example' };
    const looked = look(known(), asks('Set stage', 'sales-ready'), now + minute, { contact: rival });
    expect(saidIn(looked)).toMatch(/^Not done: they are excluded/);
  });

  it('a request whose stamp is older than the last move is made now: it stands there', () => {
    const base = known();
    const moved: StoredJourney = {
      ...base,
      journey: { ...base.journey, since: now + 5 * minute, lastAt: now + 5 * minute },
    };
    const looked = lookAt(
      moved,
      person({}, asks('Name a prospect'), now + 4 * minute),
      [],
      modelsOf(),
      now + 6 * minute,
    );
    expect(looked.stored.journey.stage).toBe('sales-ready');
  });
});

describe('the result', () => {
  it('fits its field whatever was typed, and says when', () => {
    const text = resultText(`Not done: ${'x'.repeat(400)}`, now);
    expect(text.length).toBeLessThanOrEqual(resultMax);
    expect(text).toMatch(/… \(Mon 30 Nov 2026 09:00 UTC\)$/);
  });
});

describe('asking for a lead back, and holding it', () => {
  const withSales = (): StoredJourney => {
    const named = look(known(), asks('Name a prospect'), now + minute);
    const { stored } = look(answered(named.stored), none, now + 2 * minute);
    expect(stored.journey.stage).toBe('sales-ready');
    return stored;
  };
  const byMarketing = (word: string, detail = ''): RawFields => ({
    tandem_request: word,
    tandem_request_detail: detail,
  });
  const lookThere = (stored: StoredJourney, contact: RawFields, at: number): Looked =>
    look(stored, none, at, { contact });
  const saidThere = (looked: Looked): string => {
    const plan = planOf(looked, 'hubspot');
    return plan?.kind === 'say' ? plan.text : 'nothing';
  };

  it('marketing gets what sales has, with the reason that it gives', () => {
    const looked = lookThere(withSales(), byMarketing('Ask for a lead back', 'No budget'), now + 3 * minute);
    expect(looked.stored.journey).toMatchObject({
      stage: 'returned',
      reason: 'No budget',
      program: 'Nurture: budget',
    });
    expect(saidThere(looked)).toMatch(/^Done: back with marketing, program 'Nurture: budget'/);
    expect(looked.effects.map(({ kind }) => kind)).toContain('return');
  });

  it('marketing has what it has, and sales gets what marketing has', () => {
    const mine = lookThere(known(), byMarketing('Ask for a lead back'), now + minute);
    expect(saidThere(mine)).toMatch(/^Done: they are in Lead already/);
    const theirs = look(known(), asks('Ask for a lead back'), now + minute);
    expect(theirs.stored.journey.stage).toBe('sales-ready');
    expect(saidIn(look(withSales(), asks('Ask for a lead back'), now + 3 * minute))).toMatch(
      /^Done: they are with sales already/,
    );
  });

  it('a rep has the lead back on the day', () => {
    const looked = look(withSales(), asks('Hold', '2027-03-01'), now + 3 * minute);
    expect(looked.stored.journey).toMatchObject({
      ...{ stage: 'returned', reason: 'Not now', recontactAt: Date.parse('2027-03-01T00:00:00Z') },
    });
    expect(saidIn(looked)).toMatch(/they come back to sales on 2027-03-01/);
  });

  it('marketing has nobody handed over before the day, and another day takes its place', () => {
    const looked = lookThere(withSales(), byMarketing('Hold', '2027-03-01'), now + 3 * minute);
    const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
    expect(looked.stored.journey).toMatchObject({ recontactAt: null, cooledAt: day('2027-03-01') });
    expect(saidThere(looked)).toMatch(/before 2027-03-01 they come to sales only if they ask for contact/);
    const placed = { kind: 'placed' as const, key: 'placed/x', at: now + 4 * minute, by: 'tandem' };
    const there = look({ ...answered(looked.stored), facts: [placed] }, none, now + 4 * minute).stored;
    expect(there.journey).toMatchObject({ stage: 'nurture', cooledAt: day('2027-03-01') });
    const later = lookThere(there, byMarketing('Hold', '2027-05-01'), now + 5 * minute);
    expect(later.stored.journey.cooledAt).toBe(day('2027-05-01'));
  });

  it('needs a day', () => {
    const looked = look(withSales(), asks('Hold', 'March'), now + 3 * minute);
    expect(looked.stored.journey.stage).toBe('sales-ready');
    expect(saidIn(looked)).toMatch(/^Not done: no day was named in the detail/);
  });
});
