import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnreachableError } from '../../model/failure.ts';
import type { PostgresBinaries } from './binaries.ts';
import { draftRoot, type EmbeddedFolder, folderAt, removeDrafts, syncDirectory } from './folder.ts';
import { commandAs, type Identity } from './identity.ts';

/** The cluster's superuser; the only role there is. */
export const superuser = 'tandem';

/** Whether the folder holds a finished cluster. */
export const hasCluster = async (folder: EmbeddedFolder): Promise<boolean> =>
  (await stat(folder.root).catch(() => null)) !== null;

/** Files without which a finished cluster cannot start or be connected to: one of each part of it. */
const neededFiles = ({ cluster, password }: EmbeddedFolder): readonly string[] => [
  password,
  join(cluster, 'PG_VERSION'),
  join(cluster, 'global/pg_control'),
];

/**
 * A folder that was removed or copied in part, told before PostgreSQL stumbles over it.
 * @throws UnreachableError naming the first file that is missing.
 */
export const assertWhole = async (folder: EmbeddedFolder): Promise<void> => {
  for (const file of neededFiles(folder)) {
    const code = await stat(file).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code !== 'ENOENT' && code !== 'ENOTDIR') continue;
    throw new UnreachableError(
      `The embedded store in ${folder.root} is not whole: ${file} is missing.`,
      `Put the folder back as it was. Where that cannot be done, remove ${folder.root}: the next start makes an empty store and finds the links again by the match keys, but what was held as last agreed, held back or to be reviewed is gone.`,
    );
  }
};

/**
 * Makes a new cluster (UTF8, locale C, scram for every connection, synced to disk by initdb) under a draft name and gives it its
 * name once it is complete. Call under the start lock.
 *
 * @throws UnreachableError with initdb's own words.
 */
export const makeCluster = async (
  folder: EmbeddedFolder,
  binaries: PostgresBinaries,
  identity: Identity,
): Promise<void> => {
  await removeDrafts(folder.root);
  const draft = folderAt(draftRoot(folder.root));
  try {
    await mkdir(draft.root, { mode: 0o700 });
    await writeFile(draft.password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (identity.kind === 'user') {
      await chown(draft.root, identity.uid, identity.gid);
      await chown(draft.password, identity.uid, identity.gid);
    }
    await runInitdb(draft, binaries, identity);
    await rename(draft.root, folder.root);
    await syncDirectory(dirname(folder.root));
  } catch (error) {
    await rm(draft.root, { recursive: true, force: true });
    // Where there is no start lock somebody else can have finished first: theirs stays.
    if (!(await hasCluster(folder))) throw error;
  }
};

const runInitdb = (draft: EmbeddedFolder, binaries: PostgresBinaries, identity: Identity): Promise<void> => {
  const command = commandAs(identity, binaries.initdb, [
    `--pgdata=${draft.cluster}`,
    `--username=${superuser}`,
    `--pwfile=${draft.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]);
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: draft.root,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-4_000);
    });
    const fail = (why: string): void =>
      reject(
        new UnreachableError(
          `The embedded store could not be made in ${dirname(draft.root)}: ${why}.\n${words.trim()}`,
          'Check that the folder is on a local disk with free space and that this user may write there, or set DATABASE_URL.',
        ),
      );
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : fail(`initdb ended with ${signal ?? `code ${code}`}`),
    );
  });
};
