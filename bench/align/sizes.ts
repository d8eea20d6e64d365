/** How much each part of the benchmark works on. */
export interface AlignSizes {
  /** People of the sandbox on which calls are counted; at least twice `changed`, since half of some people is never linked. */
  readonly people: number;
  /** Changed records whose calls are counted. */
  readonly changed: number;
  /** Changed records of the comparison with a script. */
  readonly compared: number;
  /** People of the smaller and the larger memory run. */
  readonly memory: readonly [number, number];
  /** Records edited on each side while memory is watched. */
  readonly worked: number;
  /** Interval of the polls of the worker that runs while edits are made. */
  readonly pollSeconds: number;
  /** People whose records are decoded and compared. */
  readonly decoded: number;
}

/** Of issue 4: 1,000 changes, 500 beside a script, 20,000 and 100,000 records. */
export const fullSizes: AlignSizes = {
  people: 2_500,
  changed: 1_000,
  compared: 500,
  memory: [20_000, 100_000],
  worked: 1_000,
  pollSeconds: 15,
  decoded: 20_000,
};
