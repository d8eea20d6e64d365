import { loadMappings } from '../src/mapping/load.ts';
import type { PairMapping } from '../src/model/mapping.ts';
import { repositoryRoot } from '../src/settings.ts';

/** The shipped mirror, as a worker loads it. */
export const mirrorMappings = loadMappings(`${repositoryRoot}config/presets/mirror`);

const named = (name: string): PairMapping => {
  const pair = mirrorMappings.pairs.find((each) => each.name === name);
  if (!pair) throw new Error(`the mirror has no pair ${name}`);
  return pair;
};

/** The mirror's people. */
export const peoplePair = named('people');
