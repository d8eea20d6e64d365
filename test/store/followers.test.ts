import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedUnit, Follower, Link, UnitSettlement } from '../../src/model/state.ts';
import type { RecordRef } from '../../src/model/system.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import { contact, holder, lead, makeBegin, makeMark, makeParked, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
let store: EngineStore;
beforeEach(async () => {
  store = fixture.store;
  await fixture.reset();
});

const types = { hubspot: 'contacts', salesforce: 'Lead' };
const follower = (id: string, number: number): Follower => ({ type: 'Lead', id, number });

const claimOne = async (ref: RecordRef): Promise<ClaimedUnit> => {
  await store.commitSignals([makeMark(ref)]);
  const [unit] = await store.claim(pair, holder, 1, 60_000, [ref.id]);
  if (unit === undefined) throw new Error(`${ref.id} could not be claimed`);
  return unit;
};

/** Settles a unit of this record; answers whether it was accepted, and gives the unit back where not. */
const settle = async (ref: RecordRef, overrides: Partial<UnitSettlement>): Promise<boolean> => {
  const unit = await claimOne(ref);
  const { refused } = await store.settle([makeSettlement(unit, overrides)]);
  if (refused.size > 0) await store.settle([makeSettlement(unit)]);
  return refused.size === 0;
};

const begin = async (
  hubspot: string,
  salesforce: string,
  followers: readonly Follower[] = [],
): Promise<Link> => {
  const begun = { ...makeBegin({ hubspot, salesforce }), types, followers };
  if (!(await settle(contact(hubspot), { begin: begun }))) throw new Error(`no link of ${hubspot} began`);
  return linkOf(hubspot);
};

const linkOf = async (hubspot: string): Promise<Link> => {
  const link = (await store.linksOf(pair, 'hubspot', [hubspot])).get(hubspot);
  if (link === undefined) throw new Error(`${hubspot} has no link`);
  return link;
};
const followersOf = async (hubspot: string): Promise<readonly Follower[]> =>
  [...((await linkOf(hubspot)).followers ?? [])].sort((a, b) => a.number - b.number);
const ownerOf = async (salesforce: string): Promise<string | undefined> =>
  (await store.linksOf(pair, 'salesforce', [salesforce])).get(salesforce)?.id;

