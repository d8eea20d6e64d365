import { createHash } from 'node:crypto';

/** 128 bits, in hex: what a worker compares before it writes. */
const lengthShown = 32;

/** A short name of some texts: the same texts have the same, others another one. */
export const fingerprintOf = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, lengthShown);
