import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { patienceMs, until } from './harness/until.ts';

const secret = 'the app’s client secret';
const searchRoute = 'POST /crm/v3/objects/contacts/search';
const pendingShape = z.object({ pending: z.number(), lost: z.number() });
const readyShape = z.object({ url: z.string() });

/** The worker polls so seldom that nothing which arrives here can have come by a poll. */
const pollSeconds = '3600';

let stage: Stage;
let person: Person;
let worker: Child;
let port = '0';

const startWorker = async (): Promise<void> => {
  worker = stage.start(['run', '--config', 'config/presets/mirror', '--data', stage.data, '--port', port], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret, TANDEM_POLL_SECONDS: pollSeconds },
  });
  port = new URL(readyShape.parse(await worker.event('ready')).url).port;
};

const register = async (more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const url = `http://127.0.0.1:${port}/webhooks/hubspot`;
  await stage.sandbox.control('hubspot', 'webhooks', { url, secret, ...more });
};

const searches = async (): Promise<number> =>
  (await stage.sandbox.stats('hubspot')).calls.byRoute[searchRoute] ?? 0;

const titles = async (): Promise<ReadonlyMap<unknown, unknown>> =>
  new Map(
    (await stage.sandbox.records('salesforce', 'Lead')).map((lead) => [lead.HubSpot_Id__c, lead.Title]),
  );

const untilTitles = async (
  wanted: ReadonlyMap<string, string | null>,
  withinMs = patienceMs,
): Promise<void> => {
  await until(
    `${wanted.size} titles in Salesforce`,
    async () => {
      const seen = await titles();
      return [...wanted].every(([id, title]) => seen.get(id) === title) ? true : null;
    },
    withinMs,
  );
};

/** Every event is delivered, or has been lost as it was meant to. */
const untilDelivered = async (): Promise<void> => {
  const look = async (): Promise<true | null> => {
    const response = await fetch(`${stage.sandbox.access.hubspot}/_sandbox/webhooks`);
    return pendingShape.parse(await response.json()).pending === 0 ? true : null;
  };
  await until('the last delivery', look);
};

const createPeople = async (count: number, of: string): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, (_, at) =>
      person.createContact({ email: `${of}${at}@example.com`, lastname: `${of}${at}`, jobtitle: 'new' }),
    ),
  );

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  await startWorker();
  await register();
  await worker.event('alignment-done');
}, 60_000);
afterAll(async () => stage?.close());

describe('Signals: a worker that HubSpot tells of changes', () => {
  it('brings a new contact and its edits to Salesforce without a single poll', async () => {
    const before = await searches();
    const [contact = ''] = await createPeople(1, 'ada');
    await untilTitles(new Map([[contact, 'new']]));
    await person.editContacts([{ id: contact, values: { jobtitle: 'Engineer' } }]);
    await untilTitles(new Map([[contact, 'Engineer']]));
    await person.editContacts([{ id: contact, values: { jobtitle: '' } }]);
    await untilTitles(new Map([[contact, null]]));
    expect(await searches()).toBe(before);
    expect((await stage.status()).feeds).toMatchObject({
      hubspot: { contacts: { source: 'webhooks' } },
    });
  });

  it('comes to the same through repeats, disorder and late deliveries', async () => {
    await register({ duplicate: 0.5, reorder: 0.5 });
    const contacts = await createPeople(20, 'storm');
    await untilTitles(new Map(contacts.map((id) => [id, 'new'])));
    for (const round of ['first', 'second', 'third', 'last']) {
      await person.editContacts(contacts.map((id) => ({ id, values: { jobtitle: `${round} of ${id}` } })));
    }
    await untilTitles(new Map(contacts.map((id) => [id, `last of ${id}`])));
    await untilDelivered();
    await untilTitles(new Map(contacts.map((id) => [id, `last of ${id}`])));
    const leads = (await titles()).size;
    expect(leads).toBe((await stage.sandbox.stats('hubspot')).records.contacts);
  });

  it('loses nothing when it is killed while deliveries are on their way', async () => {
    await register();
    const contacts = await createPeople(30, 'kill');
    await untilTitles(new Map(contacts.map((id) => [id, 'new'])));
    // Late enough to meet a dead worker: HubSpot tries them again.
    await register({ delayMs: 300 });
    await person.editContacts(contacts.map((id) => ({ id, values: { jobtitle: `told to nobody ${id}` } })));
    await worker.crash();
    await startWorker();
    await untilTitles(new Map(contacts.map((id) => [id, `told to nobody ${id}`])), 40_000);
    await untilDelivered();
  });

  it('finds what was never told when it looks', async () => {
    await register({
      subscriptions: [{ eventType: 'contact.propertyChange', propertyName: 'city' }],
    });
    const [contact = ''] = await createPeople(1, 'untold');
    await person.editContacts([{ id: contact, values: { city: 'Rome' } }]);
    await until('the lead', async () => ((await titles()).get(contact) === 'new' ? true : null));
    await person.editContacts([{ id: contact, values: { jobtitle: 'never told' } }]);
    await worker.stop();
    const isShown = async () => ((await person.countContacts('jobtitle', 'never told')) === 1 ? true : null);
    await until('the edit in the index of the search', isShown);
    // The next start looks once, as every sweep does.
    await startWorker();
    await untilTitles(new Map([[contact, 'never told']]));
  });
});
