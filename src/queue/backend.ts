import { type BackendFactory, createPostgresBackend } from 'bullmq';
import type { WakeBackend } from './wake-queue.ts';

/** The schema of BullMQ's own tables, beside ours in the same database. */
const queueSchema = 'tandem_queue';

/** Small, since a wake is one insert or one claim. */
const connectionsMax = 3;

/** What BullMQ's classes take to reach a backend. */
export interface BullBackend {
  readonly connection: object;
  readonly factory: BackendFactory;
}

/** Chooses BullMQ's backend; the only place that knows which there are. */
export const bullBackend = (backend: WakeBackend): BullBackend => ({
  connection: {
    connectionString: backend.connectionString,
    application_name: `tandem queue ${process.pid}`,
    schema: queueSchema,
    migrate: true,
    max: connectionsMax,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  },
  factory: guardedPostgresBackend as BackendFactory,
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
