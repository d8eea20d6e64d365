import { describe, expect, it } from 'vitest';
import type { Link } from '../../src/model/state.ts';
import type { Tie } from '../../src/model/tie.ts';
import { AssociationPace } from '../../src/sync/association-pace.ts';
import { sweepAssociations, sweepPageSize } from '../../src/sync/association-sweep.ts';
import { type EngineContext, engineTiming } from '../../src/sync/engine.ts';
import { SignalMemory } from '../../src/sync/signal-memory.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { makeField, makePair } from './builders.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

const companyField = makeField({
  name: 'associatedcompanyid',
  fields: { hubspot: 'associatedcompanyid', salesforce: 'AccountId' },
  kind: 'reference',
  reference: { of: 'companies', values: {} },
});
const pair = makePair([makeField(), companyField]);

/** Contacts and their primary company, as HubSpot would tell of its associations; counts the calls. */
const makeStage = () => {
  let now = 1_800_000_000_000;
  const clock = new FakeClock();
  const store = new MemoryStore(
    () => now,
    () => undefined,
  );
  const primary = new Map<string, string>();
  const asked: (readonly string[])[] = [];
  const hubspot = Object.assign(new FakeSystem('hubspot', clock), {
    readTies: async (type: string, ids: readonly string[], toType: string) => {
      asked.push(ids);
      const ties = ids.flatMap((id): [string, readonly Tie[]][] => {
        const company = primary.get(id);
        if (company === undefined) return [];
        const from = { system: 'hubspot', type, id } as const;
        const other = {
          from,
          to: { system: 'hubspot', type: toType, id: '9999' },
          labels: [],
          primary: false,
        } as const;
        return [[id, [other, { from, to: { ...other.to, id: company }, labels: [], primary: true }]]];
      });
      return new Map(ties);
    },
  });
  const context: EngineContext = {
    pair,
    mappingHash: 'hash',
    store,
    systems: { hubspot, salesforce: new FakeSystem('salesforce', clock) },
    gates: { hubspot: freely, salesforce: freely },
    wake: { wake: () => undefined },
    events: { emit: () => undefined },
    holder: 'worker-1',
    timing: engineTiming,
    nowMs: () => now,
    makeId: () => 'id',
    signal: new AbortController().signal,
  };
  const link = (name: string, id: string, base: Link['base'] = {}): void => {
    store.state.links.set(`${name}-${id}`, {
      ...{ id: `${name}-${id}`, pair: name, version: 1, base, ended: null },
      ids: { hubspot: id, salesforce: `sf-${id}` },
      stamps: { hubspot: 1, salesforce: 1 },
    });
  };
  const person = (id: string, company: string | null): void =>
    link(pair.name, id, {
      associatedcompanyid: { hubspot: company, salesforce: company && `sf-${company}` },
    });
  const dirty = (): readonly string[] =>
    [...store.state.dirty.values()].map(({ ref }) => ref.id).sort((a, b) => Number(a) - Number(b));
  const pass = (ms: number): void => {
    now += ms;
  };
  return { context, store, primary, asked, link, person, dirty, pass };
};

