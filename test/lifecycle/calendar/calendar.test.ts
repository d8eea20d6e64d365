import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addOpen,
  dayAt,
  isOpen,
  isZone,
  nextOpen,
  openBetween,
  usualDayMs,
} from '../../../src/lifecycle/calendar/calendar.ts';
import { faultOfPlace, holidaysOf } from '../../../src/lifecycle/calendar/holidays.ts';
import { alwaysOpen, makeCalendar } from './calendars.ts';

const hour = 3_600_000;
const berlin = makeCalendar({ holidays: 'DE-BY' });
const newYork = makeCalendar({ zone: 'America/New_York', holidays: 'US' });
const due = (at: string, hours: number, calendar = berlin): string | null => {
  const found = addOpen(calendar, Date.parse(at), hours * hour);
  return found === null ? null : new Date(found).toISOString().slice(0, 16);
};

describe('due times', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['within the day', '2026-06-01T09:00+02:00', 2, '2026-06-01T09:00'],
    ['before the day begins', '2026-06-01T03:00+02:00', 1, '2026-06-01T08:00'],
    ['over night', '2026-06-01T16:30+02:00', 1, '2026-06-02T07:30'],
    ['at the very end of the day', '2026-06-01T16:00+02:00', 1, '2026-06-01T15:00'],
    ['over the weekend', '2026-06-05T16:30+02:00', 8, '2026-06-08T14:30'],
    ['over Corpus Christi, a holiday of Bavaria', '2026-06-03T16:30+02:00', 1, '2026-06-05T07:30'],
    ['over Easter', '2026-04-02T16:30+02:00', 1, '2026-04-07T07:30'],
    ['over the change to summer time', '2026-03-27T13:00+01:00', 8, '2026-03-30T11:00'],
    ['over the change to winter time', '2026-10-23T13:00+02:00', 8, '2026-10-26T12:00'],
    ['over a leap day that is a Thursday', '2024-02-28T13:00+01:00', 8, '2024-02-29T12:00'],
    ['over the turn of the year', '2025-12-31T16:30+01:00', 1, '2026-01-02T08:30'],
  ];
  it.each(cases)('%s', (_, at, hours, expected) => {
    expect(due(at, hours)).toBe(expected);
  });

  it("is by the rep's own zone and holidays", () => {
    expect(due('2026-07-02T20:30Z', 1, newYork)).toBe('2026-07-06T13:30');
    expect(due('2026-03-06T21:30Z', 1, newYork)).toBe('2026-03-09T13:30');
    expect(due('2026-01-01T03:00Z', 1, makeCalendar({ zone: 'Asia/Kathmandu' }))).toBe('2026-01-01T04:15');
  });

  it('a calendar that never opens has none, and is found out without end', () => {
    expect(due('2026-06-01T09:00Z', 1, makeCalendar({ hours: {} }))).toBeNull();
    expect(nextOpen(makeCalendar({ hours: {} }), 0)).toBeNull();
    expect(addOpen(alwaysOpen(), 0, hour, [{ from: 0, to: Number.POSITIVE_INFINITY }])).toBeNull();
    expect(usualDayMs(makeCalendar({ hours: {} }))).toBeNull();
  });

  it('days off of a company are off', () => {
    expect(due('2026-12-23T16:30+01:00', 1, makeCalendar({ closed: new Set(['2026-12-24']) }))).toBe(
      '2026-12-25T08:30',
    );
  });

  it('a window that the clock change cuts or doubles is as long as it really was', () => {
    const whole = alwaysOpen('Europe/Berlin');
    const day = (date: string): number =>
      openBetween(whole, Date.parse(`${date}T00:00+01:00`), Date.parse(`${date}T00:00+01:00`) + 23 * hour);
    expect(day('2026-03-29')).toBe(23 * hour);
    const night = makeCalendar({ hours: { 7: [{ from: 120, to: 180 }] } });
    // 2:00 to 3:00 is skipped in March and repeated in October.
    expect(openBetween(night, Date.parse('2026-03-28T12:00Z'), Date.parse('2026-03-29T12:00Z'))).toBe(0);
    expect(openBetween(night, Date.parse('2026-10-24T12:00Z'), Date.parse('2026-10-25T12:00Z'))).toBe(
      2 * hour,
    );
  });
});

