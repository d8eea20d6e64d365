import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import { UnreachableError } from '../../model/failure.ts';
import { findBinaries } from './binaries.ts';
import { findDataFolder, openDataFolder } from './data-folder.ts';
import type { EmbeddedFolder } from './folder.ts';
import { superuser } from './make-cluster.ts';
import { livePostmaster, type Postmaster } from './postmaster.ts';
import { announcePresence, withdrawPresence } from './presence.ts';
import { logTail, rememberPort, stopServer } from './server.ts';
import { withStartLock } from './start-lock.ts';
import { type Place, startServer, unreachable, type Wish } from './start-server.ts';

/** The embedded server as one process sees it. */
export interface EmbeddedPostgres {
  readonly connectionString: string;
  /** Says goodbye; the last process to do so stops the server. Call it once everything that uses the server is closed. */
  leave(): Promise<void>;
}

export interface JoinOptions {
  /** Told when the server went away under this process, and when it could not be brought back. */
  readonly onTrouble?: (error: Error) => void;
  /** Only a store that is there already is joined; none is made. */
  readonly mustExist?: boolean;
  /** Gives the joining up; what it had started is stopped again. */
  readonly signal?: AbortSignal;
}

/** A start can include the recovery after a crash. */
const joinTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const pollMs = 20;
const rejoinDelayMs = 250;
const rejoinDelayMsMax = 5_000;
/** How long a goodbye waits for a rejoin that is under way. */
const leaveWaitMs = 5_000;
/** How long a server that is to be given up has to show whether somebody else uses it. */
const abandonWaitMs = 2_000;

/**
 * Joins the PostgreSQL server of a data folder, and makes or starts it when this process is the first. A server that
 * dies while this process uses it is started again on the same port.
 *
 * States of the folder: nothing → draft (initdb) → cluster → running. A process can be killed in any of them: drafts are
 * removed by the next start, a running server whose starter is gone is adopted, a stale postmaster.pid is PostgreSQL's own affair.
 *
 * @throws UnreachableError with the last lines of the server's log and the next step.
 * @throws UsageError where the store must exist and does not.
 */
export const joinEmbedded = async (dataDir: string, options: JoinOptions = {}): Promise<EmbeddedPostgres> => {
  const { onTrouble, mustExist = false, signal } = options;
  const folder = await (mustExist ? findDataFolder : openDataFolder)(dataDir);
  const binaries = await findBinaries();
  const place: Place = { dataDir, folder, binaries };
  let joined = await joinServer(place, { mustBePort: null, mustExist, ...(signal && { signal }) });
  let isLeaving = false;
  let rejoining: Promise<void> | null = null;

  const watch = (client: Client): void => {
    client.once('end', () => {
      if (isLeaving) return;
      onTrouble?.(new Error(`The embedded store in ${folder.root} ended its connection; rejoining.`));
      rejoining = rejoin();
    });
  };

  const rejoin = async (): Promise<void> => {
    let tries = 0;
    while (!isLeaving) {
      try {
        joined = await joinServer(place, { mustBePort: joined.port, mustExist: true });
        watch(joined.client);
        return;
      } catch (error) {
        onTrouble?.(error instanceof Error ? error : new Error(String(error)));
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

/**
 * Stops a server that this process started and does not get to use: nobody would ever stop it. Whoever got in meanwhile keeps it;
 * where nobody gets in, the server is damaged for all.
 */
const abandon = async (folder: EmbeddedFolder): Promise<void> => {
  const live = await livePostmaster(folder);
  if (live === null) return;
  const present = await connect(folder, live, abandonWaitMs).catch(() => null);
  if (present === null) await stopServer(folder, stopTimeoutMs);
  else await leaveServer(folder, present.client);
};

/**
 * Until this process is present: find the live server or start one, connect; whatever ends under us begins anew. A server that
 * only takes too long is left running: it recovers from a crash, and a stop would make the next start begin that again.
 */
const joinServer = async (place: Place, wish: Wish): Promise<Joined> => {
  const { folder } = place;
  const { mustBePort, signal } = wish;
  const deadline = performance.now() + joinTimeoutMs;
  const left = (): number => Math.max(1, deadline - performance.now());
  let last: unknown = null;
  let isOurs = false;
  const startOurs = async (): Promise<Postmaster> =>
    startServer(place, wish, left(), () => {
      isOurs = true;
    });
  try {
    while (performance.now() < deadline) {
      signal?.throwIfAborted();
      const live =
        (await livePostmaster(folder)) ?? (await withStartLock(folder.root, left(), startOurs, signal));
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
  } catch (error) {
    if (isOurs) await abandon(folder);
    throw error;
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