describe('the association sweep', () => {
  it('marks who has another company than their base says, or none any more, and nobody else', async () => {
    const { context, primary, link, person, dirty } = makeStage();
    for (const company of ['50', '51']) link('companies', company);
    for (const id of ['1', '2', '3', '4']) person(id, '50');
    person('5', null);
    primary.set('1', '50').set('2', '51').set('4', '50').set('5', '51');
    const page = await sweepAssociations(context, new SignalMemory());
    expect(dirty()).toEqual(['2', '3', '5']);
    expect(page).toEqual({ marked: 3, isLast: true });
  });

  it('leaves who waits for a company without counterpart, and looks once at who has moved to one', async () => {
    const { context, store, primary, link, person, dirty } = makeStage();
    link('companies', '50');
    link(pair.name, '1');
    person('2', '50');
    primary.set('1', '77').set('2', '77');
    const memory = new SignalMemory();
    await sweepAssociations(context, memory);
    expect(dirty()).toEqual(['2']);
    store.state.dirty.clear();
    expect(await sweepAssociations(context, memory)).toMatchObject({ marked: 0 });
    link('companies', '78');
    primary.set('2', '78');
    expect(await sweepAssociations(context, memory)).toMatchObject({ marked: 1 });
  });

  it('looks again at who was moved back to where a sweep had found them before, the base having followed others since', async () => {
    const { context, store, primary, link, person, dirty } = makeStage();
    for (const company of ['50', '51']) link('companies', company);
    person('1', '50');
    primary.set('1', '51');
    const memory = new SignalMemory();
    await sweepAssociations(context, memory);
    store.state.dirty.clear();
    // The engine followed, then a rep put them back in Salesforce: the same value as at first, by a write of ours.
    const own = store.state.links.get(`${pair.name}-1`);
    if (!own) throw new Error('no link');
    const read = { stamp: 2, at: 2 };
    const wrote = { ...{ to: 'hubspot' as const, over: '51', flips: 0, since: 0 }, read };
    const base = { associatedcompanyid: { hubspot: '50', salesforce: 'sf-50', wrote } };
    store.state.links.set(own.id, { ...own, base });
    expect(await sweepAssociations(context, memory)).toMatchObject({ marked: 1 });
    expect(dirty()).toEqual(['1']);
    store.state.dirty.clear();
    expect(await sweepAssociations(context, memory)).toMatchObject({ marked: 0 });
  });

  it('goes round by pages of as many as one call reads, and goes on where it was after a restart', async () => {
    const { context, asked, person, primary, dirty } = makeStage();
    const ids = Array.from({ length: sweepPageSize + 3 }, (_, at) => String(10_000 + at));
    for (const id of ids) person(id, null);
    expect(await sweepAssociations(context, new SignalMemory())).toMatchObject({ isLast: false });
    expect(await sweepAssociations(context, new SignalMemory())).toMatchObject({ isLast: true });
    expect(asked).toEqual([ids.slice(0, sweepPageSize), ids.slice(sweepPageSize)]);
    primary.set(ids[0] ?? '', '50');
    await sweepAssociations(context, new SignalMemory());
    expect(asked[2]).toEqual(ids.slice(0, sweepPageSize));
    expect(dirty()).toEqual([]);
  });

  it('keeps its place where HubSpot cannot be asked', async () => {
    const { context, person, asked } = makeStage();
    for (let at = 0; at < sweepPageSize; at += 1) person(String(10_000 + at), null);
    await sweepAssociations(context, new SignalMemory());
    const { readTies } = context.systems.hubspot;
    const broken = {
      ...context,
      systems: { ...context.systems, hubspot: Object.create(context.systems.hubspot) },
    };
    broken.systems.hubspot.readTies = async () => {
      throw new Error('away');
    };
    person('99999', null);
    await expect(sweepAssociations(broken, new SignalMemory())).rejects.toThrow('away');
    expect(readTies).toBeDefined();
    await sweepAssociations(context, new SignalMemory());
    expect(asked.at(-1)).toEqual(['99999']);
  });
});

describe('how fast the association sweep goes round', () => {
  const tick = 15_000;
  const quiet = { marked: 0, isLast: true };

  it('catches up in the first round of a process, then takes some pages a tick and rests after each round', () => {
    const pace = new AssociationPace(tick, 1);
    expect(pace.pagesDue('webhooks', 0)).toBe(20);
    pace.paged({ marked: 0, isLast: false }, 0);
    expect(pace.isCaughtUp).toBe(false);
    pace.paged(quiet, tick);
    expect(pace.isCaughtUp).toBe(true);
    expect(pace.pagesDue('poll', 2 * tick)).toBe(0);
    expect(pace.pagesDue('poll', 8 * tick)).toBe(4);
  });

  it('owes no first round after a first alignment', () => {
    const pace = new AssociationPace(tick, 1);
    pace.skipFirst();
    expect([pace.isCaughtUp, pace.pagesDue('poll', 0)]).toEqual([true, 4]);
  });

  it.each([1, 2, 5])(
    'of %d fields costs 8 calls of an idle hour where HubSpot tells of changes',
    (fields) => {
      const paces = Array.from({ length: fields }, () => new AssociationPace(tick, fields));
      let calls = 0;
      for (const pace of paces) {
        pace.skipFirst();
        for (let now = tick; now <= 3_600_000; now += tick) {
          for (let due = pace.pagesDue('webhooks', now); due > 0; due -= 1) {
            pace.paged(quiet, now);
            calls += 1;
          }
        }
      }
      expect(calls).toBeLessThanOrEqual(8 + fields);
    },
  );

  it('is fast again where nobody told of what it found, until a round finds nothing', () => {
    const pace = new AssociationPace(tick, 1);
    pace.skipFirst();
    pace.paged({ marked: 2, isLast: true }, tick);
    expect(pace.pagesDue('webhooks', tick)).toBe(0);
    expect(pace.pagesDue('webhooks', 9 * tick)).toBe(4);
    pace.paged(quiet, 9 * tick);
    expect(pace.pagesDue('webhooks', 18 * tick)).toBe(0);
  });
});
