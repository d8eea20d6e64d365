import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lead } from '../../bench/scoring/data.ts';
import { fitChance, fitLogistic } from '../../bench/scoring/logistic.ts';
import {
  areaUnderCurve,
  calibrationError,
  type Outcome,
  precisionAtTop,
} from '../../bench/scoring/measures.ts';
import { binsOf, scorecardOf, tandemScore } from '../../bench/scoring/scorecard.ts';

const outcomes = (...pairs: readonly (readonly [number, boolean])[]): readonly Outcome[] =>
  pairs.map(([score, won]) => ({ score, won }));

describe('what the benchmark measures with', () => {
  it('area under the curve: perfect, reversed, by chance, and as counted over all pairs', () => {
    expect(areaUnderCurve(outcomes([3, true], [2, true], [1, false]))).toBe(1);
    expect(areaUnderCurve(outcomes([3, false], [2, true], [1, true]))).toBe(0);
    expect(areaUnderCurve(outcomes([5, true], [5, false], [5, true], [5, false]))).toBe(0.5);
    const pair = fc.tuple(fc.nat(9), fc.boolean());
    fc.assert(
      fc.property(fc.array(pair, { minLength: 2, maxLength: 30 }), (pairs) => {
        const all = outcomes(...pairs);
        const [won, lost] = [all.filter((each) => each.won), all.filter((each) => !each.won)];
        fc.pre(won.length > 0 && lost.length > 0);
        const above = won.flatMap((a) =>
          lost.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)),
        );
        const expected = above.reduce<number>((sum, value) => sum + value, 0) / above.length;
        expect(areaUnderCurve(all)).toBeCloseTo(expected, 10);
      }),
    );
  });

  it('precision at the top takes of equal scores as many as are needed, by their mean', () => {
    const ten = outcomes(
      [9, true],
      [8, true],
      [7, false],
      [7, true],
      [1, false],
      [1, false],
      [1, false],
      [1, false],
      [1, false],
      [1, false],
    );
    expect([precisionAtTop(ten, 0.1), precisionAtTop(ten, 0.2), precisionAtTop(ten, 0.3)]).toEqual([
      1,
      1,
      2.5 / 3,
    ]);
  });

  it('calibration: nothing where what was foretold happened, all where the opposite did', () => {
    const half = outcomes(
      ...Array.from({ length: 100 }, (_, index) => [index < 50 ? 100 : 0, index < 50] as const),
    );
    expect(calibrationError(half, (score) => score / 100)).toBe(0);
    expect(calibrationError(half, (score) => 1 - score / 100)).toBe(1);
    expect(calibrationError(half, () => 0.5)).toBe(0.5);
  });

  it('the rival learns what is there to learn', () => {
    const rows = Array.from({ length: 400 }, (_, index) => ({
      ones: [index % 2],
      won: index % 8 < (index % 2 === 0 ? 6 : 2),
    }));
    const logOdds = fitLogistic(rows, 2, 0);
    const share = (ones: readonly number[]): number => 1 / (1 + Math.exp(-logOdds(ones)));
    for (const column of [0, 1]) {
      const members = rows.filter(({ ones }) => ones[0] === column);
      expect(share([column])).toBeCloseTo(members.filter(({ won }) => won).length / members.length, 2);
    }
  });

  it('a score becomes the chance that it had', () => {
    const known = [20, 80].flatMap((score) =>
      Array.from({ length: 100 }, (_, index) => ({ score, won: index < score })),
    );
    const chanceOf = fitChance(known);
    expect([chanceOf(20), chanceOf(80)].map((chance) => Math.round(chance * 100))).toEqual([20, 80]);
  });
});

it("points from known leads rank unseen ones by Tandem's own score", () => {
  const lead = (index: number): Lead => ({
    id: String(index),
    attributes: { source: index % 3 === 0 ? 'o\'reilly "ads"' : 'web' },
    numbers: { seconds: index % 100 },
    visits: index % 5,
    won: index % 3 === 0 && index % 100 > 20,
  });
  const known = Array.from({ length: 600 }, (_, index) => lead(index));
  const model = scorecardOf(known, binsOf(known));
  const unseen = Array.from({ length: 300 }, (_, index) => lead(index + 601));
  const area = areaUnderCurve(unseen.map((each) => ({ score: tandemScore(each, model), won: each.won })));
  expect(area).toBeGreaterThan(0.95);
});
