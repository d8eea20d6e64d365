import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import type { PairMapping, PrimaryRule } from '../../src/model/mapping.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { Sides } from '../../src/model/system.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { activityField, choosePrimary } from '../../src/sync/primary.ts';
import { workOnce } from '../../src/sync/work.ts';
import { withStore } from '../store/postgres.ts';
import { makePair, makeSnapshot } from './builders.ts';
import { pair, Simulated } from './simulated.ts';

const lead = (
  id: string,
  createdAt: number,
  fields: RecordSnapshot['fields'] = {},
  type = 'Lead',
): RecordSnapshot =>
  makeSnapshot('salesforce', fields, { ref: { system: 'salesforce', type, id }, createdAt });

describe('the primary record of several', () => {
  const own = makePair();
  const form = { ...own, types: { hubspot: 'contacts', salesforce: 'Contact' } };
  const converting: PairMapping = { ...own, conversion: { flag: 'IsConverted', form } };
  const active = (day: string) => ({ [activityField]: day });
  const converted = { IsConverted: true };

  it.each<[string, PrimaryRule, readonly RecordSnapshot[], string]>([
    ['is the oldest', 'oldest', [lead('a', 2), lead('b', 1), lead('c', 3)], 'b'],
    [
      'is not the one that was last worked on',
      'oldest',
      [lead('a', 2, active('2026-05-01')), lead('b', 1)],
      'b',
    ],
    ['is the contact, whatever its age', 'oldest', [lead('a', 1), lead('b', 9, {}, 'Contact')], 'b'],
    ['is the open lead before a converted one', 'oldest', [lead('a', 1, converted), lead('b', 9)], 'b'],
    ['stays the one that it is among equals', 'oldest', [lead('b', 1), lead('a', 1)], 'b'],
    [
      'is the one that was last worked on',
      'most-recently-active',
      [lead('a', 1, active('2026-04-30')), lead('b', 9, active('2026-05-01'))],
      'b',
    ],
    [
      'is one that was worked on at all',
      'most-recently-active',
      [lead('a', 1), lead('b', 9, active('2020-01-01'))],
      'b',
    ],
    ['is the oldest where nobody worked on any', 'most-recently-active', [lead('a', 2), lead('b', 1)], 'b'],
    [
      'is the contact before a lead that was worked on',
      'most-recently-active',
      [lead('a', 1, active('2026-05-01')), lead('b', 9, {}, 'Contact')],
      'b',
    ],
  ])('%s (%s)', (_name, primary, contenders, expected) => {
    expect(choosePrimary({ ...converting, primary }, contenders)?.ref.id).toBe(expected);
  });

  it('is nobody where nobody is left', () => {
    expect(choosePrimary(converting, [])).toBeUndefined();
  });
});

