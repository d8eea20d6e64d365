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
});
