import { execFile, type SpawnOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { UnreachableError } from '../../model/failure.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { EmbeddedFolder } from './folder.ts';

/**
 * Under which user the server's programs run. PostgreSQL refuses to run as root, and initdb as a user without a name (a
 * container started with a bare number), so that these start them as somebody else:
 * - `self`: a plain user runs them as themselves
 * - `namespace`: the own user is mapped to another number in a user namespace; outside it, files stay the own user's, so a
 *   clone under /root works too
 * - `user`: another uid; the cluster is then owned by it, and it must be able to reach the binaries and the folder
 */
export type Identity =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number };

/** The overflow ids of Linux, which distributions call nobody. */
const nobody = { uid: 65534, gid: 65534 };

/** Program, arguments and options for spawn, under an identity. */
export const commandAs = (
  identity: Identity,
  program: string,
  args: readonly string[],
): { readonly file: string; readonly args: string[]; readonly options: SpawnOptions } => {
  if (identity.kind === 'namespace') {
    const prefix = ['--user', `--map-user=${identity.uid}`, `--map-group=${identity.gid}`, '--', program];
    return { file: 'unshare', args: [...prefix, ...args], options: {} };
  }
  const options = identity.kind === 'user' ? { uid: identity.uid, gid: identity.gid } : {};
  return { file: program, args: [...args], options };
};

/**
 * Chooses the identity: a cluster that is there keeps its owner; otherwise the first that can run the server program.
 *
 * @throws UnreachableError when none can.
 */
export const chooseIdentity = async (
  binaries: PostgresBinaries,
  folder: EmbeddedFolder,
): Promise<Identity> => {
  const candidates =
    process.getuid?.() === 0 ? await candidatesOfRoot(folder) : await candidatesOfPlainUser();
  const reasons: string[] = [];
  for (const identity of candidates) {
    const reason = await whyUnusable(identity, binaries);
    if (reason === null) return identity;
    reasons.push(reason);
  }
  throw new UnreachableError(
    `PostgreSQL runs neither as root nor as a user without a name, and nobody else can run ${binaries.postgres} (${reasons.join('; ')}).`,
    'Run tandem as a plain user, move the clone to where every user can read it, or set DATABASE_URL.',
  );
};

/** A cluster that belongs to another user (made under the last resort, or by a plain user) is run by its owner. */
const candidatesOfRoot = async (folder: EmbeddedFolder): Promise<readonly Identity[]> => {
  const owner = await stat(folder.cluster).catch(() => null);
  if (owner !== null && owner.uid !== 0) return [{ kind: 'user', uid: owner.uid, gid: owner.gid }];
  const namespace: Identity = { kind: 'namespace', ...(await namedUser()) };
  return owner === null ? [namespace, { kind: 'user', ...nobody }] : [namespace];
};

const candidatesOfPlainUser = async (): Promise<readonly Identity[]> => {
  try {
    userInfo();
    return [{ kind: 'self' }];
  } catch {
    return [{ kind: 'namespace', ...(await namedUser()) }, { kind: 'self' }];
  }
};

/** Any user that has a name and is not root: initdb looks its own user up. */
const namedUser = async (): Promise<{ readonly uid: number; readonly gid: number }> => {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  for (const line of lines) {
    const [, , uid, gid] = line.split(':').map(Number);
    if (uid !== undefined && gid !== undefined && uid > 0 && uid < nobody.uid) return { uid, gid };
  }
  return nobody;
};

const whyUnusable = async (identity: Identity, binaries: PostgresBinaries): Promise<string | null> => {
  const command = commandAs(identity, binaries.postgres, ['--version']);
  try {
    await promisify(execFile)(command.file, command.args, { ...command.options, cwd: '/', timeout: 10_000 });
    return null;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    return `${identity.kind}: ${stderr?.trim().split('\n').at(-1) || code || 'failed'}`;
  }
};
