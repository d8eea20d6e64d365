import { describe, expect, it } from 'vitest';
import { type ActivityObject, noteOf, touchFactOf } from '../../../src/lifecycle/look/activity-touch.ts';
import type { Owner } from '../../../src/model/owner.ts';
import type { RawFields } from '../../../src/model/value.ts';

const stamp = Date.parse('2026-11-30T12:00:00Z');
const record = (object: ActivityObject, fields: RawFields, deleted = false) => ({
  ref: { system: 'salesforce' as const, type: object, id: '00T1' },
  stamp,
  deleted,
  fields: { WhoId: '00Q1', OwnerId: '005A', CreatedById: '005A', ...fields },
});
const makeUser = (id: string, more: Partial<Owner> = {}): [string, Owner] => [
  id,
  { ...{ id, kind: 'user', name: id, email: null, active: true, owns: null }, ...more },
];
const staff = {
  owners: new Map([
    makeUser('005A'),
    makeUser('005I', { isTandem: true }),
    makeUser('005M', { isMachine: true }),
  ]),
};
const touch = (object: ActivityObject, fields: RawFields, deleted = false) =>
  touchFactOf(object, record(object, fields, deleted), staff);
const call: RawFields = { TaskSubtype: 'Call', IsClosed: true };

describe('a touch, among what is logged in Salesforce', () => {
  it.each<[string, ActivityObject, RawFields]>([
    ['a logged call', 'Task', call],
    ['a logged mail', 'Task', { TaskSubtype: 'Email', IsClosed: true }],
    ['a meeting', 'Event', {}],
    [
      'a call that an automation planned and a rep made',
      'Task',
      { ...call, CreatedById: '005M', LastModifiedById: '005A' },
    ],
    ['a call of a rep that an automation changed later', 'Task', { ...call, LastModifiedById: '005M' }],
  ])('%s', (_, object, fields) => {
    expect(touch(object, fields)).toEqual({
      kind: 'touched',
      key: 'salesforce:00T1/touched',
      at: stamp,
      by: '005A',
    });
  });

  it.each<[string, ActivityObject, RawFields]>([
    ['a call that is planned', 'Task', { ...call, IsClosed: false }],
    ['a task ticked off', 'Task', { TaskSubtype: 'Task', IsClosed: true }],
    ['a task of no kind', 'Task', { TaskSubtype: null, IsClosed: true }],
    ["Tandem's own task, done as a call", 'Task', { ...call, Tandem_Key__c: 'j/1/hand-off' }],
    ['a mail to a list', 'Task', { TaskSubtype: 'ListEmail', IsClosed: true }],
    ['a call that the integration logged', 'Task', { ...call, CreatedById: '005I' }],
    ['a meeting that the integration entered', 'Event', { CreatedById: '005I' }],
    [
      'a mail that an automation logged',
      'Task',
      { TaskSubtype: 'Email', IsClosed: true, CreatedById: '005M' },
    ],
    [
      'a mail that an automation logged, though a rep changed its words',
      'Task',
      { TaskSubtype: 'Email', IsClosed: true, CreatedById: '005M', LastModifiedById: '005A' },
    ],
    ['a call that an automation logged', 'Task', { ...call, CreatedById: '005M' }],
    [
      'a call that an automation logged and completed',
      'Task',
      { ...call, CreatedById: '005M', LastModifiedById: '005M' },
    ],
    ['a meeting that an automation booked', 'Event', { CreatedById: '005M' }],
  ])('not %s', (_, object, fields) => {
    expect(touch(object, fields)).toBeNull();
  });

  it('nor one that was deleted', () => {
    expect(touch('Task', call, true)).toBeNull();
  });

  it('is of the moment at which the call was completed, whatever was changed of it since', () => {
    expect(touch('Task', { ...call, CompletedDateTime: '2026-11-02T09:30:00.000+0000' })?.at).toBe(
      Date.parse('2026-11-02T09:30:00Z'),
    );
    expect(touch('Task', { ...call, CompletedDateTime: '2026-12-24T09:30:00.000+0000' })?.at).toBe(stamp);
    expect(touch('Task', { ...call, CompletedDateTime: null })?.at).toBe(stamp);
  });
});

describe('what somebody of sales noted with it', () => {
  const note = (fields: RawFields) => noteOf('Task', record('Task', { ...call, ...fields }), staff);

  it('is kept for whoever has the person next, as nothing that the person did', () => {
    expect(note({ Subject: 'Call', Description: ' Budget is there. ' })).toEqual({
      ...{ key: 'note/salesforce:00T1', type: 'note', at: stamp, note: 'Budget is there.', title: 'Call' },
    });
  });

  it('is nothing where nothing was noted, or by nobody of sales', () => {
    expect(note({ Description: '  ' })).toBeNull();
    expect(note({ Description: 'Sent by the flow', CreatedById: '005I' })).toBeNull();
    expect(note({ Description: 'Why now', Tandem_Key__c: 'j/1/hand-off' })).toBeNull();
  });
});
