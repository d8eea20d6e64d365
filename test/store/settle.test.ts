import { beforeEach, describe, expect, it } from 'vitest';
import { type Erasure, keyName, lockName, recordName } from '../../src/model/erasure.ts';
import type { ClaimedUnit, Link } from '../../src/model/state.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import {
  contact,
  holder,
  lead,
  makeBegin,
  makeIntent,
  makeLedgerEntry,
  makeMark,
  makeParked,
  makeSettlement,
  pair,
} from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
let store: EngineStore;
beforeEach(async () => {
  store = fixture.store;
  await fixture.reset();
});

const leaseMs = 60_000;
const claimed = async (
  ...refs: readonly Parameters<typeof makeMark>[0][]
): Promise<readonly ClaimedUnit[]> => {
  await store.commitSignals(refs.map((ref) => makeMark(ref)));
  return await store.claim(pair, holder, 1_000, leaseMs);
};
const claimOne = async (ref: Parameters<typeof makeMark>[0]): Promise<ClaimedUnit> => {
  const [unit, ...more] = await claimed(ref);
  if (unit === undefined || more.length > 0) throw new Error(`claimed ${more.length + 1} units, not one`);
  return unit;
};
const fences = (...units: readonly ClaimedUnit[]): ReadonlyMap<string, number> =>
  new Map(units.map((unit) => [unit.key, unit.fence]));
const linkOf = async (id: string): Promise<Link | undefined> =>
  (await store.linksOf(pair, 'hubspot', [id])).get(id);
const beginLink = async (hubspot: string, salesforce: string): Promise<Link> => {
  const unit = await claimOne(contact(hubspot));
  const { begun } = await store.settle([makeSettlement(unit, { begin: makeBegin({ hubspot, salesforce }) })]);
  const link = begun.get(unit.key);
  if (link === undefined) throw new Error('the link did not begin');
  return link;
};

