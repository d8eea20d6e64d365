import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const secret = 'the app’s client secret';
const searchRoute = 'POST /crm/v3/objects/contacts/search';
const readyShape = z.object({ url: z.string() });

/** The worker polls so seldom that nothing which arrives in this test can have come by a poll. */
const pollSeconds = '3600';

let stage: Stage;
let person: Person;
let worker: Child;
let url: string;

const startWorker = async (): Promise<void> => {
  worker = stage.start(['run', '--config', 'config/presets/mirror', '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret, TANDEM_POLL_SECONDS: pollSeconds },
  });
  url = readyShape.parse(await worker.event('ready')).url;
};

const register = async (more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret, ...more });
};

const searches = async (): Promise<number> =>
  (await stage.sandbox.stats('hubspot')).calls.byRoute[searchRoute] ?? 0;

const leadOf = async (contact: string): Promise<Readonly<Record<string, unknown>> | null> =>
  (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.HubSpot_Id__c === contact) ?? null;

const untilTitle = async (contact: string, title: string): Promise<void> => {
  await until(
    `the title of contact ${contact} in Salesforce`,
    async () => ((await leadOf(contact))?.Title === title ? true : null),
    20_000,
  );
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  await startWorker();
  await register();
  await worker.event('alignment-done');
}, 60_000);
afterAll(async () => stage?.close());

describe('a worker that HubSpot tells of changes', () => {
  let contact: string;

  it('brings a new contact and its edits to Salesforce without a single poll', async () => {
    const before = await searches();
    contact = await person.createContact({
      email: 'ada@example.com',
      firstname: 'Ada',
      lastname: 'L',
      jobtitle: 'Analyst',
    });
    await untilTitle(contact, 'Analyst');
    await person.editContacts([{ id: contact, values: { jobtitle: 'Engineer' } }]);
    await untilTitle(contact, 'Engineer');
    await person.editContacts([{ id: contact, values: { jobtitle: '' } }]);
    await until(
      'the cleared title',
      async () => ((await leadOf(contact))?.Title === null ? true : null),
      20_000,
    );
    expect(await searches()).toBe(before);
  });
});
