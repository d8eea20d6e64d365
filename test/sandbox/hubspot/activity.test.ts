import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHubspotSimulator } from '../../../src/sandbox/hubspot/simulator.ts';
import { type Answer, type Portal, startPortal } from './portal.ts';

const contacts = '/crm/v3/objects/contacts';
let portal: Portal;
afterEach(() => portal.close());

const act = (...entries: readonly Record<string, unknown>[]): Promise<Answer> =>
  portal.control('/activity', entries);

const history = async (id: string, property: string): Promise<Record<string, string>[]> => {
  const { body } = await portal.call('GET', `${contacts}/${id}?propertiesWithHistory=${property}`);
  return body.propertiesWithHistory[property];
};

const iso = (ms: number): string => new Date(ms).toISOString();

describe('a page view', () => {
  it('moves the figures of the visit and the contact’s stamp, as ANALYTICS', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'vera@example.com' });
    portal.clock.advance(60_000);
    const first = portal.clock.now();
    const answer = await act({
      email: 'Vera@Example.com',
      type: 'pageView',
      url: 'https://a.example/pricing',
    });
    expect(answer.body).toEqual({ applied: 1, ignored: 0, results: [{ status: 'applied', contactId: id }] });
    portal.clock.advance(60_000);
    await act({ email: 'vera@example.com', type: 'pageView', url: 'https://a.example/demo' });
    const names = [
      'hs_analytics_num_page_views',
      'hs_analytics_num_visits',
      'hs_analytics_first_url',
      'hs_analytics_last_url',
      'hs_analytics_last_timestamp',
      'hs_analytics_last_visit_timestamp',
      'lastmodifieddate',
    ];
    expect(await portal.read(id, ...names)).toMatchObject({
      hs_analytics_num_page_views: '2',
      hs_analytics_num_visits: '1',
      hs_analytics_first_url: 'https://a.example/pricing',
      hs_analytics_last_url: 'https://a.example/demo',
      hs_analytics_last_timestamp: iso(portal.clock.now()),
      hs_analytics_last_visit_timestamp: iso(first),
      lastmodifieddate: iso(portal.clock.now()),
    });
    expect((await history(id, 'hs_analytics_last_url')).map((one) => one.sourceType)).toEqual([
      'ANALYTICS',
      'ANALYTICS',
    ]);
    portal.clock.advance(31 * 60_000);
    await act({ email: 'vera@example.com', type: 'pageView', url: 'https://a.example/' });
    expect(await portal.read(id, 'hs_analytics_num_visits', 'hs_analytics_average_page_views')).toMatchObject(
      {
        hs_analytics_num_visits: '2',
        hs_analytics_average_page_views: '2',
      },
    );
  });

  it('of a new visit says where it came from; the first source stays', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'vera@example.com' });
    const names = ['hs_analytics_source', 'hs_latest_source', 'hs_latest_source_timestamp'];
    const url = 'https://a.example/pricing';
    await act({ email: 'vera@example.com', type: 'pageView', url, referrer: 'https://www.google.com/' });
    const first = iso(portal.clock.now());
    portal.clock.advance(60_000);
    await act({ email: 'vera@example.com', type: 'pageView', url, referrer: 'https://other.example/' });
    expect(await portal.read(id, ...names)).toMatchObject({
      hs_analytics_source: 'ORGANIC_SEARCH',
      hs_latest_source: 'ORGANIC_SEARCH',
      hs_latest_source_timestamp: first,
    });
    portal.clock.advance(3_600_000);
    await act({ email: 'vera@example.com', type: 'pageView', url: `${url}?utm_medium=email` });
    expect(await portal.read(id, ...names)).toMatchObject({
      hs_analytics_source: 'ORGANIC_SEARCH',
      hs_latest_source: 'EMAIL_MARKETING',
    });
  });

  it('that is told late counts and leaves what was seen last', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'vera@example.com' });
    await act({ email: 'vera@example.com', type: 'pageView', url: 'https://a.example/now' });
    await act({
      email: 'vera@example.com',
      type: 'pageView',
      url: 'https://a.example/then',
      at: '2026-01-05',
    });
    expect(
      await portal.read(id, 'hs_analytics_num_page_views', 'hs_analytics_last_url', 'hs_analytics_first_url'),
    ).toMatchObject({
      hs_analytics_num_page_views: '2',
      hs_analytics_last_url: 'https://a.example/now',
      hs_analytics_first_url: 'https://a.example/then',
    });
  });

  it('shows late where portals do, in the order of the views, while its event is there at once', async () => {
    portal = await startPortal();
    await portal.control('/portal', { analyticsLagMs: 60_000 });
    const id = await portal.create({ email: 'vera@example.com' });
    await act({ email: 'vera@example.com', type: 'pageView', url: 'https://a.example/1' });
    await portal.control('/portal', { analyticsLagMs: 1_000 });
    portal.clock.advance(2_000);
    await act({ email: 'vera@example.com', type: 'pageView', url: 'https://a.example/2' });
    portal.clock.advance(50_000);
    const names = ['hs_analytics_num_page_views', 'hs_analytics_last_url', 'lastmodifieddate'];
    expect(await portal.read(id, ...names)).toMatchObject({ hs_analytics_num_page_views: null });
    const events = await portal.call('GET', `/events/v3/events?objectType=contact&objectId=${id}`);
    expect(events.body.results).toHaveLength(2);
    portal.clock.advance(10_000);
    expect(await portal.read(id, ...names)).toMatchObject({
      hs_analytics_num_page_views: '2',
      hs_analytics_last_url: 'https://a.example/2',
      lastmodifieddate: iso(portal.clock.now()),
    });
  });

  it('shows by the clock as well, without any call', async () => {
    portal = await startPortal();
    const simulator = await createHubspotSimulator({ port: 0, seed: 1, contacts: 1, leads: 0 });
    const send = async (path: string, body?: unknown): Promise<Answer['body']> => {
      const method = body === undefined ? 'GET' : 'POST';
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return (await fetch(`${simulator.url}/_sandbox${path}`, init)).json();
    };
    const shown = async (): Promise<Record<string, string>> =>
      (await send('/records/contacts')).records[0].properties;
    await send('/portal', { analyticsLagMs: 20 });
    await send('/activity', [{ email: (await shown()).email, type: 'pageView', url: 'https://a.example/' }]);
    await expect.poll(async () => (await shown()).hs_analytics_num_page_views, { interval: 5 }).toBe('1');
    await simulator.close();
  });

  it('of somebody unknown makes nobody', async () => {
    portal = await startPortal();
    const { body } = await act({ email: 'nobody@example.com', type: 'pageView', url: 'https://a.example/' });
    expect(body).toMatchObject({ applied: 0, ignored: 1, results: [{ status: 'ignored', contactId: null }] });
    expect((await portal.control('/stats')).body.records.contacts).toBe(0);
  });

  it('cannot be written by an app', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'vera@example.com' });
    for (const name of [
      'hs_analytics_num_page_views',
      'num_conversion_events',
      'hs_email_open',
      'num_notes',
    ]) {
      const { status, body } = await portal.call('PATCH', `${contacts}/${id}`, {
        properties: { [name]: '9' },
      });
      expect([status, body.errors[0].code]).toEqual([400, 'READ_ONLY_VALUE']);
    }
  });

  it('costs no more the thousandth time: the history ends', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'vera@example.com' });
    for (let batch = 0; batch < 10; batch += 1) {
      await act(
        ...Array.from({ length: 100 }, (_, n) => ({
          email: 'vera@example.com',
          type: 'pageView',
          url: `https://a.example/${batch}-${n}`,
          at: portal.clock.now() + batch * 100 + n,
        })),
      );
    }
    const urls = await history(id, 'hs_analytics_last_url');
    expect(urls).toHaveLength(45);
    expect(urls[0]?.value).toBe('https://a.example/9-99');
    expect(await portal.read(id, 'hs_analytics_num_page_views')).toMatchObject({
      hs_analytics_num_page_views: '1000',
    });
    expect((await history(id, 'email')).map((one) => one.value)).toEqual(['vera@example.com']);
  });
});

