import type { LiveSignal } from './live.ts';

/** What a stream came with at once for one type of record. */
export interface StreamPart {
  readonly type: string;
  readonly signals: readonly LiveSignal[];
  /** Where reading resumes behind this part, as the vendor gave it; null where it did not say. */
  readonly at: string | null;
  /** How many events it was; they count against the vendor's allocation. */
  readonly events: number;
  /** More has changed than was told (an overflow, events that could not be read): the type has to be looked at. */
  readonly incomplete: boolean;
}

/** A stream that was opened; it belongs to one reader. */
export interface OpenStream {
  /** Types that are told of from now on only: there was no place to resume at, or it is not retained any more. */
  readonly fresh: readonly string[];
  /** Types that cannot be told of, and why, without values. */
  readonly refused: readonly { readonly type: string; readonly why: string }[];
  /**
   * Waits for what comes next; empty is a heartbeat. Nothing more is asked of the vendor until this is called again.
   * @throws CallFailed when the stream has broken: it is over then
   */
  next(): Promise<readonly StreamPart[]>;
  /** Tells the vendor that nobody listens any more. Never rejects. */
  close(): Promise<void>;
}

/** A system that tells of changes over a connection that the worker opens (Salesforce's streaming API). */
export interface ChangeStream {
  /** @throws CallFailed; `throttled` where the day's events are used up */
  open(resume: ReadonlyMap<string, string | null>, signal: AbortSignal): Promise<OpenStream>;
}