describe('settle', () => {
  it('answers dirty rows, begins a link and writes the ledger', async () => {
    const unit = await claimOne(contact('1'));
    const { begun, refused } = await store.settle([
      makeSettlement(unit, {
        begin: makeBegin({ hubspot: '1', salesforce: '00Q1' }),
        ledger: [makeLedgerEntry(), makeLedgerEntry({ event: 'link', field: null, to: { email: 'x' } })],
      }),
    ]);
    expect(refused.size).toBe(0);
    const link = begun.get(unit.key);
    expect(link).toMatchObject({
      pair,
      version: 1,
      ended: null,
      ...makeBegin({ hubspot: '1', salesforce: '00Q1' }),
    });
    expect(await linkOf('1')).toEqual(link);
    expect((await store.linksOf(pair, 'salesforce', ['00Q1', 'other'])).get('00Q1')).toEqual(link);
    expect(await store.links([link?.id ?? ''])).toEqual(new Map([[link?.id, link]]));
    expect(await store.backlog(pair)).toMatchObject({ dirty: 0, leased: 0, links: 1 });
    expect(await fixture.ledger()).toMatchObject([
      { event: 'write', linkId: link?.id },
      { event: 'link', linkId: link?.id },
    ]);
  });

  it('says once that a record takes no part, however often it is looked at, and again after anything else of it', async () => {
    const out = makeLedgerEntry({
      ...{ event: 'scope', target: contact('1'), field: null, to: false, rule: 'takes no part: a' },
    });
    const say = async (...ledger: (typeof out)[]) => {
      const unit = await claimOne(contact('1'));
      expect((await store.settle([makeSettlement(unit, { ledger })])).refused.size).toBe(0);
    };
    await say(out);
    await say({ ...out, cause: 'another look' });
    await say({ ...out, rule: 'takes no part: b' });
    await say(makeLedgerEntry({ target: contact('1') }));
    await say({ ...out, rule: 'takes no part: b' });
    await say({ ...out, rule: 'takes no part: b' }, { ...out, target: contact('2') });
    expect((await fixture.ledger()).map(({ rule }) => rule)).toEqual([
      'takes no part: a',
      'takes no part: b',
      'changed-there',
      'takes no part: b',
      // Of the other record.
      'takes no part: a',
    ]);
  });

  it('moves the base field by field and lets stamps only rise', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    await store.settle([
      makeSettlement(unit, {
        move: {
          linkId: link.id,
          version: 1,
          base: { phone: { hubspot: '1', salesforce: '2' } },
          stamps: { hubspot: 5, salesforce: 50 },
        },
      }),
    ]);
    expect(await linkOf('1')).toMatchObject({
      version: 2,
      base: { ...link.base, phone: { hubspot: '1', salesforce: '2' } },
      stamps: { hubspot: 10, salesforce: 50 },
    });
  });

  it('notes what was seen of last writes without a new version, and lets stamps only rise by it', async () => {
    const link = await beginLink('1', '00Q1');
    const base = { ...link.base, phone: { hubspot: '1', salesforce: '2' } };
    await store.noteKept([{ ...link, base, stamps: { hubspot: 5, salesforce: 50 } }]);
    expect(await linkOf('1')).toMatchObject({ version: 1, base, stamps: { hubspot: 10, salesforce: 50 } });
    await store.noteKept([{ ...link, version: 0, stamps: { hubspot: 99, salesforce: 99 } }]);
    expect(await linkOf('1')).toMatchObject({ base, stamps: { hubspot: 10, salesforce: 50 } });
  });

  it('refuses an old fence and changes nothing', async () => {
    const old = await claimOne(contact('1'));
    await fixture.pass(leaseMs);
    const [unit] = await store.claim(pair, 'worker:2', 1, leaseMs);
    const begin = makeBegin({ hubspot: '1', salesforce: '00Q1' });
    const late = await store.settle([makeSettlement(old, { begin, ledger: [makeLedgerEntry()] })]);
    expect(late.refused).toEqual(new Set([old.key]));
    expect(late.begun.size).toBe(0);
    expect(await linkOf('1')).toBeUndefined();
    expect(await fixture.ledger()).toHaveLength(0);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, leased: 1 });
    expect((await store.settle([makeSettlement(unit as ClaimedUnit)])).refused.size).toBe(0);
  });

  it('refuses a plan made against an older version of the link', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    const move = { linkId: link.id, version: 0, base: {}, stamps: {} };
    expect((await store.settle([makeSettlement(unit, { move })])).refused).toEqual(new Set([unit.key]));
    expect(await linkOf('1')).toEqual(link);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, leased: 1 });
  });

  it('keeps a dirty row that was marked again while it was claimed, due at once', async () => {
    const unit = await claimOne(contact('1'));
    await store.commitSignals([makeMark(contact('1'))]);
    await store.settle([makeSettlement(unit)]);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, due: 1, leased: 0 });
    const [again] = await store.claim(pair, holder, 1, leaseMs);
    expect(again?.dirty[0]?.version).toBe(2);
  });

  it('puts rows off, but not those that a signal made due meanwhile', async () => {
    const units = await claimed(contact('1'), contact('2'));
    await store.commitSignals([makeMark(contact('2'))]);
    await store.settle(
      units.map((unit) =>
        makeSettlement(unit, { clean: [], again: unit.dirty.map(({ ref }) => ({ ref, dueMs: 30_000 })) }),
      ),
    );
    const due = await store.claim(pair, holder, 10, leaseMs);
    expect(due.map((unit) => [unit.key, unit.dirty[0]?.attempts])).toEqual([['hubspot:contacts/2', 1]]);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 2 });
  });

  it('makes rows due that a settlement says nothing about', async () => {
    const unit = await claimOne(contact('1'));
    await store.settle([makeSettlement(unit, { clean: [] })]);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, due: 1 });
  });

  it('walks the live links of a pair in the order of their HubSpot ids, page by page', async () => {
    for (const id of ['20', '3', '100', '5']) await beginLink(id, `00Q${id}`);
    const unit = await claimOne(contact('5'));
    const linkId = (await linkOf('5'))?.id ?? '';
    await store.settle([makeSettlement(unit, { end: { linkId, cause: 'deleted' } })]);
    const walk = async (after: string, limit: number): Promise<readonly string[]> =>
      (await store.linksAfter(pair, after, limit)).map(({ ids }) => ids.hubspot);
    expect(await walk('', 2)).toEqual(['100', '20']);
    expect(await walk('20', 2)).toEqual(['3']);
    expect(await walk('3', 2)).toEqual([]);
    expect(await store.linksAfter('companies', '', 2)).toEqual([]);
    expect((await store.linksAfter(pair, '', 1))[0]).toEqual(await linkOf('100'));
  });

  it('ends a link, whose tombstone is still found, and begins another with one of its records', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    const { begun } = await store.settle([
      makeSettlement(unit, {
        end: { linkId: link.id, cause: 'converted' },
        begin: makeBegin({ hubspot: '1', salesforce: '003' }),
      }),
    ]);
    expect((await linkOf('1'))?.id).toBe(begun.get(unit.key)?.id);
    const tombstone = (await store.linksOf(pair, 'salesforce', ['00Q1'])).get('00Q1');
    expect(tombstone).toMatchObject({ id: link.id, ended: { cause: 'converted' } });
    expect((await store.links([link.id])).size).toBe(0);
  });

  it('begins no second live link with a record, from outside or in the same batch', async () => {
    await beginLink('1', '00Q1');
    const units = await claimed(contact('2'), contact('3'), contact('4'));
    const [taken, first, second] = units;
    const { begun, refused } = await store.settle([
      makeSettlement(taken as ClaimedUnit, { begin: makeBegin({ hubspot: '2', salesforce: '00Q1' }) }),
      makeSettlement(first as ClaimedUnit, { begin: makeBegin({ hubspot: '3', salesforce: '00Q3' }) }),
      makeSettlement(second as ClaimedUnit, { begin: makeBegin({ hubspot: '4', salesforce: '00Q3' }) }),
    ]);
    expect([...begun.keys()]).toEqual([first?.key]);
    expect(refused).toEqual(new Set([taken?.key, second?.key]));
  });

  it('keeps no question about a record that was linked meanwhile, and looks at it again as that link', async () => {
    const [alone, other] = await claimed(contact('1'), lead('00Q1'));
    if (alone === undefined || other === undefined) throw new Error('two units were to be claimed');
    const begin = makeBegin({ hubspot: '1', salesforce: '00Q1' });
    const { begun } = await store.settle([makeSettlement(other, { begin })]);
    const cause = 'the record in the identity field is linked elsewhere';
    const review = { pair, unit: alone.key, ref: contact('1'), cause, candidates: [lead('00Q1')] };
    const park = [makeParked(alone, { ref: contact('1') })];
    for (const overrides of [{ review, clean: [] }, { park, clean: [] }, {}]) {
      const { refused } = await store.settle([makeSettlement(alone, overrides)]);
      expect(refused).toEqual(new Set([alone.key]));
    }
    expect(await store.backlog(pair)).toMatchObject({ reviews: 0, parked: 0, dirty: 1 });
    await store.release([alone], 0);
    const again = await store.claim(pair, holder, 10, leaseMs);
    expect(again.map(({ key }) => key)).toEqual([`link:${begun.get(other.key)?.id}`]);
  });

  it('lets one of two workers begin a link with the same record at the same moment', async () => {
    const units = await claimed(...Array.from({ length: 8 }, (_, index) => contact(String(index))));
    const results = await Promise.all(
      units.map((unit, index) =>
        store.settle([
          makeSettlement(unit, { begin: makeBegin({ hubspot: String(index), salesforce: '00Q' }) }),
        ]),
      ),
    );
    expect(results.map(({ begun }) => begun.size).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('applies the good settlements of a batch whose data the database refuses in one', async () => {
    const units = await claimed(...Array.from({ length: 7 }, (_, index) => contact(String(index))));
    const settlements = units.map((unit, index) =>
      makeSettlement(unit, index === 4 ? { closedIntents: ['not-a-uuid'] } : { ledger: [makeLedgerEntry()] }),
    );
    const { refused } = await store.settle(settlements);
    expect(refused).toEqual(new Set([units[4]?.key]));
    expect(await fixture.ledger()).toHaveLength(6);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, leased: 1 });
    expect(fixture.takeTrouble()).toEqual([`settlement of ${units[4]?.key}`]);
  });

  it('parks, keeps the age of what stays parked, unparks, and asks and answers reviews', async () => {
    const unit = await claimOne(contact('1'));
    await store.settle([
      makeSettlement(unit, {
        clean: [],
        park: [makeParked(unit), makeParked(unit, { field: null })],
        review: {
          pair,
          unit: unit.key,
          ref: contact('1'),
          cause: 'two candidates',
          candidates: [lead('a'), lead('b')],
        },
      }),
    ]);
    expect(await store.backlog(pair)).toMatchObject({ parked: 2, reviews: 1 });
    const [second] = await store.claim(pair, holder, 1, leaseMs);
    expect(second?.parked.map(({ field, failure }) => [field, failure.code])).toEqual(
      expect.arrayContaining([
        ['lastname', 'STRING_TOO_LONG'],
        [null, 'STRING_TOO_LONG'],
      ]),
    );
    await store.settle([
      makeSettlement(second as ClaimedUnit, {
        clean: [],
        park: [makeParked(unit, { refused: 'other' })],
        unpark: [{ system: 'salesforce', field: null }],
        review: null,
      }),
    ]);
    expect(await store.backlog(pair)).toMatchObject({ parked: 1, reviews: 0 });
    const [third] = await store.claim(pair, holder, 1, leaseMs);
    const since = second?.parked.find(({ field }) => field === 'lastname')?.since;
    expect(third?.parked).toEqual([{ ...makeParked(unit, { refused: 'other' }), since }]);
  });
});

