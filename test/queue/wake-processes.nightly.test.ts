import { describe, expect, it } from 'vitest';
import { hasRedis } from './redis.ts';
import { atOnce, pairsFrom, taken, withBackends } from './wake-processes.ts';

/** BullMQ gives up a lock after 30 s, and looks for such jobs every 30 s. The engine does not wait for that: the tick finds the work before. */
const takenOverWithinMs = 180_000;

const backends = withBackends();

describe.each(['postgres', 'redis'] as const)('what a killed process was at, wakes on %s', (kind) => {
  it.skipIf(kind === 'redis' && !hasRedis)(
    'is taken over by the other one, once',
    async () => {
      const pairs = pairsFrom(1, atOnce);
      const first = backends.start(kind, pairs);
      expect(await taken(first, atOnce)).toEqual(pairs);
      const second = backends.start(kind);
      await first.kill();
      second.tell();
      expect(await taken(second, atOnce)).toEqual(pairs);
      await expect.poll(() => backends.jobs(kind)).toBe(0);
    },
    takenOverWithinMs,
  );
});
