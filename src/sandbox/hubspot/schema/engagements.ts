import { computed, labelledOptions, plainOptions, recordProperties, standard } from './build.ts';
import { recipients, sender } from './email-headers.ts';
import { callDispositions, meetingOutcomes, taskStatuses } from './engagement-options.ts';
import type { ObjectDefinition } from './object.ts';
import type { PropertyDefinition, RecordView } from './property.ts';

const readOnly = { readOnly: true } as const;
const html = { fieldType: 'html' } as const;
const multiline = { fieldType: 'textarea' } as const;

const engagementGroup = 'engagement';
const info = standard(engagementGroup);

const previewCharacters = 140;

/** The beginning of a body as plain text, as timelines show it. */
const preview =
  (body: string) =>
  (record: RecordView): string | null => {
    const text = (record.read(body) ?? '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return text.slice(0, previewCharacters) || null;
  };

/** What all engagements have beside the properties of their kind. `hs_timestamp` says when it took or takes place. */
const shared: readonly PropertyDefinition[] = [
  info('hs_timestamp', 'Activity date', 'datetime'),
  info('hubspot_owner_id', 'Activity assigned to', 'enumeration', { ownerReference: true }),
  info('hs_activity_type', 'Activity type', 'string'),
  info('hs_attachment_ids', 'Attached file IDs', 'string'),
  info('hs_merged_object_ids', 'Merged record IDs', 'enumeration', { fieldType: 'checkbox', ...readOnly }),
];

interface Kind {
  readonly name: string;
  readonly singular: string;
  readonly typeId: string;
  readonly body: string;
  readonly properties: readonly PropertyDefinition[];
  readonly queryProperties: readonly string[];
  readonly requiredAllOf?: readonly string[];
  readonly defaults?: ObjectDefinition['defaults'];
  readonly deletesForGood?: true;
  readonly unsearchable?: readonly string[];
}

/** An engagement: the default properties of reads and searches are the stamps and the id alone. */
const engagement = ({ body, properties, requiredAllOf = [], defaults, ...kind }: Kind): ObjectDefinition => ({
  ...kind,
  defaultProperties: ['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id'],
  modifiedProperty: 'hs_lastmodifieddate',
  createdProperty: 'hs_createdate',
  requiredAnyOf: [],
  requiredAllOf: ['hs_timestamp', ...requiredAllOf],
  email: null,
  lifecycle: null,
  ...(defaults === undefined ? {} : { defaults }),
  unsearchable: ['hs_body_preview_html', ...(kind.unsearchable ?? [])],
  groups: [{ name: engagementGroup, label: 'Engagement' }],
  properties: [
    ...shared,
    ...properties,
    info('hs_body_preview', 'Body preview', 'string', computed(preview(body))),
    info('hs_body_preview_html', 'HTML body preview', 'string', computed(preview(body))),
    ...recordProperties(engagementGroup, 'hs_lastmodifieddate', 'hs_createdate'),
  ],
});

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/calls/guide */
export const calls = engagement({
  name: 'calls',
  singular: 'call',
  typeId: '0-48',
  body: 'hs_call_body',
  queryProperties: ['hs_call_title', 'hs_body_preview'],
  properties: [
    info('hs_call_title', 'Call title', 'string'),
    info('hs_call_body', 'Call notes', 'string', html),
    info('hs_call_duration', 'Call duration', 'number'),
    info('hs_call_direction', 'Call direction', 'enumeration', {
      options: labelledOptions({ INBOUND: 'Inbound', OUTBOUND: 'Outbound' }),
    }),
    info('hs_call_disposition', 'Call outcome', 'enumeration', { options: callDispositions }),
    info('hs_call_status', 'Call status', 'enumeration', {
      options: plainOptions(
        ...['BUSY', 'CALLING_CRM_USER', 'CANCELED', 'COMPLETED', 'CONNECTING', 'FAILED', 'IN_PROGRESS'],
        ...['MISSED', 'NO_ANSWER', 'QUEUED', 'RINGING'],
      ),
    }),
    info('hs_call_from_number', 'From number', 'string'),
    info('hs_call_to_number', 'To number', 'string'),
    info('hs_call_recording_url', 'Recording URL', 'string'),
    info('hs_call_source', 'Call source', 'string'),
  ],
});

/**
 * https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/emails/guide: "when you delete an email, it is permanently deleted and
 * cannot be restored".
 */
export const emails = engagement({
  name: 'emails',
  singular: 'email',
  typeId: '0-49',
  body: 'hs_email_text',
  queryProperties: ['hs_email_subject'],
  requiredAllOf: ['hs_email_direction'],
  deletesForGood: true,
  unsearchable: ['hs_email_html', 'hs_body_preview'],
  properties: [
    info('hs_email_subject', 'Email subject', 'string'),
    info('hs_email_text', 'Text body', 'string', multiline),
    info('hs_email_html', 'Email body', 'string', html),
    info('hs_email_direction', 'Email direction', 'enumeration', {
      options: labelledOptions({
        EMAIL: 'Email',
        INCOMING_EMAIL: 'Incoming email',
        FORWARDED_EMAIL: 'Forwarded email',
      }),
    }),
    info('hs_email_status', 'Email send status', 'enumeration', {
      options: plainOptions('BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING', 'SENT'),
    }),
    info('hs_email_headers', 'Email headers', 'string', multiline),
    info('hs_email_from_email', 'Email from address', 'string', sender('email')),
    info('hs_email_from_firstname', 'Email from first name', 'string', sender('firstName')),
    info('hs_email_from_lastname', 'Email from last name', 'string', sender('lastName')),
    info('hs_email_to_email', 'Email to address', 'string', recipients('email')),
    info('hs_email_to_firstname', 'Email to first name', 'string', recipients('firstName')),
    info('hs_email_to_lastname', 'Email to last name', 'string', recipients('lastName')),
  ],
});

/**
 * https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/meetings/guide: "when the property value is missing, the value
 * will default to hs_meeting_start_time".
 */
export const meetings = engagement({
  name: 'meetings',
  singular: 'meeting',
  typeId: '0-47',
  body: 'hs_meeting_body',
  queryProperties: ['hs_meeting_title', 'hs_meeting_body'],
  defaults: { hs_timestamp: { from: 'hs_meeting_start_time' } },
  properties: [
    info('hs_meeting_title', 'Meeting name', 'string'),
    info('hs_meeting_body', 'Meeting description', 'string', html),
    info('hs_meeting_start_time', 'Meeting start time', 'datetime'),
    info('hs_meeting_end_time', 'Meeting end time', 'datetime'),
    info('hs_meeting_outcome', 'Meeting outcome', 'enumeration', { options: meetingOutcomes }),
    info('hs_meeting_location', 'Location', 'string'),
    info('hs_meeting_external_url', 'External URL', 'string'),
    info('hs_internal_meeting_notes', 'Internal meeting notes', 'string', html),
    info('hs_meeting_source', 'Meeting source', 'string', readOnly),
  ],
});

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/notes/guide */
export const notes = engagement({
  name: 'notes',
  singular: 'note',
  typeId: '0-46',
  body: 'hs_note_body',
  queryProperties: ['hs_note_body'],
  properties: [info('hs_note_body', 'Note body', 'string', html)],
});

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/tasks/guide; `hs_timestamp` is the due date. */
export const tasks = engagement({
  name: 'tasks',
  singular: 'task',
  typeId: '0-27',
  body: 'hs_task_body',
  queryProperties: ['hs_task_body', 'hs_task_subject'],
  defaults: {
    hs_task_status: { value: 'NOT_STARTED' },
    hs_task_priority: { value: 'NONE' },
    hs_task_type: { value: 'TODO' },
  },
  properties: [
    info('hs_task_subject', 'Task title', 'string'),
    info('hs_task_body', 'Task notes', 'string', html),
    info('hs_task_status', 'Task status', 'enumeration', { options: taskStatuses }),
    info('hs_task_priority', 'Priority', 'enumeration', {
      options: labelledOptions({ NONE: 'None', LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' }),
    }),
    info('hs_task_type', 'Task type', 'enumeration', {
      options: labelledOptions({ CALL: 'Call', EMAIL: 'Email', TODO: 'To-do' }),
    }),
    info('hs_task_reminders', 'Reminders', 'string'),
  ],
});

/** The engagements of a portal, in the order of their type ids. */
export const engagements: readonly ObjectDefinition[] = [tasks, notes, meetings, calls, emails];