describe('settleAndKeep', () => {
  it('hands lease, fence, match keys and parked rows to the link that begins', async () => {
    const unit = await claimOne(contact('1'));
    await store.lockKeys(holder, [{ unit: unit.key, fence: unit.fence, key: 'email:a' }], leaseMs);
    const create = makeIntent(unit);
    expect(await store.openIntents([create], fences(unit), 20_000, 1_000)).toEqual(new Set([create.id]));
    const { begun } = await store.settleAndKeep([
      makeSettlement(unit, {
        begin: makeBegin({ hubspot: '1', salesforce: '00Q1' }),
        closedIntents: [create.id],
        park: [makeParked(unit)],
      }),
    ]);
    const link = begun.get(unit.key) as Link;
    const key = `link:${link.id}`;
    await store.commitSignals([makeMark(lead('00Q1'))]);
    expect(await store.claim(pair, 'worker:2', 10, leaseMs)).toEqual([]);

    const update = makeIntent(
      { key },
      { op: 'update', target: contact('1'), source: lead('00Q1'), linkId: link.id, linkVersion: 1 },
    );
    expect(await store.openIntents([update], new Map([[key, unit.fence]]), 20_000, 1_000)).toEqual(
      new Set([update.id]),
    );
    const last = makeSettlement(
      { key, fence: unit.fence },
      { closedIntents: [update.id], move: { linkId: link.id, version: 1, base: {}, stamps: {} } },
    );
    expect((await store.settle([last])).refused.size).toBe(0);
    expect(await store.backlog(pair)).toMatchObject({
      leased: 0,
      openIntents: 0,
      parked: 1,
      dirty: 1,
      due: 1,
    });
    const [next] = await store.claim(pair, 'worker:2', 10, leaseMs);
    expect(next?.parked.map((each) => each.unit)).toEqual([key]);
    expect(await fixture.keyLocks()).toBe(0);
  });
});

