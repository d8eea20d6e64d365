import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const megabyte = 1_024;

/** Memory is read from /proc, which Linux alone has. */
export const canReadMemory = (): boolean => existsSync('/proc/self/status');

const kilobytes = (file: string, key: string): number | null => {
  try {
    const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'));
    return found?.[1] === undefined ? null : Number(found[1]);
  } catch {
    // The process has ended.
    return null;
  }
};

/** Resident memory of a process now, in MB (of 1,048,576 bytes); null once it has ended. */
export const residentMb = (pid: number): number | null => {
  const found = kilobytes(`/proc/${pid}/status`, 'VmRSS');
  return found === null ? null : found / megabyte;
};

/** The most a process ever had resident, by the kernel's own count; 0 once it has ended. */
export const peakResidentMb = (pid: number): number =>
  (kilobytes(`/proc/${pid}/status`, 'VmHWM') ?? 0) / megabyte;

const childrenOf = (pid: number): number[] => {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(/\s+/).map(Number);
  } catch {
    return [];
  }
};

/** The embedded Postgres of a data folder with its children, shared pages counted once (PSS), in MB; null without one. */
export const postgresMb = (dataDir: string): number | null => {
  let postmaster: number;
  try {
    const file = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
    postmaster = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return null;
  }
  const parts = [postmaster, ...childrenOf(postmaster)].map(
    (pid) => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') ?? 0,
  );
  return parts.reduce((sum, part) => sum + part, 0) / megabyte;
};

/** Resident memory of a process over time. */
export class MemorySampler {
  readonly samples: { readonly atMs: number; readonly mb: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  /** Takes a sample at once and then every `everyMs`. */
  constructor(pid: number, everyMs = 250) {
    const take = (): void => {
      const mb = residentMb(pid);
      if (mb !== null) this.samples.push({ atMs: performance.now(), mb });
    };
    take();
    this.#timer = setInterval(take, everyMs);
  }

  /** The highest sample so far. */
  get peakMb(): number {
    return Math.max(0, ...this.samples.map(({ mb }) => mb));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
