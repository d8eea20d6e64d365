import { describe, expect, it } from 'vitest';
import type { Link, Parked } from '../../src/model/state.ts';
import { digestOf } from '../../src/sync/digest.ts';
import { baseOfCreated, baseOfWrites, planCreate, planLinked } from '../../src/sync/plan.ts';
import { makeField, makePair, makeSnapshot } from './builders.ts';

const ids = { hubspot: '1', salesforce: '00Q000000000001AAA' };
const title = makeField();
const city = makeField({ name: 'city', fields: { hubspot: 'city', salesforce: 'City' } });
const mapped = { pair: makePair([title, city]), mappingHash: 'hash' };
const identity = { tandem_salesforce_id: ids.salesforce };
const link: Pick<Link, 'ids' | 'base' | 'stamps'> = {
  ids,
  base: {
    jobtitle: { hubspot: 'CEO', salesforce: 'CEO' },
    city: { hubspot: 'Bonn', salesforce: 'Bonn' },
  },
  stamps: { hubspot: 900_000, salesforce: 900_000 },
};
const hubspot = (fields: Record<string, string | null>) =>
  makeSnapshot('hubspot', { ...identity, jobtitle: 'CEO', city: 'Bonn', ...fields });
const salesforce = (fields: Record<string, string | null>) =>
  makeSnapshot('salesforce', { HubSpot_Id__c: '1', Title: 'CEO', City: 'Bonn', ...fields });
const parkedRow = (overrides: Partial<Parked>): Parked => ({
  pair: 'people',
  unit: 'link:1',
  system: 'salesforce',
  ref: { system: 'salesforce', type: 'Lead', id: ids.salesforce },
  field: 'jobtitle',
  failure: {
    category: 'value',
    system: 'salesforce',
    code: 'STRING_TOO_LONG',
    message: '',
    fields: ['Title'],
  },
  next: '',
  refused: '',
  since: 0,
  ...overrides,
});

describe('plan of a link', () => {
  it('keeps both of two edits to different fields made at the same time', () => {
    const plan = planLinked(
      mapped,
      link,
      { hubspot: hubspot({ jobtitle: 'CTO' }), salesforce: salesforce({ City: 'Köln' }) },
      [],
    );
    expect(plan.writes.salesforce.map((write) => [write.apiField, write.sent])).toEqual([['Title', 'CTO']]);
    expect(plan.writes.hubspot.map((write) => [write.apiField, write.sent])).toEqual([['city', 'Köln']]);
  });

  it('writes nothing and settles nothing when nothing changed', () => {
    const plan = planLinked(mapped, link, { hubspot: hubspot({}), salesforce: salesforce({}) }, []);
    expect(plan).toEqual({
      settled: {},
      writes: { hubspot: [], salesforce: [] },
      held: [],
      beside: [],
      stopped: [],
      stillParked: [],
      needsHistory: [],
    });
  });

  it('puts the ids into identity fields that lack them, and takes 15 characters for the id they mean', () => {
    const short = hubspot({ tandem_salesforce_id: ids.salesforce.slice(0, 15) });
    const lacking = salesforce({ HubSpot_Id__c: null });
    const plan = planLinked(mapped, link, { hubspot: short, salesforce: lacking }, []);
    expect(plan.writes.hubspot).toEqual([]);
    expect(plan.writes.salesforce).toMatchObject([
      { field: 'identity', apiField: 'HubSpot_Id__c', sent: '1' },
    ]);
  });

  it('does not send again what was refused, but sends another value and the other fields', () => {
    const refused = digestOf('hash', { Title: 'too long' });
    const parked = [parkedRow({ refused })];
    const snapshots = (value: string) => ({
      hubspot: hubspot({ jobtitle: value, city: 'Köln' }),
      salesforce: salesforce({}),
    });
    const same = planLinked(mapped, link, snapshots('too long'), parked);
    expect(same.writes.salesforce.map((write) => write.apiField)).toEqual(['City']);
    expect(same.stillParked).toEqual(parked);
    const other = planLinked(mapped, link, snapshots('short'), parked);
    expect(other.writes.salesforce.map((write) => write.apiField)).toEqual(['Title', 'City']);
    expect(other.stillParked).toEqual([]);
  });

  it.each([
    ['stands refused', [parkedRow({ refused: digestOf('hash', { Title: 'far too long' }) })], false],
    ['was not brought to its end', [], true],
  ] as const)(
    'does not take the last look for the time at which a value that %s was as settled',
    (_, parked, again) => {
      // Salesforce's stamp is of another write since, and the link's too: the title may be older than HubSpot's, or newer.
      const seen = { ...link, stamps: { hubspot: 1_000_000, salesforce: 1_002_000 } };
      const snapshots = {
        hubspot: { ...hubspot({ jobtitle: 'CTO' }), stamp: 1_000_000 },
        salesforce: { ...salesforce({ Title: 'CIO' }), stamp: 1_002_000 },
      };
      const histories = { hubspot: { jobtitle: [{ at: 1_000_000, byUs: false, source: 'CRM_UI' }] } };
      const asked = (rows: readonly Parked[], more: boolean) =>
        planLinked(mapped, seen, snapshots, rows, histories, {}, new Map(), more).needsHistory.map(
          ({ system }) => system,
        );
      expect(asked([], false)).toEqual([]);
      expect(asked(parked, again)).toEqual(['salesforce']);
    },
  );

  it('tries a refused value again under another mapping', () => {
    const parked = [parkedRow({ refused: digestOf('hash', { Title: 'too long' }) })];
    const snapshots = { hubspot: hubspot({ jobtitle: 'too long' }), salesforce: salesforce({}) };
    expect(
      planLinked({ ...mapped, mappingHash: 'other' }, link, snapshots, parked).writes.salesforce,
    ).toHaveLength(1);
  });

  it('keeps the loser of a conflict', () => {
    const snapshots = { hubspot: hubspot({ jobtitle: 'CTO' }), salesforce: salesforce({ Title: 'CIO' }) };
    const plan = planLinked(mapped, link, snapshots, [], {
      hubspot: { jobtitle: [{ at: 2_000_000, byUs: false, source: 'CRM_UI' }] },
    });
    expect(plan.writes.salesforce).toMatchObject([
      { sent: 'CTO', replaced: 'CIO', lost: 'CIO', rule: 'conflict:newest' },
    ]);
    expect(plan.writes.salesforce[0]?.clock).toContain('hubspot history');
  });
});

