import { afterEach, describe, expect, it } from 'vitest';
import { makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { type Answer, type Portal, startPortal } from './portal.ts';

let portal: Portal;
afterEach(() => portal.close());

const act = (...entries: readonly Record<string, unknown>[]): Promise<Answer> =>
  portal.control('/activity', entries);

/** Every page of a listing, by the tokens that it hands out. */
const allPages = async (
  path: string,
  token: (body: Answer['body']) => string | undefined,
  { parameter = 'after', start = '' } = {},
): Promise<Answer['body'][]> => {
  const pages = [];
  let next: string | undefined = start;
  while (next !== undefined && pages.length < 100) {
    const after: string = next === '' ? '' : `&${parameter}=${encodeURIComponent(next)}`;
    const { status, body } = await portal.call('GET', path + after);
    expect(status).toBe(200);
    pages.push(body);
    next = token(body);
  }
  return pages;
};
const nextAfter = (body: Answer['body']): string | undefined => body.paging?.next.after;

describe('forms', () => {
  it('are listed page by page through the client, captured ones only when asked for', async () => {
    portal = await startPortal();
    await act({ email: 'a@example.com', type: 'formSubmission', form: '#signup .blue' });
    const { formsApi } = portal.client.marketing.forms;
    const names: (string | undefined)[] = [];
    let after: string | undefined;
    do {
      const page = await formsApi.getPage(after, 4);
      names.push(...page.results.map((form) => form.name));
      after = page.paging?.next?.after;
    } while (after !== undefined);
    expect(names).toEqual([
      'Demo request',
      'Contact us',
      'Pricing request',
      'Newsletter',
      'Whitepaper download',
      'Webinar registration',
    ]);
    const captured = await portal.call('GET', '/marketing/v3/forms?formTypes=captured');
    expect(captured.body.results).toMatchObject([{ name: '#signup .blue', formType: 'captured' }]);
    const one = await portal.call('GET', `/marketing/v3/forms/${captured.body.results[0].id}`);
    expect(one.body.name).toBe('#signup .blue');
    expect((await portal.call('GET', '/marketing/v3/forms/nope')).status).toBe(404);
    expect((await portal.call('GET', '/marketing/v3/forms?limit=101')).status).toBe(400);
  });

  it('hand out tokens that are percent-encoded already, and take them in either way', async () => {
    portal = await startPortal();
    const { body } = await portal.call('GET', '/marketing/v3/forms?limit=1');
    expect(body.paging.next.after).toBe('MQ%3D%3D');
    for (const after of ['MQ==', 'MQ%3D%3D', 'MQ%253D%253D']) {
      const page = await portal.call('GET', `/marketing/v3/forms?limit=1&after=${after}`);
      expect(page.body.results).toMatchObject([{ name: 'Contact us' }]);
    }
    expect((await portal.call('GET', '/marketing/v3/forms?after=x')).status).toBe(400);
  });

  it('give their submissions newest first, at most 50 a page, whatever comes in meanwhile', async () => {
    portal = await startPortal();
    const at = Date.UTC(2026, 10, 1);
    const entry = (n: number) => ({
      email: `p${n % 7}@example.com`,
      type: 'formSubmission',
      form: 'Demo request',
      url: 'https://a.example/demo',
      fields: { message: `no. ${n}` },
      at: at + n * 1_000,
    });
    await act(...Array.from({ length: 120 }, (_, n) => entry(n)));
    const forms = await portal.call('GET', '/marketing/v3/forms?limit=1');
    const path = `/form-integrations/v1/submissions/forms/${forms.body.results[0].id}`;
    const first = await portal.call('GET', `${path}?limit=50`);
    expect(first.body.results[0]).toMatchObject({
      conversionId: expect.any(String),
      submittedAt: at + 119_000,
      pageUrl: 'https://a.example/demo',
      values: [
        { name: 'email', value: 'p0@example.com', objectTypeId: '0-1' },
        { name: 'message', value: 'no. 119', objectTypeId: '0-1' },
      ],
    });
    await act(entry(500));
    const rest = await allPages(`${path}?limit=50`, nextAfter, { start: nextAfter(first.body) ?? '' });
    const times = [first.body, ...rest].flatMap((page) =>
      page.results.map((one: { submittedAt: number }) => one.submittedAt),
    );
    expect(times).toEqual(Array.from({ length: 120 }, (_, n) => at + (119 - n) * 1_000));
    expect((await portal.call('GET', path)).body.results).toHaveLength(20);
    expect((await portal.call('GET', `${path}?limit=51`)).status).toBe(400);
    expect((await portal.call('GET', '/form-integrations/v1/submissions/forms/nope')).status).toBe(404);
  });
});

describe('web events', () => {
  const path = '/events/v3/events';
  const email = 'vera@example.com';

  it('tell of a contact’s pages and forms, oldest first, through the client; a form is three events', async () => {
    portal = await startPortal();
    const at = Date.UTC(2026, 10, 1);
    const { body } = await act(
      { email, type: 'formSubmission', form: 'Demo request', url: 'https://a.example/demo?utm_source=x', at },
      { email, type: 'pageView', url: 'https://a.example/pricing', title: 'Pricing', at: at + 1_000 },
      { email, type: 'emailOpen', at: at + 2_000 },
    );
    const contactId = body.results[0].contactId;
    const { results } = await portal.client.events.eventsApi.getPage(
      'contact',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      Number(contactId),
    );
    expect(results.map((event) => event.eventType)).toEqual([
      'e_submitted_form',
      'e_form_submission_v2',
      'e_form_submission_metadata_v2',
      'e_visited_page',
    ]);
    const [submitted, , metadata, page] = results;
    expect(new Set(results.map((event) => event.objectId))).toEqual(new Set([contactId]));
    expect(page).toMatchObject({
      objectType: 'CONTACT',
      occurredAt: new Date(at + 1_000),
      properties: { hs_url: 'https://a.example/pricing', hs_title: 'Pricing', hs_url_path: '/pricing' },
    });
    expect(submitted?.properties).toMatchObject({ hs_form_id: 'b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d101' });
    expect(metadata?.properties).toMatchObject({ hs_form_title: 'Demo request' });
    expect(metadata?.properties).not.toHaveProperty('hs_form_id');
    const again = await portal.call('GET', `${path}?id=${page?.id}`);
    expect(again.body.results).toHaveLength(1);
  });

  it('page through a type of the whole portal, either way round, within a time', async () => {
    portal = await startPortal();
    const people = ['a@example.com', 'b@example.com', 'c@example.com'];
    for (const one of people) await portal.create({ email: one });
    const at = Date.UTC(2026, 10, 1);
    await act(
      ...Array.from({ length: 250 }, (_, n) => ({
        email: people[n % 3],
        type: 'pageView',
        url: `https://a.example/${n}`,
        // Some share their millisecond.
        at: at + Math.floor(n / 2),
      })),
    );
    const urls = async (more: string): Promise<string[]> =>
      (await allPages(`${path}?eventType=e_visited_page&limit=40${more}`, nextAfter)).flatMap((page) =>
        page.results.map((event: { properties: { hs_url_path: string } }) => event.properties.hs_url_path),
      );
    const expected = Array.from({ length: 250 }, (_, n) => `/${n}`);
    expect(await urls('')).toEqual(expected);
    expect(await urls('&sort=-occurredAt')).toEqual(expected.toReversed());
    const window = `&occurredAfter=${new Date(at + 10).toISOString()}&occurredBefore=${at + 20}`;
    expect(await urls(window)).toEqual(expected.slice(20, 42));
  });

  it('follow a merged contact, and are gone with an erased one', async () => {
    portal = await startPortal();
    const [a, b] = [await portal.create({ email }), await portal.create({ email: 'v2@example.com' })];
    await act(
      { email, type: 'pageView', url: 'https://a.example/1' },
      { email: 'v2@example.com', type: 'pageView', url: 'https://a.example/2' },
      { email, type: 'emailOpen' },
      { email, type: 'formSubmission', form: 'Newsletter' },
    );
    const { id } = await portal.client.crm.contacts.basicApi.merge({
      primaryObjectId: a,
      objectIdToMerge: b,
    });
    const of = async (objectId: string) =>
      (await portal.call('GET', `${path}?objectType=contacts&objectId=${objectId}&eventType=e_visited_page`))
        .body.results;
    expect((await of(b)).map((event: { objectId: string }) => event.objectId)).toEqual([id, id]);
    const byEmail = await portal.call('GET', `${path}?objectType=contact&objectProperty.email=${email}`);
    expect(byEmail.body.results).toHaveLength(5);
    await portal.call('POST', '/crm/v3/objects/contacts/gdpr-delete', { objectId: id });
    expect(await of(id)).toEqual([]);
    expect((await portal.call('GET', `${path}?eventType=e_visited_page`)).body.results).toEqual([]);
    expect((await portal.call('GET', '/email/public/v1/events')).body.events).toEqual([]);
    const forms = await portal.call('GET', '/marketing/v3/forms');
    const newsletter = forms.body.results.find((form: { name: string }) => form.name === 'Newsletter').id;
    const sent = await portal.call('GET', `/form-integrations/v1/submissions/forms/${newsletter}`);
    expect(sent.body.results).toEqual([]);
  });

  it.each([
    ['', 'objectId or an objectProperty'],
    ['objectType=contact', 'objectId or an objectProperty'],
    ['objectId=1', 'objectType is required'],
    ['objectType=butterfly&objectId=1', 'Unable to infer object type'],
    ['eventType=e_danced', 'Unknown event type'],
    ['eventType=e_visited_page&sort=url', 'occurredAt is the only field'],
    ['eventType=e_visited_page&occurredAfter=now', 'occurredAfter'],
    ['eventType=e_visited_page&limit=101', 'limit'],
    ['eventType=e_visited_page&after=nope', 'after'],
  ])('refuse %j', async (query, message) => {
    portal = await startPortal();
    const { status, body } = await portal.call('GET', `${path}?${query}`);
    expect([status, body.category]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.message).toContain(message);
  });

  it('have types, and are not there on an account below Enterprise', async () => {
    portal = await startPortal();
    const { eventTypes } = await portal.client.events.eventsApi.getTypes();
    expect(eventTypes).toContain('e_visited_page');
    await portal.control('/portal', { eventsApi: false });
    for (const call of [`${path}?eventType=e_visited_page`, `${path}/event-types`]) {
      const { status, body } = await portal.call('GET', call);
      expect([status, body.category]).toEqual([403, 'MISSING_SCOPES']);
      expect(body.errors[0].context.requiredGranularScopes).toContain('event-detail-read');
    }
  });
});

describe('email events', () => {
  const path = '/email/public/v1/events';
  const email = 'ben@example.com';
  const at = Date.UTC(2026, 10, 1);

  it('tell what became of an email, newest first, with the campaign that names it', async () => {
    portal = await startPortal();
    await portal.create({ email });
    await act(
      { email, type: 'emailDelivered', campaign: 'Case study', at },
      { email, type: 'emailOpen', campaign: 'Case study', at: at + 1_000 },
      { email, type: 'emailClick', campaign: 'Case study', url: 'https://a.example/case', at: at + 2_000 },
      { email, type: 'emailBounce', campaign: 'Product update', at: at + 3_000 },
      { email, type: 'unsubscribe', campaign: 'Case study', at: at + 4_000 },
    );
    const { body } = await portal.call('GET', `${path}?recipient=Ben@example.com&limit=1000`);
    expect(body.events.map((event: { type: string }) => event.type)).toEqual([
      'STATUSCHANGE',
      'BOUNCE',
      'SENT',
      'CLICK',
      'OPEN',
      'DELIVERED',
      'SENT',
    ]);
    const [change, bounce, , click, open, delivered, sent] = body.events;
    expect(change).toMatchObject({ source: 'SOURCE_RECIPIENT', portalSubscriptionStatus: 'UNSUBSCRIBED' });
    expect(bounce).toMatchObject({ category: 'UNKNOWN_USER', status: '5.1.1' });
    expect(click).toMatchObject({ url: 'https://a.example/case', filteredEvent: false, recipient: email });
    expect(open).toMatchObject({ created: at + 1_000, sentBy: { id: sent.id, created: at } });
    const campaign = await portal.call('GET', `/email/public/v1/campaigns/${delivered.emailCampaignId}`);
    expect(campaign.body).toMatchObject({
      name: 'Case study',
      counters: { sent: 1, delivered: 1, open: 1, click: 1, statuschange: 1 },
    });
    const content = await portal.client.marketing.emails.marketingEmailsApi.getById(
      String(campaign.body.contentId),
    );
    expect(content).toMatchObject({ name: 'Case study', subject: 'How others did it' });
    const one = await portal.call('GET', `${path}/${open.created}/${open.id}`);
    expect(one.body).toEqual(open);
    expect((await portal.call('GET', `${path}/created/${open.id}`)).status).toBe(400);
    expect((await portal.call('GET', '/email/public/v1/campaigns/1')).status).toBe(404);
  });

  it('are chosen by type, campaign and time, and paged by a token that new events do not shift', async () => {
    portal = await startPortal();
    await portal.create({ email });
    const opens = Array.from({ length: 25 }, (_, n) => ({
      email,
      type: 'emailOpen',
      campaign: n % 2 === 0 ? 'Case study' : 'Product update',
      at: at + n,
    }));
    await act(...opens);
    const first = await portal.call('GET', `${path}?eventType=OPEN`);
    expect([first.body.events.length, first.body.hasMore]).toEqual([10, true]);
    await act({ email, type: 'emailOpen', at: at + 1_000 });
    const rest = await allPages(
      `${path}?eventType=OPEN`,
      (body) => (body.hasMore ? body.offset : undefined),
      { parameter: 'offset', start: first.body.offset },
    );
    const times = [first.body, ...rest].flatMap((page) =>
      page.events.map((event: { created: number }) => event.created),
    );
    expect(times).toEqual(Array.from({ length: 25 }, (_, n) => at + 24 - n));
    const { campaigns } = (await portal.call('GET', '/email/public/v1/campaigns/by-id?limit=1000')).body;
    const counts = await Promise.all(
      campaigns.map(async ({ id }: { id: number }) => {
        const { body } = await portal.call(
          'GET',
          `${path}?campaignId=${id}&limit=1000&endTimestamp=${at + 24}`,
        );
        return body.events.length;
      }),
    );
    expect(counts.filter((count) => count > 0).sort()).toEqual([12, 13]);
    const window = await portal.call('GET', `${path}?startTimestamp=${at + 3}&endTimestamp=${at + 5}`);
    expect(window.body).toMatchObject({ hasMore: false, events: [{}, {}, {}] });
    for (const bad of ['limit=1001', 'eventType=open', 'startTimestamp=yesterday', 'offset=zzz'])
      expect((await portal.call('GET', `${path}?${bad}`)).status).toBe(400);
  });

  it('tell a bot by filteredEvent and a proxy by what it says of itself', async () => {
    portal = await startPortal();
    await portal.create({ email });
    await act(
      { email, type: 'emailOpen', at },
      { email, type: 'emailOpen', machine: 'proxy', at: at + 1 },
      { email, type: 'emailOpen', machine: true, at: at + 2 },
    );
    const { events } = (await portal.call('GET', path)).body;
    expect(events.map((event: { filteredEvent: boolean }) => event.filteredEvent)).toEqual([
      true,
      false,
      false,
    ]);
    expect(events[1]).toMatchObject({
      userAgent: expect.stringContaining('GoogleImageProxy'),
      browser: { type: 'Proxy' },
    });
    expect(events[2].browser).toMatchObject({ type: 'Browser' });
    const without = await portal.call('GET', `${path}?excludeFilteredEvents=true`);
    expect(without.body.events).toHaveLength(2);
  });
});

describe('marketing emails', () => {
  it('are listed page by page through the client', async () => {
    portal = await startPortal();
    const api = portal.client.marketing.emails.marketingEmailsApi;
    const list = (after?: string) =>
      api.getPage(undefined, undefined, undefined, undefined, undefined, undefined, undefined, after, 3);
    const first = await list();
    const second = await list(first.paging?.next?.after);
    expect(first.total).toBe(5);
    expect([...first.results, ...second.results].map((email) => email.name)).toEqual([
      'Monthly newsletter',
      'Product update',
      'Case study',
      'Webinar invitation',
      'Nurture: first mail',
    ]);
    expect(second.paging).toBeUndefined();
  });
});

describe('marketing endpoints', () => {
  const paths: readonly (readonly [path: string, scope: string])[] = [
    ['/marketing/v3/forms', 'forms'],
    ['/form-integrations/v1/submissions/forms/b5e1c1a2-6f0d-4f5e-9d38-0a7c51e2d101', 'forms'],
    ['/events/v3/events?eventType=e_visited_page', 'business-intelligence'],
    ['/email/public/v1/events', 'content'],
    ['/marketing/v3/emails', 'content'],
    ['/crm/v3/lists/1', 'crm.lists.read'],
    ['/automation/v4/flows', 'automation'],
  ];

  it('need a sign-in and their scope; the person’s app has all', async () => {
    portal = await startPortal();
    for (const [path, scope] of paths) {
      expect((await portal.call('GET', path, undefined, 'nobody')).status).toBe(401);
      expect((await portal.call('GET', path)).status).toBe(200);
      await portal.control('/portal', { withheldScopes: [scope] });
      const refused = await portal.call('GET', path);
      expect([refused.status, refused.body.category]).toEqual([403, 'MISSING_SCOPES']);
      expect(refused.body.errors[0].context.requiredGranularScopes).toEqual([scope]);
      expect((await portal.call('GET', path, undefined, 'person')).status).toBe(200);
      await portal.control('/portal', { withheldScopes: [] });
    }
    await portal.control('/portal', { withheldScopes: ['forms'] });
    const info = await portal.call('POST', '/oauth/v2/private-apps/get/access-token-info', {
      tokenKey: makeHubspotTokens(1).integration,
    });
    expect(info.body.scopes).toContain('content');
    expect(info.body.scopes).not.toContain('forms');
  });

  it('count against the limits and in the counters, and play faults', async () => {
    portal = await startPortal();
    await portal.control('/limits', { burst: paths.length });
    for (const [path] of paths) expect((await portal.call('GET', path)).status).toBe(200);
    const limited = await portal.call('GET', '/marketing/v3/forms');
    expect([limited.status, limited.body.policyName]).toEqual([429, 'TEN_SECONDLY_ROLLING']);
    await portal.control('/limits', { burst: null });
    expect((await portal.control('/stats')).body.calls.byRoute).toMatchObject({
      'GET /form-integrations/v1/submissions/forms/{formGuid}': 1,
      'GET /events/v3/events': 1,
      'GET /crm/v3/lists/{listId}': 1,
    });
    await portal.control('/faults', [{ match: { path: '^/events/' }, effect: { status: 503 } }]);
    expect((await portal.call('GET', '/events/v3/events?eventType=e_visited_page')).status).toBe(503);
  });
});