describe('a form submission', () => {
  it('enters somebody new, by the form, with the submission as source', async () => {
    portal = await startPortal();
    const { body } = await act({
      email: 'new@example.com',
      type: 'formSubmission',
      form: 'demo request',
      title: 'Book a demo',
      fields: { firstname: 'Nora', company: 'Acme', message: 'Please call' },
    });
    const id = body.results[0].contactId;
    const read = await portal.read(
      id,
      'email',
      'firstname',
      'message',
      'lifecyclestage',
      'hs_object_source',
      'recent_conversion_event_name',
      'num_conversion_events',
    );
    expect(read).toMatchObject({
      email: 'new@example.com',
      firstname: 'Nora',
      message: 'Please call',
      lifecyclestage: 'lead',
      hs_object_source: 'FORM',
      recent_conversion_event_name: 'Book a demo: Demo request',
      num_conversion_events: '1',
    });
    const [entry] = await history(id, 'firstname');
    expect(entry).toMatchObject({ sourceType: 'FORM' });
    const [count] = await history(id, 'num_conversion_events');
    expect(count).toMatchObject({ value: '1', sourceType: 'CALCULATED' });
    expect(count).not.toHaveProperty('sourceId');
  });

  it('overwrites what a person entered; conversions keep first, last and all of them', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'a@example.com', company: 'Old', jobtitle: 'CEO' });
    portal.clock.advance(5_000);
    const at = Date.UTC(2026, 9, 1);
    const { body } = await act(
      { email: 'a@example.com', type: 'formSubmission', form: 'Newsletter', at },
      { email: 'a@example.com', type: 'formSubmission', form: 'Contact us', fields: { company: 'New' } },
      { email: 'a@example.com', type: 'formSubmission', form: 'Newsletter', at: at - 1_000 },
    );
    expect(body.results.map((one: { contactId: string }) => one.contactId)).toEqual([id, id, id]);
    const read = await portal.read(
      id,
      'company',
      'jobtitle',
      'first_conversion_date',
      'first_conversion_event_name',
      'recent_conversion_event_name',
      'num_conversion_events',
      'num_unique_conversion_events',
      'hs_calculated_form_submissions',
    );
    expect(read).toMatchObject({
      company: 'New',
      jobtitle: 'CEO',
      first_conversion_date: iso(at - 1_000),
      first_conversion_event_name: 'Newsletter',
      recent_conversion_event_name: 'Contact us',
      num_conversion_events: '3',
      num_unique_conversion_events: '2',
    });
    expect(read.hs_calculated_form_submissions?.split(';').map((one) => Number(one.split(':')[2]))).toEqual([
      at - 1_000,
      at,
      portal.clock.now(),
    ]);
  });

  it('is told to webhooks with its source', async () => {
    portal = await startPortal();
    const events: Record<string, unknown>[] = [];
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      events.push(...JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
    await new Promise<void>((resolve) => {
      receiver.listen(0, '127.0.0.1', resolve);
    });
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await portal.control('/webhooks', { url: `http://127.0.0.1:${port}/`, secret: 's' });
    await act({ email: 'new@example.com', type: 'formSubmission', fields: { firstname: 'Nora' } });
    await expect
      .poll(() => events.map((event) => [event.propertyName, event.changeSource]), { interval: 5 })
      .toEqual(
        expect.arrayContaining([
          ['firstname', 'FORM'],
          ['num_conversion_events', 'CALCULATED'],
        ]),
      );
    receiver.closeAllConnections();
    receiver.close();
  });

  it('of somebody who was erased enters nobody', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'gone@example.com' });
    await portal.call('POST', `${contacts}/gdpr-delete`, { objectId: id });
    const { body } = await act({ email: 'gone@example.com', type: 'formSubmission' });
    expect(body).toMatchObject({ applied: 0, ignored: 1 });
    expect((await portal.control('/stats')).body.records.contacts).toBe(0);
  });
});

