import { setTimeout as delay } from 'node:timers/promises';
import { UnreachableError, UsageError } from '../../model/failure.ts';
import type { PostgresBinaries } from './binaries.ts';
import { noStoreIn } from './data-folder.ts';
import type { EmbeddedFolder } from './folder.ts';
import { chooseIdentity } from './identity.ts';
import { assertWhole, hasCluster, makeCluster } from './make-cluster.ts';
import { livePostmaster, type Postmaster, removeForeignPidFile } from './postmaster.ts';
import { beginLog, choosePort, logTail, type StartedServer, spawnServer } from './server.ts';

const pollMs = 20;
const startTriesMax = 5;
const startRetryMs = 100;

/** Where a server is, and what runs it. */
export interface Place {
  readonly dataDir: string;
  readonly folder: EmbeddedFolder;
  readonly binaries: PostgresBinaries;
}

/** How it is to be joined. */
export interface Wish {
  /** The port on which those who use the server know it; null where nobody does yet. */
  readonly mustBePort: number | null;
  readonly mustExist: boolean;
  readonly signal?: AbortSignal;
}

/** What the file system says, by the errors of Node and by PostgreSQL's words, and what helps. The first that fits counts. */
const fileSystemWords: readonly { readonly says: RegExp; readonly what: string; readonly next: string }[] = [
  {
    says: /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/,
    what: 'its disk is full',
    next: 'Make room on it, and start again: nothing is lost.',
  },
  {
    says: /EROFS|Read-only file system/,
    what: 'its disk may only be read',
    next: 'Give --data a folder that may be written to, or set DATABASE_URL.',
  },
  {
    says: /EACCES|EPERM|Permission denied/,
    what: 'this user may not write there',
    next: 'Run tandem as the user who owns the folder, give --data another, or set DATABASE_URL.',
  },
];

/** What a person reads of an embedded store that cannot be used, with the last lines of its log from `logStart` on. */
export const unreachable = async (
  folder: EmbeddedFolder,
  cause: unknown,
  logStart = 0,
): Promise<UnreachableError> => {
  const why = cause instanceof Error ? cause.message : 'it did not answer';
  const log = await logTail(folder, logStart);
  const known = fileSystemWords.find(({ says }) => says.test(`${why}\n${logStart > 0 ? log : ''}`));
  const lines = [
    `The embedded store in ${folder.root} cannot be used: ${known ? `${known.what} (${why})` : why}.`,
    log,
  ];
  return new UnreachableError(
    lines.filter((line) => line !== '').join('\n'),
    known?.next ?? `See ${folder.log}, or set DATABASE_URL to a PostgreSQL server of your own.`,
    { cause },
  );
};

/**
 * What another try can cure: the port was taken between choosing and listening, or the sessions of a postmaster that was
 * killed have not ended yet.
 */
const passingStartFailure = /could not bind|pre-existing shared memory block|lock file/;

/**
 * Under the start lock: makes the cluster if there is none, starts the server and waits until it has written its port. `onSpawn` is
 * told once there is a process of this one's.
 */
export const startServer = async (
  { dataDir, folder, binaries }: Place,
  { mustBePort, mustExist, signal }: Wish,
  timeoutMs: number,
  onSpawn: () => void,
): Promise<Postmaster> => {
  const already = await livePostmaster(folder);
  if (already !== null) return already;
  const deadline = performance.now() + timeoutMs;
  let logStart = 0;
  let why = 'it did not start in time';
  try {
    logStart = await beginLog(folder);
    if (await hasCluster(folder)) await assertWhole(folder);
    else if (mustExist) throw noStoreIn(dataDir);
    const identity = await chooseIdentity(binaries, folder);
    if (!(await hasCluster(folder))) await makeCluster(folder, binaries, identity);
    await removeForeignPidFile(folder);
    for (let tries = 1; tries <= startTriesMax; tries += 1) {
      signal?.throwIfAborted();
      const port = mustBePort ?? (await choosePort(folder, tries === 1));
      const server = await spawnServer(folder, binaries, identity, port);
      onSpawn();
      const live = await waitForPostmaster(folder, server, deadline);
      if (live !== null) return live;
      why = server.exited ?? why;
      if (!passingStartFailure.test(await logTail(folder, logStart))) break;
      // The backends of a postmaster that was killed need a moment to notice; until then nobody else may start.
      await delay(startRetryMs * tries);
    }
  } catch (error) {
    signal?.throwIfAborted();
    const isTold = error instanceof UnreachableError || error instanceof UsageError;
    throw isTold ? error : await unreachable(folder, error, logStart);
  }
  throw await unreachable(folder, new Error(why), logStart);
};

const waitForPostmaster = async (
  folder: EmbeddedFolder,
  server: StartedServer,
  deadline: number,
): Promise<Postmaster | null> => {
  while (performance.now() < deadline) {
    const hasExited = server.exited !== null;
    const live = await livePostmaster(folder);
    if (live !== null || hasExited) return live;
    await delay(pollMs);
  }
  return null;
};
