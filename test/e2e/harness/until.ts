import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 100;

/** How long a story waits for one thing: long enough for a machine that does much beside, shorter than the test's own limit. */
export const patienceMs = 90_000;

/**
 * Looks until there is an answer that is not null, at most so long. A look that throws counts as none; the last error is the
 * cause of the failure, since it mostly says why.
 */
export const until = async <T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  withinMs: number = patienceMs,
): Promise<T> => {
  const deadline = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) throw new Error(`${withinMs} ms went by without ${what}`, { cause });
    await sleep(lookEveryMs);
  }
};
