import { Connection } from 'jsforce';
import { StreamingExtension } from 'jsforce/lib/api/streaming.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

let org: Org;
beforeEach(async () => {
  org = await startOrg({ runs: true });
});
afterEach(async () => org.close());

interface Message {
  readonly channel: string;
  readonly successful?: boolean;
  readonly error?: string;
  readonly clientId?: string;
  readonly advice?: { readonly reconnect: string };
  readonly ext?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: events are what the tests look into
  readonly data?: any;
}

/** A Bayeux client as plain as can be, so that every answer can be seen. */
class Plain {
  clientId: string | undefined;
  token: string;
  cookie = '';

  constructor(token: string) {
    this.token = token;
  }

  async send(...messages: readonly Record<string, unknown>[]): Promise<readonly Message[]> {
    const response = await fetch(`${org.simulator.url}/cometd/62.0`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
      },
      body: JSON.stringify(messages.map((message, id) => ({ id, clientId: this.clientId, ...message }))),
    });
    this.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? this.cookie;
    return (await response.json()) as Message[];
  }

  async handshake(): Promise<Message | undefined> {
    const [answer] = await this.send({ channel: '/meta/handshake', version: '1.0' });
    this.clientId = answer?.clientId;
    return answer;
  }

  async subscribe(channel: string, replay: unknown = -1): Promise<Message | undefined> {
    const ext = { replay: { [channel]: replay } };
    return (await this.send({ channel: '/meta/subscribe', subscription: channel, ext }))[0];
  }

  async connect(): Promise<readonly Message[]> {
    return this.send({ channel: '/meta/connect', connectionType: 'long-polling' });
  }

  /** The events that are there now, in one answer. */
  async events(): Promise<readonly Message[]> {
    return (await this.connect()).filter(({ data }) => data !== undefined);
  }

  static async ready(channel: string, replay?: unknown): Promise<Plain> {
    const client = new Plain(org.tokens.integration);
    await client.handshake();
    await client.subscribe(channel, replay);
    await client.connect();
    return client;
  }
}

const patch = async (id: string, body: unknown, headers = {}): Promise<void> => {
  expect((await org.call('PATCH', `${base}/sobjects/Lead/${id}`, body, { headers })).status).toBe(204);
};

const leads = '/data/LeadChangeEvent';

