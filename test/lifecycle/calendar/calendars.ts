import type { Calendar } from '../../../src/lifecycle/calendar/calendar.ts';

const nineToFive = [{ from: 540, to: 1_020 }];

/** Monday to Friday, 9:00 to 17:00. */
export const makeCalendar = (overrides: Partial<Calendar> = {}): Calendar => ({
  zone: 'Europe/Berlin',
  hours: { 1: nineToFive, 2: nineToFive, 3: nineToFive, 4: nineToFive, 5: nineToFive, 6: [], 7: [] },
  holidays: null,
  closed: new Set(),
  ...overrides,
});

/** Every hour of every day. */
export const alwaysOpen = (zone = 'UTC'): Calendar =>
  makeCalendar({
    zone,
    hours: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, [{ from: 0, to: 1_440 }]])),
  });
