import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWakeQueue } from '../../src/queue/bull-wake-queue.ts';
import type { WakeBackend, WakeQueue } from '../../src/queue/wake-queue.ts';
import { withStore } from '../store/postgres.ts';
import { hasRedis, type RedisServer, startRedis } from './redis.ts';

const fixture = withStore();
let redis: RedisServer | null = null;

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
});
afterAll(async () => redis?.remove());

const onRedis = (): RedisServer => {
  if (redis === null) throw new Error('there is no redis-server on this machine');
  return redis;
};

/** What the suite needs to know of a backend. */
interface Place {
  readonly backend: () => WakeBackend;
  /** The data of the jobs that wait or run. */
  readonly jobs: () => Promise<readonly unknown[]>;
  /** How many jobs were completed so far. */
  readonly completed: () => Promise<number>;
  /** Breaks every connection, or the server, for a moment. */
  readonly shake: () => Promise<void>;
  /** Throws away everything the backend holds; also after each test, since a broken connection leaves jobs behind until they stall. */
  readonly empty: () => Promise<void>;
}

const places: Readonly<Record<WakeBackend['kind'], Place>> = {
  postgres: {
    backend: () => ({ kind: 'postgres', connectionString: fixture.connectionString }),
    jobs: async () =>
      (await fixture.query<{ data: unknown }>('select data from tandem_queue.job')).map(({ data }) => data),
    completed: async () =>
      (await fixture.query("select from tandem_queue.event where event = 'completed'")).length,
    shake: async () => {
      expect(await fixture.terminateSessions()).toBeGreaterThan(0);
    },
    empty: async () => {
      await fixture.query('drop schema if exists tandem_queue cascade');
    },
  },
  redis: {
    backend: () => ({ kind: 'redis', url: onRedis().url }),
    jobs: async () => onRedis().keys('tandem_queue:wake:[0-9]*'),
    completed: async () =>
      (await onRedis().stream('tandem_queue:wake:events')).filter((fields) => fields.includes('completed'))
        .length,
    shake: async () => {
      await onRedis().kill();
      await onRedis().start();
    },
    empty: async () => onRedis().flush(),
  },
};
let place: Place = places.postgres;

const troubles: string[] = [];
const open = new Set<WakeQueue>();
const gates: { open: () => void }[] = [];

const openQueue = async (): Promise<WakeQueue> => {
  const queue = await openWakeQueue({
    backend: place.backend(),
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
  await place.empty();
});

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

describe.each(['postgres', 'redis'] as const)('wake queue on %s', (kind) => {
  beforeEach((context) => {
    if (kind === 'redis' && !hasRedis) context.skip('there is no redis-server on this machine');
    place = places[kind];
  });

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
    await expect.poll(place.jobs).toHaveLength(1);
    await queue.serve(async (pair) => {
      woken.push(pair);
    });
    await expect.poll(() => woken).toEqual(['people']);
    await expect.poll(place.jobs).toHaveLength(0);
  });

  it('runs a pair once at a time, and once more for all wakes that came meanwhile', async () => {
    const queue = await openQueue();
    const gate = makeGate();
    await queue.serve(gate.handler);
    queue.wake('people', 'live');
    await expect.poll(gate.started).toBe(1);
    const before = await place.completed();
    queue.wake('people', 'live');
    queue.wake('people', 'backfill');
    // Both are answered by the run under way, whose own job stays.
    await expect.poll(place.completed).toBe(before + 2);
    expect(gate.started()).toBe(1);
    gate.release();
    await expect.poll(gate.started).toBe(2);
    gate.release();
    await expect.poll(place.jobs).toHaveLength(0);
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

  it('goes on after its connections broke, again and again', async () => {
    const queue = await openQueue();
    let woken = 0;
    await queue.serve(async () => {
      woken += 1;
    });
    for (let round = 1; round <= 3; round += 1) {
      const before = woken;
      queue.wake('people', 'live');
      await place.shake();
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

  it('misses nothing when all that the backend held is gone: it is made again', async () => {
    const first = await openQueue();
    first.wake('people', 'live');
    await expect.poll(place.jobs).toHaveLength(1);
    await first.close();
    open.delete(first);
    await place.empty();
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
    const backend = place.backend();
    const url = new URL(backend.kind === 'redis' ? backend.url : backend.connectionString);
    url.port = '1';
    const nowhere: WakeBackend =
      backend.kind === 'redis'
        ? { kind: 'redis', url: url.href }
        : { kind: 'postgres', connectionString: url.href };
    await expect(openWakeQueue({ backend: nowhere, onTrouble: () => undefined })).rejects.toMatchObject({
      name: 'UnreachableError',
      next: expect.stringContaining(kind === 'redis' ? 'REDIS_URL' : 'database'),
    });
  });
});