describe('change events', () => {
  it('reach the client that jsforce ships, with replay', async () => {
    const connection = new Connection({
      instanceUrl: org.simulator.url,
      accessToken: org.tokens.integration,
      version: '62.0',
    });
    const earlier = await org.lead();
    const client = connection.streaming.createClient([new StreamingExtension.Replay(leads, -2)]);
    const types: string[] = [];
    await client.subscribe(leads, ({ payload }: Message['data']) => {
      types.push(payload.ChangeEventHeader.changeType);
    });
    await patch(earlier, { City: 'Paris' });
    await org.call('DELETE', `${base}/sobjects/Lead/${earlier}`);
    await expect.poll(() => types).toEqual(['CREATE', 'UPDATE', 'DELETE']);
    // The types that jsforce ships leave it out.
    if ('disconnect' in client && typeof client.disconnect === 'function') client.disconnect();
  });

  it('carry what changed and no more, and who changed it', async () => {
    const id = await org.lead({ Email: 'a@example.com', FirstName: 'Ada' });
    const client = await Plain.ready(leads);
    await patch(
      id,
      { Email: null, LastName: 'Ö', City: 'Paris', Company: 'Acme' },
      { 'sforce-call-options': 'client=tandem' },
    );
    const [event] = await client.events();
    const { ChangeEventHeader: header, ...body } = event?.data.payload ?? {};
    expect(body).toEqual({
      Email: null,
      Name: { LastName: 'Ö' },
      Address: { City: 'Paris' },
      LastModifiedDate: expect.stringMatching(/T\d\d:\d\d:\d\dZ$/),
    });
    expect(header).toMatchObject({
      entityName: 'Lead',
      recordIds: [id],
      changeType: 'UPDATE',
      changeOrigin: 'com/salesforce/api/rest/60.0;client=tandem',
      sequenceNumber: 1,
    });
    expect([...header.changedFields].sort()).toEqual([
      'Address.City',
      'Email',
      'LastModifiedDate',
      'Name.LastName',
    ]);
  });

  it('merge the same change of several records, send long texts as differences, and hide what is hidden', async () => {
    const ids = await Promise.all([org.lead(), org.lead()]);
    const client = await Plain.ready(leads);
    await org.call('PATCH', `${base}/composite/sobjects`, {
      allOrNone: true,
      records: ids.map((id) => ({ attributes: { type: 'Lead' }, id, Title: 'CEO', Description: 'short' })),
    });
    const [merged] = await client.events();
    expect(merged?.data.payload.ChangeEventHeader.recordIds).toEqual(ids);
    await org.control('/rules', [{ object: 'Lead', kind: 'hide', field: 'Title' }]);
    await org.control('/records/Lead', { records: [{ LastName: 'Doe', Company: 'Acme', Title: 'CEO' }] });
    await patch(ids[0] ?? '', { Description: 'x'.repeat(1_001) });
    const [created, long] = await client.events();
    expect(created?.data.payload).not.toHaveProperty('Title');
    expect(created?.data.payload.Company).toBe('Acme');
    expect(long?.data.payload.Description.diff).toMatch(/^--- \n\+\+\+ [0-9a-f]{64}/);
    expect(long?.data.payload.ChangeEventHeader.diffFields).toEqual(['Description']);
  });

  it('tell of tasks, and not of the parents whose last activity they move', async () => {
    const lead = await org.lead();
    const client = await Plain.ready('/data/ChangeEvents');
    const id = await org.create('Task', {
      Subject: 'Call',
      WhoId: lead,
      Status: 'Completed',
      ActivityDate: '2026-11-24',
    });
    await org.call('PATCH', `${base}/sobjects/Task/${id}`, { Status: 'Not Started' });
    const events = (await client.events()).map(({ data }) => data.payload);
    expect(events.map(({ ChangeEventHeader: header }) => [header.entityName, header.changeType])).toEqual([
      ['Task', 'CREATE'],
      ['Task', 'UPDATE'],
    ]);
    expect(events[0]).toMatchObject({ Subject: 'Call', WhoId: lead, IsClosed: true });
    expect([...events[1].ChangeEventHeader.changedFields].sort()).toEqual([
      'CompletedDateTime',
      'IsClosed',
      'LastModifiedDate',
      'Status',
    ]);
  });

  it('tell of a mass change by a person, under their name', async () => {
    const { ids } = (
      await org.control('/records/Lead', {
        records: Array.from({ length: 200 }, (_, at) => ({ LastName: `Doe ${at}`, Company: 'Acme' })),
      })
    ).body;
    const client = await Plain.ready(leads);
    const { body } = await org.call(
      'PATCH',
      `${base}/composite/sobjects`,
      {
        records: ids.map((id: string, at: number) => ({
          attributes: { type: 'Lead' },
          id,
          Status: 'Working - Contacted',
          ...(at % 2 === 0 ? {} : { Rating: at < 100 ? 'Hot' : 'Cold' }),
        })),
      },
      { who: 'person' },
    );
    expect(body.every(({ success }: { success: boolean }) => success)).toBe(true);
    const events = (await client.events()).map(({ data }) => data.payload.ChangeEventHeader);
    expect(events.flatMap(({ recordIds }) => recordIds).sort()).toEqual([...ids].sort());
    const person = (await org.query("SELECT Id FROM User WHERE Alias = 'rsell'")).body.records[0].Id;
    expect(new Set(events.map(({ commitUser }) => commitUser))).toEqual(new Set([person]));
    expect(new Set(events.map(({ transactionKey }) => transactionKey)).size).toBe(1);
    const changed = await org.query(
      `SELECT COUNT() FROM Lead WHERE LastModifiedById = '${person}' AND Rating != null`,
    );
    expect(changed.body.totalSize).toBe(100);
  });

  it('come for custom objects that are selected, and for no other', async () => {
    await org.control('/schema', { objects: [{ name: 'Visit__c', fields: [] }] });
    const client = await Plain.ready('/data/ChangeEvents');
    await org.control('/records/Visit__c', { records: [{ Name: 'unseen' }] });
    expect((await org.control('/streaming', { entities: ['Lead', 'Visit__c'] })).status).toBe(200);
    await org.control('/records/Visit__c', { records: [{ Name: 'seen' }] });
    expect((await client.events()).map(({ data }) => data.payload.Name)).toEqual(['seen']);
    expect((await org.control('/streaming', { entities: ['a', 'b', 'c', 'd', 'e', 'f'] })).status).toBe(400);
  });
});

