import { Temporal } from 'temporal-polyfill';
import type { Cohort } from '../account/account.ts';
import { cohortAt } from '../account/cohorts.ts';

/** So many weeks, the reported one included, are behind figures that one week alone is too short for: a quarter of a year. */
export const trendWeeks = 13;

/** A week with both its ends. */
export interface Week extends Cohort {
  readonly from: number;
  readonly to: number;
}

/** The week of a moment, by the clock of a zone. */
export const weekAt = (at: number, zone: string): Week => {
  const { name, from, to } = cohortAt(at, 'week', zone);
  if (from === null || to === null) throw new Error('a week has a beginning and an end');
  return { name, from, to };
};

/** The week of a name as `2026-W48` (ISO 8601), by the clock of a zone; null where there is none of this name. */
export const weekNamed = (name: string, zone: string): Week | null => {
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(name) ?? [];
  if (year === undefined || week === undefined) return null;
  // The fourth of January is always in the first week.
  const day = Temporal.PlainDate.from(`${year}-01-04`).add({ weeks: Number(week) - 1 });
  const found = weekAt(day.toZonedDateTime(zone).epochMilliseconds, zone);
  return found.name === name ? found : null;
};

/** The weeks up to this one, it included, the oldest first. */
export const weeksUpTo = (week: Week, count: number, zone: string): readonly Week[] => {
  const monday = Temporal.Instant.fromEpochMilliseconds(week.from).toZonedDateTimeISO(zone).toPlainDate();
  return Array.from({ length: count }, (_, index) =>
    weekAt(monday.subtract({ weeks: count - 1 - index }).toZonedDateTime(zone).epochMilliseconds, zone),
  );
};

/**
 * The week that is reported where none is named: the last one that is over, or the present one where nothing happened before it began. `firstAt`: when
 * the first thing happened; null: nothing did. Pure.
 */
export const usualWeek = (now: number, firstAt: number | null, zone: string): Week => {
  const present = weekAt(now, zone);
  return firstAt === null || firstAt >= present.from ? present : weekAt(present.from - 1, zone);
};

/** The first day of a week and that after its last, as 2026-11-23. */
export const daysOf = (
  { from, to }: Week,
  zone: string,
): { readonly first: string; readonly next: string } => {
  const day = (at: number): string =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
  return { first: day(from), next: day(to) };
};

/** The moment at which a day as 2026-11-30 is over, by the clock of a zone. */
export const dayEnd = (day: string, zone: string): number =>
  Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
