import { describe, expect, it } from 'vitest';
import { SalesPace } from '../../../src/lifecycle/run/sales-pace.ts';

const pollMs = 15_000;
const minuteMs = 60_000;

/** Looks whenever it is due until `untilMs`, finding what `finds` says; answers when it looked. */
const looksOf = (
  pace: SalesPace,
  fromMs: number,
  untilMs: number,
  finds = (_at: number) => false,
): number[] => {
  const looks: number[] = [];
  for (let now = fromMs; now < untilMs; now += 1_000) {
    if (!pace.isDue(now)) continue;
    looks.push(now);
    pace.begin(now);
    pace.end(finds(now));
  }
  return looks;
};

describe('the pace of looks at what reps did', () => {
  it('is one a minute while they do something', () => {
    expect(looksOf(new SalesPace(pollMs), 0, 10 * minuteMs, () => true)).toHaveLength(10);
  });

  it('slows down to six minutes where nothing happens: an idle hour is ten looks', () => {
    const pace = new SalesPace(pollMs);
    expect(looksOf(pace, 0, 10 * minuteMs).map((at) => at / minuteMs)).toEqual([0, 2, 6]);
    expect(looksOf(pace, 10 * minuteMs, 70 * minuteMs)).toHaveLength(10);
  });

  it('is quick again at once when something was found or somebody was handed over', () => {
    const pace = new SalesPace(pollMs);
    const last = looksOf(pace, 0, 30 * minuteMs).at(-1) ?? 0;
    pace.stir();
    expect(pace.isDue(last + minuteMs)).toBe(true);
    expect(looksOf(pace, 30 * minuteMs, 33 * minuteMs, (at) => at === 30 * minuteMs)).toEqual([
      30 * minuteMs,
      31 * minuteMs,
    ]);
  });

  it('asks no more often where a look fails', () => {
    const pace = new SalesPace(pollMs);
    pace.begin(0);
    expect(pace.isDue(minuteMs - 1)).toBe(false);
    expect(pace.isDue(minuteMs)).toBe(true);
  });

  it('asks for members of campaigns alone at each poll in between, where somebody is named by them', () => {
    const pace = new SalesPace(pollMs, true);
    const looks: string[] = [];
    for (let now = 0; now < 5 * minuteMs; now += 1_000) {
      if (pace.isDue(now)) {
        looks.push(`all ${now / 1_000}`);
        pace.begin(now);
        pace.end(false);
      } else if (pace.isNamingDue(now)) {
        looks.push(`${now / 1_000}`);
        pace.beginNaming(now);
      }
    }
    const between = (from: number, to: number): string[] =>
      Array.from({ length: (to - from) / 15 - 1 }, (_, at) => `${from + 15 * (at + 1)}`);
    expect(looks).toEqual(['all 0', ...between(0, 120), 'all 120', ...between(120, 300)]);
    expect(new SalesPace(pollMs).isNamingDue(minuteMs)).toBe(false);
  });
});
