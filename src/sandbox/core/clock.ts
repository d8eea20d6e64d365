import { setTimeout as delay } from 'node:timers/promises';

/** The simulators' only source of time, so that a test with virtual time can drive them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds of this clock; may reject earlier when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
