import { Temporal } from 'temporal-polyfill';
import { BoundedCache } from '../../mapping/bounded-cache.ts';
import { holidaysOf } from './holidays.ts';

/** Minutes since midnight by the clock on the wall: 540 to 1020 is 9:00 to 17:00. */
export interface OpenHours {
  readonly from: number;
  readonly to: number;
}

/** When somebody works. Weekdays by ISO: 1 is Monday. */
export interface Calendar {
  /** IANA name, known to this runtime. */
  readonly zone: string;
  readonly hours: Readonly<Record<number, readonly OpenHours[]>>;
  /** `DE` or `DE-BY`; null: no public holidays. */
  readonly holidays: string | null;
  /** Further days off, as 2026-12-24. */
  readonly closed: ReadonlySet<string>;
}

/** Milliseconds since 1970; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A calendar that does not open within so many days opens never: the longest works shutdown is shorter. */
export const searchDaysMax = 400;

/** Days kept for each calendar: two years for one rep. */
const daysKept = 800;
const openByDay = new WeakMap<Calendar, BoundedCache<readonly Span[]>>();

const instantOf = (day: string, minutes: number, zone: string): number => {
  const date = Temporal.PlainDate.from(day).add({ days: Math.floor(minutes / 1_440) });
  const left = minutes % 1_440;
  const plainTime = Temporal.PlainTime.from({ hour: Math.floor(left / 60), minute: left % 60 });
  // A time that the clock change skips is the moment after the gap, one that it repeats the first of the two.
  return date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
};

const openOn = ({ zone, hours, holidays, closed }: Calendar, day: string): readonly Span[] => {
  const date = Temporal.PlainDate.from(day);
  if (closed.has(day) || (holidays !== null && holidaysOf(holidays, date.year).has(day))) return [];
  return (hours[date.dayOfWeek] ?? [])
    .map(({ from, to }) => ({ from: instantOf(day, from, zone), to: instantOf(day, to, zone) }))
    .filter(({ from, to }) => to > from);
};

/** The open spans of one local day, in order. */
const spansOn = (calendar: Calendar, day: string): readonly Span[] => {
  const kept = openByDay.get(calendar) ?? new BoundedCache<readonly Span[]>(daysKept);
  openByDay.set(calendar, kept);
  return kept.get(day, (wanted) => openOn(calendar, wanted));
};

const localDay = (zone: string, at: number): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Since 1973 every zone is whole quarters of an hour from UTC, so that no local day begins within one (tz database). */
const quarterMs = 15 * 60_000;
const wholeQuartersSince = Date.UTC(1973, 0, 1);
const dayByQuarter = new BoundedCache<string>(4_096);

/** The local day of a moment, as 2026-03-29. */
export const dayAt = ({ zone }: Pick<Calendar, 'zone'>, at: number): string => {
  if (at < wholeQuartersSince) return localDay(zone, at);
  // Each clock that is read asks for a few moments, mostly the same ones as the clock before.
  return dayByQuarter.get(`${Math.floor(at / quarterMs)} ${zone}`, () => localDay(zone, at));
};

const dayMs = 86_400_000;

const daysFrom = function* (calendar: Calendar, at: number): Generator<string> {
  // Calendar days, which have no clocks: in UTC each is as long as the other.
  const first = Date.parse(`${dayAt(calendar, at)}T00:00:00Z`);
  for (let count = 0; count <= searchDaysMax; count += 1)
    yield new Date(first + count * dayMs).toISOString().slice(0, 10);
};

const without = (span: Span, pauses: readonly Span[]): readonly Span[] =>
  pauses.reduce<readonly Span[]>(
    (parts, pause) =>
      parts.flatMap((part) =>
        [
          { from: part.from, to: Math.min(part.to, pause.from) },
          { from: Math.max(part.from, pause.to), to: part.to },
        ].filter(({ from, to }) => to > from),
      ),
    [span],
  );

/** Nobody waits longer than this; it also ends the search behind a pause without end. */
const spanDaysMax = 3_650;

/** The open spans from a moment on, without what pauses cover; they end when the calendar stays shut for `searchDaysMax`. */
export const openSpans = function* (
  calendar: Calendar,
  at: number,
  pauses: readonly Span[] = [],
): Generator<Span> {
  let start = at;
  const end = Math.min(
    at + spanDaysMax * dayMs,
    ...pauses.filter(({ to }) => to === Number.POSITIVE_INFINITY).map(({ from }) => from),
  );
  while (start < end) {
    let found = false;
    for (const day of daysFrom(calendar, start)) {
      for (const span of spansOn(calendar, day)) {
        if (span.to <= start) continue;
        const rest = { from: Math.max(span.from, start), to: span.to };
        yield* without(rest, pauses);
        start = span.to;
        found = true;
      }
      if (found) break;
    }
    if (!found) return;
  }
};

export const isOpen = (calendar: Calendar, at: number): boolean =>
  spansOn(calendar, dayAt(calendar, at)).some(({ from, to }) => from <= at && at < to);

/** The next moment at which somebody works, `at` itself where they do; null: never. */
export const nextOpen = (calendar: Calendar, at: number): number | null => {
  for (const { from } of openSpans(calendar, at)) return from;
  return null;
};

/** The moment at which so many milliseconds have been worked since `at`; null: never. */
export const addOpen = (
  calendar: Calendar,
  at: number,
  durationMs: number,
  pauses: readonly Span[] = [],
): number | null => {
  let left = durationMs;
  for (const { from, to } of openSpans(calendar, at, pauses)) {
    if (to - from >= left) return from + left;
    left -= to - from;
  }
  return null;
};

/** How many milliseconds were worked between two moments; 0 where the second is not later. */
export const openBetween = (
  calendar: Calendar,
  from: number,
  to: number,
  pauses: readonly Span[] = [],
): number => {
  let total = 0;
  if (to <= from) return 0;
  for (const span of openSpans(calendar, from, pauses)) {
    if (span.from >= to) break;
    total += Math.min(span.to, to) - span.from;
  }
  return total;
};

/** The length of a usual working day: the week's hours over its days; null where nobody works. */
export const usualDayMs = ({ hours }: Pick<Calendar, 'hours'>): number | null => {
  const days = Object.values(hours)
    .map((spans) => spans.reduce((sum, { from, to }) => sum + (to - from), 0))
    .filter((minutes) => minutes > 0);
  return days.length === 0 ? null : (days.reduce((sum, minutes) => sum + minutes, 0) / days.length) * 60_000;
};

/** Whether this runtime knows the time zone. */
export const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};
