import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { formatDate, startOfDate } from '../values/datetime.ts';
import type { FieldChanges } from './read-fields.ts';

const dayMinutes = 24 * 60;
/** help: Considerations for Using Multiday Events. */
const daysMax = 14;

const missing = (...fields: readonly string[]) =>
  refuse('REQUIRED_FIELD_MISSING', `Required fields are missing: [${fields.join(', ')}]`, fields);

/** Texts unverified; the code stands for values that contradict each other. */
const contradiction = (words: string, ...fields: readonly string[]) =>
  refuse('FIELD_INTEGRITY_EXCEPTION', words, fields);

/** What a write says of one field: undefined where it says nothing, or only that it is blank. */
type Said = (name: string) => StoredValue | undefined;

const readStart = (said: Said, kept: (name: string) => StoredValue, isAllDay: boolean): number => {
  const [start, due, date] = ['StartDateTime', 'ActivityDateTime', 'ActivityDate'].map(said);
  if (typeof start === 'number' && typeof due === 'number' && start !== due) {
    const words = 'Start Date Time: must be the same as Due Date Time';
    throw contradiction(words, 'StartDateTime', 'ActivityDateTime');
  }
  const moment = start ?? due ?? (isAllDay && typeof date === 'string' ? startOfDate(date) : undefined);
  const seconds = moment ?? kept('StartDateTime');
  if (typeof seconds !== 'number') throw missing(isAllDay ? 'ActivityDate' : 'ActivityDateTime');
  return isAllDay ? startOfDate(formatDate(seconds)) : seconds;
};

/** Minutes. An all-day event ends with the day of its EndDateTime. */
const readDuration = (
  said: Said,
  kept: (name: string) => StoredValue,
  isAllDay: boolean,
  start: number,
): number => {
  const [end, duration] = [said('EndDateTime'), said('DurationInMinutes')];
  const byEnd =
    typeof end !== 'number'
      ? null
      : isAllDay
        ? (startOfDate(formatDate(end)) - start) / 60 + dayMinutes
        : (end - start) / 60;
  if (byEnd !== null && typeof duration === 'number' && byEnd !== duration) {
    throw contradiction('Duration: does not fit the start and the end', 'DurationInMinutes', 'EndDateTime');
  }
  const minutes = byEnd ?? duration ?? kept('DurationInMinutes') ?? (isAllDay ? dayMinutes : null);
  if (typeof minutes !== 'number') throw missing('DurationInMinutes');
  return minutes;
};

/**
 * Start, end, duration and dates of an event follow each other. An all-day one needs a date, another a start and an end or a duration
 * (object reference, Event: EndDateTime, DurationInMinutes); it may last 14 days. A start that moves alone takes the end with it
 * (unverified).
 */
export const followEvent = (
  schema: ObjectSchema,
  values: StoredValue[],
  changes: FieldChanges,
  isNew: boolean,
): void => {
  const kept = (name: string): StoredValue => (isNew ? null : (values[schema.column(name)] ?? null));
  const said: Said = (name) => {
    const field = schema.field(name);
    return (field === undefined ? undefined : changes.get(field)) ?? undefined;
  };
  const isAllDay = values[schema.column('IsAllDayEvent')] === true;
  const names = ['StartDateTime', 'ActivityDateTime', 'ActivityDate', 'EndDateTime', 'DurationInMinutes'];
  const concerns = [...names, 'IsAllDayEvent'].some((name) => {
    const field = schema.field(name);
    return field !== undefined && changes.has(field);
  });
  if (!isNew && !concerns) return;
  // What the write itself says stands in `values` already: what was kept is that of the fields it does not name.
  const start = readStart(said, kept, isAllDay);
  const asked = readDuration(said, kept, isAllDay, start);
  if (asked < 0) throw contradiction('End Date Time: an event cannot end before it starts', 'EndDateTime');
  const minutes = isAllDay ? Math.max(asked, dayMinutes) : asked;
  if (minutes > daysMax * dayMinutes) {
    throw contradiction(`An event cannot last longer than ${daysMax} days`, 'EndDateTime');
  }
  const end = isAllDay ? start + (minutes - dayMinutes) * 60 : start + minutes * 60;
  const set = (name: string, value: StoredValue): void => {
    values[schema.column(name)] = value;
  };
  set('StartDateTime', start);
  set('ActivityDateTime', start);
  set('EndDateTime', end);
  set('DurationInMinutes', minutes);
  set('ActivityDate', formatDate(start));
  set('EndDate', formatDate(end));
};
