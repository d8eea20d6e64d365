import { beforeEach, describe, expect, it } from 'vitest';
import { hasRedis } from './redis.ts';
import { atOnce, inOrder, pairsFrom, taken, withBackends } from './wake-processes.ts';

const backends = withBackends();

describe.each(['postgres', 'redis'] as const)('two processes with their wakes on %s', (kind) => {
  beforeEach((context) => {
    if (kind === 'redis' && !hasRedis) context.skip('there is no redis-server on this machine');
  });

  it('work what one of them wakes, each pair once', async () => {
    const pairs = pairsFrom(1, 2 * atOnce);
    // Each stays in what it took: the first can have no more than its share, and the rest is the second's.
    const first = backends.start(kind, pairs);
    const ofFirst = await taken(first, atOnce);
    const second = backends.start(kind);
    const ofSecond = await taken(second, atOnce);
    expect(inOrder([...ofFirst, ...ofSecond])).toEqual(pairs);
    first.tell();
    second.tell();
    await expect.poll(() => backends.jobs(kind)).toBe(0);
    // Nothing was taken twice: what each says next is of a wake that came later.
    const third = backends.start(kind, ['later']);
    third.tell();
    expect(await Promise.race([first, second, third].map((each) => each.line()))).toBe('later');
    await expect.poll(() => backends.jobs(kind)).toBe(0);
  });

  it('lose no wake with the one that sent it and was killed before anybody took it', async () => {
    const first = backends.start(kind, pairsFrom(1, atOnce + 4));
    const held = await taken(first, atOnce);
    await expect.poll(() => backends.jobs(kind)).toBe(atOnce + 4);
    await first.kill();
    const second = backends.start(kind);
    expect(inOrder([...held, ...(await taken(second, 4))])).toEqual(pairsFrom(1, atOnce + 4));
  });
});
