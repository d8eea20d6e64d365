import { expect, it } from 'vitest';
import type { WorkClass } from '../../src/model/budget.ts';
import { type Bounds, Overtaking, overtaken } from '../../src/sync/overtaking.ts';

const nobody: readonly AbortSignal[] = [];

/** A batch that waits for permits until it is told that it has them, or gives up. */
const waitingBatch = (overtaking: Overtaking, workClass: WorkClass, ends = nobody) => {
  const permits = Promise.withResolvers<void>();
  const result = overtaking.run(workClass, ends, async ({ signal }, claimed) => {
    signal.addEventListener('abort', () => permits.reject(signal.reason), { once: true });
    signal.throwIfAborted();
    await permits.promise;
    claimed();
    return workClass;
  });
  return { permits, result };
};

/** What a batch with permits at once may claim. */
const boundsOf = async (overtaking: Overtaking, workClass: WorkClass): Promise<WorkClass | undefined> => {
  let seen: Bounds | null = null;
  await overtaking.run(workClass, nobody, async (bounds, claimed) => {
    seen = bounds;
    claimed();
  });
  return (seen as Bounds | null)?.weakest;
};

it('a batch that waits makes way for stronger work alone', async () => {
  const overtaking = new Overtaking();
  const { result, permits } = waitingBatch(overtaking, 'sweep');
  overtaking.due('backfill');
  overtaking.due('sweep');
  expect(overtaking.waits).toBe('sweep');
  overtaking.due('live');
  expect(await result).toBe(overtaken);
  expect(overtaking.waits).toBeNull();
  permits.resolve();
});

it('one that has claimed goes on', async () => {
  const overtaking = new Overtaking();
  const done = Promise.withResolvers<void>();
  const result = overtaking.run('backfill', nobody, async (_bounds, claimed) => {
    claimed();
    await done.promise;
    return 'worked';
  });
  expect(overtaking.waits).toBeNull();
  overtaking.due('consent');
  done.resolve();
  expect(await result).toBe('worked');
});

it('what goes before takes nothing of weaker classes along, until those have permits again', async () => {
  const overtaking = new Overtaking();
  expect(await boundsOf(overtaking, 'live')).toBeUndefined();
  const { result } = waitingBatch(overtaking, 'backfill');
  overtaking.due('live');
  await result;
  expect(await boundsOf(overtaking, 'live')).toBe('live');
  expect(await boundsOf(overtaking, 'consent')).toBe('consent');
  const again = waitingBatch(overtaking, 'backfill');
  again.permits.resolve();
  expect(await again.result).toBe('backfill');
  expect(await boundsOf(overtaking, 'live')).toBeUndefined();
});

it('a worker that ends waits for no permits, then or later, and any other failure is told', async () => {
  const overtaking = new Overtaking();
  const end = new AbortController();
  const { result } = waitingBatch(overtaking, 'backfill', [end.signal]);
  end.abort(new Error('the worker ends'));
  expect(await result).toBe(overtaken);
  expect(await waitingBatch(overtaking, 'live', [end.signal]).result).toBe(overtaken);
  await expect(
    overtaking.run('live', nobody, () => Promise.reject(new Error('the store is away'))),
  ).rejects.toThrow('the store is away');
});
