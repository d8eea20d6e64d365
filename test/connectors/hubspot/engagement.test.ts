import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMachine } from '../../../src/connectors/hubspot/engagement/mail-machines.ts';
import {
  type EngagementKind,
  engagementKinds,
  type WantedEngagement,
} from '../../../src/model/engagement.ts';
import { type LivePortal, startLivePortal } from './live-portal.ts';

let portal: LivePortal;
let vera = '';
const email = 'vera@example.com';
const call = { class: 'live', purpose: 'read' } as const;

beforeEach(async () => {
  portal = await startLivePortal();
  vera = await portal.create({ email });
});
afterEach(() => portal.close());

const act = async (...entries: readonly Record<string, unknown>[]) => portal.control('/activity', entries);
const wanted = (
  kinds: readonly EngagementKind[],
  more: Partial<WantedEngagement> = {},
): WantedEngagement => ({
  contactId: vera,
  email,
  since: 0,
  kinds: new Set(kinds),
  form: null,
  ...more,
});
const read = async (...people: WantedEngagement[]) => portal.connector.engagement(people, call);
const calls = async (): Promise<Record<string, number>> =>
  (await portal.control('/stats')).body.calls.byRoute;

describe('details of what somebody did', () => {
  const at = Date.UTC(2026, 10, 24, 9);

  it('pages, newest first, with title and without query, in one call a person', async () => {
    const ben = await portal.create({ email: 'ben@example.com' });
    const url = 'https://a.example/pricing';
    await act(
      { email, type: 'pageView', url: 'https://a.example/old', at: at - 1_000 },
      { email, type: 'pageView', url: `${url}?token=secret#${email}`, title: 'Pricing', at },
      { email, type: 'pageView', url: 'https://a.example/demo', at: at + 5 },
      { email: 'ben@example.com', type: 'pageView', url, at },
    );
    const found = await read(wanted(['pages'], { since: at }), wanted(['pages'], { contactId: ben }));
    expect(found.get(vera)).toEqual([
      { type: 'pageView', at: at + 5, url: 'https://a.example/demo' },
      { type: 'pageView', at, url, title: 'Pricing' },
    ]);
    expect(found.get(ben)).toEqual([{ type: 'pageView', at, url }]);
    expect((await calls())['GET /events/v3/events']).toBe(2);
  });

  it('lists with when they were joined, in two calls for everybody; names are asked for once', async () => {
    const ben = await portal.create({ email: 'ben@example.com' });
    expect((await portal.connector.joinList('Nurture: budget', [vera], call)).get(vera)).toBeNull();
    const people = [wanted(['lists']), wanted(['lists'], { contactId: ben })];
    const found = await read(...people);
    expect(found.get(vera)).toEqual([
      { type: 'listJoined', at: expect.any(Number), list: 'Nurture: budget' },
    ]);
    expect(found.get(ben) ?? []).toEqual([]);
    expect(await read(...people)).toEqual(found);
    const joinedAt = found.get(vera)?.[0]?.at ?? 0;
    expect(await read(wanted(['lists'], { since: joinedAt + 1 }))).toEqual(new Map());
    const made = await calls();
    expect(made['POST /crm/v3/lists/records/memberships/batch/read']).toBe(3);
    expect(made['GET /crm/v3/lists']).toBe(1);
  });

  it('a list that they have left is over, where it is known that they had joined it', async () => {
    for (const list of ['Nurture: budget', 'Nurture: later'])
      expect((await portal.connector.joinList(list, [vera], call)).get(vera)).toBeNull();
    const joined = ((await read(wanted(['lists']))).get(vera) ?? []).flatMap(({ list, at: joinedAt }) =>
      list === undefined ? [] : [{ list, at: joinedAt }],
    );
    expect(joined).toHaveLength(2);
    // Nothing is news, and both are known: still on them.
    const since = Math.max(...joined.map((each) => each.at)) + 1;
    expect(await read(wanted(['lists'], { since, joined }))).toEqual(new Map());
    await portal.connector.leaveLists(['Nurture: budget'], [vera], call);
    const [left] = joined.filter(({ list }) => list === 'Nurture: budget');
    expect((await read(wanted(['lists'], { since, joined }))).get(vera)).toEqual([
      { type: 'listJoined', ...left, isOver: true },
    ]);
  });

  it('refused once, are not asked for again; the others are', async () => {
    await portal.control('/portal', { eventsApi: false });
    await act({ email, type: 'emailOpen', campaign: 'Case study', at });
    const people = Array.from({ length: 30 }, () => wanted(['pages', 'mails']));
    for (let round = 0; round < 2; round += 1) expect((await read(...people)).get(vera)).toHaveLength(1);
    // Those that were under way when the first refusal came.
    expect((await calls())['GET /events/v3/events']).toBeLessThanOrEqual(6);
    expect(portal.connector.refusedEngagement()).toEqual(['pages']);
  });

  it('are not taken for refused when HubSpot is down', async () => {
    await portal.control('/faults', [{ match: { path: '^/events/' }, effect: { status: 503 } }]);
    await expect(read(wanted(['pages']))).rejects.toMatchObject({ failure: { category: 'unavailable' } });
    await portal.control('/faults', []);
    expect(portal.connector.refusedEngagement()).toEqual([]);
    expect((await read(wanted(['pages']))).get(vera)).toEqual([]);
  });

  it('forms by the one that the contact names, with page and what was filled in, shared by all who sent it', async () => {
    await act(
      {
        email,
        type: 'formSubmission',
        form: 'Demo request',
        title: 'Book: a demo',
        url: `https://a.example/demo?email=${email}`,
        fields: { firstname: 'Vera', message: 'Call me in the morning' },
        at,
      },
      { email: 'ben@example.com', type: 'formSubmission', form: 'Demo request', at: at + 1 },
      { email, type: 'formSubmission', form: '#footer', at: at + 2 },
    );
    const { recent_conversion_event_name: form } = await portal.read(vera, 'recent_conversion_event_name');
    expect(form).toBe('#footer');
    const demo = await read(
      wanted(['forms'], { form: 'Book: a demo: Demo request' }),
      wanted(['forms'], { contactId: '999', email: 'Ben@Example.com', form: 'Demo request' }),
    );
    expect(demo.get(vera)).toEqual([
      {
        type: 'formSubmission',
        at,
        form: 'Demo request',
        url: 'https://a.example/demo',
        note: 'message: Call me in the morning',
      },
    ]);
    expect(demo.get('999')).toMatchObject([{ at: at + 1 }]);
    expect((await calls())['GET /form-integrations/v1/submissions/forms/{formGuid}']).toBe(1);
    expect((await read(wanted(['forms'], { form: form ?? null }))).get(vera)).toMatchObject([
      { form: '#footer', at: at + 2 },
    ]);
    expect((await read(wanted(['forms'], { form: 'Nobody knows' }))).size).toBe(0);
    expect((await calls())['GET /marketing/v3/forms']).toBe(1);
  });

  it('mails of all people in one call, machines told apart, campaigns by name', async () => {
    const ben = await portal.create({ email: 'ben@example.com' });
    await act(
      { email, type: 'emailDelivered', campaign: 'Case study', at },
      { email, type: 'emailOpen', campaign: 'Case study', at: at + 1 },
      { email, type: 'emailOpen', campaign: 'Case study', machine: 'proxy', at: at + 2 },
      {
        email,
        type: 'emailClick',
        campaign: 'Case study',
        machine: 'bot',
        url: 'https://a.example/c?x=1',
        at: at + 3,
      },
      { email, type: 'unsubscribe', campaign: 'Case study', at: at + 4 },
      { email: 'ben@example.com', type: 'emailBounce', campaign: 'Case study', at: at + 5 },
    );
    const found = await read(
      wanted(['mails'], { since: at + 1 }),
      wanted(['mails'], { contactId: ben, email: 'BEN@example.com' }),
    );
    const campaign = 'Case study';
    expect(found.get(vera)).toEqual([
      { type: 'unsubscribe', at: at + 4, campaign },
      { type: 'emailClick', at: at + 3, campaign, url: 'https://a.example/c', machine: true },
      { type: 'emailOpen', at: at + 2, campaign, machine: true },
      { type: 'emailOpen', at: at + 1, campaign, machine: false },
    ]);
    expect(found.get(ben)).toMatchObject([{ type: 'emailBounce', at: at + 5 }]);
    expect(await calls()).toMatchObject({
      'GET /email/public/v1/events': 1,
      'GET /email/public/v1/campaigns/{campaignId}': 1,
    });
  });

  it('meetings, calls and notes with title, duration, outcome and text', async () => {
    const log = async (type: string, typeId: number, properties: Record<string, string>) =>
      portal.call('POST', `/crm/v3/objects/${type}`, {
        properties: { hs_timestamp: new Date(at).toISOString(), ...properties },
        associations: [
          {
            to: { id: vera },
            types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
          },
        ],
      });
    await act({ email, type: 'meetingBooked', title: 'Introduction', minutes: 45, at: at + 1 });
    await log('meetings', 200, { hs_meeting_title: 'Put in by a colleague', hs_meeting_outcome: 'NO_SHOW' });
    await log('calls', 194, {
      hs_call_title: 'Intro',
      hs_call_duration: '300000',
      hs_call_disposition: '73a0d17f-1163-4015-bdd5-ec830791da20',
      hs_call_body: 'Will call back',
    });
    await log('notes', 202, { hs_note_body: '<p>Likes <b>us</b></p>' });
    const activities = (await read(wanted(['logged']))).get(vera);
    expect(activities).toEqual(
      expect.arrayContaining([
        {
          type: 'meetingBooked',
          at: at + 1,
          title: 'Introduction',
          durationMs: 2_700_000,
          outcome: 'Scheduled',
        },
        { type: 'meeting', at, title: 'Put in by a colleague', outcome: 'No show' },
        {
          type: 'call',
          at,
          title: 'Intro',
          durationMs: 300_000,
          outcome: 'No answer',
          note: 'Will call back',
        },
        { type: 'note', at, note: '<p>Likes <b>us</b></p>' },
      ]),
    );
    expect(activities).toHaveLength(4);
    // The booking is the one that the contact sums up.
    const { engagements_last_meeting_booked: booked } = await portal.read(
      vera,
      'engagements_last_meeting_booked',
    );
    expect(Date.parse(booked ?? '')).toBe(at + 1);
  });

  it('cost nothing where nobody wants any', async () => {
    const before = await calls();
    await read(wanted([]));
    expect(await calls()).toEqual(before);
    expect(engagementKinds).toHaveLength(5);
  });
});

describe('a program that opens mails', () => {
  it.each([
    [{ filteredEvent: true, userAgent: 'Mozilla/5.0 (Macintosh) Safari/537.36' }, true],
    [{ userAgent: 'Mozilla/5.0' }, true],
    [
      {
        userAgent:
          'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
      },
      true,
    ],
    [{ userAgent: 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html' }, true],
    [{ browser: { type: 'Proxy' } }, true],
    [{ userAgent: 'Mozilla/5.0 (X11; Linux) Chrome/142.0.0.0', browser: { type: 'Browser' } }, false],
    [{ userAgent: null, browser: null }, false],
  ])('%j: %s', (program, machine) => {
    expect(isMachine(program)).toBe(machine);
  });
});
