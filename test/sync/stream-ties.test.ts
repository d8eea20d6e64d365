import { expect, it, vi } from 'vitest';
import type { OpenStream, StreamPart } from '../../src/model/change-stream.ts';
import type { LiveStore } from '../../src/sync/signal-sources.ts';
import { StreamReader } from '../../src/sync/stream-reader.ts';
import { beginTieLooks } from '../../src/sync/tie-look.ts';
import { makeDealStage } from './deal-stage.ts';

const roles = 'OpportunityContactRole';
const ann = { hubspot: '501', salesforce: '003000000000001AAA' };

/** Reads these parts, then holds until the signal aborts. */
const read = async (parts: readonly StreamPart[], refused: OpenStream['refused'] = []) => {
  const stage = makeDealStage();
  stage.person(ann);
  let asked = 0;
  const salesforce = {
    ...stage.context.systems.salesforce,
    tiesChangedSince: async () => {
      asked += 1;
      return { ids: [stage.opportunity], until: 2_000_000 };
    },
  };
  const context = { ...stage.context, systems: { ...stage.context.systems, salesforce } };
  await stage.look();
  await beginTieLooks(context);
  stage.salesforce.tie(stage.opportunity, ann.salesforce, 'Decision Maker');
  const stop = new AbortController();
  const batches = [parts];
  const live = {
    commitLive: async () => undefined,
    writesUnderWay: async () => [],
    alive: async () => undefined,
    lost: async () => undefined,
    sources: async () => [],
    noteUnheard: async () => false,
    keepPosition: async () => undefined,
  } as unknown as LiveStore;
  const pairs = [{ pair: context.pair, mappingHash: 'hash', store: context.store }];
  const open: OpenStream = {
    ...{ fresh: [], refused },
    next: async () =>
      batches.shift() ??
      new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(new Error('over')))),
    close: async () => undefined,
  };
  const reader = new StreamReader({
    follower: {
      ...{ system: 'salesforce', stream: { open: async () => open }, engines: [context], live },
      intake: { pairs, live, wake: context.wake },
      onEvents: async () => undefined,
      onAlive: async () => undefined,
    },
    ...{ open, types: ['Opportunity', roles], signal: stop.signal, broken: new AbortController() },
  });
  const reading = reader.read(async () => undefined);
  return {
    ...stage,
    asked: () => asked,
    end: async () => {
      stop.abort();
      await Promise.all([reading, reader.ended]);
    },
  };
};

const part = (type: string): StreamPart => ({
  type,
  signals: [
    {
      ref: { system: 'salesforce', type, id: '00K000000000001AAA' },
      event: 'deleted',
      stamp: null,
      fields: {},
    },
  ],
  ...{ at: '7', events: 1, incomplete: false },
});

it('an event of a contact role makes the worker ask whose have changed', async () => {
  const { asked, store, opportunity, end } = await read([part(roles), part(roles)]);
  await vi.waitUntil(() => store.state.dirty.size > 0, { timeout: 5_000, interval: 5 });
  expect([...store.state.dirty.values()].map(({ ref }) => ref.id)).toEqual([opportunity]);
  expect(asked()).toBeLessThanOrEqual(2);
  await end();
});

it('roles that are not selected for events are no problem', async () => {
  const { store, end } = await read([], [{ type: roles, why: 'not selected' }]);
  await end();
  expect([...store.state.problems.keys()]).toEqual([]);
});
