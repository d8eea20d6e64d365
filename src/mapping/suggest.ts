/** Edits (insert, delete, replace, swap of neighbours) from one text to another; small inputs only. */
const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
      let best = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
};

/** Longer names are nobody's typing error; the distance costs their product. */
const lengthMax = 80;

/**
 * The candidate that was probably meant, or undefined: equal but for case and separators, else within a third of its
 * length in edits.
 */
export const suggest = (wrong: string, candidates: Iterable<string>): string | undefined => {
  const plain = (name: string): string => name.toLowerCase().replace(/[_\-\s]|__c$/g, '');
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (plain(candidate) === plain(wrong)) return candidate;
    if (wrong.length > lengthMax || candidate.length > lengthMax) continue;
    const distance = editDistance(wrong.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.ceil(candidate.length / 3) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
};

/** ` Did you mean 'x'?` or nothing, to be put after a sentence. */
export const didYouMean = (wrong: string, candidates: Iterable<string>): string => {
  const meant = suggest(wrong, candidates);
  return meant === undefined ? '' : `did you mean '${meant}'? `;
};
