/** Logarithms of factorials, grown as needed: a handful of additions for each test. */
const logFactorials: number[] = [0];
const logFactorial = (n: number): number => {
  for (let next = logFactorials.length; next <= n; next += 1) {
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  }
  return logFactorials[n] ?? 0;
};
const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** So many of a group have what is looked for. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

/**
 * Fisher's exact test, one-sided: how probable it is that the first group has at least so many hits where both are alike, given how many there are
 * in all (R. A. Fisher, Statistical Methods for Research Workers, section 21.02; hypergeometric tail). Exact at any size, and too careful
 * rather than too bold. 1 where either group is empty.
 */
export const moreThanLuck = (first: Share, second: Share): number => {
  const [all, hits] = [first.of + second.of, first.hits + second.hits];
  if (first.of === 0 || second.of === 0) return 1;
  const most = Math.min(first.of, hits);
  const whole = logChoose(all, first.of);
  let sum = 0;
  for (let k = first.hits; k <= most; k += 1) {
    if (first.of - k > all - hits) continue;
    sum += Math.exp(logChoose(hits, k) + logChoose(all - hits, first.of - k) - whole);
  }
  return Math.min(1, sum);
};

/** Values that rise, and how often each is there. */
export type Counts = readonly (readonly [value: number, count: number])[];

export const sizeOf = (counts: Counts): number => counts.reduce((sum, [, count]) => sum + count, 0);

/** The middle value; of an even number the mean of the two; null of none. */
export const medianOf = (counts: Counts): number | null => {
  const size = sizeOf(counts);
  const at = (place: number): number | null => {
    let passed = 0;
    for (const [value, count] of counts) {
      passed += count;
      if (place < passed) return value;
    }
    return null;
  };
  const upper = at(Math.floor(size / 2));
  if (upper === null) return null;
  return size % 2 === 1 ? upper : ((at(size / 2 - 1) ?? upper) + upper) / 2;
};

/** All of the first, with these of the second: `by` 1 adds them, -1 takes them away. */
export const joinCounts = (first: Counts, second: Counts, by: 1 | -1): Counts => {
  const all: [number, number][] = [];
  let next = 0;
  for (const [value, count] of first) {
    for (let other = second[next]; other !== undefined && other[0] < value; other = second[next]) {
      all.push([other[0], by * other[1]]);
      next += 1;
    }
    const same = second[next];
    if (same?.[0] === value) next += 1;
    all.push([value, count + (same?.[0] === value ? by * same[1] : 0)]);
  }
  all.push(...second.slice(next).map(([value, count]): [number, number] => [value, by * count]));
  return all;
};

/**
 * Mood's median test, one-sided: how probable it is that so many of the first group lie above the median of both together where both have the
 * same median (A. M. Mood, Introduction to the Theory of Statistics, 1950), by Fisher's exact test of the two counts.
 */
export const longerThanLuck = (first: Counts, second: Counts): number => {
  const median = medianOf(joinCounts(first, second, 1));
  if (median === null) return 1;
  const above = (counts: Counts): Share => ({
    hits: counts.reduce((sum, [value, count]) => sum + (value > median ? count : 0), 0),
    of: sizeOf(counts),
  });
  return moreThanLuck(above(first), above(second));
};

/**
 * Which of several tests count at once (S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
 * 1979): whatever hangs together among them, the probability that even one counts by luck is at most `rate`.
 */
export const countAtOnce = (probabilities: readonly number[], rate: number): readonly boolean[] => {
  const order = probabilities.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const failed = order.findIndex(({ p }, rank) => p > rate / (order.length - rank));
  const counting = new Set(order.slice(0, failed === -1 ? order.length : failed).map(({ index }) => index));
  return probabilities.map((_, index) => counting.has(index));
};
