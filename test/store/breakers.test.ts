import { beforeEach, expect, it } from 'vitest';
import type { MassChange } from '../../src/sync/breakers/mass-change.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
const minuteMs = 60_000;
const limits = { records: 50, percent: 5, minutes: 10, overwrites: 'alike', creations: 200 } as const;

const blanks = (from: number, to: number): readonly MassChange[] =>
  Array.from({ length: to - from }, (_, n) => ({
    unit: `link:${from + n}`,
    kind: 'blank',
    scope: 'blank',
    field: 'phone',
  }));
const overwrites = (from: number, to: number, value: string): readonly MassChange[] =>
  Array.from({ length: to - from }, (_, n) => ({
    unit: `link:${from + n}`,
    kind: 'overwrite',
    scope: `overwrite:jobtitle:${value}`,
    field: 'jobtitle',
  }));
const note = (changes: readonly MassChange[]) => fixture.store.noteChanges('people', changes, limits);

beforeEach(async () => fixture.reset());

it('trips above 50 records and above 5% of all, and not where only one of the two is so', async () => {
  await fixture.makeLinks(2_000);
  expect((await note(blanks(0, 51))).open).toEqual([]);
  expect((await note(blanks(51, 100))).open).toEqual([]);
  const { open, begun } = await note(blanks(100, 101));
  expect(begun).toMatchObject([{ kind: 'blank', scope: 'blank', field: null, records: 101, links: 2_000 }]);
  expect(open).toEqual(begun);
});

it('counts a record once, however often it is looked at', async () => {
  await fixture.makeLinks(100);
  for (let round = 0; round < 3; round += 1) expect((await note(blanks(0, 50))).begun).toEqual([]);
  expect((await note(blanks(50, 51))).begun).toHaveLength(1);
});

it('forgets what is older than the window', async () => {
  await fixture.makeLinks(100);
  await note(blanks(0, 50));
  await fixture.age('changes', 11 * minuteMs);
  expect((await note(blanks(50, 90))).begun).toEqual([]);
});

it('begins one hold, whoever trips it, and names it to all until it is released', async () => {
  await fixture.makeLinks(100);
  const both = await Promise.all([note(blanks(0, 60)), note(blanks(60, 120))]);
  const begun = both.flatMap((each) => each.begun);
  expect(new Set(begun.map(({ id }) => id)).size).toBe(1);
  const [held] = await fixture.heldChanges();
  expect((await note(blanks(120, 121))).open).toEqual([held]);
  expect((await note(overwrites(0, 1, 'x'))).open).toEqual([]);
  expect(await fixture.releaseHeld(held?.id ?? '')).toEqual(held);
  expect(await fixture.releaseHeld(held?.id ?? '')).toBeNull();
});

it('does not trip again over what was released, even hours later, but over as many new ones', async () => {
  await fixture.makeLinks(100);
  await note(blanks(0, 60));
  const [held] = await fixture.heldChanges();
  await fixture.age('changes', 180 * minuteMs);
  await fixture.releaseHeld(held?.id ?? '');
  expect(await note(blanks(0, 60))).toEqual({ open: [], begun: [] });
  expect((await note(blanks(60, 111))).begun).toHaveLength(1);
});

it('takes overwrites with one value for a mass change, but not a pick list at work', async () => {
  await fixture.makeLinks(200);
  const mixed = ['a', 'b', 'c'].flatMap((value, n) => overwrites(n * 60, (n + 1) * 60, value));
  expect((await note(mixed)).begun).toEqual([]);
  expect((await note(overwrites(0, 200, 'd'))).begun).toMatchObject([
    { kind: 'overwrite', field: 'jobtitle', records: 200 },
  ]);
});

const creations = (from: number, to: number, scope = 'create:salesforce'): readonly MassChange[] =>
  Array.from({ length: to - from }, (_, n) => ({
    unit: `hubspot:contacts/${from + n}`,
    kind: 'create',
    scope,
    field: null,
  }));

it('counts creations by their own limit, whatever their share, for each system by itself', async () => {
  await fixture.makeLinks(10_000);
  expect((await note(creations(0, 200))).open).toEqual([]);
  expect((await note(creations(200, 400, 'create:hubspot'))).open).toEqual([]);
  const { open, begun } = await note(creations(200, 201));
  expect(begun).toMatchObject([{ kind: 'create', scope: 'create:salesforce', field: null, records: 201 }]);
  expect(open).toEqual(begun);
  expect((await note(creations(400, 401, 'create:hubspot'))).begun).toMatchObject([
    { scope: 'create:hubspot' },
  ]);
  await fixture.releaseHeld(begun[0]?.id ?? '');
  expect(await note(creations(0, 201))).toEqual({ open: [], begun: [] });
});

it('knows when a pair was first listed whole, and keeps it when another mapping begins', async () => {
  const begun = {
    pair: 'people',
    mappingHash: 'one',
    after: { hubspot: null, salesforce: null },
    listed: { hubspot: 0, salesforce: 0 },
    done: { hubspot: true, salesforce: true },
    converted: { after: null, listed: 0, done: false },
  };
  await fixture.store.commitSignals([], { alignment: begun });
  expect(await fixture.store.alignedAt('people')).toBeNull();
  const mark = {
    pair: 'people',
    ref: { system: 'hubspot', type: 'contacts', id: '1' },
    class: 'backfill',
    stamp: null,
    cause: 'first alignment',
  } as const;
  const done = { ...begun, converted: { after: null, listed: 1, done: true } };
  await fixture.store.commitSignals([mark], { alignment: done });
  const at = await fixture.store.alignedAt('people');
  // What the last page marked belongs to it.
  const [unit] = await fixture.store.claim('people', 'worker-1', 1, 60_000);
  expect(unit?.dirty[0]?.since).toBeLessThanOrEqual(at ?? 0);
  await fixture.store.commitSignals([], {
    alignment: { ...begun, mappingHash: 'two', done: { hubspot: false, salesforce: false } },
  });
  await fixture.store.commitSignals([], { alignment: { ...done, mappingHash: 'two' } });
  expect(await fixture.store.alignedAt('people')).toBe(at);
});
