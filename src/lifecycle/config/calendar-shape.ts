import { z } from 'zod';
import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { type Calendar, isZone, type OpenHours } from '../calendar/calendar.ts';
import { faultOfPlace } from '../calendar/holidays.ts';
import { errorAt } from './rule-findings.ts';

// Calendars are told in sla.yaml and used by clocks and routes.

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const hours = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)(, ([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00))*$/,
    'it must be hours, as 09:00-17:00 or 09:00-12:30, 13:30-17:00',
  );

export const calendarShape = z.strictObject({
  zone: z.string().min(1).meta({ description: "IANA name of the time zone, e.g. 'Europe/Berlin'." }),
  hours: z.partialRecord(z.enum(weekdays), hours).meta({
    description: "Working hours by weekday, e.g. mon: '09:00-17:00'. A day that is not there is off.",
  }),
  holidays: z.string().min(2).optional().meta({
    description: "Public holidays of a country or region, e.g. 'DE' or 'DE-BY'; absent: none.",
  }),
  closed: z
    .array(z.iso.date('it must be a day, as 2026-12-24'))
    .default([])
    .meta({ description: 'Further days off.' }),
});
export type CalendarFile = z.output<typeof calendarShape>;

const minutesOf = (clock: string): number => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
};

const openHours = (text: string): readonly OpenHours[] =>
  text.split(', ').map((span) => {
    const [from = '', to = ''] = span.split('-');
    return { from: minutesOf(from), to: minutesOf(to) };
  });

/** What is wrong with a calendar that its shape cannot say. */
export const checkCalendar = (source: YamlSource, path: KeyPath, file: CalendarFile): readonly Finding[] => {
  const findings: Finding[] = [];
  const tell = (key: KeyPath, what: string, why: string, fix: string): void => {
    findings.push(errorAt(source, [...path, ...key], what, why, fix));
  };
  if (!isZone(file.zone)) {
    const meant = didYouMean(file.zone, Intl.supportedValuesOf('timeZone'));
    tell(
      ['zone'],
      `'${file.zone}' is no time zone`,
      'due times could not be computed',
      `${meant}write an IANA name, as Europe/Berlin`,
    );
  }
  const fault = file.holidays === undefined ? null : faultOfPlace(file.holidays);
  if (fault !== null)
    tell(
      ['holidays'],
      `the holidays of '${file.holidays}' are not known`,
      fault,
      'correct it, or delete the line and list the days under closed',
    );
  const days = Object.entries(file.hours);
  if (days.length === 0)
    tell(
      ['hours'],
      'nobody ever works by this calendar',
      'it has no hours',
      "add mon: '09:00-17:00' and so on",
    );
  for (const [day, text] of days) {
    const spans = openHours(text);
    const wrong = spans.findIndex(({ from, to }, index) => to <= from || from < (spans[index - 1]?.to ?? 0));
    if (wrong === -1) continue;
    tell(
      ['hours', day],
      `the hours of ${day} run backwards or overlap`,
      `'${text}'`,
      'write them in order; a night shift ends at 24:00 and begins again at 00:00',
    );
  }
  return findings;
};

/** A calendar without findings, compiled. */
export const buildCalendar = (file: CalendarFile): Calendar => ({
  zone: file.zone,
  hours: Object.fromEntries(
    weekdays.map((day, index) => [
      index + 1,
      file.hours[day] === undefined ? [] : openHours(file.hours[day]),
    ]),
  ),
  holidays: file.holidays ?? null,
  closed: new Set(file.closed),
});
