import { afterAll, beforeAll } from 'vitest';
import type { WakeBackend } from '../../src/queue/wake-queue.ts';
import { type ChildScript, spawnScript } from '../store/child.ts';
import { withStore } from '../store/postgres.ts';
import { hasRedis, type RedisServer, startRedis } from './redis.ts';

/** How many pairs one process works at a time (`pairsAtOnce`): the next ones are another's. */
export const atOnce = 8;

export const pairsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, nth) => `pair-${first + nth}`);

/** The next pairs that a process takes, by name in order. */
export const taken = async (worker: ChildScript, count: number): Promise<readonly string[]> => {
  const pairs: string[] = [];
  while (pairs.length < count) pairs.push(await worker.line());
  return inOrder(pairs);
};

export const inOrder = (pairs: readonly string[]): readonly string[] =>
  pairs.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** Both backends, each empty at first. Call at the top of a test file; answers how to start a process that serves wakes and sends some of its own. */
export const withBackends = (): {
  start(kind: WakeBackend['kind'], pairs?: readonly string[]): ChildScript;
  /** How many jobs wait or are held. */
  jobs(kind: WakeBackend['kind']): Promise<number>;
} => {
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
  const backendOf = (kind: WakeBackend['kind']): WakeBackend =>
    kind === 'redis' ? { kind, url: onRedis().url } : { kind, connectionString: fixture.connectionString };
  return {
    start: (kind, pairs = []) =>
      spawnScript('../queue/wake-child.ts', [JSON.stringify(backendOf(kind)), JSON.stringify(pairs)]),
    jobs: async (kind) =>
      kind === 'redis'
        ? (await onRedis().keys('tandem_queue:wake:[0-9]*')).filter((key) => !key.endsWith(':lock')).length
        : (await fixture.query('select from tandem_queue.job')).length,
  };
};
