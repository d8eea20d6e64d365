import { afterEach, describe, expect, it, vi } from 'vitest';
import { openWakeQueue } from '../../src/queue/bull-wake-queue.ts';
import type { WakeQueue } from '../../src/queue/wake-queue.ts';
import { withStore } from '../store/postgres.ts';

const fixture = withStore();
const troubles: string[] = [];
const open = new Set<WakeQueue>();
const gates: { open: () => void }[] = [];

const openQueue = async (): Promise<WakeQueue> => {
  const queue = await openWakeQueue({
    backend: { kind: 'postgres', connectionString: fixture.connectionString },
    onTrouble: ({ what, error }) => troubles.push(`${what}: ${String(error)}`),
  });
  open.add(queue);
  return queue;
};

afterEach(async () => {
  for (const gate of gates.splice(0)) gate.open();
  await Promise.all([...open].map((queue) => queue.close()));
  open.clear();
  troubles.length = 0;
});

const completed = async (): Promise<number> =>
  (await fixture.query("select from tandem_queue.event where event = 'completed'")).length;

/** A handler whose runs the test lets go one by one. */
const makeGate = (): {
  handler: () => Promise<void>;
  started: () => number;
  release: () => void;
  atOnceMax: () => number;
} => {
  const waiting: (() => void)[] = [];
  let started = 0;
  let running = 0;
  let atOnceMax = 0;
  let isOpen = false;
  gates.push({
    open: () => {
      isOpen = true;
      for (const release of waiting.splice(0)) release();
    },
  });
  return {
    handler: async () => {
      started += 1;
      running += 1;
      atOnceMax = Math.max(atOnceMax, running);
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
      running -= 1;
    },
    started: () => started,
    release: () => waiting.shift()?.(),
    atOnceMax: () => atOnceMax,
  };
};

describe('wake queue', () => {
  it('wakes a worker of another queue object, as another process would have', async () => {
    const [sender, receiver] = [await openQueue(), await openQueue()];
    const woken: string[] = [];
    await receiver.serve(async (pair, workClass) => {
      woken.push(`${pair} ${workClass}`);
    });
    sender.wake('people', 'live');
    await expect.poll(() => woken).toEqual(['people live']);
  });

  it('folds a burst into one job and leaves no job behind', async () => {
    const queue = await openQueue();
    const woken: string[] = [];
    for (let call = 0; call < 1_000; call += 1) queue.wake('people', 'live');
    await expect
      .poll(() => fixture.query("select data from tandem_queue.job where state = 'waiting'"))
      .toEqual([{ data: { pair: 'people', class: 'live' } }]);
    await queue.serve(async (pair) => {
      woken.push(pair);
    });
    await expect.poll(() => woken).toEqual(['people']);
    await expect.poll(() => fixture.query('select from tandem_queue.job')).toHaveLength(0);
  });

  it('runs a pair once at a time, and once more for all wakes that came meanwhile', async () => {
    const queue = await openQueue();
    const gate = makeGate();
    await queue.serve(gate.handler);
    queue.wake('people', 'live');
    await expect.poll(gate.started).toBe(1);
    const before = await completed();
    queue.wake('people', 'live');
    queue.wake('people', 'backfill');
    // Both are answered by the run under way, whose own job stays.
    await expect.poll(completed).toBe(before + 2);
    expect(gate.started()).toBe(1);
    gate.release();
    await expect.poll(gate.started).toBe(2);
    gate.release();
    await expect.poll(() => fixture.query('select from tandem_queue.job')).toHaveLength(0);
    expect(gate.started()).toBe(2);
    expect(gate.atOnceMax()).toBe(1);
  });

  it('runs different pairs side by side', async () => {
    const queue = await openQueue();
    const gate = makeGate();
    await queue.serve(gate.handler);
    queue.wake('people', 'live');
    queue.wake('companies', 'live');
    await expect.poll(gate.started).toBe(2);
    expect(gate.atOnceMax()).toBe(2);
    gate.release();
    gate.release();
  });

  it('reports a handler that fails and answers the next wake', async () => {
    const queue = await openQueue();
    const handler = vi.fn().mockRejectedValueOnce(new Error('broken')).mockResolvedValue(undefined);
    await queue.serve(handler);
    queue.wake('people', 'live');
    await expect.poll(() => troubles).toEqual(['handler of a wake for people: Error: broken']);
    queue.wake('people', 'live');
    await expect.poll(() => handler.mock.calls.length).toBe(2);
  });

  it('goes on after every session of the database was ended, again and again', async () => {
    const queue = await openQueue();
    let woken = 0;
    await queue.serve(async () => {
      woken += 1;
    });
    for (let round = 1; round <= 3; round += 1) {
      const before = woken;
      queue.wake('people', 'live');
      expect(await fixture.terminateSessions()).toBeGreaterThan(0);
      await expect
        .poll(
          () => {
            queue.wake('people', 'live');
            return woken;
          },
          { timeout: 10_000, interval: 100 },
        )
        .toBeGreaterThan(before);
    }
    fixture.trouble.length = 0;
  });

  it('finds nothing missing after its whole schema is gone but the store: it is made again', async () => {
    const first = await openQueue();
    first.wake('people', 'live');
    await expect.poll(() => fixture.query('select from tandem_queue.job')).toHaveLength(1);
    await first.close();
    open.delete(first);
    await fixture.query('drop schema tandem_queue cascade');
    const queue = await openQueue();
    const handler = vi.fn().mockResolvedValue(undefined);
    await queue.serve(handler);
    queue.wake('people', 'live');
    await expect.poll(() => handler.mock.calls).toEqual([['people', 'live']]);
  });

  it('waits for running handlers when it closes', async () => {
    const queue = await openQueue();
    const gate = makeGate();
    await queue.serve(gate.handler);
    queue.wake('people', 'live');
    await expect.poll(gate.started).toBe(1);
    let isClosed = false;
    const closing = queue.close().then(() => {
      isClosed = true;
    });
    await fixture.query('select 1');
    expect(isClosed).toBe(false);
    gate.release();
    await closing;
    open.delete(queue);
  });

  it('says what cannot be reached and what to do', async () => {
    const url = new URL(fixture.connectionString);
    url.port = '1';
    await expect(
      openWakeQueue({
        backend: { kind: 'postgres', connectionString: url.href },
        onTrouble: () => undefined,
      }),
    ).rejects.toMatchObject({ name: 'UnreachableError', next: expect.stringContaining('database') });
  });
});
