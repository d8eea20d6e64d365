/**
 * The limit that is in force on a lane: the configured one, lowered by what the vendor's answers taught. Pure rules; what was learned is kept
 * with the permits, so that all processes of a fleet go by it, and every time here is of that store's clock, in milliseconds.
 */

/** At most `calls` whose permits are held or whose calls ended within the last `windowMs`; a window of 0 limits concurrency alone. */
export interface LaneLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** What one answer said of the window: its size, its length, and how many calls it still took when the call was counted. */
export interface WindowTold {
  readonly calls: number;
  readonly windowMs: number;
  readonly remaining: number;
}

/** How long stores keep a permit after it stopped counting, so that an answer that took no longer can be set against it. */
export const permitKeptMs = 2_000;
/** What passes between the answer and the look at the permits. */
const lookMs = 100;

/**
 * How far back the permits have to be looked at for the most that our calls can have used of the window an answer told, when its call began
 * `agoMs` ago: each that counted at any time since. Null when they are not kept so long.
 */
export const ownSinceMs = (agoMs: number): number | null =>
  agoMs + lookMs <= permitKeptMs ? Math.max(0, agoMs) + lookMs : null;

/** What is known of a lane beside its configured limit. */
export interface LaneLearned {
  /** The part of the limit that was left after the last refusal that taught something. */
  readonly refused?: { readonly factor: number; readonly at: number };
  /** The window as the last answer told it, when it became smaller, and how many calls in it were certainly not ours. */
  readonly told?: {
    readonly calls: number;
    readonly windowMs: number;
    readonly others: number;
    readonly smallerAt: number;
    readonly at: number;
  };
}

/** A refusal takes a fifth of the lane away, down to a half; each quiet minute gives a tenth back. */
const cutFactor = 0.8;
const lowestFactor = 0.5;
const recoveryMs = 60_000;
const recoveryStep = 0.1;
/** What a lane without a window, or with a short one, still holds of the calls that were refused together. */
const togetherMsMin = 1_000;

/** A size that no answer repeated for so long is not believed any more; every answer of the vendor's tells it. */
const toldBelievedMs = 15 * 60_000;
/** What is left to us beside others, however much they use: two that give way to each other must not both come to nothing. */
const besideOthersMin = 0.1;
/** Others do not use the same in each window: so much more than they were seen to use is left to them. */
const othersMargin = 0.05;

const factorNow = ({ refused }: LaneLearned, now: number): number => {
  if (refused === undefined) return 1;
  const minutes = Math.max(0, Math.floor((now - refused.at) / recoveryMs));
  return Math.min(1, refused.factor + minutes * recoveryStep);
};

/** How many calls the vendor's own words leave us; null when they are old or of a window of another length, which cannot be compared. */
const toldNow = ({ told }: LaneLearned, full: LaneLimit, now: number): number | null => {
  if (told === undefined || told.windowMs !== full.windowMs || now - told.at > toldBelievedMs) return null;
  const areOthersNews = told.others > 0 && now - told.at <= told.windowMs;
  if (!areOthersNews) return told.calls;
  const left = told.calls - told.others - Math.ceil(told.calls * othersMargin);
  return Math.max(left, told.calls * besideOthersMin);
};

/** The limit in force: never above the configured one, never below one call. */
export const limitInForce = (full: LaneLimit, learned: LaneLearned, now: number): LaneLimit => {
  const told = toldNow(learned, full, now) ?? full.calls;
  const calls = Math.floor(Math.min(full.calls, told) * factorNow(learned, now));
  return { calls: Math.max(1, calls), windowMs: full.windowMs };
};

/** Why the limit in force is below the configured one, in the vendor's terms; empty when it is not. */
export const lowReasons = (
  full: LaneLimit,
  learned: LaneLearned,
  now: number,
): readonly ('told' | 'others' | 'refused')[] => {
  const size = toldNow(
    { ...learned, ...(learned.told && { told: { ...learned.told, others: 0 } }) },
    full,
    now,
  );
  const left = toldNow(learned, full, now);
  return [
    ...(size !== null && size < full.calls ? (['told'] as const) : []),
    ...(size !== null && left !== null && Math.min(left, full.calls) < Math.min(size, full.calls)
      ? (['others'] as const)
      : []),
    ...(factorNow(learned, now) < 1 ? (['refused'] as const) : []),
  ];
};

/**
 * What is known after the vendor refused a call that began at `begunAt`. A call that began before the limit was lowered, or while the
 * window still held what had been let in before, tells nothing new: of forty calls that are refused together one counts.
 */
export const afterRefusal = (
  learned: LaneLearned,
  full: LaneLimit,
  begunAt: number,
  now: number,
): LaneLearned => {
  const loweredAt = Math.max(learned.refused?.at ?? -Infinity, learned.told?.smallerAt ?? -Infinity);
  if (begunAt < loweredAt + Math.max(full.windowMs, togetherMsMin)) return learned;
  return {
    ...learned,
    refused: { factor: Math.max(lowestFactor, factorNow(learned, now) * cutFactor), at: now },
  };
};

/**
 * What is known after an answer told its window. `own` is the most that our calls can have used of it, so that what is used beyond is
 * certainly of others; null when that is not known. A new size makes a fresh start: what refusals taught was about the old one.
 */
export const afterTold = (
  learned: LaneLearned,
  told: WindowTold,
  own: number | null,
  now: number,
): LaneLearned => {
  const before = learned.told;
  const isNew = told.calls !== before?.calls || told.windowMs !== before.windowMs;
  const others = own === null ? 0 : Math.max(0, told.calls - told.remaining - own);
  return {
    ...(isNew || learned.refused === undefined ? {} : { refused: learned.refused }),
    told: {
      calls: told.calls,
      windowMs: told.windowMs,
      others,
      smallerAt: before && told.calls >= before.calls ? before.smallerAt : now,
      at: now,
    },
  };
};