describe('intents', () => {
  it('are at most one open per unit and system', async () => {
    const unit = await claimOne(contact('1'));
    const [first, second] = [makeIntent(unit), makeIntent(unit)];
    const other = makeIntent(unit, { target: contact('1'), source: lead('00Q1') });
    expect(await store.openIntents([first, second, other], fences(unit), 20_000, 1_000)).toEqual(
      new Set([first.id, other.id]),
    );
    expect(await store.openIntents([second], fences(unit), 20_000, 1_000)).toEqual(new Set());
    await store.settleAndKeep([makeSettlement(unit, { clean: [], closedIntents: [first.id] })]);
    expect(await store.openIntents([second], fences(unit), 20_000, 1_000)).toEqual(new Set([second.id]));
  });

  it('are refused under an old fence, a lease that ends too soon, or a version that moved', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    const intent = makeIntent(unit, { op: 'update', linkId: link.id, linkVersion: 1, target: lead('00Q1') });
    const open = (over: object, fence: number, marginMs: number): Promise<ReadonlySet<string>> =>
      store.openIntents([{ ...intent, ...over }], new Map([[unit.key, fence]]), 20_000, marginMs);
    expect(await open({}, unit.fence - 1, 1_000)).toEqual(new Set());
    expect(await open({}, unit.fence, leaseMs)).toEqual(new Set());
    expect(await open({ linkVersion: 0 }, unit.fence, 1_000)).toEqual(new Set());
    expect(await open({}, unit.fence, 1_000)).toEqual(new Set([intent.id]));
  });

  it('are refused when a signal for their target came since the claim, in five minutes or three looks', async () => {
    const link = await beginLink('1', '00Q1');
    const toLead = {
      op: 'update',
      linkId: link.id,
      linkVersion: link.version,
      target: lead('00Q1'),
    } as const;
    const sizes: number[] = [];
    for (let look = 1; look <= 6; look += 1) {
      if (look === 2 || look === 6) await fixture.age('dirty', 200_000);
      const unit = await claimOne(lead('00Q1'));
      const open = async (): Promise<number> =>
        (await store.openIntents([makeIntent(unit, toLead)], fences(unit), 20_000, 1_000)).size;
      await store.commitSignals([makeMark(lead('00Q1'))]);
      sizes.push(await open());
      const again = unit.dirty.map(({ ref }) => ({ ref, dueMs: 0 }));
      if (look < 6) await store.settle([makeSettlement(unit, { clean: [], again })]);
    }
    expect(sizes).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('are let through when the signal was for their source', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    await store.commitSignals([makeMark(contact('1'))]);
    const intent = makeIntent(unit, {
      op: 'update',
      linkId: link.id,
      linkVersion: link.version,
      target: lead('00Q1'),
    });
    expect(await store.openIntents([intent], fences(unit), 20_000, 1_000)).toEqual(new Set([intent.id]));
  });

  it('are refused as creates once their record has a link', async () => {
    const unit = await claimOne(contact('1'));
    const [other] = await claimed(lead('00Q1'));
    await store.settle([
      makeSettlement(other as ClaimedUnit, { begin: makeBegin({ hubspot: '1', salesforce: '00Q1' }) }),
    ]);
    expect(await store.openIntents([makeIntent(unit)], fences(unit), 20_000, 1_000)).toEqual(new Set());
  });
});

