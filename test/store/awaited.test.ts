import { beforeEach, describe, expect, it } from 'vitest';
import type { AwaitedLink, Link } from '../../src/model/state.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import { contact, holder, lead, makeBegin, makeMark, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
let store: EngineStore;
beforeEach(async () => {
  store = fixture.store;
  await fixture.reset();
});

const dayMs = 86_400_000;
const deal = (id: string) => ({ system: 'hubspot', type: 'deals', id }) as const;
const waits = (id: string, toType?: string): AwaitedLink => ({
  ...{ pair: 'deals', ref: deal('900'), of: pair, id },
  ...(toType === undefined ? {} : { toType }),
});
const woken = async (all = false): Promise<number> => (await store.wakeAwaited?.(all)) ?? 0;

const begin = async (): Promise<Link> => {
  await store.commitSignals([makeMark(contact('1'))]);
  const [unit] = await store.claim(pair, holder, 10, 60_000);
  if (!unit) throw new Error('nothing to claim');
  const types = { hubspot: 'contacts', salesforce: 'Lead' };
  const { begun } = await store.settle([
    makeSettlement(unit, { begin: { ...makeBegin({ hubspot: '1', salesforce: '00Q1' }), types } }),
  ]);
  const link = begun.get(unit.key);
  if (!link) throw new Error('the link did not begin');
  return link;
};

/** The lead was converted: the link goes to its contact. */
const convert = async (link: Link): Promise<void> => {
  await store.commitSignals([makeMark(lead('00Q1'))]);
  const [unit] = await store.claim(pair, holder, 10, 60_000);
  if (!unit) throw new Error('nothing to claim');
  const to = { ref: { system: 'salesforce', type: 'Contact', id: '0031' }, stamp: 30, follows: 1 } as const;
  const move = { linkId: link.id, version: link.version, base: {}, stamps: {}, to };
  const { refused } = await store.settle([makeSettlement(unit, { move })]);
  expect(refused.size).toBe(0);
};

describe('who waits for a link', () => {
  it('can ask whether the record is still to be looked at; one that is held is not, before a person says so', async () => {
    await store.commitSignals([makeMark(contact('1')), makeMark(contact('2'))]);
    const among = async () => store.dirtyAmong?.(pair, 'hubspot', ['1', '3', '00Q1']);
    expect(await among()).toEqual(new Set(['1']));
    expect(await store.dirtyAmong?.('deals', 'hubspot', ['1'])).toEqual(new Set());
    const units = await store.claim(pair, holder, 10, 60_000);
    expect(await among()).toEqual(new Set(['1']));
    const again = [{ ref: contact('1'), dueMs: 60_000, held: true }];
    await store.settle(
      units.map((unit) => makeSettlement(unit, unit.dirty[0]?.ref.id === '1' ? { clean: [], again } : {})),
    );
    expect(await among()).toEqual(new Set());
  });

  it('is woken when it begins', async () => {
    await store.awaitLinks?.([waits('1'), waits('1')]);
    expect(await woken()).toBe(0);
    await begin();
    expect(await woken()).toBe(1);
    expect(await woken()).toBe(0);
  });

  it('to a contact is not woken by one to a lead, but when that one goes to the contact, however late', async () => {
    const link = await begin();
    await store.awaitLinks?.([waits('1', 'Contact')]);
    expect([await woken(), await woken(true)]).toEqual([0, 0]);
    await fixture.age('awaited', 3 * dayMs);
    await fixture.age('links', 4 * dayMs);
    await convert(link);
    expect(await woken()).toBe(1);
    const units = await store.claim('deals', holder, 10, 60_000);
    expect(units.map(({ key }) => key)).toEqual(['hubspot:deals/900']);
  });

  it('to a contact waits no more once the record was read without it; what waits for any link stays', async () => {
    await store.awaitLinks?.([waits('1', 'Contact'), waits('2', 'Contact'), waits('3')]);
    await store.awaitLinks?.([waits('2', 'Contact')], [deal('900'), deal('901')]);
    const waiting = async () => fixture.awaitedBy(deal('900'));
    expect(await waiting()).toEqual(['2', '3']);
    await store.awaitLinks?.([], [deal('900')]);
    expect(await waiting()).toEqual(['3']);
  });
});