describe('a record follows a link', () => {
  it('of another unit: found by it, unweighed, and plans made without it are void', async () => {
    const link = await begin('1', '00Q1');
    const follow = {
      linkId: link.id,
      version: link.version,
      followers: [follower('00Q2', 2), follower('00Q3', 3)],
    };
    expect(await settle(lead('00Q2'), { follow })).toBe(true);
    expect(await followersOf('1')).toEqual([
      { ...follower('00Q2', 2), unweighed: true },
      { ...follower('00Q3', 3), unweighed: true },
    ]);
    expect(await ownerOf('00Q2')).toBe(link.id);
    expect((await linkOf('1')).version).toBe(link.version + 1);
    const move = { linkId: link.id, version: link.version, base: {}, stamps: {} };
    expect(await settle(contact('1'), { move })).toBe(false);
  });

  it('not at an old version, not one that has ended, and not a record of another live link', async () => {
    const link = await begin('1', '00Q1');
    await begin('2', '00Q2', [follower('00Q3', 2)]);
    const follow = (id: string, version = link.version) => ({
      linkId: link.id,
      version,
      followers: [follower(id, 2)],
    });
    expect(await settle(lead('00Q9'), { follow: follow('00Q9', link.version + 1) })).toBe(false);
    expect(await settle(lead('00Q9'), { follow: follow('00Q2') })).toBe(false);
    expect(await settle(lead('00Q9'), { follow: follow('00Q3') })).toBe(false);
    expect(await settle(contact('1'), { end: { linkId: link.id, cause: 'test' } })).toBe(true);
    expect(await settle(lead('00Q9'), { follow: follow('00Q9', link.version + 1) })).toBe(false);
    expect(await ownerOf('00Q9')).toBeUndefined();
    expect(await followersOf('2')).toEqual([follower('00Q3', 2)]);
  });

  it('from the link that ends in the same settlement, with all that followed it', async () => {
    const survivor = await begin('1', '00Q1');
    const gone = await begin('2', '00Q2', [follower('00Q3', 2)]);
    const joining = [follower('00Q2', 2), follower('00Q3', 3)];
    const follow = { linkId: survivor.id, version: survivor.version, followers: joining };
    const ended = { linkId: gone.id, cause: 'merged in HubSpot' };
    expect(await settle(contact('2'), { end: ended, follow })).toBe(true);
    expect((await followersOf('1')).map(({ id, number }) => [id, number])).toEqual([
      ['00Q2', 2],
      ['00Q3', 3],
    ]);
    expect(await ownerOf('00Q3')).toBe(survivor.id);
    expect(await ownerOf('00Q2')).toBe(survivor.id);
  });

  it('from the beginning, but not out of another live link', async () => {
    const link = await begin('1', '00Q1', [follower('00Q2', 2)]);
    expect(await ownerOf('00Q2')).toBe(link.id);
    const begun = {
      ...makeBegin({ hubspot: '3', salesforce: '00Q3' }),
      types,
      followers: [follower('00Q2', 2)],
    };
    expect(await settle(contact('3'), { begin: begun })).toBe(false);
    expect(await followersOf('1')).toEqual([follower('00Q2', 2)]);
  });

  it('no more: it is free to begin a link of its own', async () => {
    const link = await begin('1', '00Q1', [follower('00Q2', 2), follower('00Q3', 3)]);
    expect(await settle(lead('00Q2'), { unfollow: { linkId: link.id, id: '00Q2' } })).toBe(true);
    expect(await followersOf('1')).toEqual([follower('00Q3', 3)]);
    expect(await ownerOf('00Q2')).toBeUndefined();
    const own = await begin('2', '00Q2');
    expect(await ownerOf('00Q2')).toBe(own.id);
  });

  it('until its link begins anew with it as the primary record', async () => {
    const link = await begin('1', '00Q1', [follower('00Q2', 2)]);
    expect(await settle(contact('1'), { end: { linkId: link.id, cause: 'test' } })).toBe(true);
    const next = await begin('1', '00Q2');
    expect(await ownerOf('00Q2')).toBe(next.id);
    expect(next.followers ?? []).toEqual([]);
  });
});

