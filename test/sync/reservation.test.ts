import { beforeEach, expect, it } from 'vitest';
import type { System } from '../../src/model/system.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import type { Reserve } from '../../src/sync/ports.ts';
import { BatchCalls, callsAhead } from '../../src/sync/reservation.ts';
import { workOnce } from '../../src/sync/work.ts';
import { peoplePair as pair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeClock, FakeSystem } from './fake-system.ts';

const fixture = withStore();

let hubspot: FakeSystem;
let salesforce: FakeSystem;
let engine: FakeEngine;
/** How many permits are reserved at present, and how many were asked for; how many calls a batch makes. */
let left: Record<System, number>;
let asked: Record<System, number[]>;
let made = 0;

const watched = (system: System): Reserve => ({
  reserve: async (calls) => {
    asked[system].push(calls);
    left[system] = calls;
    const keep = async (most: number): Promise<void> => {
      left[system] = Math.min(left[system], most);
    };
    return { left: calls, came: made, take: () => null, keep, release: () => keep(0) };
  },
});

const context = (): EngineContext => ({
  ...engine.context(),
  gates: { hubspot: watched('hubspot'), salesforce: watched('salesforce') },
});

beforeEach(async () => {
  await fixture.reset();
  const clock = new FakeClock();
  hubspot = new FakeSystem('hubspot', clock);
  salesforce = new FakeSystem('salesforce', clock);
  engine = new FakeEngine(fixture, pair, { hubspot, salesforce });
  left = { hubspot: 0, salesforce: 0 };
  asked = { hubspot: [], salesforce: [] };
  made = 0;
});

const person = (at: number) => ({ email: `p${at}@example.com`, lastname: `P${at}`, company: 'Acme' });

it('of a batch is given back as soon as the plan is known, before anything is written', async () => {
  const contact = hubspot.edit(person(1));
  await engine.align();
  hubspot.edit({ jobtitle: 'CTO' }, contact);
  await pollOnce(engine.context(), 'hubspot');
  const during: (typeof left)[] = [];
  salesforce.onWrite = async () => void during.push({ ...left });
  await workOnce(context(), 'live');
  // A full batch was asked for, and one edit goes to Salesforce alone.
  expect(asked).toEqual({ hubspot: [4], salesforce: [4] });
  expect(during).toEqual([{ hubspot: 0, salesforce: 1 }]);
  expect(left).toEqual({ hubspot: 0, salesforce: 0 });
});

it('keeps the call that tells HubSpot whom it became, and gives back the rest', async () => {
  await engine.align();
  hubspot.edit(person(1));
  await pollOnce(engine.context(), 'hubspot');
  const during: [System, typeof left][] = [];
  for (const system of [hubspot, salesforce])
    system.onWrite = async () => void during.push([system.system, { ...left }]);
  await workOnce(context(), 'live');
  expect(during).toEqual([
    ['salesforce', { hubspot: 1, salesforce: 1 }],
    ['hubspot', { hubspot: 1, salesforce: 0 }],
  ]);
});

it('is of as many calls as what is due needs, and no more is claimed than they carry', async () => {
  await engine.align();
  for (let at = 0; at < 130; at += 1) hubspot.edit(person(at));
  await pollOnce(engine.context(), 'hubspot');
  expect((await workOnce(context(), 'live', { due: 30 })).units).toBe(100);
  expect((await workOnce(context(), 'live', { due: 130 })).units).toBe(30);
  expect((await workOnce(context(), 'live', { due: 0 })).units).toBe(0);
  expect(asked.hubspot).toEqual([2, 4, 2]);
});

it('is of as many calls as the last batches made: histories are read beside reads and writes', async () => {
  const calls = new BatchCalls();
  const contact = hubspot.edit(person(1));
  await engine.align();
  for (made of [5, 0, 90]) {
    hubspot.edit({ jobtitle: `after ${made}` }, contact);
    await pollOnce(engine.context(), 'hubspot');
    await workOnce(context(), 'live', { due: 1, calls });
  }
  await workOnce(context(), 'live', { due: 200, calls });
  // A batch that was parted to find its bad rows teaches no more than six a read.
  expect(asked.hubspot).toEqual([2, 5, 5, 12]);
  // Edits that go to Salesforce alone need one call for each read, and one is kept beside.
  for (let batch = 0; batch < 8; batch += 1) calls.made(engine.context(), 200, 2);
  expect(callsAhead(engine.context(), 200, calls)).toEqual({ hubspot: 3, salesforce: 4 });
  expect(callsAhead(engine.context(), 1, calls)).toEqual({ hubspot: 2, salesforce: 2 });
  expect(new Set(asked.salesforce)).toEqual(new Set([2, 4]));
});

/** A system that notes for what it was called, and whether by a batch that goes first. */
const noting = (system: FakeSystem, seen: Map<string, boolean>): FakeSystem =>
  new Proxy(system, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        for (const each of given) {
          if (typeof each !== 'object' || each === null || !('purpose' in each)) continue;
          const purpose = `${system.system} ${String(each.purpose)}`;
          seen.set(purpose, (seen.get(purpose) ?? true) && 'reservations' in each);
        }
        return Reflect.apply(member, target, given);
      };
    },
  });

it('is drawn on by every call of its batch: reads, lookups, histories, writes', async () => {
  const contact = hubspot.edit(person(1));
  await engine.align();
  const [lead = ''] = salesforce.records.keys();
  hubspot.edit({ jobtitle: 'CTO' }, contact);
  salesforce.edit({ Title: 'CFO' }, lead);
  hubspot.edit(person(2));
  for (const system of ['hubspot', 'salesforce'] as const) await pollOnce(engine.context(), system);
  const seen = new Map<string, boolean>();
  const systems = { hubspot: noting(hubspot, seen), salesforce: noting(salesforce, seen) };
  await workOnce({ ...context(), systems }, 'live');
  expect(Object.fromEntries(seen)).toEqual({
    'hubspot read': true,
    'hubspot history': true,
    'hubspot write': true,
    'salesforce read': true,
    'salesforce match': true,
    'salesforce write': true,
  });
});
