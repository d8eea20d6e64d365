import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { repositoryRoot } from '../../settings.ts';
import { shellPath } from '../shell-path.ts';

/**
 * The command by which work goes on in a data folder. A demonstration's has its systems, and their credentials, by its own start alone:
 * `bin/tandem run` would find none.
 */
export const startCommandFor = (dataDir: string): string => {
  const folder = resolve(dataDir);
  const isDemonstration = basename(folder) === 'demo' && existsSync(join(folder, 'demo.env'));
  if (!isDemonstration) return 'bin/tandem run';
  const above = dirname(folder);
  return above === resolve(repositoryRoot, '.tandem')
    ? 'npm start'
    : `npm start -- --data ${shellPath(above)}`;
};