describe('match keys', () => {
  it('belong to one unit until it is settled', async () => {
    const units = await claimed(contact('1'), contact('2'));
    const [one, two] = units as [ClaimedUnit, ClaimedUnit];
    const ask = (unit: ClaimedUnit, key: string): { unit: string; fence: number; key: string } => ({
      unit: unit.key,
      fence: unit.fence,
      key,
    });
    const naughty = 'a\0b\ud800';
    const first = await store.lockKeys(
      holder,
      [ask(one, 'a'), ask(two, 'a'), ask(one, naughty), ask(two, 'c')],
      leaseMs,
    );
    expect(first).toEqual(new Set([`${one.key} a`, `${one.key} ${naughty}`, `${two.key} c`]));
    expect(await store.lockKeys(holder, [ask(two, 'a')], leaseMs)).toEqual(new Set());
    expect(await store.lockKeys(holder, [ask(two, 'a\0b\ud801')], leaseMs)).toEqual(
      new Set([`${two.key} a\0b\ud801`]),
    );
    expect(await store.lockKeys(holder, [ask(one, 'a')], leaseMs)).toEqual(new Set([`${one.key} a`]));
    await store.settle([makeSettlement(one)]);
    expect(await store.lockKeys(holder, [ask(two, 'a')], leaseMs)).toEqual(new Set([`${two.key} a`]));
  });

  it('are not given under an old fence or to another holder, and are free once the lease has run out', async () => {
    const [one, two] = (await claimed(contact('1'), contact('2'))) as [ClaimedUnit, ClaimedUnit];
    const ask = (unit: ClaimedUnit, fence = unit.fence): { unit: string; fence: number; key: string } => ({
      unit: unit.key,
      fence,
      key: 'a',
    });
    expect(await store.lockKeys(holder, [ask(one, 0)], leaseMs)).toEqual(new Set());
    expect(await store.lockKeys('worker:9', [ask(one)], leaseMs)).toEqual(new Set());
    expect((await store.lockKeys(holder, [ask(one)], leaseMs)).size).toBe(1);
    await fixture.expire(one.key);
    expect((await store.lockKeys(holder, [ask(two)], leaseMs)).size).toBe(1);
  });
});