describe('contacts that are merged in HubSpot', () => {
  const fixture = withStore();
  const simulated = new Simulated(fixture);
  /** What the tests say of leads instead of waiting for seconds to pass and for people to work on them. */
  const created = new Map<string, number>();
  const activity = new Map<string, string>();
  let number = 0;

  beforeAll(async () => simulated.start());
  afterAll(async () => simulated.close());
  beforeEach(async () => {
    await fixture.reset();
    created.clear();
    activity.clear();
  });

  const retold = (connector: Connector): Connector => ({
    ...connector,
    readMany: async (type, ids, fields, call) => {
      const read = await connector.readMany(type, ids, fields, call);
      return new Map(
        [...read].map(([id, record]) => [
          id,
          {
            ...record,
            createdAt: created.get(id) ?? record.createdAt,
            fields: {
              ...record.fields,
              ...(activity.has(id) ? { [activityField]: activity.get(id) ?? null } : {}),
            },
          },
        ]),
      );
    },
  });

  const contextOf = (primary: PrimaryRule): EngineContext => {
    const systems: Sides<Connector> = simulated.connect();
    return {
      ...simulated.context({ ...systems, salesforce: retold(systems.salesforce) }),
      pair: { ...pair, primary },
    };
  };

  const drain = async (context: EngineContext): Promise<void> => {
    await vi.waitUntil(
      async () => {
        await fixture.query('update tandem.dirty set due = now()');
        await workOnce(context, 'live');
        const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
        return dirty + leased + openIntents === 0;
      },
      { timeout: 15_000, interval: 5 },
    );
  };

  /** The first alignment of so many new people; those of earlier tests come before them. */
  const persons = async (
    count: number,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<readonly Sides<string>[]> => {
    const records = Array.from({ length: count }, () => {
      number += 1;
      return { email: `merge${number}@example.com`, lastname: `Person ${number}`, ...fields };
    });
    return (await simulated.people(records)).slice(-count);
  };

  const two = async (
    fields: Readonly<Record<string, string>> = {},
  ): Promise<readonly [Sides<string>, Sides<string>]> => {
    const [first, second] = await persons(2, fields);
    if (!first || !second) throw new Error('they were not linked');
    return [first, second];
  };

  const merge = async (into: string, other: string): Promise<string> => {
    const { access } = simulated.sandbox;
    const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/merge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ primaryObjectId: into, objectIdToMerge: other }),
    });
    if (!response.ok) throw new Error(`merge: ${response.status}`);
    for (const id of [into, other]) await simulated.mark({ hubspot: id });
    return ((await response.json()) as { id: string }).id;
  };

  /** The live link of a contact: its primary lead, and the identity of every lead in it. */
  const linkOf = async (
    contact: string,
  ): Promise<{ primary: string; identities: Record<string, unknown> }> => {
    const link = (await fixture.store.engine.linksOf(pair.name, 'hubspot', [contact])).get(contact);
    if (!link || link.ended) throw new Error(`${contact} has no live link`);
    const ids = [link.ids.salesforce, ...(link.followers ?? []).map(({ id }) => id)];
    const call = { class: 'live', purpose: 'verify' } as const;
    const read = await simulated.connect().salesforce.readMany('Lead', ids, ['HubSpot_Id__c'], call);
    const identities = Object.fromEntries(ids.map((id) => [id, read.get(id)?.fields.HubSpot_Id__c]));
    expect((link.followers ?? []).filter(({ unweighed }) => unweighed)).toEqual([]);
    return { primary: link.ids.salesforce, identities };
  };

  it.each(['first', 'second'])('have the older lead as their primary one: it is the %s', async (which) => {
    const [first, second] = await two();
    const [older, younger] = which === 'first' ? [first, second] : [second, first];
    created.set(older.salesforce, 1_000).set(younger.salesforce, 2_000);
    const context = contextOf('oldest');
    const survivor = await merge(first.hubspot, second.hubspot);
    await drain(context);
    const { primary, identities } = await linkOf(survivor);
    expect(primary).toBe(older.salesforce);
    expect(identities[older.salesforce]).toBe(survivor);
    expect(identities[younger.salesforce]).toMatch(new RegExp(`^${survivor}\\.\\d+$`));
  });

  it('have the lead that was last worked on, where the mapping says so; later work moves nothing', async () => {
    const [first, second] = await two();
    created.set(first.salesforce, 1_000).set(second.salesforce, 2_000);
    activity.set(first.salesforce, '2026-01-01').set(second.salesforce, '2026-02-01');
    const context = contextOf('most-recently-active');
    const survivor = await merge(first.hubspot, second.hubspot);
    await drain(context);
    expect((await linkOf(survivor)).primary).toBe(second.salesforce);

    activity.set(first.salesforce, '2026-03-01');
    await simulated.editLead(first.salesforce, { Title: 'last edited' });
    await simulated.mark({ hubspot: survivor, salesforce: first.salesforce });
    await drain(context);
    expect((await linkOf(survivor)).primary).toBe(second.salesforce);
    expect(
      (
        await simulated.values(
          { hubspot: survivor, salesforce: first.salesforce },
          { hubspot: 'jobtitle', salesforce: 'Title' },
        )
      ).hubspot,
    ).not.toBe('last edited');
  });

  it.each([
    ['one after the other', null],
    ['the link with followers looked at first', 'three'],
    ['the link with followers looked at last', 'survivor'],
  ] as const)('keep all leads when they are merged once more: %s', async (_order, later) => {
    const people = await persons(3);
    const [one, another, three] = people.map(({ hubspot }) => hubspot) as [string, string, string];
    people.forEach(({ salesforce }, index) => {
      created.set(salesforce, 1_000 * (index + 1));
    });
    const context = contextOf('oldest');
    const survivor = await merge(one, another);
    await drain(context);
    const last = await merge(three, survivor);
    if (later !== null) {
      const id = later === 'three' ? three : survivor;
      await fixture.query(`delete from tandem.dirty where record_id = '${id}'`);
      await drain(context);
      await simulated.mark({ hubspot: id });
    }
    await drain(context);
    const { primary, identities } = await linkOf(last);
    expect(primary).toBe(people[0]?.salesforce);
    expect(new Set(Object.keys(identities))).toEqual(new Set(people.map(({ salesforce }) => salesforce)));
    const numbers = Object.values(identities).map(String);
    expect(new Set(numbers).size).toBe(3);
    for (const value of numbers) expect(value.split('.')[0]).toBe(last);
  });

  it.each(['older', 'younger'] as const)(
    'keep what somebody entered in the one that is left: the link of the %s lead is looked at first',
    async (sooner) => {
      const [older, younger] = await two({ jobtitle: 'Head of Design', city: 'Oslo' });
      created.set(older.salesforce, 1_000).set(younger.salesforce, 2_000);
      const later = sooner === 'older' ? younger : older;
      const context = contextOf('oldest');
      const survivor = await merge(older.hubspot, younger.hubspot);
      await simulated.editContact(survivor, { jobtitle: 'Founder', city: '' });
      await fixture.query(`delete from tandem.dirty where record_id = '${later.hubspot}'`);
      await drain(context);
      await simulated.mark({ hubspot: later.hubspot });
      await drain(context);
      expect((await linkOf(survivor)).primary).toBe(older.salesforce);
      const ids = { hubspot: survivor, salesforce: older.salesforce };
      const titles = await simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' });
      expect(titles).toEqual({ hubspot: 'Founder', salesforce: 'Founder' });
      const cities = await simulated.values(ids, { hubspot: 'city', salesforce: 'City' });
      expect([cities.hubspot ?? '', cities.salesforce]).toEqual(['', null]);
    },
  );
});