describe('email', () => {
  const email = 'ben@example.com';

  it('counts deliveries, and emails opened and clicked, not opens', async () => {
    portal = await startPortal();
    const id = await portal.create({ email });
    const [sent, opened] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 2)];
    await act(
      { email, type: 'emailDelivered', campaign: 'Case study', at: sent },
      { email, type: 'emailDelivered', campaign: 'Product update', at: sent + 1_000 },
      { email, type: 'emailOpen', campaign: 'Case study', at: opened },
      { email, type: 'emailOpen', campaign: 'Case study', at: opened + 1_000 },
      { email, type: 'emailClick', campaign: 'Case study', url: 'https://a.example/', at: opened + 2_000 },
    );
    const read = await portal.read(
      id,
      'hs_email_delivered',
      'hs_email_open',
      'hs_email_click',
      'hs_email_first_open_date',
      'hs_email_last_open_date',
      'hs_email_last_click_date',
      'hs_email_last_email_name',
      'hs_email_sends_since_last_engagement',
    );
    expect(read).toMatchObject({
      hs_email_delivered: '2',
      hs_email_open: '1',
      hs_email_click: '1',
      hs_email_first_open_date: iso(opened),
      hs_email_last_open_date: iso(opened + 1_000),
      hs_email_last_click_date: iso(opened + 2_000),
      hs_email_last_email_name: 'Product update',
      hs_email_sends_since_last_engagement: '0',
    });
    expect((await history(id, 'hs_email_open'))[0]).toMatchObject({ sourceType: 'EMAIL' });
  });

  it('that a bot opened moves nothing; that a proxy loaded counts as read', async () => {
    portal = await startPortal();
    const id = await portal.create({ email });
    await act({ email, type: 'emailOpen', machine: true }, { email, type: 'emailClick', machine: 'bot' });
    expect(await portal.read(id, 'hs_email_open', 'hs_email_click')).toMatchObject({
      hs_email_open: null,
      hs_email_click: null,
    });
    await act({ email, type: 'emailOpen', machine: 'proxy' });
    expect(await portal.read(id, 'hs_email_open')).toMatchObject({ hs_email_open: '1' });
  });

  it('that bounced hard shows why, that bounced softly is counted alone', async () => {
    portal = await startPortal();
    const id = await portal.create({ email });
    await act({ email, type: 'emailBounce', bounce: 'soft', reason: 'MAILBOX_FULL' });
    expect(await portal.read(id, 'hs_email_bounce', 'hs_email_hard_bounce_reason_enum')).toMatchObject({
      hs_email_bounce: '1',
      hs_email_hard_bounce_reason_enum: null,
    });
    await act({ email, type: 'emailBounce' });
    expect(await portal.read(id, 'hs_email_bounce', 'hs_email_hard_bounce_reason_enum')).toMatchObject({
      hs_email_bounce: '2',
      hs_email_hard_bounce_reason_enum: 'UNKNOWN_USER',
    });
  });

  it('is unsubscribed from by the address, whether or not a contact has it', async () => {
    portal = await startPortal();
    const id = await portal.create({ email });
    await act({ email, type: 'unsubscribe', subscription: 'Newsletter' });
    expect(await portal.read(id, 'hs_email_optout')).toMatchObject({ hs_email_optout: null });
    const { body } = await act(
      { email, type: 'unsubscribe' },
      { email: 'x@example.com', type: 'unsubscribe' },
    );
    expect(body.results).toEqual([
      { status: 'applied', contactId: id },
      { status: 'applied', contactId: null },
    ]);
    expect((await history(id, 'hs_email_optout'))[0]).toMatchObject({ value: 'true', sourceType: 'EMAIL' });
    const late = await portal.create({ email: 'x@example.com' });
    expect(await portal.read(late, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
  });
});

