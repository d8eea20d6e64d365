/**
 * The line before a lane: who waits for permits, in whatever process, and who of them goes first. Pure rules; the line is kept with the
 * permits, so that it is one for all processes of a fleet, and every time here is of that store's clock, in milliseconds.
 */

import { type PermitRequest, workClasses } from './budget.ts';

/** Whoever waits asks again at least this often, so that a pause that is lifted elsewhere is noticed. */
export const askAgainMsMax = 5_000;
/** Who is so much later than that has given up or is dead: others do not wait for it. */
const lateMsMax = 1_000;

/** Somebody who was told to wait, and for how many calls. Who came earlier stands before it. */
export interface Waiting {
  readonly id: string;
  /** What goes first has the lower one. */
  readonly rank: number;
  /** Calls that are to be made at once. */
  readonly now: number;
  /** The same with those that are to be promised; 0 of a call that was promised already. */
  readonly all: number;
  /** It stands in the line no longer, unless it asks again. */
  readonly until: number;
}

export type Line = readonly Waiting[];

export const noLine: Line = [];

const isThere = (each: Waiting, now: number): boolean => each.until > now;

/** The calls of those who go before somebody: of a lower rank, or of the same and earlier in the line. */
export const callsBefore = (
  line: Line,
  asker: Pick<Waiting, 'id' | 'rank'>,
  now: number,
): Pick<Waiting, 'now' | 'all'> => {
  const own = line.findIndex(({ id }) => id === asker.id);
  const before = line.filter(
    (each, at) =>
      each.id !== asker.id &&
      isThere(each, now) &&
      (each.rank < asker.rank || (each.rank === asker.rank && (own < 0 || at < own))),
  );
  return {
    now: before.reduce((sum, each) => sum + each.now, 0),
    all: before.reduce((sum, each) => sum + each.all, 0),
  };
};

/** Whoever asks for permits, as it would stand in the line. What it was promised is counted as promised already. */
export const waitingFor = (request: PermitRequest): Omit<Waiting, 'until'> => ({
  id: request.waiter,
  rank: request.begun ? -1 : workClasses.indexOf(request.workClass),
  now: request.count,
  all: request.redeems === null ? request.count + request.soon : 0,
});

/** The line once somebody was told to wait for `waitMs`: it keeps its place, or comes last. */
export const lineWith = (line: Line, asker: Omit<Waiting, 'until'>, waitMs: number, now: number): Line => {
  const entry: Waiting = { ...asker, until: now + Math.min(waitMs, askAgainMsMax) + lateMsMax };
  const others = line.filter((each) => each.id === asker.id || isThere(each, now));
  return others.some(({ id }) => id === asker.id)
    ? others.map((each) => (each.id === asker.id ? entry : each))
    : [...others, entry];
};

/** The line once somebody has what it waited for, or waits for something else. */
export const lineWithout = (line: Line, id: string): Line =>
  line.some((each) => each.id === id) ? line.filter((each) => each.id !== id) : line;
