import { checkboxField, descriptionField, textField } from '../common-fields.ts';
import type { ObjectDefinition } from '../field.ts';
import { taskPriorities, taskStatuses } from '../sales-process.ts';
import { auditFields, idField, isDeletedField, userOrQueueOwnerField } from '../system-fields.ts';
import { taskKeyField } from '../tandem-fields.ts';
import {
  activityAccountField,
  activityRelations,
  activityTypeField,
  isArchived,
  recurrenceFields,
  reminderFields,
  subjectField,
} from './activity-fields.ts';

/** TaskSubtype 'Email' is a mail that somebody logged; 'Call' one of the call log (object reference, Task). */
const subtypes = ['Task', 'Email', 'ListEmail', 'Cadence', 'Call', 'LinkedIn'];

const callFields = [
  { name: 'CallDurationInSeconds', label: 'Call Duration', type: 'int', digits: 8 },
  {
    name: 'CallType',
    label: 'Call Type',
    type: 'picklist',
    length: 40,
    picklist: ['Internal', 'Inbound', 'Outbound'],
  },
  textField('CallDisposition', 'Call Result', 255),
  textField('CallObject', 'Call Object Identifier', 255),
] as const;

/**
 * Task as the object reference has it (developer.salesforce.com/docs, sforce_api_objects_task): something to do, and, closed, something
 * that was done. There is no EmailMessage here: a logged mail is a Task whose TaskSubtype is 'Email', as Enhanced Email writes one
 * beside each message.
 */
export const task: ObjectDefinition = {
  name: 'Task',
  label: 'Task',
  labelPlural: 'Tasks',
  keyPrefix: '00T',
  fields: [
    idField('Activity ID'),
    ...activityRelations('Tasks'),
    subjectField,
    { name: 'ActivityDate', label: 'Due Date Only', type: 'date' },
    {
      name: 'Status',
      label: 'Status',
      type: 'picklist',
      length: 40,
      nillable: false,
      defaultedOnCreate: true,
      defaultValue: 'Not Started',
      picklist: taskStatuses.map(({ name, isDefault }) => ({ value: name, isDefault })),
    },
    {
      name: 'Priority',
      label: 'Priority',
      type: 'picklist',
      length: 40,
      nillable: false,
      defaultedOnCreate: true,
      defaultValue: 'Normal',
      picklist: taskPriorities.map(({ name, isDefault }) => ({ value: name, isDefault })),
    },
    // These three follow status and priority (dml/derive-task.ts).
    checkboxField('IsHighPriority', 'High Priority', { createable: false }),
    checkboxField('IsClosed', 'Closed', { createable: false }),
    { name: 'CompletedDateTime', label: 'Completed Date', type: 'datetime', createable: false },
    { ...userOrQueueOwnerField, label: 'Assigned To ID' },
    descriptionField('Description'),
    activityTypeField,
    activityAccountField,
    ...auditFields,
    isDeletedField,
    checkboxField('IsArchived', 'Archived', { compute: isArchived((read) => read('IsClosed') === true) }),
    {
      name: 'TaskSubtype',
      label: 'Task Subtype',
      type: 'picklist',
      length: 40,
      updateable: false,
      defaultedOnCreate: true,
      defaultValue: 'Task',
      picklist: subtypes,
      restricted: true,
    },
    taskKeyField,
    ...reminderFields,
    ...callFields,
    ...recurrenceFields('Task'),
  ],
};
