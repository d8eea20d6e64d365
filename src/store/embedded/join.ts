import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import { UnreachableError } from '../../model/failure.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import { type EmbeddedFolder, embeddedFolder } from './folder.ts';
import { chooseIdentity } from './identity.ts';
import { assertWhole, hasCluster, makeCluster, superuser } from './make-cluster.ts';
import { livePostmaster, type Postmaster, removeForeignPidFile } from './postmaster.ts';
import { announcePresence, withdrawPresence } from './presence.ts';
import {
  beginLog,
  choosePort,
  logTail,
  rememberPort,
  type StartedServer,
  spawnServer,
  stopServer,
} from './server.ts';
import { withStartLock } from './start-lock.ts';

/** The embedded server as one process sees it. */
export interface EmbeddedPostgres {
  readonly connectionString: string;
  /** Says goodbye; the last process to do so stops the server. Call it once everything that uses the server is closed. */
  leave(): Promise<void>;
}

export interface JoinOptions {
  /** Told when the server went away under this process, and when it could not be brought back. */
  readonly onTrouble?: (error: Error) => void;
}

/** A start can include the recovery after a crash. */
const joinTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const pollMs = 20;
const rejoinDelayMs = 250;
const rejoinDelayMsMax = 5_000;
/** How long a goodbye waits for a rejoin that is under way. */
const leaveWaitMs = 5_000;
const startTriesMax = 5;
const startRetryMs = 100;

/**
 * Joins the PostgreSQL server of a data folder, and makes or starts it when this process is the first. A server that
 * dies while this process uses it is started again on the same port.
 *
 * States of the folder: nothing → draft (initdb) → cluster → running. A process can be killed in any of them: drafts are
 * removed by the next start, a running server whose starter is gone is adopted, a stale postmaster.pid is PostgreSQL's own affair.
 *
 * @throws UnreachableError with the last lines of the server's log and the next step.
 */
export const joinEmbedded = async (dataDir: string, options: JoinOptions = {}): Promise<EmbeddedPostgres> => {
  const folder = await openFolder(dataDir);
  const binaries = await findBinaries();
  let joined = await joinServer(folder, binaries, null);
  let isLeaving = false;
  let rejoining: Promise<void> | null = null;

  const watch = (client: Client): void => {
    client.once('end', () => {
      if (isLeaving) return;
      options.onTrouble?.(new Error(`The embedded store in ${folder.root} ended its connection; rejoining.`));
      rejoining = rejoin();
    });
  };

  const rejoin = async (): Promise<void> => {
    let tries = 0;
    while (!isLeaving) {
      try {
        joined = await joinServer(folder, binaries, joined.port);
        watch(joined.client);
        return;
      } catch (error) {
        options.onTrouble?.(error instanceof Error ? error : new Error(String(error)));
        tries += 1;
        await delay(Math.min(rejoinDelayMsMax, rejoinDelayMs * tries), undefined, { ref: false });
      }
    }
  };

  watch(joined.client);
  return {
    connectionString: joined.connectionString,
    leave: async () => {
      if (isLeaving) return;
      isLeaving = true;
      await Promise.race([rejoining, delay(leaveWaitMs, undefined, { ref: false })]);
      await leaveServer(folder, joined.client);
    },
  };
};

interface Joined {
  readonly client: Client;
  readonly connectionString: string;
  readonly port: number;
}

const openFolder = async (dataDir: string): Promise<EmbeddedFolder> => {
  try {
    await mkdir(dataDir, { recursive: true });
    return await embeddedFolder(dataDir);
  } catch (cause) {
    throw new UnreachableError(
      `The data folder ${dataDir} cannot be made: ${(cause as NodeJS.ErrnoException).code ?? 'failed'}.`,
      'Give --data a folder that this user may write to, or set DATABASE_URL.',
      { cause },
    );
  }
};

const leaveServer = async (folder: EmbeddedFolder, client: Client): Promise<void> => {
  // A server that is already gone has nobody to say goodbye to.
  const isAlone = await withdrawPresence(client).catch(() => false);
  const isStopped = !isAlone || (await stopServer(folder, stopTimeoutMs));
  await client.end().catch(() => undefined);
  if (!isStopped) {
    throw new UnreachableError(
      `The embedded store in ${folder.root} did not stop within ${stopTimeoutMs / 1000} s.\n${await logTail(folder)}`,
      'Nothing is lost: the next command joins it again.',
    );
  }
};

