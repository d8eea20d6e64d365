import { otherSystem, type Sides, type System } from '../model/system.ts';

/** When a side's value was entered: exactly (`from` = `to`) or somewhere in an interval, in the vendor's milliseconds. */
export interface ChangeTime {
  readonly from: number;
  readonly to: number;
  /** `event`: the commit time of a change event. `history`: the vendor's own record of the change. `interval`: between two looks. */
  readonly clock: 'event' | 'history' | 'interval';
}

/** Two vendors' clocks are trusted to agree this well; changes closer together than this are undecided. */
export const clockToleranceMs = 2_000;

export interface NewestVerdict {
  readonly winner: System;
  /** Says which clock decided, for the ledger and `explain`. */
  readonly clock: string;
  readonly decided: boolean;
}

const isAfter = (a: ChangeTime, b: ChangeTime): boolean => a.from > b.to + clockToleranceMs;

/** Which side's value is newer; where the clocks cannot tell, the rule's named tie-break wins and the verdict says so. */
export const newest = (times: Sides<ChangeTime>, tie: System): NewestVerdict => {
  const clock = `hubspot ${times.hubspot.clock}, salesforce ${times.salesforce.clock}`;
  if (isAfter(times.hubspot, times.salesforce)) return { winner: 'hubspot', clock, decided: true };
  if (isAfter(times.salesforce, times.hubspot)) return { winner: 'salesforce', clock, decided: true };
  return { winner: tie, clock: `${clock}: undecided, tie ${tie}`, decided: false };
};

/**
 * Whether knowing the exact time of `system`'s change could decide what its interval leaves open. It saves a history
 * call where the answer would be the tie-break anyway.
 */
export const couldExactTimeDecide = (times: Sides<ChangeTime>, system: System, tie: System): boolean => {
  const own = times[system];
  if (own.clock !== 'interval') return false;
  const other = times[otherSystem(system)];
  const canWin = own.to > other.to + clockToleranceMs;
  const canLose = own.from + clockToleranceMs < other.from;
  return tie === system ? canLose : canWin;
};
