import { expect, it } from 'vitest';
import { BoundedCache } from '../../src/mapping/bounded-cache.ts';

it('makes each value once while it is kept, and keeps a bounded number', () => {
  const cache = new BoundedCache<string>(10);
  const made: string[] = [];
  const get = (key: string): string =>
    cache.get(key, (missed) => {
      made.push(missed);
      return missed.toUpperCase();
    });
  for (let round = 0; round < 3; round += 1)
    for (const key of ['a', 'b', 'c']) expect(get(key)).toBe(key.toUpperCase());
  expect(made).toEqual(['a', 'b', 'c']);
  for (let index = 0; index < 1000; index += 1) {
    get(`k${index}`);
    get('a');
    expect(cache.size).toBeLessThanOrEqual(20);
  }
  // A key in use survives its generation.
  expect(made.filter((key) => key === 'a')).toHaveLength(1);
});