describe('laws, over two years with clock changes, holidays and a leap day', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
    'America/St_Johns',
    'Pacific/Apia',
  );
  const spans = fc.constantFrom(
    [{ from: 540, to: 1_020 }],
    [
      { from: 480, to: 720 },
      { from: 780, to: 1_080 },
    ],
    [{ from: 0, to: 1_440 }],
    [{ from: 90, to: 210 }],
    [],
  );
  const calendar = fc
    .record({
      zone: zones,
      days: fc.tuple(spans, spans, spans, spans, spans, spans, spans),
      holidays: fc.constantFrom(null, 'DE-BY', 'US', 'JP'),
    })
    .filter(({ days }) => days.some((day) => day.length > 0))
    .map(({ zone, days, holidays }) =>
      makeCalendar({ zone, holidays, hours: Object.fromEntries(days.map((day, index) => [index + 1, day])) }),
    );
  const moment = fc.integer({ min: Date.UTC(2023, 11, 20), max: Date.UTC(2025, 11, 31) });
  const minutes = fc.integer({ min: 1, max: 60 * 60 });
  const pause = fc
    .tuple(moment, fc.integer({ min: 1, max: 20 * 24 }))
    .map(([from, hours]) => ({ from, to: from + hours * hour }));
  const pauses = fc.array(pause, { maxLength: 3 });

  it('what is added is what lies between', () => {
    fc.assert(
      fc.property(calendar, moment, minutes, pauses, (rules, from, worked, off) => {
        const to = addOpen(rules, from, worked * 60_000, off);
        if (to === null) throw new Error('never due');
        expect(openBetween(rules, from, to, off)).toBe(worked * 60_000);
        expect(isOpen(rules, to - 1)).toBe(true);
        expect(off.some((span) => span.from <= to - 1 && to - 1 < span.to)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('two steps are one, later begins end later, and no time is counted twice', () => {
    fc.assert(
      fc.property(
        calendar,
        moment,
        minutes,
        minutes,
        fc.nat(5_000),
        (rules, from, first, second, laterMinutes) => {
          const middle = addOpen(rules, from, first * 60_000) ?? Number.NaN;
          expect(addOpen(rules, middle, second * 60_000)).toBe(
            addOpen(rules, from, (first + second) * 60_000),
          );
          const later = from + laterMinutes * 60_000;
          expect(addOpen(rules, later, first * 60_000)).toBeGreaterThanOrEqual(middle);
          expect(openBetween(rules, from, later)).toBeLessThanOrEqual(later - from);
          expect(openBetween(rules, later, from - 1)).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('the next opening is open, and nothing before it is', () => {
    fc.assert(
      fc.property(calendar, moment, (rules, from) => {
        const opens = nextOpen(rules, from);
        if (opens === null) throw new Error('never opens');
        expect(isOpen(rules, opens)).toBe(true);
        expect(openBetween(rules, from, opens)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

it('holidays are those of the library, public ones alone, and unknown places are told', () => {
  expect(holidaysOf('DE', 2026).has('2026-12-25')).toBe(true);
  expect(holidaysOf('DE', 2026).has('2026-12-24')).toBe(false);
  expect(holidaysOf('DE-BY', 2026).has('2026-01-06')).toBe(true);
  expect(holidaysOf('DE', 2026).has('2026-01-06')).toBe(false);
  expect([faultOfPlace('DE'), faultOfPlace('DE-BY'), faultOfPlace('US-CA')]).toEqual([null, null, null]);
  expect(faultOfPlace('XX')).toContain("no country 'XX'");
  expect(faultOfPlace('DE-ZZ')).toContain('BY');
});

it('zones are those of the runtime', () => {
  expect([isZone('Europe/Berlin'), isZone('Mars/Olympus'), isZone('')]).toEqual([true, false, false]);
  expect(dayAt({ zone: 'Pacific/Auckland' }, Date.parse('2026-03-01T23:00Z'))).toBe('2026-03-02');
});
