import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { dumpRows } from '../store/dump.ts';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

/** The machine may have other work. */
const withinMs = 120_000;

let stage: Stage;
let person: Person;
let worker: Child;

const inStore = async <T>(use: (client: Client) => Promise<T>): Promise<T> => {
  const embedded = await joinEmbedded(stage.data);
  const client = new Client({ connectionString: embedded.connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
    await embedded.leave();
  }
};

/** Tables in which one of these words is, and whether the worker that runs has logged it. */
const traces = async (...words: readonly string[]): Promise<readonly string[]> => {
  const dump = await inStore(async (client) =>
    dumpRows(async <Row>(text: string) => (await client.query(text)).rows as unknown as readonly Row[]),
  );
  const found = [...dump.split('\n'), ...worker.stdout.split('\n').map((line) => `log ${line}`)].filter(
    (line) => words.some((word) => line.toLowerCase().includes(word)),
  );
  return [...new Set(found.map((line) => line.split(' ')[0] ?? ''))];
};

const start = (): Child => stage.start(['run', '--config', 'config', '--data', stage.data, '--port', '0']);

const contactOf = async (email: string): Promise<string> =>
  until(
    `the contact ${email}`,
    async () => {
      const rows = await stage.sandbox.records('hubspot', 'contacts');
      const found = rows.find(({ properties }) => {
        const own = properties as Record<string, unknown>;
        return own.email === email && own.tandem_salesforce_id;
      });
      return found ? String(found.id) : null;
    },
    withinMs,
  );

const erase = async (id: string): Promise<void> => {
  const { hubspot, hubspotPersonToken } = stage.sandbox.access;
  const response = await fetch(`${hubspot}/crm/v3/objects/contacts/gdpr-delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hubspotPersonToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ objectId: id }),
  });
  expect(response.status).toBe(204);
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  worker = start();
  await worker.event('alignment-done');
}, 150_000);
afterAll(async () => stage?.close());

it('is found without webhooks by a worker that starts a day later: with a lead, and with the journey alone', async () => {
  const [cold, linked] = ['qzvcold', 'qzvlinked'];
  await person.createLead({ LastName: 'Other', Company: 'Acme', Email: 'other@example.com' });
  const lead = await person.createLead({ LastName: linked, Company: linked, Email: `${linked}@example.com` });
  await contactOf('other@example.com');
  const linkedContact = await contactOf(`${linked}@example.com`);
  const coldContact = await person.createContact({
    email: `${cold}@example.com`,
    lastname: cold,
    jobtitle: `new ${cold}`,
  });
  await until(
    'what is kept of both',
    async () => {
      const [ofCold, ofLinked] = [await traces(cold), await traces(linked)];
      return ofCold.includes('tandem.journeys') && ofLinked.includes('tandem.links') ? true : null;
    },
    withinMs,
  );
  worker.kill('SIGTERM');
  await worker.ended;

  await erase(coldContact);
  await erase(linkedContact);
  // No worker has run for a day.
  await inStore(async (client) =>
    client.query(`update tandem.cursors set stamp = stamp - 86400000 where type = '#presence'`),
  );
  worker = start();
  await until(
    'no trace',
    async () => {
      // The looks at somebody who is not shown are up to two minutes apart.
      await inStore(async (client) => client.query('update tandem.dirty set due = now() where due > now()'));
      return (await traces(cold, linked)).length === 0 ? true : null;
    },
    withinMs,
  ).catch(async (error: unknown) => {
    expect(await traces(cold, linked)).toEqual([]);
    throw error;
  });
  expect((await stage.ask('reviews')).json).toMatchObject({
    reviews: [{ record: `salesforce:Lead/${lead}` }],
  });

  // Neither the lead that is left, nor a second one of the same address brings them back.
  await person.editLeads([{ id: lead, values: { Title: `late ${linked}` } }]);
  await person.createLead({ LastName: linked, Company: linked, Email: `${linked}@example.com` });
  await until(
    'a second question',
    async () => ((await stage.status()).reviews === 2 ? true : null),
    withinMs,
  );
  await until('nothing dirty', async () => ((await stage.status()).backlog === 0 ? true : null), withinMs);
  expect(await traces(cold, linked)).toEqual([]);
  expect(JSON.stringify(await stage.sandbox.records('hubspot', 'contacts'))).not.toContain('qzv');
}, 400_000);
