import { spawn } from 'node:child_process';
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries.ts';
import type { EmbeddedFolder } from './folder.ts';
import { commandAs, type Identity } from './identity.ts';
import { isAlive, livePostmaster } from './postmaster.ts';

/**
 * Settings that do not come from the cluster's files, so that they follow the code's version.
 * - loopback only; no unix socket, whose path could be too long
 * - no replication, small memory, no parallel workers (the work is many small statements; /dev/shm can be small)
 * - the log says what the server does but not which statement failed on which values: those are people's data
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  client_connection_check_interval: '10s',
};

const logBytesMax = 1_000_000;
const logLinesShown = 12;

/** A server process that was started; `exited` holds its end once it has come. */
export interface StartedServer {
  readonly pid: number | undefined;
  exited: string | null;
}

/** Spawns the server in a session of its own, so that neither Ctrl-C nor the end of this process reaches it. */
export const spawnServer = async (
  folder: EmbeddedFolder,
  binaries: PostgresBinaries,
  identity: Identity,
  port: number,
): Promise<StartedServer> => {
  const log = await open(folder.log, 'a', 0o600);
  try {
    const values = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', folder.cluster, '-p', String(port), ...values];
    const command = commandAs(identity, binaries.postgres, args);
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: folder.root,
      env: { ...process.env, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const started: StartedServer = { pid: child.pid, exited: null };
    child.once('error', (error) => {
      started.exited = error.message;
    });
    child.once('exit', (code, signal) => {
      started.exited = `it ended with ${signal ?? `code ${code}`}`;
    });
    child.unref();
    return started;
  } finally {
    await log.close();
  }
};

/** Empties a log that has grown too long; answers its length, to tell later what a start added. Before a start only. */
export const beginLog = async (folder: EmbeddedFolder): Promise<number> => {
  const size = (await stat(folder.log).catch(() => null))?.size ?? 0;
  if (size <= logBytesMax) return size;
  await truncate(folder.log, 0);
  return 0;
};

/** The last lines of the server's log, or of what was written after it had `fromBytes`, for messages. */
export const logTail = async (folder: EmbeddedFolder, fromBytes = 0): Promise<string> =>
  (await readFile(folder.log).catch(() => Buffer.alloc(0)))
    .subarray(fromBytes)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(-logLinesShown)
    .join('\n');

/**
 * A port to listen on: the last start's where it is free, so that whoever knows it finds the server again, else one
 * that the system chooses. It can be taken by somebody else before the server has it; the start is then tried again.
 */
export const choosePort = async (folder: EmbeddedFolder, isPreferred: boolean): Promise<number> => {
  const last = Number(await readFile(folder.port, 'utf8').catch(() => ''));
  if (isPreferred && Number.isInteger(last) && last > 0) {
    const free = await probePort(last);
    if (free !== null) return free;
  }
  const chosen = await probePort(0);
  if (chosen === null) throw new Error('no free port on 127.0.0.1');
  return chosen;
};

/** Remembers the port of a server that accepts connections. */
export const rememberPort = async (folder: EmbeddedFolder, port: number): Promise<void> => {
  const known = await readFile(folder.port, 'utf8').catch(() => '');
  if (known !== String(port)) await writeFile(folder.port, String(port), { mode: 0o600 });
};

const probePort = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });

const stopPollMs = 10;

/**
 * Stops the folder's server (fast shutdown: sessions are ended, data are checkpointed) and waits until it is gone.
 * @returns false when it was still there after `timeoutMs`.
 */
export const stopServer = async (folder: EmbeddedFolder, timeoutMs: number): Promise<boolean> => {
  const live = await livePostmaster(folder);
  if (live === null) return true;
  process.kill(live.pid, 'SIGINT');
  const deadline = performance.now() + timeoutMs;
  while (isAlive(live.pid) && (await livePostmaster(folder)) !== null) {
    if (performance.now() > deadline) return false;
    await delay(stopPollMs);
  }
  return true;
};
