import type { LaneLimit, WindowTold } from './lane-limit.ts';
import type { Sides, System } from './system.ts';

/** The classes of work in the order in which they get budget. They stop at 100, 95, 85 and 70 % of the daily share. */
export const workClasses = ['consent', 'live', 'sweep', 'backfill'] as const;
export type WorkClass = (typeof workClasses)[number];

/** The part of the daily share that is used up when a class stops. */
export const workClassStopsAt: Readonly<Record<WorkClass, number>> = {
  consent: 1,
  live: 0.95,
  sweep: 0.85,
  backfill: 0.7,
};

/** A permit that nobody ended for so long belonged to a process that died: the store counts it as ended then. */
export const permitStaleMs = 90_000;

/** The window over which booked calls are held against the daily share; stores may round it to whole hours, up. */
export const dailyWindowMs = 24 * 60 * 60_000;

/** How long a used-up daily quota is believed before the next call may ask the vendor again. */
export const dailyProbeMs = 15 * 60_000;

/**
 * How many calls a class may have booked within `dailyWindowMs` before it stops; null while the vendor's limit is unknown.
 * `dailyShare` is the part of the vendor's limit, 0 to 1, that is Tandem's.
 */
export const dailyAllowance = (
  workClass: WorkClass,
  dailyShare: number,
  limit: number | null,
): number | null => (limit === null ? null : Math.floor(limit * dailyShare * workClassStopsAt[workClass]));

/** What a call was made for; every call is booked under one of these. */
export type CallPurpose =
  | 'sign-in'
  | 'describe'
  | 'poll'
  | 'list'
  | 'read'
  | 'match'
  | 'history'
  | 'write'
  | 'verify'
  | 'quota';

/** How a connector may spend: the class decides the place in the queue, the purpose is for the books. */
export interface CallContext {
  readonly class: WorkClass;
  readonly purpose: CallPurpose;
  /** It is part of a batch that has begun: it draws on what was reserved for that on its side, and goes first where that is used up. */
  readonly reservations?: Sides<Reservation>;
  readonly signal?: AbortSignal;
  /**
   * By this process's clock: a call that has not been sent by then is not sent any more. It waited too long for its permit, or the process
   * stood still, and by now somebody else may have taken what it was to write for never sent.
   */
  readonly notAfter?: number;
}

/**
 * Permits asked for ahead of the calls that will use them: one of them is held, the others are promised. Unused ones are given back by
 * `keep` and `release`, which may be called twice.
 */
export interface Reservation {
  /** Calls that were asked for and are neither used nor given back. */
  readonly left: number;
  /** Calls that came for it, those that found it used up as well. */
  readonly came: number;
  /** Takes one permit out of the reservation, a held one first; null when it is used up. */
  take(): Reserved | null;
  /** Gives back what goes beyond so many calls: no more than those will come. */
  keep(calls: number): Promise<void>;
  release(): Promise<void>;
}

/** What a reservation has for a call: a permit, or the promise of one, which `take` redeems (PermitRequest.redeems). */
export type Reserved = { readonly held: Permit } | { readonly promise: string };

/** The right to make one call now. It counts against the burst window until 10 s after `end`. */
export interface Permit {
  end(): Promise<void>;
}

/** What is known of a system's budget; unknown figures are null. */
export interface Quota {
  readonly dailyLimit: number | null;
  readonly dailyUsed: number | null;
  readonly burstLimit: number | null;
  readonly burstWindowMs: number | null;
}

/**
 * Calls of one system that share one limit. HubSpot's search has a limit of its own (5 a second) and stands outside the
 * ten-second window. Its associations have a lower one than the window; whether they count in the window as well is not said, so that they
 * take a permit of each. Everything else is `standard`.
 */
export type Lane = 'standard' | 'search' | 'associations';

/** The limits of a system's lanes; without one of its own, a call of the lane `associations` is a standard one. */
export interface LaneLimits extends Readonly<Record<Exclude<Lane, 'associations'>, LaneLimit>> {
  readonly associations?: LaneLimit;
}

/** What a vendor's answer said of the daily quota. */
export interface DailyQuota {
  readonly limit: number;
  readonly used: number;
}

/**
 * A promised permit is there so soon after it is asked for, at the latest: short beside the age at which a plan is thrown away, and long enough
 * that a window of ten seconds in even use frees a fifth of its permits meanwhile, which do not stand unused to keep the promise.
 */
