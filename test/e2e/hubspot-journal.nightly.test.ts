import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const searchRoute = 'POST /crm/v3/objects/contacts/search';
const readyShape = z.object({ url: z.string() });

let stage: Stage;
let person: Person;
let worker: Child;
let url: string;

const startWorker = async (): Promise<void> => {
  const { hubspotClientId, hubspotClientSecret } = stage.sandbox.access;
  worker = stage.start(['run', '--config', 'config/presets/mirror', '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_CLIENT_ID: hubspotClientId, HUBSPOT_CLIENT_SECRET: hubspotClientSecret },
  });
  url = readyShape.parse(await worker.event('ready')).url;
};

const searches = async (): Promise<number> =>
  (await stage.sandbox.stats('hubspot')).calls.byRoute[searchRoute] ?? 0;

/** A poll that comes before HubSpot's index shows the edit leaves it to the next one, 15 s later. */
const withinMs = 60_000;

const untilFedByJournal = async (): Promise<void> => {
  const look = async (): Promise<true | null> =>
    (await (await fetch(`${url}/metrics`)).text()).includes(
      'tandem_signal_feed{system="hubspot",type="contacts",feed="journal"} 1',
    )
      ? true
      : null;
  await until('contacts to come by the journal', look, withinMs);
};

const untilTitle = async (contact: string, title: string): Promise<void> => {
  const look = async (): Promise<true | null> => {
    const leads = await stage.sandbox.records('salesforce', 'Lead');
    return leads.find((lead) => lead.HubSpot_Id__c === contact)?.Title === title ? true : null;
  };
  await until(`the title of ${contact} in Salesforce`, look, withinMs);
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  await startWorker();
  await worker.event('journal-opened');
}, 60_000);
afterAll(async () => stage?.close());

describe('Signals: a worker that reads HubSpot’s journal', () => {
  let contact: string;

  it('polls until the journal has told of something, and takes changes from it then', async () => {
    contact = await person.createContact({ email: 'ada@example.com', lastname: 'L', jobtitle: 'Analyst' });
    await untilTitle(contact, 'Analyst');
    await untilFedByJournal();
    const before = await searches();
    await person.editContacts([{ id: contact, values: { jobtitle: 'Engineer' } }]);
    await untilTitle(contact, 'Engineer');
    expect(await searches()).toBe(before);
  });

  it('looks at HubSpot itself when the journal has forgotten where it was, and reads on', async () => {
    await worker.crash();
    await person.editContacts([{ id: contact, values: { jobtitle: 'before the gap' } }]);
    await stage.sandbox.control('hubspot', 'journal/publish', {});
    await stage.sandbox.control('hubspot', 'journal/expire', {});
    await startWorker();
    await worker.event('journal-gap');
    await untilTitle(contact, 'before the gap');
    await person.editContacts([{ id: contact, values: { jobtitle: 'after the gap' } }]);
    await untilTitle(contact, 'after the gap');
    await untilFedByJournal();
  });
});
