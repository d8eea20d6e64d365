import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { EmbeddedFolder } from './folder.ts';

/** A running server of this folder, as its postmaster.pid describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * The live server of this folder, whoever started it; null when there is none or it has not written its port yet. The pid in a
 * stale file may meanwhile belong to another process, so the process itself is asked: a postmaster works in its cluster's directory.
 */
export const livePostmaster = async (folder: EmbeddedFolder): Promise<Postmaster | null> => {
  const found = parsePidFile(await readFile(folder.postmasterPid, 'utf8').catch(() => ''));
  if (found === null) return null;
  return (await isPostmasterOf(found.pid, folder)) ? found : null;
};

/**
 * Removes a stale postmaster.pid whose pid meanwhile belongs to another program (as in a container, where the same small
 * numbers come again): PostgreSQL cannot tell and would refuse to start. Call under the start lock.
 */
export const removeForeignPidFile = async (folder: EmbeddedFolder): Promise<void> => {
  const pid = Number.parseInt(await readFile(folder.postmasterPid, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(pid) || !isAlive(pid) || (await isPostmasterOf(pid, folder))) return;
  await rm(folder.postmasterPid, { force: true });
};

/** Lines of postmaster.pid: pid, data directory, start time, port, … (storage/miscinit: `LOCK_FILE_LINE_PORT` is 4). */
const parsePidFile = (text: string): Postmaster | null => {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) && port > 0 ? { pid, port } : null;
};

/** Whether a process of this id exists. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isPostmasterOf = async (pid: number, folder: EmbeddedFolder): Promise<boolean> => {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    const [workingDirectory, cluster] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => null),
      realpath(folder.cluster).catch(() => null),
    ]);
    return workingDirectory !== null && workingDirectory === cluster;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('postgres') && stdout.includes(folder.cluster);
};
