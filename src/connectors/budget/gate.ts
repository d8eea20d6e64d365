import type { CallContext, DailyQuota, Lane, Quota, Reservation, WorkClass } from '../../model/budget.ts';
import type { WindowTold } from '../../model/lane-limit.ts';

/** What a connector tells the gate after a call, whatever came of it. */
export interface CallReport<T> {
  readonly value: T;
  /** Daily quota as the answer's headers gave it; null where they did not. */
  readonly daily: DailyQuota | null;
  /** The window of calls as they gave it; a refusal carries it in its CallFailed. */
  readonly window?: WindowTold | null;
}

/**
 * The door that every call of a connector goes through: permit before, booking after. It retries nothing; `withRetry`
 * (retry.ts) does, for reads alone, and takes a new permit for each try.
 */
export interface Gate {
  /**
   * Waits for a permit (or takes one out of the context's reservation), makes the call and books it under the purpose.
   * A CallFailed of category `throttled` thrown by `make` pauses the lane and lowers its limit for all processes.
   * @throws CallFailed as `make` threw it; the abort reason when the context's signal aborts while waiting.
   */
  call<T>(
    context: CallContext,
    lane: Lane,
    make: (signal: AbortSignal) => Promise<CallReport<T>>,
  ): Promise<T>;
  /**
   * Asks for `calls` permits of the standard lane ahead, waiting as long as it takes: one is there at once, the others are promised, and
   * there soon when they are asked for (promiseMs of model/budget.ts).
   */
  reserve(calls: number, workClass: WorkClass, signal?: AbortSignal): Promise<Reservation>;
  quota(): Quota;
  /** Aborts the calls under way and waits until they are booked: the store may be closed then. Later calls are refused. */
  close(): Promise<void>;
}
