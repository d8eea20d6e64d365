import { Temporal } from 'temporal-polyfill';
import { accountOf, type Cohort, type HandOffAccount, isIn } from './account.ts';
import type { AccountRows } from './rows.ts';
import { turnsOf } from './turns.ts';

export const cohortUnits = ['week', 'month'] as const;
export type CohortUnit = (typeof cohortUnits)[number];

/** The week (from Monday, ISO 8601: `2026-W49`) or month (`2026-11`) of a moment, by the clock of a zone. */
export const cohortAt = (at: number, unit: CohortUnit, zone: string): Cohort => {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  const first = unit === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day.with({ day: 1 });
  const next = first.add(unit === 'week' ? { weeks: 1 } : { months: 1 });
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(zone).epochMilliseconds;
  const week = `${first.yearOfWeek}-W${String(first.weekOfYear).padStart(2, '0')}`;
  return {
    name: unit === 'week' ? week : first.toPlainYearMonth().toString(),
    from: startOf(first),
    to: startOf(next),
  };
};

/**
 * An account for each week or month in which anybody became ready, newest first, and for those of the moments `alsoAt`, in which nobody of ours has to
 * be: what the systems show. `zone` is an IANA name; months and weeks are those of its clock. Pure.
 */
export const accountsByCohort = (
  rows: AccountRows,
  now: number,
  unit: CohortUnit,
  zone: string,
  alsoAt: readonly number[] = [],
): readonly HandOffAccount[] => {
  const turns = turnsOf(rows, now);
  const moments = [...turns.map(({ readyAt }) => readyAt), ...alsoAt].sort((a, b) => a - b);
  // In the order of time: a cohort begins where the one before it ends.
  const cohorts: Cohort[] = [];
  for (const at of moments) {
    const last = cohorts.at(-1);
    if (last === undefined || !isIn(last, at)) cohorts.push(cohortAt(at, unit, zone));
  }
  const own = Map.groupBy(turns, ({ readyAt }) => cohorts.find((cohort) => isIn(cohort, readyAt)));
  return cohorts.reverse().map((cohort) => accountOf(own.get(cohort) ?? [], now, cohort));
};
