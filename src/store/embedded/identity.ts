import { execFile, type SpawnOptions } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UnreachableError } from '../../model/failure.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { EmbeddedFolder } from './folder.ts';

/**
 * Under which user the server's programs run. PostgreSQL refuses to run as root, so root starts them as somebody else:
 * - `self`: a plain user runs them as themselves
 * - `namespace`: root maps itself to another number in a user namespace; files stay root's, so a clone under /root works too
 * - `user`: another uid; the cluster is then owned by it, and it must be able to reach the binaries and the folder
 */
export type Identity =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace' }
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
    const prefix = ['--user', '--map-user=1000', '--map-group=1000', '--', program];
    return { file: 'unshare', args: [...prefix, ...args], options: {} };
  }
  const options = identity.kind === 'user' ? { uid: identity.uid, gid: identity.gid } : {};
  return { file: program, args: [...args], options };
};

/**
 * Chooses the identity: a cluster that is there keeps its owner; otherwise the first that can run the server program.
 *
 * @throws UnreachableError when root finds none that can.
 */
export const chooseIdentity = async (
  binaries: PostgresBinaries,
  folder: EmbeddedFolder,
): Promise<Identity> => {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const owner = await stat(folder.cluster).catch(() => null);
  const candidates: Identity[] =
    owner !== null && owner.uid !== 0
      ? [{ kind: 'user', uid: owner.uid, gid: owner.gid }]
      : [{ kind: 'namespace' }];
  if (owner === null) candidates.push({ kind: 'user', ...nobody });
  const reasons: string[] = [];
  for (const identity of candidates) {
    const reason = await whyUnusable(identity, binaries);
    if (reason === null) return identity;
    reasons.push(reason);
  }
  throw new UnreachableError(
    `PostgreSQL does not run as root, and no other user can run ${binaries.postgres} (${reasons.join('; ')}).`,
    'Run tandem as a plain user, move the clone to where every user can read it, or set DATABASE_URL.',
  );
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