describe('a booked meeting', () => {
  it('is an engagement of the contact, who shows it', async () => {
    portal = await startPortal();
    const at = portal.clock.now();
    const start = at + 3 * 86_400_000;
    const { body } = await act({
      email: 'vera@example.com',
      type: 'meetingBooked',
      firstname: 'Vera',
      start,
      minutes: 45,
      title: 'Demo',
      owner: 'ana.souza@sandbox.example.com',
    });
    const id = body.results[0].contactId;
    const read = await portal.call(
      'GET',
      `${contacts}/${id}?associations=meetings&properties=firstname,hs_object_source,engagements_last_meeting_booked,hs_latest_meeting_activity,num_notes`,
    );
    expect(read.body.properties).toMatchObject({
      firstname: 'Vera',
      hs_object_source: 'MEETINGS',
      engagements_last_meeting_booked: iso(at),
      hs_latest_meeting_activity: iso(start),
      num_notes: '1',
    });
    const [tie] = read.body.associations.meetings.results;
    expect(tie.type).toBe('contact_to_meeting');
    const meeting = await portal.client.crm.objects.meetings.basicApi.getById(tie.id, [
      'hs_meeting_title',
      'hs_meeting_end_time',
      'hs_meeting_outcome',
      'hubspot_owner_id',
    ]);
    expect(meeting.properties).toMatchObject({
      hs_meeting_title: 'Demo',
      hs_meeting_end_time: iso(start + 45 * 60_000),
      hs_meeting_outcome: 'SCHEDULED',
      hubspot_owner_id: '41629792',
    });
  });
});

describe('a bad entry', () => {
  it.each([
    [{ email: 'a@example.com', type: 'danced' }, '[1].type'],
    [{ email: 'nope', type: 'pageView' }, '[1].email'],
    [{ type: 'pageView' }, '[1].email'],
    [{ email: 'a@example.com', type: 'pageView', at: 'yesterday' }, '[1].at'],
    [{ email: 'a@example.com', type: 'formSubmission', fields: { nope: '1' } }, '[1].fields.nope'],
    [{ email: 'a@example.com', type: 'formSubmission', fields: { num_notes: '1' } }, '[1].fields.num_notes'],
    [
      { email: 'a@example.com', type: 'formSubmission', fields: { numemployees: 'many' } },
      '[1].fields.numemployees',
    ],
    [
      { email: 'a@example.com', type: 'formSubmission', form: '00000000-0000-4000-8000-000000000000' },
      '[1].form',
    ],
    [{ email: 'a@example.com', type: 'meetingBooked', owner: 'nobody@example.com' }, '[1].owner'],
    [{ email: 'a@example.com', type: 'unsubscribe', subscription: 'Spam' }, '[1].subscription'],
  ])('is named by its index, and nothing of the list happens (%j)', async (entry, place) => {
    portal = await startPortal();
    const answer = await act({ email: 'first@example.com', type: 'formSubmission' }, entry);
    expect(answer).toMatchObject({ status: 400, body: { place } });
    expect((await portal.control('/stats')).body.records.contacts).toBe(0);
  });
});
