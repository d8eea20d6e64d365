import type { LaneLimit } from '../../model/budget.ts';

/** A refusal takes a fifth of the lane away, down to a half; each quiet minute gives a tenth back. */
const cutFactor = 0.8;
const lowestFactor = 0.5;
const recoveryMs = 60_000;
const recoveryStep = 0.1;

/** The limit that is really used on a lane: the configured one, lowered for a while after the vendor refused. */
export interface Adaptation {
  /** The limit now, never below `atLeast` calls so that a reservation made under the full limit can still pass. */
  limit(atLeast: number): LaneLimit;
  /** The vendor refused a call although the limit was kept: somebody else spends on it too, or it is lower than we think. */
  refused(): void;
}

/** @param clock the present time in milliseconds */
export const makeAdaptation = (full: LaneLimit, clock: () => number): Adaptation => {
  let factor = 1;
  let since = 0;
  const recovered = (): number => {
    const minutes = Math.floor((clock() - since) / recoveryMs);
    return Math.min(1, factor + minutes * recoveryStep);
  };
  return {
    limit(atLeast) {
      const calls = Math.max(1, Math.floor(full.calls * recovered()), Math.min(atLeast, full.calls));
      return { calls, windowMs: full.windowMs };
    },
    refused() {
      factor = Math.max(lowestFactor, recovered() * cutFactor);
      since = clock();
    },
  };
};
