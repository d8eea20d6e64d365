import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { UnreachableError } from '../../model/failure.ts';
import { folderDigest } from './folder.ts';

const retryMs = 25;

/**
 * Runs `work` while no other process of this machine makes or starts the same folder's server.
 *
 * The lock is a listening socket in Linux's abstract namespace: the kernel frees it the moment its process dies, so that
 * nothing has to be recognised as stale. A lock file with a pid was rejected, as two processes that both find it stale
 * can remove each other's. Elsewhere than on Linux there is no such socket and no lock: PostgreSQL's own postmaster.pid
 * decides which of two starts wins, and the rename of the finished folder which of two clusters stays.
 *
 * @throws UnreachableError when the lock is not free within `timeoutMs`; the signal's reason when it aborts while waiting.
 */
export const withStartLock = async <T>(
  root: string,
  timeoutMs: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  if (process.platform !== 'linux') return work();
  const deadline = performance.now() + timeoutMs;
  let server = await listen(root);
  while (server === null) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) {
      throw new UnreachableError(
        `Another process has been starting the embedded store in ${root} for ${Math.round(timeoutMs / 1000)} s.`,
        'Look for a hanging tandem or initdb process, end it, and start again.',
      );
    }
    await delay(retryMs);
    server = await listen(root);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
};

const listen = (root: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen({ path: `\0tandem-embedded-${folderDigest(root)}` }, () => resolve(server.unref()));
  });
