import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/objects/tasks/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
beforeEach(async () => {
  portal = await startPortal();
});
afterEach(() => portal.close());

const hubspotDefined = AssociationSpecAssociationCategoryEnum.HubspotDefined;

describe('engagements', () => {
  it.each([
    ['calls', { hs_call_title: 'Intro', hs_call_status: 'COMPLETED', hs_call_direction: 'OUTBOUND' }, 194],
    ['emails', { hs_email_direction: 'EMAIL', hs_email_subject: 'Hello', hs_email_status: 'SENT' }, 198],
    ['meetings', { hs_meeting_title: 'Demo', hs_meeting_outcome: 'SCHEDULED' }, 200],
    ['notes', { hs_note_body: '<p>Likes <b>us</b></p>' }, 202],
    ['tasks', { hs_task_subject: 'Call back', hs_task_priority: 'HIGH' }, 204],
  ])('%s are made with a contact, read, changed, searched and archived', async (type, properties, typeId) => {
    const contact = await portal.create({ email: 'a@example.com' });
    portal.clock.advance(1_000);
    const created = await portal.call('POST', `/crm/v3/objects/${type}`, {
      properties: { hs_timestamp: '2026-11-20T09:00:00Z', ...properties },
      associations: [
        {
          to: { id: contact },
          types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
        },
      ],
    });
    expect([created.status, created.body.properties]).toEqual([
      201,
      expect.objectContaining({ ...properties, hs_timestamp: '2026-11-20T09:00:00.000Z' }),
    ]);
    const { id } = created.body;
    const read = await portal.call('GET', `/crm/v3/objects/${type}/${id}?associations=contacts`);
    expect(new Set(Object.keys(read.body.properties))).toEqual(
      new Set(['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id']),
    );
    expect(read.body.associations.contacts.results).toEqual([
      { id: contact, type: `${type.slice(0, -1)}_to_contact` },
    ]);
    const patched = await portal.call('PATCH', `/crm/v3/objects/${type}/${id}`, {
      properties: { hubspot_owner_id: '41629792' },
    });
    expect(patched.status).toBe(200);
    portal.clock.advance(10_000);
    const found = await portal.call('POST', `/crm/v3/objects/${type}/search`, {
      filterGroups: [
        {
          filters: [
            { propertyName: 'associations.contact', operator: 'EQ', value: contact },
            { propertyName: 'hs_timestamp', operator: 'GTE', value: '2026-11-01' },
          ],
        },
      ],
      properties: ['hubspot_owner_id'],
    });
    expect(found.body).toMatchObject({
      total: 1,
      results: [{ properties: { hubspot_owner_id: '41629792' } }],
    });
    expect((await portal.call('DELETE', `/crm/v3/objects/${type}/${id}`)).status).toBe(204);
    expect((await portal.call('GET', `/crm/v3/objects/${type}/${id}`)).status).toBe(404);
  });

  it('need a timestamp, emails a direction; a meeting takes that of its start', async () => {
    const missing = async (type: string, properties: Record<string, string>) =>
      (await portal.call('POST', `/crm/v3/objects/${type}`, { properties })).body.context?.properties;
    expect(await missing('notes', { hs_note_body: 'x' })).toEqual(['hs_timestamp']);
    expect(await missing('emails', { hs_timestamp: '1700000000000' })).toEqual(['hs_email_direction']);
    const start = '2026-12-01T10:00:00.000Z';
    const meeting = await portal.client.crm.objects.meetings.basicApi.create({
      properties: { hs_meeting_start_time: start },
      associations: [],
    });
    expect(meeting.properties.hs_timestamp).toBe(start);
  });

  it('begin as HubSpot has them begin, in batches through the client', async () => {
    const contact = await portal.create({ email: 'a@example.com' });
    const { results } = await portal.client.crm.objects.tasks.batchApi.create({
      inputs: [1, 2].map((n) => ({
        properties: { hs_timestamp: '2026-12-01', hs_task_subject: `Task ${n}` },
        associations: [
          {
            to: { id: contact },
            types: [{ associationCategory: hubspotDefined, associationTypeId: 204 }],
          },
        ],
      })),
    });
    expect(results.map((one) => one.properties)).toEqual([
      expect.objectContaining({
        hs_task_status: 'NOT_STARTED',
        hs_task_priority: 'NONE',
        hs_task_type: 'TODO',
      }),
      expect.objectContaining({ hs_task_subject: 'Task 2' }),
    ]);
    const bad = await portal.call('PATCH', `/crm/v3/objects/tasks/${results[0]?.id}`, {
      properties: { hs_task_status: 'FORGOTTEN' },
    });
    expect(bad.body.errors[0].code).toBe('INVALID_OPTION');
  });

  it('show on the contact, which moves its stamp', async () => {
    const contact = await portal.create({ email: 'a@example.com' });
    portal.clock.advance(5_000);
    const log = (type: string, at: string, more: Record<string, string> = {}) =>
      portal.call('POST', `/crm/v3/objects/${type}`, {
        properties: { hs_timestamp: at, ...more },
        associations: [
          {
            to: { id: contact },
            types: [
              { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: type === 'calls' ? 194 : 202 },
            ],
          },
        ],
      });
    const call = await log('calls', '2026-11-10T09:00:00Z');
    const note = await log('notes', '2026-11-12T09:00:00Z', { hs_note_body: 'x' });
    const properties = await portal.read(
      contact,
      'num_notes',
      'num_contacted_notes',
      'notes_last_contacted',
      'notes_last_updated',
      'lastmodifieddate',
    );
    expect(properties).toMatchObject({
      num_notes: '2',
      num_contacted_notes: '1',
      notes_last_contacted: '2026-11-10T09:00:00.000Z',
      notes_last_updated: '2026-11-12T09:00:00.000Z',
      lastmodifieddate: new Date(portal.clock.now()).toISOString(),
    });
    await portal.call('PATCH', `/crm/v3/objects/calls/${call.body.id}`, {
      properties: { hs_timestamp: '2026-12-24T09:00:00Z' },
    });
    await portal.call('DELETE', `/crm/v4/objects/notes/${note.body.id}/associations/contacts/${contact}`);
    const figures = [
      'num_notes',
      'num_contacted_notes',
      'notes_last_contacted',
      'notes_last_updated',
      'notes_next_activity_date',
    ];
    // What lies ahead is no contact yet.
    expect(await portal.read(contact, ...figures)).toMatchObject({
      num_notes: '1',
      num_contacted_notes: '0',
      notes_last_contacted: null,
      notes_last_updated: null,
      notes_next_activity_date: '2026-12-24T09:00:00.000Z',
    });
    await portal.call('DELETE', `/crm/v3/objects/calls/${call.body.id}`);
    expect(await portal.read(contact, 'num_notes')).toMatchObject({ num_notes: '0' });
    await portal.control('/recycle-bin', { object: 'calls', restore: [call.body.id] });
    expect(await portal.read(contact, 'num_notes')).toMatchObject({ num_notes: '1' });
  });

  it('that are emails are deleted for good', async () => {
    const { body } = await portal.call('POST', '/crm/v3/objects/emails', {
      properties: { hs_timestamp: '2026-11-20', hs_email_direction: 'EMAIL' },
    });
    await portal.call('DELETE', `/crm/v3/objects/emails/${body.id}`);
    expect((await portal.call('GET', `/crm/v3/objects/emails/${body.id}?archived=true`)).status).toBe(404);
    const bin = await portal.control('/recycle-bin', { object: 'emails', restore: [body.id] });
    expect(bin.status).toBe(400);
  });

  it('of email take sender and recipients from the headers; bodies have a preview that search does not look into', async () => {
    const { body } = await portal.call('POST', '/crm/v3/objects/emails', {
      properties: {
        hs_timestamp: '2026-11-20',
        hs_email_direction: 'EMAIL',
        hs_email_text: 'Hello  there',
        hs_email_headers: JSON.stringify({
          from: { email: 'rep@acme.example', firstName: 'Ana' },
          to: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
        }),
      },
    });
    expect(body.properties).toMatchObject({
      hs_email_from_email: 'rep@acme.example',
      hs_email_from_firstname: 'Ana',
      hs_email_to_email: 'a@example.com;b@example.com',
      hs_body_preview: 'Hello there',
    });
    const search = await portal.call('POST', '/crm/v3/objects/emails/search', {
      filterGroups: [{ filters: [{ propertyName: 'hs_body_preview', operator: 'HAS_PROPERTY' }] }],
    });
    expect(search.status).toBe(400);
  });
});