/** Until this process is present: find the live server or start one, connect; whatever ends under us begins anew. */
const joinServer = async (
  folder: EmbeddedFolder,
  binaries: PostgresBinaries,
  mustBePort: number | null,
): Promise<Joined> => {
  const deadline = performance.now() + joinTimeoutMs;
  const left = (): number => Math.max(1, deadline - performance.now());
  let last: unknown = null;
  while (performance.now() < deadline) {
    const live =
      (await livePostmaster(folder)) ??
      (await withStartLock(folder.root, left(), () => start(folder, binaries, left(), mustBePort)));
    if (mustBePort !== null && live.port !== mustBePort) {
      throw new UnreachableError(
        `The embedded store in ${folder.root} came back on port ${live.port}, not ${mustBePort}.`,
        'Start this process again.',
      );
    }
    try {
      return await connect(folder, live, left());
    } catch (error) {
      if (!isPassing(error)) throw await unreachable(folder, error);
      last = error;
      await delay(pollMs);
    }
  }
  throw await unreachable(folder, last);
};

const connect = async (folder: EmbeddedFolder, live: Postmaster, timeoutMs: number): Promise<Joined> => {
  const password = (await readFile(folder.password, 'utf8')).trim();
  const connectionString = `postgresql://${superuser}:${password}@127.0.0.1:${live.port}/postgres`;
  const client = await announcePresence(connectionString, timeoutMs);
  await rememberPort(folder, live.port);
  return { client, connectionString, port: live.port };
};

/**
 * Errors that another look can cure: the server is starting up or shutting down (class 57), or went away under us
 * (socket errors, which have no SQLSTATE; file errors name a path).
 */
const isPassing = (error: unknown): boolean => {
  if (error instanceof DatabaseError) return error.code?.startsWith('57') ?? false;
  return error instanceof Error && !('path' in error);
};

const unreachable = async (
  folder: EmbeddedFolder,
  cause: unknown,
  logStart = 0,
): Promise<UnreachableError> => {
  const why = cause instanceof Error ? cause.message : 'it did not answer';
  return new UnreachableError(
    `The embedded store in ${folder.root} cannot be used: ${why}.\n${await logTail(folder, logStart)}`,
    `See ${folder.log}, or set DATABASE_URL to a PostgreSQL server of your own.`,
    { cause },
  );
};

/**
 * What another try can cure: the port was taken between choosing and listening, or the sessions of a postmaster that was
 * killed have not ended yet.
 */
const passingStartFailure = /could not bind|pre-existing shared memory block|lock file/;

/** Under the start lock: makes the cluster if there is none, starts the server and waits until it has written its port. */
const start = async (
  folder: EmbeddedFolder,
  binaries: PostgresBinaries,
  timeoutMs: number,
  mustBePort: number | null,
): Promise<Postmaster> => {
  const already = await livePostmaster(folder);
  if (already !== null) return already;
  const deadline = performance.now() + timeoutMs;
  let logStart = 0;
  let why = 'it did not start in time';
  try {
    logStart = await beginLog(folder);
    const identity = await chooseIdentity(binaries, folder);
    if (await hasCluster(folder)) await assertWhole(folder);
    else await makeCluster(folder, binaries, identity);
    await removeForeignPidFile(folder);
    for (let tries = 1; tries <= startTriesMax; tries += 1) {
      const port = mustBePort ?? (await choosePort(folder, tries === 1));
      const server = await spawnServer(folder, binaries, identity, port);
      const live = await waitForPostmaster(folder, server, deadline);
      if (live !== null) return live;
      why = server.exited ?? why;
      if (!passingStartFailure.test(await logTail(folder, logStart))) break;
      // The backends of a postmaster that was killed need a moment to notice; until then nobody else may start.
      await delay(startRetryMs * tries);
    }
  } catch (error) {
    throw error instanceof UnreachableError ? error : await unreachable(folder, error, logStart);
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