describe('decisions', () => {
  it('are known by pair, system and record, and are answered for the records asked for', async () => {
    const ruledOut = [lead('00Q1'), lead('00Q2')];
    expect(await store.decidedNew(pair, 'hubspot', ['1', '2'])).toEqual(new Map());
    await fixture.decideNew('hubspot', '1');
    await fixture.decideNew('hubspot', '1', ruledOut);
    await fixture.decideNew('salesforce', '2');
    expect(await store.decidedNew(pair, 'hubspot', ['1', '2'])).toEqual(new Map([['1', ruledOut]]));
    expect(await store.decidedNew(pair, 'salesforce', ['1', '2'])).toEqual(new Map([['2', []]]));
    expect(await store.decidedNew('companies', 'hubspot', ['1'])).toEqual(new Map());
    expect(await store.decidedNew(pair, 'hubspot', [])).toEqual(new Map());
  });

  it('stand when their record is settled, linked and unlinked', async () => {
    await fixture.decideNew('hubspot', '1');
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    await store.settle([makeSettlement(unit, { review: null, end: { linkId: link.id, cause: 'test' } })]);
    expect(await store.decidedNew(pair, 'hubspot', ['1'])).toEqual(new Map([['1', []]]));
  });
});

describe('retryParked', () => {
  it('marks every parked unit once, by its own record or its link', async () => {
    const unit = await claimOne(contact('9'));
    await store.settle([
      makeSettlement(unit, {
        park: [makeParked(unit, { ref: lead('') }), makeParked(unit, { field: null })],
      }),
    ]);
    const link = await beginLink('1', '00Q1');
    const linked = await claimOne(contact('1'));
    await store.settle([makeSettlement(linked, { park: [makeParked(linked)] })]);
    expect(await store.retryParked(pair)).toBe(2);
    const units = await store.claim(pair, holder, 10, leaseMs);
    expect(units.map(({ key, parked }) => [key, parked.length]).sort()).toEqual([
      ['hubspot:contacts/9', 2],
      [`link:${link.id}`, 1],
    ]);
  });
});

