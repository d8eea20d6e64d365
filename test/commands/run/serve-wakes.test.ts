import { expect, it } from 'vitest';
import { Closers } from '../../../src/commands/run/closers.ts';
import { serveWakes } from '../../../src/commands/run/engines.ts';
import { makeLog } from '../../../src/log.ts';
import { engineTiming, makeIntentId } from '../../../src/sync/engine.ts';
import { Runner } from '../../../src/sync/runner.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { makePair } from '../../sync/builders.ts';
import { FakeClock, FakeSystem, freely } from '../../sync/fake-system.ts';

it('works off what is due by the safety tick alone, where every wake is lost', async () => {
  const clock = new FakeClock();
  const systems = {
    hubspot: new FakeSystem('hubspot', clock),
    salesforce: new FakeSystem('salesforce', clock),
  };
  const defects: unknown[] = [];
  const store = new MemoryStore(Date.now, (_unit, error) => defects.push(error));
  const pair = makePair();
  // It is never told to look, so that neither a poll nor the alignment can find the change.
  const runner = new Runner(
    {
      ...{ pair, mappingHash: 'hash', store, systems, holder: 'worker-1', timing: engineTiming },
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: { emit: () => undefined },
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: new AbortController().signal,
    },
    60_000,
  );
  const closers = new Closers();
  const log = makeLog(undefined, 'silent');
  closers.add(async () => runner.stop());
  const ticked = {
    wakeAwaited: async () => 0,
    breakLeasesOfDead: async () => store.breakLeasesOfDead(),
  };
  try {
    await serveWakes(
      { serve: async () => undefined },
      new Map([[pair.name, runner]]),
      { store: ticked, mappings: { pairs: [pair] }, log },
      closers,
    );
    // Serving begins with a look of its own, which is over after some turns in memory: what comes now, only the tick can find.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const id = systems.hubspot.edit({ email: 'ann@example.com', jobtitle: 'Engineer' });
    await store.commitSignals([
      {
        pair: pair.name,
        ref: { system: 'hubspot', type: 'contacts', id },
        class: 'live',
        stamp: null,
        cause: 'told',
      },
    ]);
    const dirty = async (): Promise<number> => (await store.backlog(pair.name)).dirty;
    expect(await dirty()).toBe(1);
    await expect.poll(dirty).toBe(0);
  } finally {
    await closers.closeAll(log);
  }
  expect(defects).toEqual([]);
});
