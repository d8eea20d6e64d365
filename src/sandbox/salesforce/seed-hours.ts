import type { StoredValue } from './schema/field.ts';
import { weekdays } from './schema/objects/hours.ts';
import type { SetupWriter } from './setup-writer.ts';

type Fields = Readonly<Record<string, StoredValue>>;

const time = (text: string): string => `${text}:00.000Z`;

const daysOf = (days: readonly string[], from: string, to: string): Fields =>
  Object.fromEntries(
    days.flatMap((day) => [
      [`${day}StartTime`, time(from)],
      [`${day}EndTime`, time(to)],
    ]),
  );

const workdays = weekdays.slice(1, 6);

/** A new company has the first alone, which never closes; the others are those of its teams. */
const hours: readonly Fields[] = [
  { Name: 'Default', IsDefault: true, TimeZoneSidKey: 'GMT', ...daysOf(weekdays, '00:00', '00:00') },
  { Name: 'EMEA Sales', TimeZoneSidKey: 'Europe/London', ...daysOf(workdays, '09:00', '17:30') },
  { Name: 'Americas Sales', TimeZoneSidKey: 'America/New_York', ...daysOf(workdays, '08:30', '18:00') },
  { Name: 'APAC Sales', TimeZoneSidKey: 'Asia/Tokyo', ...daysOf(workdays, '09:00', '18:00') },
];

const yearly = (Name: string, month: number, day: number, monthName: string): Fields => ({
  Name,
  IsAllDay: true,
  IsRecurrence: true,
  ActivityDate: `2020-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
  RecurrenceStartDate: `2020-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
  RecurrenceType: 'RecursYearly',
  RecurrenceDayOfMonth: day,
  RecurrenceMonthOfYear: monthName,
});

const holidays: readonly Fields[] = [
  yearly("New Year's Day", 1, 1, 'January'),
  yearly('Christmas Day', 12, 25, 'December'),
  yearly('Boxing Day', 12, 26, 'December'),
  {
    Name: "New Year's Eve, afternoon",
    ActivityDate: '2026-12-31',
    StartTimeInMinutes: 12 * 60,
    EndTimeInMinutes: 24 * 60,
  },
];

/** Enters the company's business hours and holidays. */
export const fillHours = (setup: SetupWriter, by: string): void => {
  for (const fields of hours) setup.add('BusinessHours', { IsActive: true, ...fields }, by);
  for (const fields of holidays) setup.add('Holiday', fields, by);
};
