import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

/** A sandbox and an empty data folder, for one measurement. */
export interface Workspace {
  readonly sandbox: Sandbox;
  readonly dataDir: string;
  /** The configuration that its workers run with; absent: the mirror preset. */
  readonly config?: string;
}

/**
 * Runs a measurement on a sandbox and a data folder of its own; both are gone afterwards, however it ends. The folder's Postgres is
 * kept up between the commands of the measurement, as where it is a service.
 */
export const inWorkspace = async <T>(
  options: SandboxOptions,
  work: (workspace: Workspace) => Promise<T>,
  config?: string,
): Promise<T> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const sandbox = await startSandbox(options);
  const store = await joinEmbedded(dataDir);
  try {
    return await work({ sandbox, dataDir, ...(config === undefined ? {} : { config }) });
  } finally {
    await sandbox.stop();
    await store.leave();
    await rm(dataDir, { recursive: true, force: true });
  }
};
