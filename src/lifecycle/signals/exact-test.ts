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

/** The middle value; of an even number the mean of the two; null of none. */
export const medianOf = (values: readonly number[]): number | null => {
  // Typed arrays sort numbers without a comparison to call: a look sorts some thousands, many times.
  const sorted = Float64Array.from(values).sort();
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
};

/**
 * Mood's median test, one-sided: how probable it is that so many of the first group lie above the median of both together where both have the
 * same median (A. M. Mood, Introduction to the Theory of Statistics, 1950), by Fisher's exact test of the two counts.
 */
export const longerThanLuck = (first: readonly number[], second: readonly number[]): number => {
  const median = medianOf([...first, ...second]);
  if (median === null) return 1;
  const above = (values: readonly number[]): Share => ({
    hits: values.filter((value) => value > median).length,
    of: values.length,
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
