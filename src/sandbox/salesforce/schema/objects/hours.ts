import { checkboxField, textField } from '../common-fields.ts';
import type { FieldDefinition, ObjectDefinition } from '../field.ts';
import { auditFields, idField } from '../system-fields.ts';

export const weekdays = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

const dayFields = weekdays.flatMap((day): FieldDefinition[] => [
  { name: `${day}StartTime`, label: `${day} Start`, type: 'time' },
  { name: `${day}EndTime`, label: `${day} End`, type: 'time' },
]);

/** When a team works: wall-clock times of its zone; a day without times is free, one from 00:00 to 00:00 is worked through. */
export const businessHours: ObjectDefinition = {
  name: 'BusinessHours',
  label: 'Business Hours',
  labelPlural: 'Business Hours',
  keyPrefix: '01m',
  // Source: object reference, BusinessHours: supported calls.
  deletable: false,
  fields: [
    idField('Business Hours ID'),
    textField('Name', 'Business Hours Name', 80, {
      nillable: false,
      nameField: true,
      idLookup: true,
      indexed: true,
    }),
    checkboxField('IsActive', 'Active'),
    checkboxField('IsDefault', 'Default Business Hours'),
    ...dayFields,
    { name: 'TimeZoneSidKey', label: 'Time Zone', type: 'picklist', length: 40, nillable: false },
    ...auditFields,
    { name: 'LastViewedDate', label: 'Last Viewed Date', type: 'datetime', createable: false },
  ],
};

const number = (name: string, label: string): FieldDefinition => ({ name, label, type: 'int', digits: 9 });
const choice = (name: string, label: string, picklist: readonly string[]): FieldDefinition => ({
  name,
  label,
  type: 'picklist',
  length: 40,
  picklist,
  restricted: true,
});

/**
 * Days on which business hours do not run. To which hours a holiday belongs the API does not tell: the link is no object (object
 * reference, Holiday and BusinessHours).
 */
export const holiday: ObjectDefinition = {
  name: 'Holiday',
  label: 'Holiday',
  labelPlural: 'Holidays',
  keyPrefix: '0C0',
  fields: [
    idField('Holiday ID'),
    textField('Name', 'Holiday Name', 100, { nillable: false, nameField: true }),
    textField('Description', 'Description', 255),
    checkboxField('IsAllDay', 'All Day'),
    { name: 'ActivityDate', label: 'Holiday Date', type: 'date' },
    number('StartTimeInMinutes', 'Start Time In Minutes From Midnight'),
    number('EndTimeInMinutes', 'End Time In Minutes From Midnight'),
    checkboxField('IsRecurrence', 'Recurring Holiday'),
    { name: 'RecurrenceStartDate', label: 'Recurrence Start', type: 'date' },
    { name: 'RecurrenceEndDateOnly', label: 'Recurrence End', type: 'date' },
    choice('RecurrenceType', 'Recurrence Type', [
      'RecursDaily',
      'RecursEveryWeekday',
      'RecursMonthly',
      'RecursMonthlyNth',
      'RecursWeekly',
      'RecursYearly',
      'RecursYearlyNth',
    ]),
    number('RecurrenceInterval', 'Recurrence Interval'),
    number('RecurrenceDayOfWeekMask', 'Recurrence Day of Week Mask'),
    number('RecurrenceDayOfMonth', 'Recurrence Day of Month'),
    choice('RecurrenceInstance', 'Recurrence Instance', ['First', 'Second', 'Third', 'Fourth', 'Last']),
    choice('RecurrenceMonthOfYear', 'Recurrence Month of Year', [
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ]),
    ...auditFields,
  ],
};
