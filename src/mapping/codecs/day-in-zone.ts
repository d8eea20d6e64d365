import { blank, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { clearedHubspot } from './codec-kind.ts';
import { datetime } from './datetime.ts';

/** Whether a name is a time zone that this Node knows. */
export const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** Year, month and day of a moment in a zone, `YYYY-MM-DD`. */
const dayFormat = (zone: string): ((ms: number) => string) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
  };
};

/** How far the zone's clocks are from UTC at a moment, milliseconds. */
const offsetFormat = (zone: string): ((ms: number) => number) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return local - Math.floor(ms / 1_000) * 1_000;
  };
};

/**
 * HubSpot's side of a day that it keeps as a moment (a deal's close date): the day that the clocks of `zone` show. A day is written as
 * its noon there, which exists on every day of every zone, and which most readers see on the same day.
 */
export const dayInZone = (zone: string): SideCodec => {
  const dayOf = dayFormat(zone);
  const offsetOf = offsetFormat(zone);
  const { hubspot: moments } = datetime.make({});
  return {
    decode: (raw) => {
      if (cleanText(raw) === '') return blank;
      const moment = moments.decode(raw);
      if (moment.kind !== 'value')
        return { kind: 'foreign', raw, why: 'not a moment (a date and time with a zone)' };
      const day = dayOf(Date.parse(moment.key));
      return { kind: 'value', key: day, text: day };
    },
    encode: (value) => {
      if (value.kind === 'blank') return clearedHubspot;
      const noon = Date.parse(`${value.key}T12:00:00Z`);
      return new Date(noon - offsetOf(noon)).toISOString();
    },
  };
};
