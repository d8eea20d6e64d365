import { deserialize, serialize } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator, SimulatorOptions } from '../../src/sandbox/core/simulator.ts';
import { createHubspotSimulator } from '../../src/sandbox/hubspot/simulator.ts';
import { createSalesforceSimulator } from '../../src/sandbox/salesforce/simulator.ts';

const options: SimulatorOptions = {
  port: 0,
  seed: 7,
  contacts: 30,
  leads: 20,
  latency: { ms: 0, jitterMs: 0 },
};
const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (simulator) => simulator.close()));
});

const keep = <T extends Simulator>(simulator: T): T => {
  running.push(simulator);
  return simulator;
};

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests look into
  readonly body: any;
}

const ask = async (
  simulator: Simulator,
  method: string,
  path: string,
  body?: unknown,
  token = '',
): Promise<Answer> => {
  const response = await fetch(simulator.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
};

const records = async (simulator: Simulator, type: string): Promise<Answer['body'][]> =>
  (await ask(simulator, 'GET', `/_sandbox/records/${type}`)).body.records;

/** As the snapshot's file does it. */
const copy = (state: unknown): unknown => deserialize(serialize(state));

describe('a saved HubSpot portal', () => {
  const contacts = '/crm/v3/objects/contacts';

  it('goes on with its records, histories, ids, unique values and added properties', async () => {
    const before = keep(await createHubspotSimulator(options));
    const token = before.tokens.person;
    await ask(before, 'POST', '/_sandbox/schema', {
      objects: [
        { name: 'contacts', properties: [{ name: 'shoe_size' }] },
        { name: 'pets', properties: [{ name: 'species' }] },
      ],
    });
    const [first, second] = await records(before, 'contacts');
    const edit = { properties: { jobtitle: '部長', shoe_size: '43' } };
    await ask(before, 'PATCH', `${contacts}/${first.id}`, edit, token);
    await ask(before, 'DELETE', `${contacts}/${second.id}`, undefined, token);
    await ask(before, 'POST', '/_sandbox/records/pets', { records: [{ species: 'cat' }] });
    const history = `${contacts}/${first.id}?propertiesWithHistory=jobtitle`;
    const seen = await ask(before, 'GET', history, undefined, token);

    const after = keep(await createHubspotSimulator({ ...options, state: copy(before.exportState()) }));
    expect(await records(after, 'contacts')).toEqual(await records(before, 'contacts'));
    expect(await records(after, 'pets')).toEqual(await records(before, 'pets'));
    expect(await ask(after, 'GET', history, undefined, token)).toEqual(seen);
    const email = first.properties.email;
    const twin = await ask(after, 'POST', contacts, { properties: { email } }, token);
    expect(twin.status).toBe(409);
    const fresh = await ask(after, 'POST', contacts, { properties: { email: 'new@example.com' } }, token);
    expect(Number(fresh.body.id)).toBeGreaterThan(
      Math.max(...(await records(before, 'contacts')).map((record) => Number(record.id))),
    );
    const found = await ask(
      after,
      'POST',
      `${contacts}/search`,
      {
        filterGroups: [{ filters: [{ propertyName: 'jobtitle', operator: 'EQ', value: '部長' }] }],
      },
      token,
    );
    expect(found.body.total).toBe(1);
  });

  it('goes on with its associations, merges, pipelines, erased addresses, opt-outs and settings', async () => {
    const before = keep(await createHubspotSimulator(options));
    const token = before.tokens.person;
    const [a, b, c, d] = (await records(before, 'contacts')).map((record) => record.id);
    const call = async (simulator: Simulator, method: string, path: string, body?: unknown) =>
      await ask(simulator, method, path, body, token);
    await call(before, 'POST', `${contacts}/merge`, { primaryObjectId: a, objectIdToMerge: b });
    await call(before, 'POST', `${contacts}/gdpr-delete`, {
      objectId: 'gone@x.example.com',
      idProperty: 'email',
    });
    await call(before, 'PUT', `/crm/v4/objects/contacts/${c}/associations/default/contacts/${d}`);
    await call(
      before,
      'POST',
      '/communication-preferences/v4/statuses/o@x.example.com/unsubscribe-all?channel=EMAIL',
      {},
    );
    const stage = { label: 'Talks', displayOrder: 0, metadata: { probability: '0.5' } };
    await call(before, 'POST', '/crm/v3/pipelines/deals', {
      label: 'Partners',
      displayOrder: 1,
      stages: [stage],
    });
    await ask(before, 'POST', '/_sandbox/portal', { createCompanies: false });
    const after = keep(await createHubspotSimulator({ ...options, state: copy(before.exportState()) }));
    for (const path of [
      `${contacts}/${b}?associations=companies`,
      `/crm/v4/objects/contacts/${c}/associations/contacts`,
      '/crm/v3/pipelines/deals',
      '/_sandbox/portal',
    ]) {
      expect(await call(after, 'GET', path)).toEqual(await call(before, 'GET', path));
    }
    const erased = await call(after, 'POST', contacts, { properties: { email: 'gone@x.example.com' } });
    expect(erased.status).toBe(400);
    const out = await call(after, 'POST', contacts, { properties: { email: 'o@x.example.com' } });
    const { body } = await call(
      after,
      'GET',
      `${contacts}/${out.body.id}?properties=hs_email_optout,associatedcompanyid`,
    );
    expect(body.properties).toMatchObject({ hs_email_optout: 'true', associatedcompanyid: null });
  });

  it('goes on with what visitors did, lists and their members, and engagements', async () => {
    const before = keep(await createHubspotSimulator(options));
    const token = before.tokens.person;
    const [first] = await records(before, 'contacts');
    const { email } = first.properties;
    await ask(before, 'POST', '/_sandbox/activity', [
      { email, type: 'pageView', url: 'https://a.example/' },
      { email, type: 'formSubmission', form: 'A form of theirs' },
      { email, type: 'emailOpen', campaign: 'A mail of ours' },
      { email, type: 'meetingBooked' },
    ]);
    await ask(before, 'PUT', '/crm/v3/lists/1/memberships/add', [first.id], token);
    const after = keep(await createHubspotSimulator({ ...options, state: copy(before.exportState()) }));
    for (const path of [
      `/events/v3/events?objectType=contact&objectId=${first.id}`,
      '/marketing/v3/forms?formTypes=all',
      '/email/public/v1/events',
      '/marketing/v3/emails',
      '/crm/v3/lists/1/memberships',
      '/crm/v3/objects/meetings?associations=contacts',
    ]) {
      const seen = await ask(before, 'GET', path, undefined, token);
      expect(seen.body.results ?? seen.body.events).not.toEqual([]);
      const next = JSON.parse(JSON.stringify(seen.body).replaceAll(before.url, after.url));
      expect((await ask(after, 'GET', path, undefined, token)).body).toEqual(next);
    }
  });
});

describe('a saved Salesforce org', () => {
  const data = '/services/data/v62.0';

  const signIn = async (
    simulator: Awaited<ReturnType<typeof createSalesforceSimulator>>,
  ): Promise<string> => {
    const { clientId, clientSecret, personUsername, personPassword } = simulator.credentials;
    const response = await fetch(`${simulator.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: clientId,
        client_secret: clientSecret,
        username: personUsername,
        password: personPassword,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  it('goes on with its records, deleted ones, ids, order of changes and added fields', async () => {
    const before = keep(await createSalesforceSimulator(options));
    const token = await signIn(before);
    await ask(before, 'POST', '/_sandbox/schema', {
      objects: [
        { name: 'Lead', fields: [{ name: 'Shoe_Size__c', type: 'double', precision: 4, scale: 1 }] },
        { name: 'Pet__c', label: 'Pet', fields: [{ name: 'Species__c', type: 'string', length: 20 }] },
      ],
    });
    const [first, second] = await records(before, 'Lead');
    const patched = await ask(
      before,
      'PATCH',
      `${data}/sobjects/Lead/${first.Id}`,
      { Title: '部長', Shoe_Size__c: 43.5 },
      token,
    );
    expect(patched.status).toBe(204);
    await ask(before, 'DELETE', `${data}/sobjects/Lead/${second.Id}`, undefined, token);
    await ask(before, 'POST', '/_sandbox/records/Pet__c', { records: [{ Name: 'Tom', Species__c: 'cat' }] });

    const after = keep(await createSalesforceSimulator({ ...options, state: copy(before.exportState()) }));
    for (const type of ['Lead', 'Pet__c', 'User'])
      expect(await records(after, type)).toEqual(await records(before, type));
    const later = await signIn(after);
    const query = encodeURIComponent(
      'SELECT Id, Title FROM Lead ORDER BY SystemModstamp DESC, Id DESC LIMIT 1',
    );
    const newest = await ask(after, 'GET', `${data}/query?q=${query}`, undefined, later);
    expect(newest.body.records).toMatchObject([{ Id: first.Id, Title: '部長' }]);
    const created = await ask(
      after,
      'POST',
      `${data}/sobjects/Lead`,
      { LastName: 'New', Company: 'New' },
      later,
    );
    expect(created.status).toBe(201);
    expect((await records(before, 'Lead')).map((record) => record.Id)).not.toContain(created.body.id);
    expect(await records(after, 'Lead')).toHaveLength(21);
  });

  it('goes on with its tasks, campaigns, lead assignment and what became of its users', async () => {
    const before = keep(await createSalesforceSimulator(options));
    const [lead] = await records(before, 'Lead');
    const { ids: campaigns } = (
      await ask(before, 'POST', '/_sandbox/records/Campaign', { records: [{ Name: 'Webinar' }] })
    ).body;
    await ask(before, 'POST', '/_sandbox/records/CampaignMember', {
      records: [{ CampaignId: campaigns[0], LeadId: lead.Id, Status: 'Responded' }],
    });
    await ask(before, 'POST', '/_sandbox/records/Task', {
      records: [{ Subject: 'Call', WhoId: lead.Id, Status: 'Completed', ActivityDate: '2026-11-20' }],
    });
    await ask(before, 'POST', '/_sandbox/campaigns', { unknownStatus: 'refuse' });
    await ask(before, 'POST', '/_sandbox/directory', { users: [{ alias: 'bokoy', active: false }] });
    const [, ana] = (await records(before, 'User')).filter(({ Alias }) => ['kclos', 'asouz'].includes(Alias));
    await ask(before, 'POST', '/_sandbox/assignment', {
      rules: [{ name: 'Standard', entries: [{ when: { Country: 'Brazil' }, owner: ana.Id }] }],
    });

    const after = keep(await createSalesforceSimulator({ ...options, state: copy(before.exportState()) }));
    const types = [
      'Lead',
      'Task',
      'Event',
      'Campaign',
      'CampaignMember',
      'AssignmentRule',
      'User',
      'GroupMember',
    ];
    for (const type of types) expect(await records(after, type)).toEqual(await records(before, type));
    const token = await signIn(after);
    const assigned = { LastName: 'New', Company: 'New', Country: 'Brazil' };
    const { body } = await ask(after, 'POST', `${data}/sobjects/Lead`, assigned, token);
    expect((await ask(after, 'GET', `${data}/sobjects/Lead/${body.id}`, undefined, token)).body.OwnerId).toBe(
      ana.Id,
    );
    const member = { CampaignId: campaigns[0], LeadId: body.id, Status: 'Danced' };
    expect((await ask(after, 'POST', `${data}/sobjects/CampaignMember`, member, token)).status).toBe(400);
    const task = { WhoId: body.id, Status: 'Completed', ActivityDate: '2026-11-21' };
    await ask(after, 'POST', `${data}/sobjects/Task`, task, token);
    expect((await records(after, 'Lead')).at(-1).LastActivityDate).toBe('2026-11-21');
  });
});
