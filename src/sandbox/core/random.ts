import { createHash } from 'node:crypto';

/** A stream of seeded random numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/**
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand's tests for its size; speed and
 * repeatability count here, not secrecy.
 */
export const makeRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (choices) => {
      const choice = choices[integer(0, choices.length - 1)];
      if (choice === undefined) throw new Error('pick: there must be at least one choice');
      return choice;
    },
  };
};

/** A seed of its own for each use (`latency`, `person 17`), so that one more draw in one place shifts nothing elsewhere. */
export const deriveSeed = (seed: number, use: string | number): number => {
  // FNV-1a over the text, mixed with the seed.
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  const text = String(use);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
};

/** Hexadecimal text that looks like a secret and is the same for the same seed: the sandbox's tokens and passwords. */
export const deriveText = (seed: number, use: string, length: number): string =>
  createHash('sha512').update(`${seed}:${use}`).digest('hex').slice(0, length);
