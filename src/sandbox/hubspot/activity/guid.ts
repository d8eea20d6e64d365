import { deriveText } from '../../core/random.ts';

/** A GUID that is the same for the same seed and use. */
export const makeGuid = (seed: number, use: string): string => {
  const hex = deriveText(seed, use, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
