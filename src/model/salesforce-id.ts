const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** For each five characters, a bit per capital letter; the three sums are the suffix. */
const suffix = (id: string): string =>
  [0, 5, 10]
    .map((start) => {
      const bits = [...id.slice(start, start + 5)].reduce(
        (sum, char, place) => sum + (char >= 'A' && char <= 'Z' ? 1 << place : 0),
        0,
      );
      return suffixAlphabet.charAt(bits);
    })
    .join('');

/**
 * The 18-character form of a Salesforce id, whose last three characters make it safe to compare without regard to case.
 * Null where the text is not an id. An 18-character id is taken by its first 15, so that a suffix in the wrong case
 * cannot make two ids of one record.
 */
export const toId18 = (text: string): string | null => {
  if (!/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(text)) return null;
  const id = text.slice(0, 15);
  return id + suffix(id);
};
