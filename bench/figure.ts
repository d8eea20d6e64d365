/** One measured figure: ours beside a rival's or a target, both from this run or stated (contract: `npm run bench`). */
export interface Figure {
  readonly name: string;
  /** ours / theirs, to three places: 1 means equal, null in JSON that theirs is 0 and ours is not; which way is good says `better`. */
  readonly ratio: number;
  /** What `theirs` is: `target`, or the rival's name. */
  readonly against: string;
  readonly ours: number;
  readonly theirs: number;
  readonly better: 'lower' | 'higher';
  readonly unit: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A benchmark: measures and yields its figures as they are there; `say` tells a person how it goes. */
export type Benchmark = (say: (line: string) => void) => AsyncIterable<Figure>;

/** Rounds to `places` after the point; figures with more would pretend to be exact. */
export const rounded = (value: number, places = 2): number => Number(value.toFixed(places));

/** Completes a figure by its ratio. */
export const makeFigure = (figure: Omit<Figure, 'ratio'>): Figure => ({
  ...figure,
  // Nothing against nothing is equal.
  ratio: figure.ours === figure.theirs ? 1 : rounded(figure.ours / figure.theirs, 3),
});

/** Whether a target is met; null for a figure against a rival, which has winners and no pass. */
export const meetsTarget = ({ against, better, ours, theirs }: Figure): boolean | null => {
  if (against !== 'target') return null;
  return better === 'lower' ? ours <= theirs : ours >= theirs;
};
