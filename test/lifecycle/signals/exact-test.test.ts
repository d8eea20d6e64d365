import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Counts,
  countAtOnce,
  joinCounts,
  longerThanLuck,
  medianOf,
  moreThanLuck,
} from '../../../src/lifecycle/signals/exact-test.ts';

describe('Fisher’s exact test', () => {
  // The tea-tasting lady: 3 of 4 right, P = 17/70 (R. A. Fisher, The Design of Experiments, 1935, chapter II); 4 of 4, P = 1/70.
  it.each([
    [{ hits: 3, of: 4 }, { hits: 1, of: 4 }, 17 / 70],
    [{ hits: 4, of: 4 }, { hits: 0, of: 4 }, 1 / 70],
    [{ hits: 0, of: 4 }, { hits: 4, of: 4 }, 1],
    [{ hits: 0, of: 0 }, { hits: 4, of: 4 }, 1],
  ])('of %j beside %j', (first, second, p) => {
    expect(moreThanLuck(first, second)).toBeCloseTo(p, 10);
  });

  it('is the share of all ways to draw the first group, counted one by one', () => {
    const small = fc.record({ hits: fc.nat(5), rest: fc.nat(5) });
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [of, all] = [a.hits + a.rest, a.hits + a.rest + b.hits + b.rest];
        const hits = a.hits + b.hits;
        let [more, ways] = [0, 0];
        for (let drawn = 0; drawn < 2 ** all; drawn += 1) {
          const bits = [...drawn.toString(2)].filter((bit) => bit === '1').length;
          if (bits !== of) continue;
          ways += 1;
          const among = [...(drawn % 2 ** hits).toString(2)].filter((bit) => bit === '1').length;
          if (among >= a.hits) more += 1;
        }
        const expected = of === 0 || all === of ? 1 : more / ways;
        expect(moreThanLuck({ hits: a.hits, of }, { hits: b.hits, of: b.hits + b.rest })).toBeCloseTo(
          expected,
          9,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('holds for thousands', () => {
    const p = moreThanLuck({ hits: 900, of: 5_000 }, { hits: 800, of: 5_000 });
    expect(p).toBeGreaterThan(0.001);
    expect(p).toBeLessThan(0.006);
  });
});

const counts = (values: readonly number[]): Counts =>
  [...Map.groupBy(values, (value) => value)]
    .map(([value, own]): [number, number] => [value, own.length])
    .sort(([a], [b]) => a - b);

describe('the median test', () => {
  it('sees a longer time, and none where both are alike', () => {
    const stays = (from: number) => counts(Array.from({ length: 40 }, (_, index) => from + (index % 20)));
    expect(longerThanLuck(stays(10), stays(0))).toBeLessThan(0.001);
    expect(longerThanLuck(stays(0), stays(0))).toBeGreaterThan(0.4);
    expect(longerThanLuck([], [])).toBe(1);
  });

  it('joins counts as if all values stood in one list, and takes them away again', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(values, values, (a, b) => {
        const both = joinCounts(counts(a), counts(b), 1);
        expect(both).toEqual(counts([...a, ...b]));
        expect(joinCounts(both, counts(b), -1).filter(([, count]) => count !== 0)).toEqual(counts(a));
      }),
    );
  });

  it('has a median of any number of values', () => {
    const medians = [[], [3], [4, 1], [9, 1, 2], [1, 1, 1, 9], [1, 9, 9]].map((values) =>
      medianOf(counts(values)),
    );
    expect(medians).toEqual([null, 3, 2.5, 2, 1, 9]);
  });
});

describe('Holm’s procedure', () => {
  // Seven tests at 0.05: 0.001 is held against 0.05/7, 0.0025 against 0.05/6, 0.011 against 0.05/5, where it ends.
  it.each([
    [[0.5, 0.011, 0.001, 0.69, 0.02, 0.05, 0.0025], 0.05, [false, false, true, false, false, false, true]],
    [[0.01, 0.02], 0.05, [true, true]],
    [[], 0.05, []],
  ])('of %j at %d', (probabilities, rate, counting) => {
    expect(countAtOnce(probabilities, rate)).toEqual(counting);
  });
});
