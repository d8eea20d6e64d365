import type { ChangedRecord } from '../../model/record.ts';
import type { RawValue } from '../../model/value.ts';
import type { DigestActivity } from '../digest/input.ts';
import { isTouch } from '../sla/touch.ts';
import type { Staff } from '../staff/staff.ts';
import type { Fact } from '../stage/facts.ts';

/** What is read of an activity in Salesforce, by object. */
export const activityFields = {
  Task: [
    'WhoId',
    'OwnerId',
    'CreatedById',
    'LastModifiedById',
    'IsClosed',
    'CompletedDateTime',
    'TaskSubtype',
    'Tandem_Key__c',
    'Subject',
    'Description',
  ],
  Event: ['WhoId', 'OwnerId', 'CreatedById', 'Subject', 'Description'],
} as const;
export type ActivityObject = keyof typeof activityFields;

export const textIn = (raw: RawValue | undefined): string => (typeof raw === 'string' ? raw : '');

/**
 * What kind of evidence an activity is: a completed task logged as a call or a mail (TaskSubtype, Object Reference: Task), a meeting in the
 * calendar. Any other task is none: nobody was reached by it.
 */
const kindOf = (object: ActivityObject, { fields }: ChangedRecord): 'call' | 'mail' | 'meeting' | 'task' => {
  if (object === 'Event') return 'meeting';
  if (fields.IsClosed !== true) return 'task';
  const subtype = textIn(fields.TaskSubtype);
  if (subtype === 'Call') return 'call';
  return subtype === 'Email' || subtype === 'ListEmail' ? 'mail' : 'task';
};

/**
 * When it happened: a call when it was completed. Its stamp moves with a word that is corrected, or a conversion that gives it to the contact, and what
 * was done before a turn is no touch of that turn.
 */
const momentOf = ({ fields, stamp }: ChangedRecord): number => {
  const completed = Date.parse(textIn(fields.CompletedDateTime));
  return Number.isNaN(completed) ? stamp : Math.min(completed, stamp);
};

type Owners = Pick<Staff, 'owners'>;

/** Who acted: whoever entered it. A call that an automation planned was made by whoever completed it, and no automation holds one. */
const actorOf = (kind: string, { fields }: ChangedRecord, { owners }: Owners): string => {
  const by = textIn(fields.CreatedById);
  const completedBy = textIn(fields.LastModifiedById);
  return kind === 'call' && completedBy !== '' && owners.get(by)?.isMachine === true ? completedBy : by;
};

/** The touch that an activity in Salesforce is, told once for each activity; null where it is none. Pure. */
export const touchFactOf = (object: ActivityObject, record: ChangedRecord, staff: Owners): Fact | null => {
  const { ref, fields, deleted } = record;
  const kind = kindOf(object, record);
  const by = actorOf(kind, record, staff);
  const actor = staff.owners.get(by);
  const isOne = isTouch({
    kind,
    byTandem: actor?.isTandem === true,
    // A mail to a list is a campaign, whoever's name stands under it.
    automated: actor?.isMachine === true || textIn(fields.TaskSubtype) === 'ListEmail',
    isTandemTask: textIn(fields.Tandem_Key__c) !== '',
    meansWork: false,
  });
  if (deleted || !isOne) return null;
  return {
    kind: 'touched',
    key: `salesforce:${ref.id}/touched`,
    at: momentOf(record),
    by,
  };
};

/** Longer notes are cut: a digest shows less. */
const noteMax = 4_000;
const titleMax = 255;

/**
 * What somebody of sales wrote with an activity that is a touch, for whoever has the person next; null where they wrote nothing. No rule of scoring is about
 * it: it is nothing that the person did. Pure.
 */
export const noteOf = (
  object: ActivityObject,
  record: ChangedRecord,
  staff: Owners,
): DigestActivity | null => {
  const touch = touchFactOf(object, record, staff);
  const note = textIn(record.fields.Description).trim();
  if (touch === null || note === '') return null;
  const title = textIn(record.fields.Subject).trim();
  return {
    key: `note/salesforce:${record.ref.id}`,
    type: 'note',
    at: touch.at,
    note: note.slice(0, noteMax),
    ...(title === '' ? {} : { title: title.slice(0, titleMax) }),
  };
};
