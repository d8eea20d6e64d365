import { relative } from 'node:path';

/** A path as it can be pasted into a shell. */
export const shellPath = (path: string): string => {
  const near = relative(process.cwd(), path);
  const shown = near === '' || near.startsWith('..') ? path : near;
  return /^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
};
