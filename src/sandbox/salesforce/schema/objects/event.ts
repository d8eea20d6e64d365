import { checkboxField, descriptionField, textField } from '../common-fields.ts';
import type { FieldDefinition, ObjectDefinition } from '../field.ts';
import { auditFields, idField, isDeletedField, userOwnerField } from '../system-fields.ts';
import {
  activityAccountField,
  activityRelations,
  activityTypeField,
  isArchived,
  recurrenceFields,
  reminderFields,
  subjectField,
} from './activity-fields.ts';

/** Any may be given, the others follow (dml/derive-event.ts). */
const timeFields: readonly FieldDefinition[] = [
  checkboxField('IsAllDayEvent', 'All-Day Event'),
  { name: 'ActivityDateTime', label: 'Due Date Time', type: 'datetime' },
  { name: 'ActivityDate', label: 'Due Date Only', type: 'date' },
  { name: 'DurationInMinutes', label: 'Duration', type: 'int', digits: 8 },
  { name: 'StartDateTime', label: 'Start Date Time', type: 'datetime' },
  { name: 'EndDateTime', label: 'End Date Time', type: 'datetime' },
  { name: 'EndDate', label: 'End Date', type: 'date', createable: false },
];

/**
 * Event as the object reference has it (developer.salesforce.com/docs, sforce_api_objects_event): a meeting, and with ShowAs
 * 'OutOfOffice' an absence of its owner. Without invitees and series.
 */
export const event: ObjectDefinition = {
  name: 'Event',
  label: 'Event',
  labelPlural: 'Events',
  keyPrefix: '00U',
  fields: [
    idField('Activity ID'),
    ...activityRelations('Events'),
    subjectField,
    textField('Location', 'Location', 255),
    ...timeFields,
    descriptionField('Description'),
    activityTypeField,
    activityAccountField,
    { ...userOwnerField, label: 'Assigned To ID' },
    checkboxField('IsPrivate', 'Private'),
    {
      name: 'ShowAs',
      label: 'Show Time As',
      type: 'picklist',
      length: 40,
      defaultedOnCreate: true,
      defaultValue: 'Busy',
      picklist: ['Busy', 'OutOfOffice', 'Free'],
      restricted: true,
    },
    ...auditFields,
    isDeletedField,
    checkboxField('IsArchived', 'Archived', { compute: isArchived(() => true) }),
    checkboxField('IsChild', 'Is Child', { createable: false }),
    checkboxField('IsGroupEvent', 'Is Group Event', { createable: false }),
    {
      name: 'GroupEventType',
      label: 'Group Event Type',
      type: 'picklist',
      length: 40,
      createable: false,
      // An event that nobody is invited to.
      picklist: [
        { value: '0', label: 'Non-group Event' },
        { value: '1', label: 'Group Event' },
        { value: '2', label: 'Proposed Event' },
      ],
      restricted: true,
      blankReadsAs: '0',
    },
    {
      name: 'EventSubtype',
      label: 'Event Subtype',
      type: 'picklist',
      length: 40,
      updateable: false,
      defaultedOnCreate: true,
      defaultValue: 'Event',
      picklist: ['Event'],
      restricted: true,
    },
    ...reminderFields,
    ...recurrenceFields('Event'),
  ],
};
