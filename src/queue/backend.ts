import { type BackendFactory, createPostgresBackend, createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { WakeBackend } from './wake-queue.ts';

/** The schema of BullMQ's own tables, beside ours in the same database; on Redis, what its keys begin with. */
const queueSchema = 'tandem_queue';

/** Small, since a wake is one insert or one claim. */
const connectionsMax = 3;
const connectTimeoutMs = 10_000;
const reconnectDelayMsMax = 2_000;

/** What BullMQ's classes take to reach a backend. */
export interface BullBackend {
  readonly options: { readonly connection: object; readonly prefix?: string };
  readonly factory: BackendFactory;
  /** Rejects when it cannot be reached. */
  ready(): Promise<unknown>;
  /**
   * Gives up connections that are being tried again; to be awaited before BullMQ closes. It would disconnect such a one, where ioredis
   * (6.0) forgets it with all that waits in it: BullMQ (6.7) would wait for its end for ever, and its timers with it.
   */
  giveUpLost(): Promise<unknown>;
  /** Ends connections that were made here, which BullMQ leaves open. */
  close(): void;
}

/** What it is for: one that sends must fail soon, one that waits for jobs must wait for ever. */
export type BullUse = 'send' | 'receive';

/** Chooses BullMQ's backend; the only place that knows which there are. `onError` is told of broken connections. */
export const bullBackend = (
  backend: WakeBackend,
  use: BullUse,
  onError: (error: unknown) => void,
): BullBackend =>
  backend.kind === 'redis' ? redisBackend(backend.url, use, onError) : postgresBackend(backend);

const postgresBackend = (backend: WakeBackend & { readonly kind: 'postgres' }): BullBackend => ({
  options: {
    connection: {
      connectionString: backend.connectionString,
      application_name: `tandem queue ${process.pid}`,
      schema: queueSchema,
      migrate: true,
      max: connectionsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    },
  },
  factory: guardedPostgresBackend as BackendFactory,
  // BullMQ makes its connections itself and says so by `waitUntilReady`.
  ready: async () => undefined,
  giveUpLost: async () => undefined,
  close: () => undefined,
});

/**
 * BullMQ loads ioredis by itself only where `require` exists, hence a client made here. A sender's commands fail while Redis is away
 * instead of piling up in memory: a wake that is lost costs one tick. A receiver's must not have a limit of retries (BullMQ refuses it).
 */
const redisBackend = (url: string, use: BullUse, onError: (error: unknown) => void): BullBackend => {
  let isClosing = false;
  const client = new Redis(url, {
    connectionName: `tandem queue ${process.pid}`,
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: use === 'send' ? 0 : null,
    // Null ends the client with the attempt under way and rejects what waits in it.
    retryStrategy: (times) => (isClosing ? null : Math.min(reconnectDelayMsMax, 100 * times)),
  });
  // Without a listener each error of a connection would be written to stderr by ioredis.
  client.on('error', onError);
  const clients = [client];
  // BullMQ's worker waits for jobs on a duplicate, and cannot close it while the server is away: it would keep the process alive.
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options) => {
    const copy = duplicate(...options);
    copy.on('error', onError);
    clients.push(copy);
    return copy;
  };
  return {
    options: { connection: client, prefix: queueSchema },
    factory: createRedisBackend as BackendFactory,
    // With no retries it fails at the first refused connection, where BullMQ would wait for ever.
    ready: async () => (use === 'send' ? client.ping() : undefined),
    giveUpLost: () => {
      isClosing = true;
      const lost = clients.filter(({ status }) => status !== 'ready' && status !== 'end');
      return Promise.all(lost.map(endOf));
    },
    close: () => {
      for (const each of clients) each.disconnect();
    },
  };
};

/** Resolves when the client has ended, or when its last attempt was granted after all. */
const endOf = (client: Redis): Promise<void> =>
  new Promise((resolve) => {
    client.once('end', resolve).once('ready', resolve);
  });

/**
 * BullMQ listens for errors of idle connections only. One that breaks while it is checked out would end the process (an
 * 'error' without listener), hence a listener from its birth; the query under way rejects all the same.
 */
const guardedPostgresBackend: typeof createPostgresBackend = (name, options, factoryOptions) => {
  const backend = createPostgresBackend(name, options, factoryOptions);
  backend.connection.pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return backend;
};
