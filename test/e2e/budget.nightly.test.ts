import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const people = 3_000;
/** A day's calls for the whole company. Tandem's part is 80 % of it, and the first alignment stops at 70 % of that. */
const dailyLimit = 120;
const forAlignment = Math.floor(dailyLimit * 0.8 * 0.7);
/** Far less than two workers ask for at once. */
const burst = 5;
const secret = 'the app’s client secret';

const idsShape = z.object({ ids: z.array(z.string()) });
const readyShape = z.object({ url: z.string() });
const budgetShape = z.looseObject({
  daily: z.object({ limit: z.number(), used: z.number() }).nullable(),
  calls: z.record(z.string(), z.number()),
  paused: z.array(z.looseObject({ lane: z.string(), cause: z.string() })),
  lowered: z.array(z.looseObject({ lane: z.string(), calls: z.number(), why: z.array(z.string()) })),
});

let stage: Stage;
let person: Person;
let database: EmbeddedPostgres;
let workers: readonly Child[];
let ids: readonly string[];

/** HubSpot tells of changes, and there are no polls: every call is one that the work needs. */
const startWorker = async (): Promise<Child> =>
  stage.start(['run', '--config', mirror, '--port', '0'], {
    env: {
      ...storeEnv(),
      HUBSPOT_WEBHOOK_SECRET: secret,
      TANDEM_POLL_SECONDS: '3600',
    },
  });

const calls = async (): Promise<number> => (await stage.sandbox.stats('hubspot')).calls.byCaller.integration;
const storeEnv = () => ({ DATABASE_URL: database.connectionString });
const status = async () => {
  const { stdout } = await stage.tandem(['status', '--json', '--config', mirror], { env: storeEnv() });
  return z
    .looseObject({
      budget: z.object({ hubspot: budgetShape, salesforce: budgetShape }),
      problems: z.array(z.looseObject({ what: z.string(), fault: z.string(), next: z.string() })),
    })
    .parse(JSON.parse(stdout));
};
const leads = async () => stage.sandbox.records('salesforce', 'Lead');

beforeAll(async () => {
  stage = await Stage.open();
  database = await joinEmbedded(stage.data);
  person = await stage.person();
  const records = Array.from({ length: people }, (_, n) => ({
    email: `person${n}@example.com`,
    firstname: 'Ada',
    lastname: `Number ${n}`,
    company: 'Example',
    jobtitle: 'before',
  }));
  ids = idsShape.parse(await stage.sandbox.control('hubspot', 'records/contacts', { records })).ids;
  await stage.sandbox.control('hubspot', 'limits', { daily: dailyLimit });
  workers = await Promise.all([startWorker(), startWorker()]);
  const [first] = workers;
  if (first === undefined) throw new Error('no worker');
  const { url } = readyShape.parse(await first.event('ready'));
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
});
afterAll(async () => {
  await stage?.close();
  await database?.leave();
});