export const promiseMs = 2_000;

/** What is asked for with `take`. */
export interface PermitRequest {
  readonly system: System;
  readonly lane: Lane;
  /** Permits for calls that are made at once. */
  readonly count: number;
  /** Calls that will or may follow soon: for each a permit is promised. */
  readonly soon: number;
  /** The promise that this call redeems; null of a call that nobody promised anything. */
  readonly redeems: string | null;
  /** Whoever asks, the same each time it asks again for the same. */
  readonly waiter: string;
  readonly workClass: WorkClass;
  /** It continues what holds permits already: those of others that are not booked yet do not stop it, or both would wait. */
  readonly begun: boolean;
  /** The configured limit; the store lowers it by what it learned of the lane. */
  readonly limit: LaneLimit;
  /** The part of the vendor's daily limit, 0 to 1, that is Tandem's. */
  readonly dailyShare: number;
}

/**
 * What `take` answered: ids of the permits granted and of those promised (all that were asked for, or none) under the limit in force, or how
 * long to wait and why.
 * `unbooked`: what is left of the class's share is held by permits whose calls are not booked yet; some may be given back.
 */
export type Taken =
  | { readonly granted: readonly string[]; readonly promised: readonly string[]; readonly limit: LaneLimit }
  | { readonly waitMs: number; readonly why: 'burst' | 'daily' | 'paused' | 'unbooked' };

/**
 * Where permits live, shared by all processes (Postgres; in memory for tests). All times are the store's own clock.
 * A permit counts against its lane from `take` until `windowMs` after `end`; permits of a dead process are ended by
 * the store once they are older than `permitStaleMs`. test/connectors/budget/permit-store-contract.ts holds every store to this.
 */
export interface PermitStore {
  /**
   * Grants `count` permits and promises `soon` more, or nothing. In this order: `paused` while a pause of the lane runs; `daily` when the calls booked
   * within `dailyWindowMs` plus `count` exceed `dailyAllowance`, or when the vendor said within the last `dailyProbeMs` that
   * its whole limit is used; `unbooked` when they do so together with the permits that are held on all lanes but `associations`, whose
   * calls hold a standard one too; `burst` when the lane's limit in force (model/lane-limit.ts) is reached, which is no less than
   * `count` and `soon` so that what was asked for under the configured one can still pass. `waitMs` is at least 1 and, but for what others
   * give back, never later than the moment at which the answer can change (daily: at most `dailyProbeMs`).
   *
   * A promise counts against the daily share as a permit does, and no other way against the lane than this: nothing is granted to what has not
   * begun unless, of the permits that are free within `promiseMs`, all that are promised are left. A call that redeems a promise
   * asks for a permit with `begun`; what has passed the daily share does not pass it again.
   *
   * Whoever is told `burst` stands in the line (model/lane-line.ts): what has begun goes before everything else, then the stronger class,
   * then who came first, and what they wait for is left to them.
   * @throws RangeError when `count` is below 1, or with `soon` above `limit.calls`: it could never be granted.
   */
  take(request: PermitRequest): Promise<Taken>;
  /** Ends calls: their permits count for `windowMs` more. Unknown ids and a second end are ignored. */
  end(permits: readonly string[]): Promise<void>;
  /** Gives back permits whose call was never made, and promises that are not needed: they stop counting at once. */
  giveBack(permits: readonly string[]): Promise<void>;
  /** The vendor refused everything: nobody of this system and lane gets a permit for so long. A shorter pause never cuts a longer one. */
  pause(system: System, lane: Lane, waitMs: number, cause: string): Promise<void>;
  /** The vendor refused a call of this lane that began `agoMs` ago although its limit was kept: `afterRefusal`. */
  refused(system: System, lane: Lane, limit: LaneLimit, agoMs: number): Promise<void>;
  /** An answer to a call that began `agoMs` ago told the window of this lane: `afterTold`. */
  observeWindow(system: System, lane: Lane, told: WindowTold, agoMs: number): Promise<void>;
  /** Books calls that were made, for the daily share and the cost by purpose. */
  book(system: System, purpose: CallPurpose, calls: number): Promise<void>;
  observeDaily(system: System, quota: DailyQuota): Promise<void>;
}
