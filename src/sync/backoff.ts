/** Waits before the next look at a unit that did not come to an end: stale reads, refusals that a retry can help. */
const againMs = [1_000, 5_000, 30_000, 120_000] as const;

/** How long to wait before look number `attempts` + 1. */
export const againAfterMs = (attempts: number): number =>
  againMs[Math.min(Math.max(attempts, 0), againMs.length - 1)] ?? 120_000;

/** A record that is not there, or whose identity keeps failing, is looked at this often before it is parked. */
export const identityLooksMax = 4;

/** After a signal a record is read this often beside the first time, at all the distances above, until it shows the signal's stamp. */
export const looksAfterSignalMax = againMs.length;

/**
 * For so long after its time a signal is believed rather than a read that does not show it, however often the record was read: each further
 * signal makes it due at once, so that all of those looks may be over in seconds. HubSpot names no bound for how far its answers are
 * behind; twice a minute is the bound that the storms of the tests know.
 */
export const signalBelievedMs = 120_000;

/** Nor is a record that is told of again and again, and never shows it, waited for longer than this. */
export const signalsBelievedMsMax = 600_000;
