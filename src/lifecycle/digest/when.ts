import { Temporal } from 'temporal-polyfill';
import { isZone } from '../calendar/calendar.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Farther from 1970 no instant can be told (ECMA-262, time values). */
const instantMax = 8.64e15;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The clock that a rep reads: their zone, and the moment up to which everything is known. */
export interface WallClock {
  /** IANA name that this runtime knows. */
  readonly zone: string;
  /** Milliseconds; dates of its year are told without the year. */
  readonly anchor: number;
}

/** The rep's zone, or UTC where it is none that is known; the text says which. */
export const knownZone = (zone: string | null): string => (zone !== null && isZone(zone) ? zone : 'UTC');

const localTime = (at: number, zone: string): Temporal.ZonedDateTime | null =>
  Number.isFinite(at) && Math.abs(at) <= instantMax
    ? Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(zone)
    : null;

const two = (number: number): string => String(number).padStart(2, '0');

const dayWords = (local: Temporal.ZonedDateTime, withYear: boolean): string => {
  const day = `${weekdays[local.dayOfWeek - 1]} ${local.day} ${months[local.month - 1]}`;
  return withYear ? `${day} ${local.year}` : day;
};

/** An hour that the clock change repeats says which of the two it is. */
const timeWords = (local: Temporal.ZonedDateTime): string => {
  const time = `${two(local.hour)}:${two(local.minute)}`;
  const plain = local.toPlainDateTime();
  const [first, second] = (['earlier', 'later'] as const).map(
    (disambiguation) => plain.toZonedDateTime(local.timeZoneId, { disambiguation }).epochMilliseconds,
  );
  return first === second ? time : `${time} (UTC${local.offset})`;
};

const words = (
  at: number,
  { zone, anchor }: WallClock,
  make: (local: Temporal.ZonedDateTime, withYear: boolean) => string,
): string => {
  const local = localTime(at, zone);
  return local === null ? 'at an unknown time' : make(local, local.year !== localTime(anchor, zone)?.year);
};

/** `Tue 24 Nov`, with the year where it is another one: no order of day and month that could be misread. */
export const dayText = (at: number, clock: WallClock): string => words(at, clock, dayWords);

/** `Tue 24 Nov 14:05` by the rep's clock. */
export const momentText = (at: number, clock: WallClock): string =>
  words(at, clock, (local, withYear) => `${dayWords(local, withYear)} ${timeWords(local)}`);

/** `Tue 24 Nov 2026 14:05`. */
export const fullMomentText = (at: number, { zone }: Pick<WallClock, 'zone'>): string =>
  words(at, { zone, anchor: Number.NaN }, (local) => `${dayWords(local, true)} ${timeWords(local)}`);

/** The calendar day of a moment by the rep's clock, as 2026-11-24; null where there is no such moment. */
export const localDay = (at: number, zone: string): string | null =>
  localTime(at, zone)?.toPlainDate().toString() ?? null;

/** How long ago, for what is read at once: `2 min ago`; after two weeks the day. Never in what stays in a field. */
export const agoText = (at: number, now: number, clock: WallClock): string => {
  const age = now - at;
  if (!(age < 14 * dayMs)) return dayText(at, clock);
  if (age < minuteMs) return 'just now';
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min ago`;
  if (age < dayMs) return `${Math.floor(age / hourMs)} h ago`;
  const days = Math.floor(age / dayMs);
  return days === 1 ? '1 day ago' : `${days} days ago`;
};
