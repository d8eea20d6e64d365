import type { LoadedMappings } from '../../mapping/load.ts';
import type { Store } from '../../store/open-store.ts';

/**
 * Mappings that the worker which runs read before they were changed: it reads its configuration at start alone. None where no worker
 * runs, or where it has not begun with a pair yet.
 */
export const staleMappings = async (
  { operator, engine }: Pick<Store, 'operator' | 'engine'>,
  { pairs, hash }: Pick<LoadedMappings, 'pairs' | 'hash'>,
): Promise<readonly string[]> => {
  const isRun = (await operator.workers()).some(({ id }) => id.startsWith('run:'));
  if (!isRun) return [];
  const alignments = await Promise.all(pairs.map(async ({ name }) => engine.alignment(name)));
  return alignments.flatMap((alignment) =>
    alignment !== null && alignment.mappingHash !== hash ? [alignment.pair] : [],
  );
};

export const staleWords = (names: readonly string[], config: string): string =>
  names.length === 0
    ? ''
    : `tandem: The configuration in ${config} is not the one that the worker runs with (${names.join(', ')}).\n  Next: restart the worker, which reads it at start; tandem check and tandem plan say before what it will do.\n`;
