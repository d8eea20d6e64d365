import { expect, it } from 'vitest';
import { StoreAwayError, UnreachableError } from '../../src/model/failure.ts';
import { engineTiming, makeIntentId } from '../../src/sync/engine.ts';
import type { EngineStore } from '../../src/sync/ports.ts';
import { Runner } from '../../src/sync/runner.ts';
import { StepProblems } from '../../src/sync/step-problems.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { makePair } from './builders.ts';
import { FakeClock, FakeSystem, freely } from './fake-system.ts';

/** What a runner says of its first step that fails, on a store that refuses to say how far the alignment is. */
const saidOf = async (failure: Error): Promise<Readonly<Record<string, unknown>>> => {
  const clock = new FakeClock();
  const store = new Proxy<EngineStore>(new MemoryStore(Date.now, () => undefined), {
    get: (target, name) => {
      if (name === 'alignment') return async () => Promise.reject(failure);
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  const runner = new Runner(
    {
      pair: makePair(),
      mappingHash: 'hash',
      store,
      systems: { hubspot: new FakeSystem('hubspot', clock), salesforce: new FakeSystem('salesforce', clock) },
      gates: { hubspot: freely, salesforce: freely },
      wake: { wake: () => undefined },
      events: {
        emit: (event, detail) => {
          if (event === 'step-failed') resolve(detail);
        },
      },
      holder: 'worker-1',
      timing: engineTiming,
      nowMs: Date.now,
      makeId: makeIntentId,
      signal: new AbortController().signal,
    },
    60_000,
  );
  const looking = runner.look(new AbortController().signal);
  try {
    return await promise;
  } finally {
    await runner.stop();
    await looking;
  }
};

it('hands on what the failure itself says to do, and else that there is nothing to do', async () => {
  expect(await saidOf(new UnreachableError('The disk is full.', 'Make room.'))).toMatchObject({
    cause: 'The disk is full.',
    next: 'Make room.',
  });
  expect(await saidOf(new Error('lost'))).toMatchObject({
    cause: expect.stringMatching(/^Error at test\/sync\/runner\.test\.ts:\d+$/),
    next: expect.stringContaining('tried again'),
  });
});

it('what fails again and again stands in status, without a value of a record, until it goes well', async () => {
  const store = new MemoryStore(Date.now, () => undefined);
  const told: string[] = [];
  const steps = new StepProblems({
    pair: makePair(),
    store,
    events: { emit: (event, { cause }) => void told.push(`${event}: ${cause}`) },
  });
  const standing = () => [...store.state.problems.values()];
  const lost = new SyntaxError('"ann@example.com" is not JSON');
  await steps.failed('work', lost);
  expect(standing()).toEqual([]);
  await steps.failed('work', lost);
  expect(standing()).toMatchObject([
    {
      key: 'step:people:work',
      fault: 'tandem',
      cause: expect.stringMatching(/^SyntaxError at test/),
      next: expect.stringContaining('report it'),
    },
  ]);
  expect(told).toHaveLength(2);
  expect(told.join()).not.toContain('ann@');
  await steps.went('poll hubspot');
  expect(standing()).toHaveLength(1);
  await steps.went('work');
  expect(standing()).toEqual([]);
  // A store that is away cannot be told.
  await steps.failed('work', new StoreAwayError('away', 'wait'));
  await steps.failed('work', new StoreAwayError('away', 'wait'));
  expect(standing()).toEqual([]);
});