describe('replay', () => {
  it('starts at the oldest event, behind the id given, or now', async () => {
    const id = await org.lead();
    const reader = new Plain(org.tokens.integration);
    await reader.handshake();
    await reader.subscribe(leads, -2);
    const [created] = await reader.events();
    expect(created?.data.payload.ChangeEventHeader.recordIds).toEqual([id]);
    await patch(id, { City: 'Rome' });
    await reader.subscribe(leads, created?.data.event.replayId);
    expect((await reader.events()).map(({ data }) => data.payload.Address)).toEqual([{ City: 'Rome' }]);
    await reader.subscribe(leads, -1);
    await patch(id, { City: 'Oslo' });
    expect((await reader.events()).map(({ data }) => data.payload.Address)).toEqual([{ City: 'Oslo' }]);
  });

  it('refuses an id that is not retained, in the vendor’s words', async () => {
    await org.lead();
    const reader = new Plain(org.tokens.integration);
    await reader.handshake();
    await reader.subscribe(leads, -2);
    const replayId = (await reader.events())[0]?.data.event.replayId;
    expect((await reader.subscribe(leads, replayId))?.successful).toBe(true);
    org.clock.advance(73 * 3_600_000);
    await org.renew();
    reader.token = org.tokens.integration;
    await reader.handshake();
    expect((await reader.subscribe(leads, replayId))?.error).toBe(
      `400::The replayId {${replayId}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`,
    );
  });
});

describe('the streaming API refuses', () => {
  it.each<[string, (client: Plain) => Promise<Message | undefined>, string]>([
    [
      'a channel of nothing',
      (client) => client.subscribe('/data/NothingChangeEvent'),
      '400::The channel you requested to subscribe to does not exist {/data/NothingChangeEvent}',
    ],
    [
      'a client that it does not know',
      async (client) => {
        client.clientId = 'gone';
        return (await client.connect())[0];
      },
      '403::Unknown client',
    ],
    [
      'a client without its cookie',
      async (client) => {
        client.cookie = '';
        return (await client.connect())[0];
      },
      '400::Client',
    ],
    [
      'a session that has ended',
      async (client) => {
        client.token = 'none';
        return (await client.connect())[0];
      },
      '401::Authentication invalid',
    ],
    [
      'a handshake without a session',
      async (client) => {
        client.token = 'none';
        return client.handshake();
      },
      '403::Handshake denied',
    ],
    [
      'more events than a day has',
      async (client) => {
        await org.control('/streaming', { deliveryLimit: 0 });
        return (await client.connect())[0];
      },
      '403::Organization total events daily limit exceeded',
    ],
  ])('%s', async (_what, act, error) => {
    const client = await Plain.ready(leads);
    const answer = await act(client);
    expect(answer?.successful).toBe(false);
    expect(answer?.error).toContain(error);
  });

  it('a held connect, once its session is ended or its client forgotten', async () => {
    const client = await Plain.ready(leads);
    const held = client.connect();
    await expect.poll(async () => (await org.control('/streaming')).body.clients[0].connected).toBe(true);
    await org.control('/streaming', { disconnect: true });
    expect((await held)[0]).toMatchObject({
      error: '403::Unknown client',
      advice: { reconnect: 'handshake' },
    });
    const other = await Plain.ready(leads);
    const next = other.connect();
    await org.control('/auth', { expire: 'all' });
    expect((await next)[0]).toMatchObject({
      error: '401::Authentication invalid',
      advice: { reconnect: 'none' },
    });
  });
});

describe('the switches', () => {
  it('drop, blank and double events, and give overflows', async () => {
    const client = await Plain.ready(leads);
    await org.control('/streaming', { dropEvery: 2, gapEvery: 3, duplicate: true });
    for (let count = 0; count < 3; count += 1) await org.lead();
    const types = (await client.events()).map(({ data }) => data.payload.ChangeEventHeader.changeType);
    expect(types).toEqual(['CREATE', 'CREATE', 'GAP_CREATE', 'GAP_CREATE']);
    await org.control('/streaming', { reset: true, overflowAbove: 1 });
    await org.control('/records/Lead', {
      records: ['A', 'B'].map((LastName) => ({ LastName, Company: 'Acme' })),
    });
    const [overflow] = await client.events();
    expect(overflow?.data.payload.ChangeEventHeader).toMatchObject({
      changeType: 'GAP_OVERFLOW',
      recordIds: [],
    });
  });
});
