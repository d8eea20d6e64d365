import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import { TandemChild } from './child.ts';
import type { Sandbox } from './sandbox.ts';
import type { Workspace } from './workspace.ts';

export const mirror = `${repositoryRoot}config/presets/mirror`;
const readyWithinMs = 120_000;

/** The first call to anything is refused within this; a run of 100,000 records takes far less than the longest wait. */
export const longestRunMs = 2 * 60 * 60_000;

const argumentsOf = (dataDir: string, config = mirror): string[] => ['--config', config, '--data', dataDir];

/** The store is the embedded one of the data folder, whatever the machine's own environment says. */
const environmentOf = (sandbox: Sandbox, extra: Readonly<Record<string, string>> = {}) => ({
  ...sandbox.env,
  DATABASE_URL: '',
  TANDEM_HOST: '',
  TANDEM_POLL_SECONDS: '',
  TANDEM_LOG_LEVEL: 'info',
  ...extra,
});

const readyShape = z.object({ event: z.literal('ready'), url: z.url() });

/** A worker process, with the mirror preset unless another configuration is named. */
export interface Worker {
  readonly child: TandemChild;
  readonly url: string;
}

/** Starts the worker and waits for its ready line; it then begins by itself. `extra` is environment beside the usual. */
export const startWorker = async (
  sandbox: Sandbox,
  dataDir: string,
  pollSeconds = 15,
  extra: Readonly<Record<string, string>> = {},
  config = mirror,
): Promise<Worker> => {
  const env = environmentOf(sandbox, { TANDEM_POLL_SECONDS: String(pollSeconds), ...extra });
  const child = new TandemChild(['run', '--port', '0', ...argumentsOf(dataDir, config)], env);
  const ready = readyShape.parse(await child.line('worker', ({ event }) => event === 'ready', readyWithinMs));
  return { child, url: ready.url };
};

/** A `change` line that landed: a mapped value was written. */
const landedShape = z.object({
  event: z.literal('change'),
  outcome: z.literal('landed'),
  to: z.enum(['hubspot', 'salesforce']),
});

export const isLandedChange = (line: unknown): boolean => landedShape.safeParse(line).success;

export interface IdleRun {
  /** From the start of the process to its end, the last look at both systems included. */
  readonly seconds: number;
  /** From the start of the process to the last record written; null when nothing was. */
  readonly untilLastWriteSeconds: number | null;
  /** Records written after live edits. */
  readonly changes: number;
}

/** Starts `tandem run --until-idle`, which prints a ready line, an idle line, and ends. */
export const startUntilIdle = ({ sandbox, dataDir, config }: Workspace): TandemChild => {
  const args = ['run', '--until-idle', '--port', '0', ...argumentsOf(dataDir, config)];
  return new TandemChild(args, environmentOf(sandbox));
};

/** `tandem run --until-idle`. Throws when it does not end well. */
export const runUntilIdle = async (sandbox: Sandbox, dataDir: string, config = mirror): Promise<IdleRun> => {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const child = startUntilIdle({ sandbox, dataDir, config });
  let [changes, last]: [number, number | null] = [0, null];
  child.onLine((line) => {
    if (!isLandedChange(line)) return;
    changes += 1;
    last = seconds();
  });
  await child.line('run --until-idle', ({ event }) => event === 'idle', longestRunMs);
  await child.ended;
  return { seconds: seconds(), untilLastWriteSeconds: last, changes };
};

const budgetShape = z.object({ calls: z.record(z.string(), z.number()) });
const statusShape = z.object({ budget: z.object({ hubspot: budgetShape, salesforce: budgetShape }) });
export type Books = z.infer<typeof statusShape>['budget'];

/** The worker's own books: calls by purpose, by system. */
export const readBooks = async (sandbox: Sandbox, dataDir: string): Promise<Books> => {
  const child = new TandemChild(['status', '--json', ...argumentsOf(dataDir)], environmentOf(sandbox));
  const line = await child.line('status', (each) => statusShape.safeParse(each).success, readyWithinMs);
  await child.ended;
  return statusShape.parse(line).budget;
};