describe('the time of a change that a live signal told', () => {
  const pair = makePair([makeField({ tie: 'hubspot' })]);
  const winner = (salesforceStamp: number, toldAt?: number) => {
    const plan = planLinked(
      { pair, mappingHash: 'hash' },
      link,
      {
        hubspot: makeSnapshot('hubspot', { ...identity, jobtitle: 'CTO' }, { stamp: 950_000 }),
        salesforce: makeSnapshot(
          'salesforce',
          { HubSpot_Id__c: '1', Title: 'CIO' },
          { stamp: salesforceStamp },
        ),
      },
      [],
      {},
      toldAt === undefined ? {} : { salesforce: { Title: { at: toldAt } } },
    );
    const [write] = [...plan.writes.hubspot, ...plan.writes.salesforce];
    return [write?.sent, write?.clock];
  };

  it.each<[string, number, number | undefined, string, string]>([
    ['nothing told', 1_000_000, undefined, 'CTO', 'undecided'],
    ['told of the newest change', 1_000_000, 999_500, 'CIO', 'salesforce event'],
    ['told of one before the newest, and after the other side’s', 1_100_000, 960_000, 'CIO', 'interval'],
    ['told of one before the newest, not after the other side’s', 1_100_000, 940_000, 'CTO', 'undecided'],
  ])('%s', (_what, stamp, toldAt, sent, clock) => {
    const [value, decidedBy] = winner(stamp, toldAt);
    expect(value).toBe(sent);
    expect(decidedBy).toContain(clock);
  });
});

describe('plan of a create', () => {
  const lastName = makeField({
    name: 'lastname',
    fields: { hubspot: 'lastname', salesforce: 'LastName' },
    fill: { salesforce: '[unknown]' },
  });
  const email = makeField({ name: 'email', fields: { hubspot: 'email', salesforce: 'Email' } });
  const people = { pair: makePair([email, lastName, title]), mappingHash: 'hash' };
  const contact = makeSnapshot('hubspot', {
    email: 'a@example.com',
    lastname: null,
    jobtitle: '?unreadable',
  });

  it('sends filled values and fills, never a value it cannot read', () => {
    const plan = planCreate(people, contact, []);
    expect(
      plan.kind === 'create' && plan.writes.map((write) => [write.apiField, write.sent, write.rule]),
    ).toEqual([
      ['Email', 'a@example.com', 'create'],
      ['LastName', '[unknown]', 'fill'],
    ]);
  });

  it('settles what was sent and what was blank, and leaves the unreadable without a base', () => {
    const plan = planCreate(people, contact, []);
    expect(plan.kind === 'create' && baseOfCreated(people.pair, contact, plan.writes)).toEqual({
      email: { hubspot: 'a@example.com', salesforce: 'a@example.com' },
      lastname: { hubspot: null, salesforce: '[unknown]' },
    });
  });

  it('sends the fill for a refused value that the target requires, and leaves it without a base', () => {
    const long = makeSnapshot('hubspot', { email: 'a@example.com', lastname: 'x'.repeat(90) });
    const refused = digestOf('hash', { LastName: 'x'.repeat(90) });
    const plan = planCreate(people, long, [parkedRow({ field: 'lastname', refused })]);
    if (plan.kind !== 'create') throw new Error('it was not planned');
    expect(plan.writes).toMatchObject([{ sent: 'a@example.com' }, { sent: '[unknown]', rule: 'fill' }]);
    expect(baseOfCreated(people.pair, long, plan.writes)).not.toHaveProperty('lastname');
  });

  it('creates nothing whose match key the other side refused', () => {
    const refused = digestOf('hash', { Email: 'a@example.com' });
    expect(planCreate(people, contact, [parkedRow({ field: 'email', refused })]).kind).toBe('blocked');
  });
});

describe('base after a write', () => {
  it('takes what was sent for the written half and what it was computed from for the other', () => {
    const plan = planLinked(
      mapped,
      link,
      { hubspot: hubspot({ jobtitle: ' CTO' }), salesforce: salesforce({}) },
      [],
    );
    expect(baseOfWrites('salesforce', plan.writes.salesforce)).toEqual({
      jobtitle: {
        hubspot: ' CTO',
        salesforce: 'CTO',
        wrote: { to: 'salesforce', over: 'CEO', flips: 0, since: 0 },
      },
    });
  });
});
