import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Where everything lies. `root` appears by one rename once it is complete, so that it is either whole or not there:
 * a process killed in initdb leaves only a `postgres.new-…` beside it.
 */
export interface EmbeddedFolder {
  /** `DATA/postgres` */
  readonly root: string;
  /** The database cluster; mode 0700. */
  readonly cluster: string;
  /** The superuser's password; mode 0600. */
  readonly password: string;
  /** The port of the last start. Tried first, so that a restarted server is found again by whoever used it. */
  readonly port: string;
  readonly log: string;
  readonly postmasterPid: string;
}

/** The layout under a root; see {@link EmbeddedFolder}. */
export const folderAt = (root: string): EmbeddedFolder => ({
  root,
  cluster: join(root, 'cluster'),
  password: join(root, 'password'),
  port: join(root, 'port'),
  log: join(root, 'server.log'),
  postmasterPid: join(root, 'cluster', 'postmaster.pid'),
});

/** The folder of a data directory that exists. Symbolic links are resolved, so that all processes mean the same one. */
export const embeddedFolder = async (dataDir: string): Promise<EmbeddedFolder> =>
  folderAt(join(await realpath(dataDir), 'postgres'));

/** A fresh name beside `root` for a cluster that is being made. */
export const draftRoot = (root: string): string =>
  join(dirname(root), `${basename(root)}.new-${process.pid}-${randomBytes(4).toString('hex')}`);

/** Removes drafts that a killed process left. Only under the start lock: nobody else can be making one. */
export const removeDrafts = async (root: string): Promise<void> => {
  const prefix = `${basename(root)}.new-`;
  const names = await readdir(dirname(root));
  const drafts = names.filter((name) => name.startsWith(prefix));
  // A draft's initdb may outlive its killed parent for a moment and refill the folder; the next start removes it then.
  await Promise.allSettled(
    drafts.map((name) => rm(join(dirname(root), name), { recursive: true, force: true })),
  );
};

/** Makes a rename in this directory durable. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Names the folder in a lock, whatever its length. */
export const folderDigest = (root: string): string =>
  createHash('sha256').update(root).digest('hex').slice(0, 32);
