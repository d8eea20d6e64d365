/** How much a common beginning counts, and how long it may be (Winkler 1990). */
const prefixWeight = 0.1;
const prefixMax = 4;

/** For each character of `from` the place of its partner in `to`, -1 without one; a partner is the same character not far away. */
const partnersOf = (from: readonly string[], to: readonly string[]): readonly number[] => {
  const reach = Math.max(0, Math.floor(Math.max(from.length, to.length) / 2) - 1);
  const taken = new Set<number>();
  return from.map((character, place) => {
    const last = Math.min(to.length - 1, place + reach);
    for (let at = Math.max(0, place - reach); at <= last; at += 1) {
      if (to[at] !== character || taken.has(at)) continue;
      taken.add(at);
      return at;
    }
    return -1;
  });
};

/**
 * The Jaro-Winkler similarity of two texts, 0 to 1: the share of characters that both have at about the same place, a common beginning
 * counting more. Made for short texts such as names, where the first letters are the ones typed right. Compares code points. The
 * published examples are in its test.
 */
export const jaroWinkler = (one: string, other: string): number => {
  if (one === other) return 1;
  const from = [...one];
  const to = [...other];
  const partners = partnersOf(from, to);
  const matched = partners.filter((place) => place >= 0);
  const common = matched.length;
  if (common === 0) return 0;
  const inOrder = matched.toSorted((a, b) => a - b);
  const outOfPlace = matched.filter((place, index) => to[place] !== to[inOrder[index] ?? -1]).length;
  const jaro = (common / from.length + common / to.length + (common - outOfPlace / 2) / common) / 3;
  let prefix = 0;
  while (prefix < prefixMax && from[prefix] !== undefined && from[prefix] === to[prefix]) prefix += 1;
  return jaro + prefix * prefixWeight * (1 - jaro);
};