describe('a link moves to another Salesforce record', () => {
  const moveOf = (
    link: Link,
    id: string,
    more: Partial<NonNullable<NonNullable<UnitSettlement['move']>['to']>>,
  ) => ({
    linkId: link.id,
    version: link.version,
    base: {},
    stamps: {},
    to: { ref: lead(id), stamp: 7, follows: null, ...more },
  });

  it('which follows it no more, and the one that it leaves follows under its number', async () => {
    const link = await begin('1', '00Q1', [follower('00Q2', 2), follower('00Q3', 3)]);
    expect(await settle(contact('1'), { move: moveOf(link, '00Q2', { follows: 4 }) })).toBe(true);
    expect(await linkOf('1')).toMatchObject({
      id: link.id,
      ids: { hubspot: '1', salesforce: '00Q2' },
      version: link.version + 1,
      base: link.base,
      stamps: { hubspot: link.stamps.hubspot, salesforce: 7 },
    });
    expect(await followersOf('1')).toEqual([follower('00Q3', 3), follower('00Q1', 4)]);
    expect([await ownerOf('00Q1'), await ownerOf('00Q2')]).toEqual([link.id, link.id]);
  });

  it('and what was asked or refused about that one while it stood alone is over', async () => {
    await store.commitSignals([makeMark(lead('00Q2'))]);
    const [alone] = await store.claim(pair, holder, 1, 60_000);
    if (alone === undefined) throw new Error('nothing claimed');
    const cause = 'several records have the same match key';
    const review = { pair, unit: alone.key, ref: lead('00Q2'), cause, candidates: [lead('00Q1')] };
    await store.settle([makeSettlement(alone, { review, park: [makeParked(alone, { ref: lead('00Q2') })] })]);
    const link = await begin('1', '00Q1');
    expect(await store.backlog(pair)).toMatchObject({ reviews: 1, parked: 1 });
    expect(await settle(contact('1'), { move: moveOf(link, '00Q2', {}) })).toBe(true);
    expect(await store.backlog(pair)).toMatchObject({ reviews: 0, parked: 0 });
  });

  it('with a base of its own where the values are another record, and without a trace of the old one', async () => {
    const link = await begin('1', '00Q1');
    expect(await settle(contact('1'), { move: moveOf(link, '00Q2', { fresh: true }) })).toBe(true);
    expect(await linkOf('1')).toMatchObject({ ids: { salesforce: '00Q2' }, base: {} });
    expect(await ownerOf('00Q1')).toBeUndefined();
  });

  it('by the object that it is of', async () => {
    const link = await begin('1', '00Q1');
    const ref: RecordRef = { system: 'salesforce', type: 'Contact', id: '0031' };
    expect(await settle(contact('1'), { move: moveOf(link, '0031', { ref, follows: 2 }) })).toBe(true);
    expect((await linkOf('1')).types).toEqual({ hubspot: 'contacts', salesforce: 'Contact' });
    expect(await followersOf('1')).toEqual([follower('00Q1', 2)]);
  });

  it('not to one of another live link, neither its primary one nor a follower', async () => {
    const link = await begin('1', '00Q1');
    await begin('2', '00Q2', [follower('00Q3', 2)]);
    for (const id of ['00Q2', '00Q3'])
      expect(await settle(contact('1'), { move: moveOf(link, id, { follows: 2 }) })).toBe(false);
    expect(await linkOf('1')).toMatchObject({ ids: { salesforce: '00Q1' }, version: link.version });
  });
});

describe('followers are weighed', () => {
  it('by the settlement that says so, once; those that come later are not among them', async () => {
    const link = await begin('1', '00Q1');
    const join = async (id: string, number: number): Promise<void> => {
      const { version } = await linkOf('1');
      const follow = { linkId: link.id, version, followers: [follower(id, number)] };
      expect(await settle(lead(id), { follow })).toBe(true);
    };
    const look = async (weighed: boolean): Promise<void> => {
      const { version } = await linkOf('1');
      const move = { linkId: link.id, version, base: {}, stamps: {}, ...(weighed ? { weighed } : {}) };
      expect(await settle(contact('1'), { move })).toBe(true);
    };
    await join('00Q2', 2);
    await look(false);
    expect(await followersOf('1')).toEqual([{ ...follower('00Q2', 2), unweighed: true }]);
    await look(true);
    expect(await followersOf('1')).toEqual([follower('00Q2', 2)]);
    await join('00Q3', 3);
    expect(await followersOf('1')).toEqual([
      follower('00Q2', 2),
      { ...follower('00Q3', 3), unweighed: true },
    ]);
  });

  it('and stay unweighed when they go on to another link', async () => {
    const link = await begin('1', '00Q1');
    const follow = { linkId: link.id, version: link.version, followers: [follower('00Q2', 2)] };
    expect(await settle(lead('00Q2'), { follow })).toBe(true);
    const { followers = [] } = await linkOf('1');
    const begun = { ...makeBegin({ hubspot: '3', salesforce: '00Q1' }), types, followers };
    expect(await settle(contact('1'), { end: { linkId: link.id, cause: 'merged' }, begin: begun })).toBe(
      true,
    );
    expect(await followersOf('3')).toEqual([{ ...follower('00Q2', 2), unweighed: true }]);
  });
});
