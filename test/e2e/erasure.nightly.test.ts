import { Connection } from 'jsforce';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { dumpRows } from '../store/dump.ts';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const secret = 'the app’s client secret';
const readyShape = z.object({ url: z.string() });
const withinMs = 20_000;

let stage: Stage;
let person: Person;
let worker: Child;

/** Lines of the whole database, and of what the worker logged, in which this word is. */
const traces = async (word: string): Promise<readonly string[]> => {
  const embedded = await joinEmbedded(stage.data);
  const client = new Client({ connectionString: embedded.connectionString });
  await client.connect();
  try {
    const dump = await dumpRows(
      async <Row>(text: string) => (await client.query(text)).rows as unknown as readonly Row[],
    );
    return [...dump.split('\n'), ...worker.stdout.split('\n')].filter((line) =>
      line.toLowerCase().includes(word),
    );
  } finally {
    await client.end();
    await embedded.leave();
  }
};

const leadOf = async (contact: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find((row) => row.HubSpot_Id__c === contact);

/** A contact with this word in every value, aligned and edited once. */
const aligned = async (word: string): Promise<string> => {
  const id = await person.createContact({
    email: `${word}@example.com`,
    lastname: word,
    company: word,
    jobtitle: `new ${word}`,
  });
  await until('its lead', async () => (await leadOf(id)) ?? null, withinMs);
  await person.editContacts([{ id, values: { jobtitle: `edited ${word}` } }]);
  await until(
    'the edit',
    async () => ((await leadOf(id))?.Title === `edited ${word}` ? true : null),
    withinMs,
  );
  expect(await traces(word)).not.toEqual([]);
  return id;
};

const eraseInHubSpot = async (id: string): Promise<void> => {
  const { hubspot, hubspotPersonToken } = stage.sandbox.access;
  const response = await fetch(`${hubspot}/crm/v3/objects/contacts/gdpr-delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hubspotPersonToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ objectId: id }),
  });
  expect(response.status).toBe(204);
};

const untilGone = async (word: string): Promise<void> => {
  await until('no trace', async () => ((await traces(word)).length === 0 ? true : null), withinMs);
};

/** Whatever is told or looked at now has been worked off. */
const settled = async (): Promise<void> => {
  await until('nothing dirty', async () => ((await stage.status()).backlog === 0 ? true : null), withinMs);
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  worker = stage.start(['run', '--config', mirror, '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret },
  });
  const { url } = readyShape.parse(await worker.event('ready'));
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
  await worker.event('alignment-done');
}, 60_000);
afterAll(async () => stage?.close());

describe('Life events: a person who is erased', () => {
  it('in HubSpot: no value of theirs is in the database, the lead stays, and its edits bring nothing back', async () => {
    const word = 'qzvfirst';
    const contact = await aligned(word);
    const lead = await leadOf(contact);
    await eraseInHubSpot(contact);
    await untilGone(word);
    expect(await stage.ask('reviews')).toMatchObject({
      json: { total: 1, reviews: [{ record: `salesforce:Lead/${lead?.Id}`, candidates: [] }] },
    });
    await person.editLeads([{ id: String(lead?.Id), values: { Title: `late ${word}`, City: word } }]);
    await person.createLead({ LastName: word, Company: word, Email: `${word}@example.com` });
    await until(
      'a second question',
      async () => ((await stage.status()).reviews === 2 ? true : null),
      withinMs,
    );
    await settled();
    expect(await traces(word)).toEqual([]);
    const contacts = JSON.stringify(await stage.sandbox.records('hubspot', 'contacts'));
    expect(contacts).not.toContain(word);
    expect((await leadOf(contact))?.Title).toBe(`late ${word}`);
    expect(await stage.verify()).toMatchObject({ unexplained: 0 });
  }, 90_000);

  it('by tandem erase: only with --yes, and both records stay as they are', async () => {
    const word = 'qzvsecond';
    const contact = await aligned(word);
    const asked = await stage.ask('erase', `${word}@example.com`);
    expect(asked).toMatchObject({ code: 1, json: { erased: false, links: 1 } });
    expect(await traces(word)).not.toEqual([]);
    const done = await stage.ask('erase', `${word}@example.com`, '--yes');
    expect(done).toMatchObject({ code: 0, json: { erased: true, links: 1 } });
    await untilGone(word);
    await person.editContacts([{ id: contact, values: { jobtitle: `late ${word}` } }]);
    await settled();
    expect(await traces(word)).toEqual([]);
    expect((await leadOf(contact))?.Title).toBe(`edited ${word}`);
    // The same person once more, on the other side.
    const questions = (await stage.status()).reviews;
    await person.createLead({ LastName: word, Company: word, Email: `${word}@example.com` });
    await until(
      'a question about the second lead',
      async () => ((await stage.status()).reviews > questions ? true : null),
      withinMs,
    );
    await settled();
    expect(await traces(word)).toEqual([]);
    const nobody = await stage.ask('erase', 'salesforce:00Q000000000009AAA');
    expect(nobody).toMatchObject({ code: 1 });
  }, 90_000);

  it('by tandem lift they are linked again, with the values of today', async () => {
    const word = 'qzvthird';
    const contact = await aligned(word);
    const lead = await leadOf(contact);
    expect((await stage.ask('lift', `hubspot:contacts/${contact}`)).code).toBe(1);
    await stage.ask('erase', `hubspot:contacts/${contact}`, '--yes');
    await untilGone(word);
    await person.editContacts([{ id: contact, values: { jobtitle: `today ${word}` } }]);
    await settled();
    expect((await leadOf(contact))?.Title).toBe(`edited ${word}`);
    expect(await stage.ask('lift', `${word}@example.com`)).toMatchObject({
      code: 0,
      json: {
        lifted: true,
        links: [{ object: 'people', hubspotId: contact, salesforceId: lead?.Id, cause: 'erased by hand' }],
      },
    });
    await until(
      'today’s title',
      async () => ((await leadOf(contact))?.Title === `today ${word}` ? true : null),
      withinMs,
    );
    expect((await leadOf(contact))?.Id).toBe(lead?.Id);
    const { code } = await stage.ask('lift', `${word}@example.com`);
    expect(code).toBe(1);
  }, 90_000);

  it('by tandem lift a deletion is taken back as well: the lead is made anew', async () => {
    const word = 'qzvfourth';
    const contact = await aligned(word);
    const lead = await leadOf(contact);
    const salesforce = new Connection({ loginUrl: stage.sandbox.access.salesforce, version: '62.0' });
    const { salesforcePersonUsername, salesforcePersonPassword } = stage.sandbox.access;
    await salesforce.login(salesforcePersonUsername, salesforcePersonPassword);
    await salesforce.sobject('Lead').destroy(String(lead?.Id));
    await until(
      'the tombstone',
      async () =>
        ((await stage.ask('explain', `hubspot:contacts/${contact}`)).json as { link: { ended: unknown } })
          .link.ended,
      withinMs,
    );
    expect((await stage.ask('lift', `hubspot:contacts/${contact}`)).code).toBe(0);
    await until(
      'a new lead',
      async () => {
        const now = (await stage.sandbox.records('salesforce', 'Lead')).filter(
          (row) => row.HubSpot_Id__c === contact && row.IsDeleted !== true,
        );
        return now.length === 1 && now[0]?.Id !== lead?.Id ? true : null;
      },
      withinMs,
    );
  }, 90_000);
});
