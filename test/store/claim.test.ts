import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedUnit } from '../../src/model/state.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import { contact, holder, lead, makeBegin, makeIntent, makeMark, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
let store: EngineStore;
beforeEach(async () => {
  store = fixture.store;
  await fixture.reset();
});

const leaseMs = 60_000;
const claim = (limit = 100): Promise<readonly ClaimedUnit[]> => store.claim(pair, holder, limit, leaseMs);
const keys = (units: readonly ClaimedUnit[]): readonly string[] => units.map((unit) => unit.key);

/** Links a contact and a lead, leaving nothing dirty. */
const link = async (hubspot: string, salesforce: string): Promise<string> => {
  await store.commitSignals([makeMark(contact(hubspot))]);
  const [unit] = await claim();
  if (unit === undefined) throw new Error('nothing claimed');
  const { begun } = await store.settle([makeSettlement(unit, { begin: makeBegin({ hubspot, salesforce }) })]);
  return begun.get(unit.key)?.id ?? 'refused';
};

const pass = (ms: number): Promise<void> => fixture.pass(ms);

describe('the weakest class that is wanted', () => {
  it('leaves the rows of weaker ones where they are', async () => {
    await store.commitSignals(
      (['backfill', 'sweep', 'live', 'consent'] as const).map((workClass, at) =>
        makeMark(contact(String(at)), { class: workClass }),
      ),
    );
    const classesOf = (units: readonly ClaimedUnit[]) => units.map(({ dirty }) => dirty[0]?.class);
    expect(classesOf(await store.claim(pair, holder, 10, leaseMs, undefined, 'live'))).toEqual([
      'consent',
      'live',
    ]);
    expect(classesOf(await claim())).toEqual(['sweep', 'backfill']);
  });
});

describe('signals', () => {
  it('keep when fields were changed and by whom, the later word last', async () => {
    await store.commitSignals([
      makeMark(contact('1'), { changed: { City: { at: 1 }, Title: { at: 1, source: 'IMPORT' } } }),
      makeMark(contact('1'), { changed: { City: { at: 2, source: 'CRM_UI', sourceId: 'userId:7' } } }),
    ]);
    await store.commitSignals([makeMark(contact('1'))]);
    await store.commitSignals([makeMark(contact('1'), { changed: { Title: { at: 3, value: 'Chief' } } })]);
    const [unit] = await claim();
    expect(unit?.dirty[0]?.changed).toEqual({
      City: { at: 2, source: 'CRM_UI', sourceId: 'userId:7' },
      Title: { at: 3, value: 'Chief' },
    });
  });

  it('fold into one row per record: versions count, class and stamp only strengthen', async () => {
    await store.commitSignals([
      makeMark(contact('1'), { class: 'backfill', stamp: 7, cause: 'list' }),
      makeMark(contact('1'), { class: 'sweep', stamp: 9, cause: 'sweep' }),
    ]);
    await store.commitSignals([makeMark(contact('1'), { class: 'live', stamp: null, cause: 'poll' })]);
    await store.commitSignals([makeMark(contact('1'), { class: 'backfill', stamp: 3, cause: 'late' })]);
    const [unit] = await claim();
    expect(unit?.dirty).toEqual([
      {
        pair,
        ref: contact('1'),
        class: 'live',
        stamp: 9,
        cause: 'late',
        version: 3,
        since: expect.closeTo(Date.now(), -5),
        attempts: 0,
      },
    ]);
  });

  it('the workload tells the strongest class that is due', async () => {
    expect((await store.workload(pair, 10)).strongest).toBeNull();
    await store.commitSignals([makeMark(contact('1'), { class: 'backfill' })]);
    expect((await store.workload(pair, 10)).strongest).toBe('backfill');
    await store.commitSignals([makeMark(contact('2'), { class: 'live' })]);
    expect((await store.workload(pair, 10)).strongest).toBe('live');
  });

  it('the workload counts what waits no further than asked', async () => {
    expect(await store.workload(pair, 2)).toEqual({ dirty: 0, due: 0, leased: 0, strongest: null });
    await store.commitSignals(['1', '2', '3'].map((id) => makeMark(contact(id), { class: 'live' })));
    expect(await store.workload(pair, 2)).toEqual({ dirty: 2, due: 2, leased: 0, strongest: 'live' });
    expect(await store.workload(pair, 10)).toEqual({ dirty: 3, due: 3, leased: 0, strongest: 'live' });
    await claim(1);
    expect(await store.workload(pair, 10)).toMatchObject({ dirty: 3, due: 2, leased: 1 });
  });

  it('commit with the cursor or the alignment they came from', async () => {
    await store.commitSignals([makeMark(contact('1'))], {
      cursor: { pair, system: 'hubspot', at: { stamp: 5, id: '1' } },
    });
    await store.commitSignals([], { cursor: { pair, system: 'hubspot', at: { stamp: 6, id: '2' } } });
    expect(await store.cursor(pair, 'hubspot')).toEqual({ stamp: 6, id: '2' });
    expect(await store.cursor(pair, 'salesforce')).toBeNull();
    const alignment = {
      pair,
      mappingHash: 'abc',
      after: { hubspot: '17', salesforce: null },
      listed: { hubspot: 100, salesforce: 0 },
      done: { hubspot: false, salesforce: true },
    };
    expect(await store.alignment(pair)).toBeNull();
    await store.commitSignals([makeMark(contact('2'))], { alignment });
    expect(await store.alignment(pair)).toEqual(alignment);
  });

  it('are undone together with a position that fails', async () => {
    const bad = { cursor: { pair, system: 'hubspot' as const, at: { stamp: Number.NaN, id: '1' } } };
    await expect(store.commitSignals([makeMark(contact('1'))], bad)).rejects.toThrow();
    expect((await store.backlog(pair)).dirty).toBe(0);
  });
});

