import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UnreachableError, UsageError } from '../../model/failure.ts';
import { type EmbeddedFolder, embeddedFolder } from './folder.ts';

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() === true;

const makeOne = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(await isFolder(path))) throw error;
  }
};

/**
 * Makes a folder and those above it that are missing. Not by mkdir's own `recursive`: Node 24 makes the parent and tries again
 * whenever it hears ENOENT, for ever where the parent is there already, as in /proc.
 */
const makeFolder = async (path: string): Promise<void> => {
  const above = dirname(path);
  if (above !== path && !(await isFolder(above))) await makeFolder(above);
  await makeOne(path);
};

/** The data folder, made where it is missing. @throws UnreachableError naming it where it cannot be made */
export const openDataFolder = async (dataDir: string): Promise<EmbeddedFolder> => {
  try {
    await makeFolder(dataDir);
    return await embeddedFolder(dataDir);
  } catch (cause) {
    throw new UnreachableError(
      `The data folder ${dataDir} cannot be made: ${(cause as NodeJS.ErrnoException).code ?? 'failed'}.`,
      'Give --data a folder that this user may write to, or set DATABASE_URL.',
      { cause },
    );
  }
};

/** What a command says that only reads, where nothing was kept yet: it makes no store, since the folder can be mistyped. */
export const noStoreIn = (dataDir: string): UsageError =>
  new UsageError(
    `There is no store in ${dataDir}.`,
    'Check --data (without it, .tandem/ of the repository is meant); the first tandem run in a folder makes its store.',
  );

/** The data folder as it is. @throws UsageError where there is none */
export const findDataFolder = async (dataDir: string): Promise<EmbeddedFolder> => {
  if (!(await isFolder(dataDir))) throw noStoreIn(dataDir);
  return embeddedFolder(dataDir);
};

/** Whether a data folder has a store, or one that is being made. */
export const hasStore = async (dataDir: string): Promise<boolean> => {
  const names = await readdir(dataDir).catch(() => []);
  return names.some((name) => name === 'postgres' || name.startsWith('postgres.new-'));
};
