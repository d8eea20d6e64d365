import { randomFrom } from '../random.ts';

/** A source of random numbers that is fully decided by its seed, so that a data set can be named by one number. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items; throws on an empty list, which no caller may have. */
  pick<T>(items: readonly T[]): T;
}

/** FNV-1a over the label: spreads neighbouring labels (`7:1`, `7:2`) over the whole range of seeds. */
const hash = (label: string): number => {
  let state = 0x811c9dc5;
  for (let at = 0; at < label.length; at += 1) {
    state = Math.imul(state ^ label.charCodeAt(at), 0x01000193);
  }
  return state >>> 0;
};

/**
 * A generator (mulberry32) of its own for every label. Each person has a label, so that person 50,000 can be made
 * without making the 49,999 before, and adding a draw to one person changes no other.
 */
export const randomOf = (...label: readonly (string | number)[]): Random => {
  const next = randomFrom(hash(label.join(':')));
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('random.pick: the list is empty');
      return item;
    },
  };
};

/** The items in an order decided by the label (Fisher-Yates); the input is left alone. */
export const shuffled = <T>(items: readonly T[], ...label: readonly (string | number)[]): T[] => {
  const random = randomOf(...label);
  return items
    .map((item) => ({ item, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
};
