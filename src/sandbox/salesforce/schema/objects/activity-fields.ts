import { checkboxField } from '../common-fields.ts';
import type { Compute, FieldDefinition } from '../field.ts';

/** What people and other records an activity is about. Ids of other objects are refused as jsforce/jsforce#1006 shows. */
export const activityRelations = (children: 'Tasks' | 'Events'): readonly FieldDefinition[] => [
  {
    name: 'WhoId',
    label: 'Name ID',
    type: 'reference',
    referenceTo: ['Contact', 'Lead'],
    relationshipName: 'Who',
    childRelationshipName: children,
    cascadeDelete: true,
    wrongObjectCode: 'FIELD_INTEGRITY_EXCEPTION',
  },
  {
    name: 'WhatId',
    label: 'Related To ID',
    type: 'reference',
    referenceTo: ['Account', 'Campaign', 'Opportunity'],
    relationshipName: 'What',
    childRelationshipName: children,
    cascadeDelete: true,
    wrongObjectCode: 'FIELD_INTEGRITY_EXCEPTION',
  },
];

/** Worked out from the other two (store/activities.ts). */
export const activityAccountField: FieldDefinition = {
  name: 'AccountId',
  label: 'Account ID',
  type: 'reference',
  createable: false,
  referenceTo: ['Account'],
  relationshipName: 'Account',
  indexed: true,
};

/** Free text with suggestions. */
export const subjectField: FieldDefinition = {
  name: 'Subject',
  label: 'Subject',
  type: 'combobox',
  length: 255,
  nameField: true,
  picklist: ['Call', 'Email', 'Send Letter', 'Send Quote', 'Other'],
};

export const activityTypeField: FieldDefinition = {
  name: 'Type',
  label: 'Type',
  type: 'picklist',
  length: 40,
  picklist: ['Call', 'Email', 'Meeting', 'Prep', 'Other'],
};

/** So many days after it was over an activity is archived: queryAll alone shows it (help: Archived Activities). */
export const archiveDays = 365;

const daySeconds = 24 * 60 * 60;

/** True where the date, or without one the creation, lies far enough back and the activity is over. */
export const isArchived =
  (isOver: (read: Parameters<Compute>[0]) => boolean): Compute =>
  (read, nowSeconds) => {
    if (!isOver(read)) return false;
    const limit = nowSeconds - archiveDays * daySeconds;
    const date = read('ActivityDate');
    if (typeof date === 'string') return date < new Date(limit * 1_000).toISOString().slice(0, 10);
    return Number(read('CreatedDate')) < limit;
  };

export const reminderFields: readonly FieldDefinition[] = [
  { name: 'ReminderDateTime', label: 'Reminder Date/Time', type: 'datetime' },
  checkboxField('IsReminderSet', 'Reminder Set'),
];

/** The simulator makes no series: the fields are there and stay as they are. */
export const recurrenceFields = (object: 'Task' | 'Event'): readonly FieldDefinition[] => {
  const fixed = { createable: false } as const;
  const number = (name: string, label: string): FieldDefinition => ({
    name,
    label,
    type: 'int',
    digits: 9,
    ...fixed,
  });
  const choice = (name: string, label: string): FieldDefinition => ({
    name,
    label,
    type: 'picklist',
    length: 40,
    ...fixed,
  });
  return [
    {
      name: 'RecurrenceActivityId',
      label: 'Recurrence Activity ID',
      type: 'reference',
      referenceTo: [object],
      relationshipName: 'RecurrenceActivity',
      ...fixed,
    },
    checkboxField('IsRecurrence', 'Create Recurring Series', fixed),
    object === 'Task'
      ? { name: 'RecurrenceStartDateOnly', label: 'Recurrence Start', type: 'date', ...fixed }
      : { name: 'RecurrenceStartDateTime', label: 'Recurrence Start', type: 'datetime', ...fixed },
    { name: 'RecurrenceEndDateOnly', label: 'Recurrence End', type: 'date', ...fixed },
    choice('RecurrenceTimeZoneSidKey', 'Recurrence Time Zone'),
    choice('RecurrenceType', 'Recurrence Type'),
    number('RecurrenceInterval', 'Recurrence Interval'),
    number('RecurrenceDayOfWeekMask', 'Recurrence Day of Week Mask'),
    number('RecurrenceDayOfMonth', 'Recurrence Day of Month'),
    choice('RecurrenceInstance', 'Recurrence Instance'),
    choice('RecurrenceMonthOfYear', 'Recurrence Month of Year'),
  ];
};
