import type { LaneLimit, WindowTold } from './lane-limit.ts';
import type { System } from './system.ts';

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
  /** Calls that were reserved before the read, so that nothing waits between a read and its write. */
  readonly reservation?: Reservation;
  readonly signal?: AbortSignal;
  /**
   * By this process's clock: a call that has not been sent by then is not sent any more. It waited too long for its permit, or the process
   * stood still, and by now somebody else may have taken what it was to write for never sent.
   */
  readonly notAfter?: number;
}

/** Permits taken ahead of the calls that will use them. Unused ones are given back by `release`, which may be called twice. */
export interface Reservation {
  readonly left: number;
  /** Takes one permit out of the reservation; null when it is used up. */
  take(): Permit | null;
  release(): Promise<void>;
}

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

/** What is asked for with `take`. */
export interface PermitRequest {
  readonly system: System;
  readonly lane: Lane;
  readonly count: number;
  readonly workClass: WorkClass;
  /** It continues what holds permits already: those of others that are not booked yet do not stop it, or both would wait. */
  readonly begun: boolean;
  /** The configured limit; the store lowers it by what it learned of the lane. */
  readonly limit: LaneLimit;
  /** The part of the vendor's daily limit, 0 to 1, that is Tandem's. */
  readonly dailyShare: number;
}

/**
 * What `take` answered: ids of the permits granted (all that were asked for, or none) under the limit in force, or how long to wait and why.
 * `unbooked`: what is left of the class's share is held by permits whose calls are not booked yet; some may be given back.
 */
export type Taken =
  | { readonly granted: readonly string[]; readonly limit: LaneLimit }
  | { readonly waitMs: number; readonly why: 'burst' | 'daily' | 'paused' | 'unbooked' };

/**
 * Where permits live, shared by all processes (Postgres; in memory for tests). All times are the store's own clock.
 * A permit counts against its lane from `take` until `windowMs` after `end`; permits of a dead process are ended by
 * the store once they are older than `permitStaleMs`. test/connectors/budget/permit-store-contract.ts holds every store to this.
 */
export interface PermitStore {
  /**
   * Grants `count` permits or none. In this order: `paused` while a pause of the lane runs; `daily` when the calls booked
   * within `dailyWindowMs` plus `count` exceed `dailyAllowance`, or when the vendor said within the last `dailyProbeMs` that
   * its whole limit is used; `unbooked` when they do so together with the permits that are held on all lanes but `associations`, whose
   * calls hold a standard one too; `burst` when the lane's limit in force (model/lane-limit.ts) is reached, which is no less than
   * `count` so that what was asked for under the configured one can still pass. `waitMs` is at least 1 and never later than the
   * moment at which the answer can change (daily: at most `dailyProbeMs`).
   * @throws RangeError when `count` is below 1 or above `limit.calls`: it could never be granted.
   */
  take(request: PermitRequest): Promise<Taken>;
  /** Ends calls: their permits count for `windowMs` more. Unknown ids and a second end are ignored. */
  end(permits: readonly string[]): Promise<void>;
  /** Gives back permits whose call was never made: they stop counting at once. */
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
