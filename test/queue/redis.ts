import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';

/** Whether the machine has a Redis server; without one the tests on it are skipped, and say so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server of a test's own. */
export interface RedisServer {
  readonly url: string;
  /** Empties it, as a restart without persistence does. */
  flush(): Promise<void>;
  /** How many keys each pattern matches. */
  keys(pattern: string): Promise<readonly string[]>;
  /** The entries of a stream, each as its fields and values in a row. */
  stream(key: string): Promise<readonly (readonly string[])[]>;
  /** Kills it without a word; `start` brings an empty one back at the same address. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Starts one on a free port, without persistence, with the policy that BullMQ asks for. */
export const startRedis = async (): Promise<RedisServer> => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tandem-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    child = spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    await vi.waitFor(async () => ask(url, (client) => client.ping()), { timeout: 20_000, interval: 50 });
  };
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };
  await start();
  return {
    url,
    flush: async () => {
      await ask(url, (client) => client.flushall());
    },
    keys: (pattern) => ask(url, (client) => client.keys(pattern)),
    stream: async (key) =>
      (await ask(url, (client) => client.xrange(key, '-', '+'))).map(([, fields]) => fields),
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ask = async <T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> => {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
};
