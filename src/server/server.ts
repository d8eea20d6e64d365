import { type FastifyInstance, fastify } from 'fastify';
import { UsageError } from '../model/failure.ts';
import { addHubSpotWebhooks, type HubSpotWebhooks } from './hubspot-webhooks.ts';

/** What the server shows of the worker. Each is asked at every request. */
export interface ServerSources {
  /** Null when the worker can work; else why not. */
  readonly notReady: () => Promise<string | null>;
  /** Metrics in the Prometheus text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** What HubSpot posts; without it there is no such endpoint. */
  readonly hubspot?: HubSpotWebhooks;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

const isPortInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** A request that does not come to its end is cut: HubSpot itself gives up after five seconds. */
const requestTimeoutMs = 30_000;

/**
 * Serves health, metrics and webhooks on `host`:`port` (0: free-chosen).
 * @throws UsageError when the port is taken.
 */
export const startServer = async (
  sources: ServerSources,
  host: string,
  port: number,
): Promise<RunningServer> => {
  const app: FastifyInstance = fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
  });
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const why = await sources.notReady();
    if (why === null) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', why });
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await sources.metrics();
    return reply.type(contentType).send(body);
  });
  if (sources.hubspot) addHubSpotWebhooks(app, sources.hubspot);
  try {
    const url = await app.listen({ host, port });
    return { url, close: async () => app.close() };
  } catch (error) {
    await app.close();
    if (!isPortInUse(error)) throw error;
    throw new UsageError(
      `Port ${port} on ${host} is in use.`,
      'Stop what listens there, or give another port with --port (0 takes a free one).',
      { cause: error },
    );
  }
};