describe('an erasure', () => {
  const erasure = (overrides: Partial<Erasure> = {}): Erasure => ({
    refs: [contact('1'), lead('00Q1')],
    keys: ['ann@example.com'],
    cause: 'erased in HubSpot',
    ...overrides,
  });
  const end = (link: Link) => ({ linkId: link.id, cause: 'erased in HubSpot' });
  const names = [recordName(contact('1')), recordName(lead('00Q1')), keyName('ann@example.com')];

  it('empties the base, keeps the tombstone, and knows the person again by records and key', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(lead('00Q1'));
    expect(await store.erasedAmong(names)).toEqual(new Set());
    const { refused } = await store.settle([
      makeSettlement(unit, {
        end: end(link),
        erase: erasure(),
        review: { pair, unit: unit.key, ref: lead('00Q1'), cause: 'decide', candidates: [] },
      }),
    ]);
    expect(refused.size).toBe(0);
    expect(await linkOf('1')).toMatchObject({ base: {}, ended: { cause: 'erased in HubSpot' } });
    expect(await store.erasedAmong([...names, keyName('bob@example.com')])).toEqual(new Set(names));
    expect(await store.backlog(pair)).toMatchObject({ reviews: 1, leased: 0, dirty: 0 });
  });

  it('takes what signals told of the person away, also of what came while it was worked on', async () => {
    const link = await beginLink('1', '00Q1');
    const unit = await claimOne(contact('1'));
    const changed = { Title: { at: 1, value: 'by a person' } };
    await store.commitSignals([
      makeMark(lead('00Q1'), { changed }),
      makeMark(contact('1'), { changed }),
      makeMark(lead('00Q2'), { changed }),
    ]);
    await store.settle([makeSettlement(unit, { end: end(link), erase: erasure() })]);
    const left = (await store.claim(pair, holder, 10, leaseMs)).flatMap(({ dirty }) => dirty);
    expect(left.map(({ ref, changed: told }) => [ref.id, told]).toSorted()).toEqual([
      ['00Q1', undefined],
      ['00Q2', changed],
      ['1', undefined],
    ]);
  });

  it('lets no link begin with one of the records, and leaves other links alone', async () => {
    const link = await beginLink('1', '00Q1');
    const other = await beginLink('2', '00Q2');
    const unit = await claimOne(contact('1'));
    await store.settle([makeSettlement(unit, { end: end(link), erase: erasure() })]);
    for (const ids of [
      { hubspot: '1', salesforce: '00Q9' },
      { hubspot: '9', salesforce: '00Q1' },
    ]) {
      const again = await claimOne(ids.hubspot === '1' ? contact('1') : contact('9'));
      const types = { hubspot: 'contacts', salesforce: 'Lead' };
      const begin = { ...makeBegin(ids), types };
      const { refused } = await store.settle([makeSettlement(again, { begin })]);
      expect([...refused]).toEqual([again.key]);
      await store.release([again], 600_000);
    }
    expect(await linkOf('2')).toEqual(other);
  });

  it('takes the lease from whoever holds a match key of the person or works on the records', async () => {
    const link = await beginLink('1', '00Q1');
    const [own, twin] = await claimed(contact('1'), lead('00Q7'));
    if (!own || !twin) throw new Error('two units were to be claimed');
    await store.lockKeys(
      holder,
      [{ unit: twin.key, fence: twin.fence, key: lockName(pair, 'ann@example.com') }],
      leaseMs,
    );
    expect(await fixture.keyLocks()).toBe(1);
    await store.settle([makeSettlement(own, { end: end(link), erase: erasure() })]);
    expect(await fixture.keyLocks()).toBe(0);
    const { refused } = await store.settle([
      makeSettlement(twin, { begin: makeBegin({ hubspot: '7', salesforce: '00Q7' }) }),
    ]);
    expect([...refused]).toEqual([twin.key]);
    expect((await store.claim(pair, holder, 10, leaseMs)).map(({ key }) => key)).toEqual([twin.key]);
  });

  it('is told once and stays told, whatever else is told of the record', async () => {
    await store.commitSignals([makeMark(contact('1'), { erased: true })]);
    await store.commitSignals([makeMark(contact('1'), { cause: 'deleted in hubspot' })]);
    const [unit] = await store.claim(pair, holder, 10, leaseMs);
    expect(unit?.dirty).toMatchObject([{ erased: true, cause: 'deleted in hubspot' }]);
  });

  it('takes the person out of the contact roles of deals, and whoever works on one of those looks again', async () => {
    const link = await beginLink('1', '00Q1');
    const dealRef = { system: 'hubspot', type: 'deals', id: '7' } as const;
    const dealUnit = async () => {
      await store.commitSignals([{ ...makeMark(dealRef), pair: 'deals' }]);
      const [unit] = await store.claim('deals', holder, 1, leaseMs);
      if (unit === undefined) throw new Error('the deal was not claimed');
      return unit;
    };
    const roles = { hubspot: '1=Budget*;12', salesforce: '00Q1=Economic Buyer*;00Q12' };
    const begun = { ids: { hubspot: '7', salesforce: '0067' }, stamps: { hubspot: 1, salesforce: 1 } };
    const entry = { pair: 'deals', target: dealRef, field: 'contactRoles' } as const;
    const first = await dealUnit();
    await store.settle([
      {
        ...makeSettlement(first),
        pair: 'deals',
        begin: { ...begun, base: { contactRoles: roles, amount: { hubspot: '1', salesforce: 1 } } },
        ledger: [
          makeLedgerEntry({ ...entry, from: '1', to: '1=Budget*;12', lost: '00Q1;00Q12' }),
          makeLedgerEntry({ ...entry, field: 'amount', from: '1', to: 1 }),
        ],
      },
    ]);
    const working = await dealUnit();
    // As many as are not looked for one by one.
    const refs = [lead('00Q1'), ...Array.from({ length: 20 }, (_, n) => contact(n === 0 ? '1' : `9${n}`))];
    const unit = await claimOne(contact('1'));
    await store.settle([
      makeSettlement(unit, { end: end(link), erase: erasure({ rolesIn: ['deals'], refs }) }),
    ]);
    const deal = (await store.linksOf('deals', 'hubspot', ['7'])).get('7');
    expect(deal?.base).toEqual({
      contactRoles: { hubspot: '12', salesforce: '00Q12' },
      amount: { hubspot: '1', salesforce: 1 },
    });
    const told = (await fixture.ledger()).filter(({ linkId }) => linkId === deal?.id);
    expect(told).toMatchObject([
      { field: 'contactRoles', from: null, to: '12', lost: '00Q12' },
      { field: 'amount', from: '1', to: 1 },
    ]);
    const moved = { linkId: working.link?.id ?? '', version: working.link?.version ?? 0, stamps: {} };
    const { refused } = await store.settle([
      { ...makeSettlement(working), pair: 'deals', move: { ...moved, base: { contactRoles: roles } } },
    ]);
    expect([...refused]).toEqual([working.key]);
  });

  it('asks anew where somebody else had one of the records for a candidate', async () => {
    const link = await beginLink('1', '00Q1');
    const asking = await claimOne(lead('00Q8'));
    const review = { pair, unit: asking.key, ref: lead('00Q8'), cause: 'two', candidates: [contact('1')] };
    await store.settle([makeSettlement(asking, { review })]);
    const unit = await claimOne(contact('1'));
    await store.settle([makeSettlement(unit, { end: end(link), erase: erasure() })]);
    expect(await store.backlog(pair)).toMatchObject({ reviews: 0, dirty: 1 });
    expect((await store.claim(pair, holder, 10, leaseMs)).map(({ key }) => key)).toEqual([asking.key]);
  });
});
