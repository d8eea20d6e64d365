/** A span of time in seconds, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** The start (UTC, the simulated users' zone) of the unit that lies `steps` from the current one; weeks begin on Sunday. */
const startOf = (unit: Unit, steps: number, nowSeconds: number): number => {
  const now = new Date(nowSeconds * 1_000);
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const day = now.getUTCDate();
  const starts: Record<Unit, () => number> = {
    DAY: () => Date.UTC(year, month, day + steps),
    WEEK: () => Date.UTC(year, month, day - now.getUTCDay() + 7 * steps),
    MONTH: () => Date.UTC(year, month + steps, 1),
    QUARTER: () => Date.UTC(year, month - (month % 3) + 3 * steps, 1),
    YEAR: () => Date.UTC(year + steps, 0, 1),
  };
  return starts[unit]() / 1_000;
};

const span = (unit: Unit, from: number, to: number, now: number): Span => ({
  start: startOf(unit, from, now),
  end: startOf(unit, to, now),
});

const relative: Readonly<Record<string, number>> = { LAST: -1, THIS: 0, NEXT: 1 };
const days: Readonly<Record<string, number>> = { YESTERDAY: -1, TODAY: 0, TOMORROW: 1 };

/**
 * The span that a date literal names; the fiscal year is the calendar's. Source: SOQL reference, date formats and date
 * literals (LAST_n_DAYS includes today, the other LAST_n leave the current unit out). Null: no such literal.
 */
export const dateLiteralSpan = (literal: string, count: number, nowSeconds: number): Span | null => {
  const name = literal.toUpperCase().replace(/:.*$/, '').replace('FISCAL_', '');
  const day = days[name];
  if (day !== undefined) return span('DAY', day, day + 1, nowSeconds);
  if (name === 'LAST_90_DAYS') return span('DAY', -90, 1, nowSeconds);
  if (name === 'NEXT_90_DAYS') return span('DAY', 1, 91, nowSeconds);
  const one = /^(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
  if (one !== null) {
    const step = relative[one[1] ?? ''] ?? 0;
    return span(one[2] as Unit, step, step + 1, nowSeconds);
  }
  const many = /^(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S$/.exec(name);
  if (many !== null) {
    const unit = many[2] as Unit;
    if (many[1] === 'NEXT') return span(unit, 1, count + 1, nowSeconds);
    return span(unit, -count, unit === 'DAY' ? 1 : 0, nowSeconds);
  }
  const ago = /^N_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/.exec(name);
  return ago === null ? null : span(ago[1] as Unit, -count, -count + 1, nowSeconds);
};
