import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import { embeddedFolder } from '../../../src/store/embedded/folder.ts';
import { livePostmaster, type Postmaster } from '../../../src/store/embedded/postmaster.ts';

/** An empty data folder that is stopped and removed when the test ends, whatever the test left running in it. */
export const makeFolder = async (name = 'data'): Promise<string> => {
  const base = await mkdtemp(join(tmpdir(), 'tandem-join-'));
  const folder = join(base, name);
  await mkdir(folder, { recursive: true });
  onTestFinished(async () => {
    const live = await postmaster(folder);
    if (live !== null) process.kill(live.pid, 'SIGQUIT');
    await expect.poll(() => postmaster(folder)).toBeNull();
    await rm(base, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
};

export const postmaster = async (folder: string): Promise<Postmaster | null> =>
  livePostmaster(await embeddedFolder(folder));

export const ask = async <Row>(connectionString: string, text: string): Promise<readonly Row[]> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
};

/** Gives a file the owner of another, as if the same user had written it. */
export const chownAs = async (model: string, path: string): Promise<void> => {
  const { uid, gid } = await stat(model);
  await chown(path, uid, gid);
  await chmod(path, 0o600);
};