describe('claim', () => {
  it('takes the strongest class first, then the oldest, up to the limit', async () => {
    await store.commitSignals([makeMark(contact('1'), { class: 'backfill' })]);
    await store.commitSignals([makeMark(contact('2'), { class: 'sweep' })]);
    await store.commitSignals([makeMark(contact('3'))]);
    await store.commitSignals([makeMark(contact('4'))]);
    expect(keys(await claim(3))).toEqual(['hubspot:contacts/3', 'hubspot:contacts/4', 'hubspot:contacts/2']);
    expect(keys(await claim(3))).toEqual(['hubspot:contacts/1']);
    expect(await claim(3)).toEqual([]);
  });

  it('leaves other pairs alone', async () => {
    await store.commitSignals([makeMark(contact('1'), { pair: 'companies' })]);
    expect(await claim()).toEqual([]);
  });

  it('gives both sides of a link as one unit, even one that is not due', async () => {
    const id = await link('1', '00Q1');
    await store.commitSignals([makeMark(contact('1'))]);
    const [first] = await claim();
    await store.settle([
      makeSettlement(first as ClaimedUnit, { clean: [], again: [{ ref: contact('1'), dueMs: 60_000 }] }),
    ]);
    await store.commitSignals([makeMark(lead('00Q1'))]);
    const units = await claim();
    expect(keys(units)).toEqual([`link:${id}`]);
    expect(units[0]?.link).toMatchObject({ id, version: 1, ids: { hubspot: '1', salesforce: '00Q1' } });
    expect(units[0]?.dirty.map(({ ref, attempts }) => [ref.id, attempts]).sort()).toEqual([
      ['00Q1', 0],
      ['1', 1],
    ]);
  });

  it('gives a unit to one of two workers that find its two sides at once', async () => {
    await link('1', '00Q1');
    await store.commitSignals([makeMark(contact('1')), makeMark(lead('00Q1'))]);
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, index) => store.claim(pair, `worker:${index}`, 1, leaseMs)),
    );
    expect(claims.flat()).toHaveLength(1);
  });

  it('never gives one unit twice to many workers', async () => {
    const refs = Array.from({ length: 300 }, (_, index) => contact(String(index)));
    await store.commitSignals(refs.map((ref) => makeMark(ref)));
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => store.claim(pair, `worker:${index}`, 50, leaseMs)),
    );
    const all = keys(claims.flat());
    expect(new Set(all).size).toBe(all.length);
    expect(all.length + keys(await claim(300)).length).toBe(300);
  });

  it('gives a unit again, under a higher fence, once its lease has run out', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    const [first] = await claim();
    await pass(leaseMs - 1_000);
    expect(await claim()).toEqual([]);
    await pass(1_000);
    const [second] = await claim();
    expect(second?.key).toBe(first?.key);
    expect(second?.fence).toBeGreaterThan(first?.fence ?? 0);
  });

  it('does not give a leased unit that became dirty again', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    await claim();
    await store.commitSignals([makeMark(contact('1'))]);
    expect(await claim()).toEqual([]);
    expect(await store.backlog(pair)).toMatchObject({ dirty: 1, due: 0, leased: 1 });
  });

  it('leaves a unit alone until the deadline of its open intent, then gives it with the intent', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    const [unit] = await claim();
    const intent = makeIntent(unit as ClaimedUnit);
    await store.openIntents([intent], new Map([[unit?.key ?? '', unit?.fence ?? 0]]), 90_000, 1_000);
    await pass(leaseMs);
    expect(await claim()).toEqual([]);
    await pass(30_001);
    const [again] = await claim();
    expect(again?.intents).toEqual([{ ...intent, deadline: expect.any(Number) }]);
  });

  it('brings the open create of a record that was linked meanwhile', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    const [unit] = await claim();
    const intent = makeIntent(unit as ClaimedUnit);
    await store.openIntents([intent], new Map([[unit?.key ?? '', unit?.fence ?? 0]]), 20_000, 1_000);
    await store.commitSignals([makeMark(lead('00Q1'))]);
    const [other] = await claim();
    await store.settle([
      makeSettlement(other as ClaimedUnit, { begin: makeBegin({ hubspot: '1', salesforce: '00Q1' }) }),
    ]);
    await pass(leaseMs);
    const [linked] = await claim();
    expect(linked?.key).toMatch(/^link:/);
    expect(linked?.intents.map(({ id }) => id)).toEqual([intent.id]);
  });
});

describe('release', () => {
  it('gives units back, due after a while, and refuses to do so under an old fence', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    const [first] = await claim();
    await store.release([{ key: first?.key ?? '', fence: (first?.fence ?? 0) - 1 }], 0);
    expect(await store.backlog(pair)).toMatchObject({ leased: 1 });
    await store.release(first === undefined ? [] : [first], 5_000);
    expect(await store.backlog(pair)).toMatchObject({ leased: 0, dirty: 1, due: 0 });
    await pass(5_000);
    expect(keys(await claim())).toEqual(['hubspot:contacts/1']);
  });

  it('does not put off a row that a signal made due meanwhile', async () => {
    await store.commitSignals([makeMark(contact('1'))]);
    const units = await claim();
    await store.commitSignals([makeMark(contact('1'))]);
    await store.release(units, 60_000);
    expect(keys(await claim())).toEqual(['hubspot:contacts/1']);
  });
});
