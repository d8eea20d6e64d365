const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const datetimePattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;
/** The vendor's first and last year. Source: SOAP API guide, primitive data types. */
const yearMin = 1_700;
const yearMax = 4_000;

/** The date where the text is one of the calendar, else null. */
export const parseDate = (text: string): string | null => {
  const match = datePattern.exec(text);
  if (match === null) return null;
  const [, year, month, day] = match.map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  if (year < yearMin || year > yearMax) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? text : null;
};

/** Seconds since 1970, fractions dropped; a text without zone is taken as UTC, as the simulated users' zone is. Null: no datetime. */
export const parseDatetime = (text: string): number | null => {
  const match = datetimePattern.exec(text);
  if (match === null) return null;
  const [, day, hours, minutes, seconds, zone] = match;
  if (day === undefined || parseDate(day) === null) return null;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const offset =
    zone === undefined || zone === 'Z'
      ? 'Z'
      : zone.length === 5
        ? `${zone.slice(0, 3)}:${zone.slice(3)}`
        : zone;
  const ms = Date.parse(`${day}T${hours}:${minutes}:${seconds}${offset}`);
  return Number.isNaN(ms) ? null : ms / 1_000;
};

/** `09:00:00.000Z` of a time of day with or without seconds, fraction and `Z`; null: no such time. */
export const parseTime = (text: string): string | null => {
  const [, hours, minutes, seconds = '00', fraction = ''] =
    /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return `${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0')}Z`;
};

/** `2013-05-20T20:49:32.000+0000`, the form of the REST API (not `Z`). */
export const formatDatetime = (seconds: number): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.000+0000`;

export const formatDate = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);

/** Seconds at the start (UTC) of a date. */
export const startOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 1_000;
