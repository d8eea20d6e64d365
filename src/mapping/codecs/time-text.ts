import type { RawValue } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';

export const dayMs = 86_400_000;

/** First and last moments that are written with a year of four digits. */
const firstMs = Date.UTC(1000, 0, 1);
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether a moment can be written as a plain ISO text on both sides. */
export const isWritable = (ms: number): boolean => ms >= firstMs && ms <= lastMs;

/** Whether the day exists: no 30 February. */
export const isCalendarDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/** Milliseconds since 1970 where the raw value is such a count (HubSpot takes and sometimes gives them), else undefined. */
export const epochMs = (raw: RawValue): number | undefined => {
  // Four digits are a year that somebody typed, not four seconds after 1970.
  const ms =
    typeof raw === 'number'
      ? raw
      : /^-\d{1,15}$|^\d{5,15}$|^0$/.test(cleanText(raw))
        ? Number(cleanText(raw))
        : Number.NaN;
  return Number.isInteger(ms) && isWritable(ms) ? ms : undefined;
};
