import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { CallFailed, canRetryHelp } from '../../model/failure.ts';

/** Tries after the first; with the delays below a read is given up after about 10 s of waiting. */
const retriesMax = 4;
const retryDelayMsMin = 400;
const retryDelayMsMax = 8_000;
/** HubSpot holds a record's lock for 2 s (https://developers.hubspot.com/docs/api-reference/error-handling). */
const lockedDelayMs = 2_000;
/** A vendor's Retry-After beyond this is not waited out inside one read: the caller gets the failure and its time. */
const retryAfterMsMax = 10_000;

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** For tests: shrinks every delay. */
  readonly delayFactor?: number;
}

/**
 * Repeats a READ that failed as `throttled`, `locked` or `unavailable`, with exponential backoff and jitter, at most
 * `retriesMax` times. Each try takes a new permit, so a throttled one waits at the gate until the lane's pause is over.
 * Never for writes: a POST that was answered 502 may have been executed.
 * @throws the last failure; the signal's reason, promptly, when it aborts.
 */
export const withRetry = async <T>(read: () => Promise<T>, options: RetryOptions = {}): Promise<T> => {
  const factor = options.delayFactor ?? 1;
  return await pRetry(read, {
    retries: retriesMax,
    minTimeout: retryDelayMsMin * factor,
    maxTimeout: retryDelayMsMax * factor,
    factor: 2,
    randomize: true,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    shouldRetry: ({ error }) =>
      error instanceof CallFailed &&
      canRetryHelp(error.failure) &&
      (error.failure.category === 'throttled' || (error.failure.retryAfterMs ?? 0) <= retryAfterMsMax),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (!(error instanceof CallFailed) || retriesLeft === 0) return;
      const { category, retryAfterMs } = error.failure;
      const atLeast = category === 'locked' ? (retryAfterMs ?? lockedDelayMs) : (retryAfterMs ?? 0);
      // A throttled read waits at the gate instead, where the pause can be lifted and holds for everyone.
      if (category === 'throttled' || atLeast === 0 || atLeast > retryAfterMsMax) return;
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      // Aborted: p-retry itself then throws the signal's reason.
      await sleep(atLeast * factor, undefined, signal).catch(() => undefined);
    },
  });
};
