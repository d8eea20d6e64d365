import { beforeEach, expect, it } from 'vitest';
import type { FoundChange, LiveBatch } from '../../src/model/live.ts';
import type { LiveStore } from '../../src/sync/signal-sources.ts';
import { contact, makeMark, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
/** Of each test's own: what it remembers of earlier ones would be wrong after the reset. */
let live: LiveStore;

beforeEach(async () => {
  await fixture.reset();
  const opened = await fixture.openLive();
  live = opened.live;
  return () => opened.close();
});

const graceMs = 30_000;
const batchOf = (overrides: Partial<LiveBatch> = {}): LiveBatch => ({
  system: 'hubspot',
  source: 'webhooks',
  marks: [],
  heard: [{ type: 'contacts', fields: ['jobtitle'] }],
  ...overrides,
});
const look = (...found: readonly FoundChange[]) =>
  live.noteUntold({ pair, system: 'hubspot', type: 'contacts', found, graceMs });
const changedAgo = async (ms: number, overrides: Partial<FoundChange> = {}): Promise<FoundChange> => ({
  ...{ id: '7', stamp: (await fixture.now()) - ms, unread: true },
  ...overrides,
});
/** As if the last signal had come so long ago. */
const age = (ms: number): Promise<void> => fixture.ageSignals({ signals: ms });
/** As if the source had been there for so long. */
const there = (ms: number): Promise<void> => fixture.ageSignals({ there: ms });
const state = async () => (await live.sources())[0];

it('commits dirty rows and the reader’s place together, and knows the source to be alive', async () => {
  await live.commitLive(
    batchOf({ source: 'journal', marks: [makeMark(contact('1'))], position: { topic: 'portal', at: 'o1' } }),
  );
  expect((await fixture.store.backlog(pair)).dirty).toBe(1);
  expect(await live.position('hubspot', 'journal', 'portal')).toBe('o1');
  expect(await state()).toMatchObject({ source: 'journal', type: 'contacts', missed: false });
  expect((await state())?.aliveAgoMs).toBeLessThan(5_000);
});

it('keeps neither rows nor place when one of them cannot be stored', async () => {
  const broken = {
    ...makeMark(contact('1')),
    class: 'no such class' as 'live',
    pair: null as unknown as string,
  };
  await expect(
    live.commitLive(batchOf({ marks: [broken], position: { topic: 'portal', at: 'o1' } })),
  ).rejects.toThrow();
  expect(await live.position('hubspot', 'webhooks', 'portal')).toBeNull();
  expect((await fixture.store.backlog(pair)).dirty).toBe(0);
});

it('answers nothing untold where no source was ever live', async () => {
  expect(await look(await changedAgo(60_000))).toEqual([]);
});

it('finds a change untold that is old enough, unread and not dirty; a younger or waiting one may still be told', async () => {
  await live.commitLive(batchOf());
  await there(300_000);
  expect(await look(await changedAgo(graceMs / 2))).toEqual([]);
  expect(await look(await changedAgo(60_000, { unread: false }))).toEqual([]);
  expect(await look(await changedAgo(60_000))).toEqual(['7']);
  expect((await state())?.missed).toBe(false);
  await fixture.store.commitSignals([makeMark(contact('7'))]);
  expect(await look(await changedAgo(60_000))).toEqual([]);
});

it('holds a source for silent that said nothing since such a change, until it speaks again', async () => {
  await live.commitLive(batchOf());
  await age(200_000);
  await there(300_000);
  expect(await look(await changedAgo(100_000, { unread: false }))).toEqual(['7']);
  expect((await state())?.missed).toBe(true);
  await live.noteLooked('hubspot', 'contacts');
  expect((await state())?.aliveAgoMs).toBeGreaterThan(100_000);
  await live.commitLive(batchOf());
  expect(await state()).toMatchObject({ missed: false });
});

it('does not blame a source for what changed before it was there, or while it was lost', async () => {
  await live.commitLive(batchOf());
  await there(50_000);
  expect(await look(await changedAgo(60_000))).toEqual([]);
  await live.lost('hubspot', 'webhooks', ['contacts']);
  expect(await look(await changedAgo(40_000))).toEqual([]);
  await live.alive('hubspot', 'webhooks', ['contacts']);
  expect(await look(await changedAgo(40_000))).toEqual([]);
  expect((await state())?.missed).toBe(false);
});

it('notices that the worker’s own writes do not come back', async () => {
  const request = { pair, system: 'salesforce', source: 'stream', type: 'Lead', graceMs } as const;
  await live.alive('salesforce', 'stream', ['Lead']);
  await there(300_000);
  await fixture.wrote(400_000);
  await fixture.wrote(1_000);
  expect(await live.noteUnheard(request)).toBe(false);
  await fixture.wrote(60_000);
  expect(await live.noteUnheard(request)).toBe(true);
  expect(await state()).toMatchObject({ missed: true });
  await live.commitLive(
    batchOf({ system: 'salesforce', source: 'stream', heard: [{ type: 'Lead', fields: [] }] }),
  );
  expect(await live.noteUnheard(request)).toBe(false);
  expect(await state()).toMatchObject({ missed: false });
});

it('takes a complete look that found nothing untold for a proof that webhooks work, and of nothing else', async () => {
  await live.commitLive(batchOf());
  await live.alive('hubspot', 'stream', ['contacts']);
  await age(200_000);
  await live.noteLooked('hubspot', 'contacts');
  const states = await live.sources();
  expect(states.find(({ source }) => source === 'webhooks')?.aliveAgoMs).toBeLessThan(5_000);
  expect(states.find(({ source }) => source === 'stream')?.aliveAgoMs).toBeGreaterThan(100_000);
});

it('knows a source that is lost at once, and looks do not bring it back', async () => {
  await live.alive('salesforce', 'stream', ['Lead']);
  await live.lost('salesforce', 'stream', ['Lead']);
  await live.noteLooked('salesforce', 'Lead');
  expect(await state()).toMatchObject({ heardAgoMs: null, aliveAgoMs: null });
  await live.alive('salesforce', 'stream', ['Lead']);
  expect((await state())?.aliveAgoMs).toBeLessThan(5_000);
});

it('remembers which fields were told of, and ends the problem of one that is', async () => {
  const problem = { what: 'w', cause: 'c', fault: 'config', next: 'n' } as const;
  await fixture.store.raiseProblem({ key: 'live:hubspot:contacts.jobtitle', ...problem });
  await fixture.store.raiseProblem({ key: 'live:hubspot:contacts.city', ...problem });
  expect(await live.neverHeard('hubspot', 'contacts', ['city', 'jobtitle'])).toEqual(['city', 'jobtitle']);
  await live.commitLive(batchOf());
  expect(await live.neverHeard('hubspot', 'contacts', ['city', 'jobtitle'])).toEqual(['city']);
  const keys = (await fixture.problems()).map(({ key }) => key);
  expect(keys).toEqual(['live:hubspot:contacts.city']);
});

it('forgets a source that is not set up any more, and with the last one its problems', async () => {
  const problem = { what: 'w', cause: 'c', fault: 'config', next: 'n' } as const;
  await live.commitLive(batchOf());
  await fixture.store.raiseProblem({ key: 'live:hubspot:contacts.city', ...problem });
  await live.keepOnly('hubspot', ['webhooks']);
  expect(await live.sources()).toHaveLength(1);
  expect(await fixture.problems()).toHaveLength(1);
  await live.keepOnly('hubspot', []);
  expect(await live.sources()).toEqual([]);
  expect(await fixture.problems()).toEqual([]);
});
