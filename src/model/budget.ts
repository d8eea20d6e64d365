/** The classes of work in the order in which they get budget. They stop at 100, 95, 85 and 70 % of the daily share. */
export const workClasses = ['consent', 'live', 'sweep', 'backfill'] as const;
export type WorkClass = (typeof workClasses)[number];

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
