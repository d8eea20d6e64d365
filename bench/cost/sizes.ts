/** How much each part of the benchmark works on. */
export interface CostSizes {
  /** People of the sandbox on which changes are made; at least twice `changed`, since half of some people is never linked. */
  readonly people: number;
  /** Changed records whose calls are counted, on each side. */
  readonly changed: number;
  /** How long nothing happens, in seconds. */
  readonly idleSeconds: number;
  /** People of the smaller and the larger first alignment. */
  readonly first: readonly [number, number];
}

export const fullSizes: CostSizes = {
  people: 2_500,
  changed: 1_000,
  idleSeconds: 1_800,
  first: [2_000, 10_000],
};
