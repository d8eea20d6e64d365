import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { SandboxAccess } from '../../sandbox/start.ts';
import { sandboxVariables } from '../sandbox-variables.ts';
import { type Child, failureOf, startChild } from './child.ts';
import { parseWorkerLine, type WorkerEvent } from './worker-events.ts';

/** What is not told of live is looked for, and a demonstration is watched: it looks often. */
const pollSeconds = 3;

const host = '127.0.0.1';

/** This port, or 0 (a free one) when it is taken. */
export const portOrFree = (port: number): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(port, host, () => probe.close(() => resolve(port)));
  });

export interface WorkerOptions {
  readonly config: string;
  readonly data: string;
  readonly port: number;
  readonly access: SandboxAccess;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** The worker, running in a process of its own. */
export interface Worker {
  readonly child: Child;
  readonly url: string;
}

/** Has the simulated HubSpot tell the worker of changes, as an admin would who sets the app's webhook up. */
const registerWebhooks = async (hubspot: string, workerUrl: string, secret: string): Promise<void> => {
  const response = await fetch(`${hubspot}/_sandbox/webhooks`, {
    method: 'POST',
    body: JSON.stringify({ url: `${workerUrl}/webhooks/hubspot`, secret }),
  });
  if (!response.ok) throw new Error(`the simulated HubSpot does not take the webhook: ${response.status}`);
};

/**
 * Starts the worker and waits until it says where it listens. It is `tandem run` in its own process: it meets the systems
 * over HTTP alone, its memory can be told from ours, and its lines on stdout are what an operator would see. Rejects with
 * its last words when it ends first.
 */
export const startWorker = async (
  options: WorkerOptions,
  onChild: (child: Child) => void,
): Promise<Worker> => {
  const { config, data, access, onEvent } = options;
  const port = options.port === 0 ? 0 : await portOrFree(options.port);
  const secret = randomUUID();
  const worker = await new Promise<Worker>((resolve, reject) => {
    const child = startChild({
      entry: new URL('./worker-process.ts', import.meta.url),
      input: { config, data, port },
      env: {
        ...process.env,
        ...sandboxVariables(access),
        HUBSPOT_WEBHOOK_SECRET: secret,
        TANDEM_HOST: host,
        TANDEM_POLL_SECONDS: String(pollSeconds),
        TANDEM_LOG_LEVEL: 'info',
      },
      onLine: (line) => {
        const event = parseWorkerLine(line);
        if (event?.event === 'ready') resolve({ child, url: event.url });
        if (event) onEvent(event);
      },
    });
    onChild(child);
    const gone = (): void => reject(failureOf(child, 'The worker'));
    child.ended.then(gone, gone);
  });
  await registerWebhooks(access.hubspot, worker.url, secret);
  return worker;
};
