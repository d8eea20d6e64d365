/** Waits before the next look at a unit that did not come to an end: stale reads, refusals that a retry can help. */
const againMs = [1_000, 5_000, 30_000, 120_000] as const;

/** How long to wait before look number `attempts` + 1. */
export const againAfterMs = (attempts: number): number =>
  againMs[Math.min(Math.max(attempts, 0), againMs.length - 1)] ?? 120_000;

/** A record that is not there, or whose identity keeps failing, is looked at this often before it is parked. */
export const identityLooksMax = 4;

/** After a signal a record is read this often beside the first time, at all the distances above, until it shows the signal's stamp. */
export const looksAfterSignalMax = againMs.length;
