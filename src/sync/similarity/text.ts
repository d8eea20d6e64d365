import { jaroWinkler } from './jaro-winkler.ts';

/** Longer texts are compared by their beginning: what tells two records apart is not on the second page, and the work is quadratic. */
const wordsMax = 40;
const lengthMax = 500;

/** The words of a text as they are compared: lower case, without accents and marks. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .slice(0, lengthMax)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, wordsMax);

/** Below this two words are strangers: unrelated names of some length have 0.4 to 0.6 in common by chance. */
const wordFloor = 0.75;

const wordSimilarity = (one: string, other: string): number => {
  // An initial stands for its name, and says less than the name would.
  if (one !== other && Math.min(one.length, other.length) === 1) return one[0] === other[0] ? 0.8 : 0;
  const similarity = jaroWinkler(one, other);
  return similarity < wordFloor ? 0 : similarity;
};

interface Partner {
  readonly one: number;
  readonly other: number;
  readonly similarity: number;
}

/** Pairs words one to one, the most alike first, and answers the share of letters that found a partner. */
const byWords = (one: readonly string[], other: readonly string[]): number => {
  const possible = one
    .flatMap((word, at) =>
      other.map(
        (rival, place): Partner => ({ one: at, other: place, similarity: wordSimilarity(word, rival) }),
      ),
    )
    .filter(({ similarity }) => similarity > 0)
    .sort((a, b) => b.similarity - a.similarity);
  const takenHere = new Set<number>();
  const takenThere = new Set<number>();
  let letters = 0;
  for (const { one: at, other: place, similarity } of possible) {
    if (takenHere.has(at) || takenThere.has(place)) continue;
    takenHere.add(at);
    takenThere.add(place);
    letters += similarity * ((one[at]?.length ?? 0) + (other[place]?.length ?? 0));
  }
  const all = [...one, ...other].reduce((sum, word) => sum + word.length, 0);
  return all === 0 ? 0 : letters / all;
};

/**
 * How alike two texts are, 0 to 1: word by word in whatever order, or as one word, since a space is typed or not. Case, accents and
 * punctuation do not count.
 */
export const textSimilarity = (one: string, other: string): number => {
  const [here, there] = [wordsOf(one), wordsOf(other)];
  if (here.length === 0 || there.length === 0) return one.trim() === other.trim() ? 1 : 0;
  return Math.max(byWords(here, there), jaroWinkler(here.join(''), there.join('')));
};

/** How alike two codes are (numbers, postal codes, dates): equal, one slip of the hand apart (0.7), or not at all. */
export const codeSimilarity = (one: string, other: string): number => {
  const [here, there] = [wordsOf(one).join(''), wordsOf(other).join('')];
  if (here === there) return 1;
  return isOneSlip(here, there) ? 0.7 : 0;
};

/** One character more, less or other, or two neighbours exchanged. */
const isOneSlip = (one: string, other: string): boolean => {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  const shorter = Math.min(one.length, other.length);
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const here = one.slice(start, one.length - end);
  const there = other.slice(start, other.length - end);
  if (here.length <= 1 && there.length <= 1) return true;
  return here.length === 2 && there.length === 2 && here[0] === there[1] && here[1] === there[0];
};
