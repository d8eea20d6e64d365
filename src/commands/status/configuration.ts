import type { LoadedMappings } from '../../mapping/load.ts';
import type { Store } from '../../store/open-store.ts';

/**
 * Whether these mappings are others than those that the running worker has read: it reads its configuration at start alone. False where no
 * worker runs, and where it has not begun with a pair yet.
 */
export const isConfigurationStale = async (
  { operator, engine }: Pick<Store, 'operator' | 'engine'>,
  { pairs, hash }: Pick<LoadedMappings, 'pairs' | 'hash'>,
): Promise<boolean> => {
  const isRun = (await operator.workers()).some(({ id }) => id.startsWith('run:'));
  if (!isRun) return false;
  const alignments = await Promise.all(pairs.map(async ({ name }) => engine.alignment(name)));
  return alignments.some((alignment) => alignment !== null && alignment.mappingHash !== hash);
};

/** What `status` says of it on stderr. */
export const staleWords = (config: string): string =>
  `tandem: The configuration in ${config} is not the one that the worker runs with.\n  Next: Restart the worker, which reads it at start; tandem check and tandem plan say before what it will do.\n`;