describe('Budget: two workers on one', () => {
  it('stop with the first alignment together, at its part of the day, and say so', async () => {
    const problem = await until(
      'the problem',
      async () => (await status()).problems.find(({ what }) => what.includes('daily limit')) ?? null,
    );
    expect(problem).toMatchObject({
      what: 'HubSpot: the first alignment waits for the daily limit',
      fault: 'hubspot',
    });
    expect(await calls()).toBeLessThanOrEqual(forAlignment);
    expect((await leads()).length).toBeLessThan(people);
  });

  it('carry what a person edits meanwhile, both ways', async () => {
    const [lead] = await leads();
    const contact = String(lead?.HubSpot_Id__c);
    await person.editContacts([{ id: contact, values: { jobtitle: 'typed in HubSpot' } }]);
    await until('the edit in Salesforce', async () =>
      (await person.readLead(String(lead?.Id))).Title === 'typed in HubSpot' ? true : null,
    );
    await person.editLeads([{ id: String(lead?.Id), values: { Title: 'typed in Salesforce' } }]);
    // The stream of change events begins after the first alignment; whoever does not want to wait for a poll says so.
    const sync = ['sync', `salesforce:${String(lead?.Id)}`, '--config', mirror];
    expect((await stage.tandem(sync, { env: storeEnv() })).code).toBe(0);
    // Read past the API: what a colleague reads counts against the same day.
    await until('the edit in HubSpot', async () => {
      const found = (await stage.sandbox.records('hubspot', 'contacts')).find(({ id }) => id === contact);
      return JSON.stringify(found?.properties).includes('typed in Salesforce') ? true : null;
    });
    expect((await leads()).length).toBeLessThan(people);
    expect(await calls()).toBeLessThanOrEqual(dailyLimit * 0.8);
  });

  it('book every call of both under what it was for, and what HubSpot says that everybody used', async () => {
    // A call under way is made and not booked yet.
    const { calls: booked, daily } = await until('the books and the portal to agree', async () => {
      const { hubspot } = (await status()).budget;
      const sum = Object.values(hubspot.calls).reduce((total, count) => total + count, 0);
      return sum === (await calls()) ? hubspot : null;
    });
    expect(Object.keys(booked)).toEqual(expect.arrayContaining(['list', 'read', 'write']));
    expect(daily).toMatchObject({ limit: dailyLimit });
    const { stdout } = await stage.tandem(['status', '--config', mirror], { env: storeEnv() });
    expect(stdout).toMatch(/hubspot: \d+ calls of ours in 24 h/);
  });

  it('go by a lower limit that HubSpot tells, together, from the first answer on', async () => {
    await stage.sandbox.control('hubspot', 'limits', { daily: 100_000, burst });
    // Whatever call comes next tells the new limit.
    await person.editContacts([{ id: ids[0] ?? '', values: { jobtitle: 'typed when there was more' } }]);
    const before = (await leads()).length;
    const lowered = await until('the lower limit', async () => {
      const { hubspot } = (await status()).budget;
      return hubspot.lowered[0] ?? null;
    });
    expect(lowered).toEqual({ lane: 'standard', calls: burst, of: 190, seconds: 10, why: ['told'] });
    await until('more people', async () => ((await leads()).length > before + 200 ? true : null));
    // The window was full of calls made under the old limit when the new one came.
    expect((await stage.sandbox.stats('hubspot')).calls.limited).toBeLessThanOrEqual(2);
    await stage.sandbox.control('hubspot', 'limits', { daily: 100_000, burst: 190 });
    await until('the limit as shipped', async () =>
      (await status()).budget.hubspot.lowered.length === 0 ? true : null,
    );
  });

  it('wait together when HubSpot refuses one of them, and go on by themselves with fewer calls', async () => {
    await stage.sandbox.control('hubspot', 'faults', [
      { match: { path: 'batch/read$' }, effect: { code: 'TEN_SECONDLY_ROLLING', times: 1 } },
    ]);
    await person.editContacts([{ id: ids[1] ?? '', values: { jobtitle: 'typed when it is refused' } }]);
    const { paused, lowered } = await until('the pause', async () => {
      const { hubspot } = (await status()).budget;
      return hubspot.paused.length > 0 && hubspot.lowered.length > 0 ? hubspot : null;
    });
    expect(paused[0]).toMatchObject({ lane: 'standard', cause: 'TEN_SECONDLY_ROLLING' });
    expect(lowered[0]).toMatchObject({ lane: 'standard', why: expect.arrayContaining(['refused']) });
    await until('everybody in Salesforce', async () => ((await leads()).length === people ? true : null));
    const { limited } = (await stage.sandbox.stats('hubspot')).calls;
    expect(limited).toBeLessThanOrEqual(3);
    expect(new Set((await leads()).map(({ HubSpot_Id__c: id }) => id)).size).toBe(people);
    await until('the end of the problem', async () => ((await status()).problems.length === 0 ? true : null));
  });
});
