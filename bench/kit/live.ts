import { longestRunMs, startWorker, type Worker } from './worker.ts';
import type { Workspace } from './workspace.ts';

/** Signs the webhooks between the simulator and the worker. */
const secret = 'the secret of the benchmark';
const streamWithinMs = 60_000;

/**
 * Starts a worker that both systems tell of changes by themselves, by webhooks and by the stream of change events, and waits until
 * both are set up and the first alignment is over. It polls every 15 s whatever does not tell.
 */
export const startLiveWorker = async ({ sandbox, dataDir }: Workspace, config?: string): Promise<Worker> => {
  const live = {
    HUBSPOT_WEBHOOK_SECRET: secret,
    TANDEM_SALESFORCE_STREAM: 'on',
    TANDEM_PUBLIC_URL: '',
  };
  const worker = await startWorker(sandbox, dataDir, 15, live, config);
  const aligned = worker.child.line(
    'alignment',
    ({ event, pair }) => event === 'alignment-done' && pair === 'people',
    longestRunMs,
  );
  const streaming = worker.child.line('stream', ({ event }) => event === 'stream-opened', streamWithinMs);
  await sandbox.control('hubspot', '/webhooks', { url: `${worker.url}/webhooks/hubspot`, secret });
  await Promise.all([aligned, streaming]);
  return worker;
};
