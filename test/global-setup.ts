import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinEmbedded } from '../src/store/embedded/join.ts';

/**
 * Gives the run one folder for its embedded Postgres. The first test file that needs the server makes it (see
 * store/postgres.ts), so that runs without database cost nothing; at the end it is stopped and removed.
 */
export default async (): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  process.env.TANDEM_TEST_STORE = folder;
  return async () => {
    // Joining and leaving stops a server that a killed test worker left behind.
    if (existsSync(join(folder, 'postgres'))) await (await joinEmbedded(folder)).leave();
    await rm(folder, { recursive: true, force: true });
  };
};
