import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

type Row = Readonly<Record<string, unknown>>;
const secret = 'the app’s client secret';
const readyShape = z.object({ url: z.string() });
const verifyShape = z.object({ unexplained: z.number() });

let stage: Stage;
let person: Person;
let worker: Child;
let config: string;

const live = async (system: 'hubspot' | 'salesforce', type: string): Promise<readonly Row[]> =>
  (await stage.sandbox.records(system, type)).flatMap((record) => {
    if (record.archived === true || record.IsDeleted === true) return [];
    return [system === 'hubspot' ? { ...(record.properties as Row), id: record.id } : record];
  });
const untilThere = async (system: 'hubspot' | 'salesforce', type: string, wanted: Row): Promise<Row> =>
  until(
    `${type} ${JSON.stringify(wanted)}`,
    async () =>
      (await live(system, type)).find((row) =>
        Object.entries(wanted).every(([name, value]) => row[name] === value),
      ) ?? null,
    60_000,
  );
const hubspot = async (method: string, path: string, body?: unknown): Promise<{ readonly id?: string }> => {
  const { hubspot: url, hubspotPersonToken } = stage.sandbox.access;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${hubspotPersonToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? {} : ((await response.json()) as { id?: string });
};

/** An account with a person and a deal, on both sides. */
const company = async (name: string) => {
  const domain = `${name.toLowerCase()}.example`;
  const account = await person.create('Account', { Name: name, Website: domain });
  const own = await untilThere('hubspot', 'companies', { name });
  await person.create('Contact', { LastName: name, Email: `one@${domain}`, AccountId: account });
  await person.create('Opportunity', {
    Name: name,
    StageName: 'Prospecting',
    CloseDate: '2026-12-31',
    AccountId: account,
  });
  const id = String(own.id);
  const contact = await untilThere('hubspot', 'contacts', { lastname: name, associatedcompanyid: id });
  await untilThere('hubspot', 'deals', { dealname: name, hs_primary_associated_company: id });
  return { account, id, contact: String(contact.id) };
};
const accountsOf = async (name: string): Promise<readonly unknown[]> => [
  (await live('salesforce', 'Contact')).find(({ LastName }) => LastName === name)?.AccountId,
  (await live('salesforce', 'Opportunity')).find(({ Name }) => Name === name)?.AccountId,
];
const unexplained = async (): Promise<number> => {
  const { stdout } = await stage.tandem(['verify', '--json', '--config', config, '--data', stage.data]);
  return verifyShape.parse(JSON.parse(stdout)).unexplained;
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  config = join(stage.folder, 'config');
  await mkdir(join(config, 'mappings'), { recursive: true });
  for (const file of [
    ...['companies', 'deals'].map((name) => join(mirror, 'mappings', `${name}.yaml`)),
    join('config/objects', 'contacts.yaml'),
  ]) {
    await cp(join(repositoryRoot, file), join(config, 'mappings', basename(file)));
  }
  await stage.sandbox.control('salesforce', 'streaming', { entities: ['Contact', 'Account', 'Opportunity'] });
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret },
  });
  const { url } = readyShape.parse(await worker.event('ready'));
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
}, 60_000);
afterAll(async () => stage?.close());

describe('issue 5, 3: life events of companies under a running worker, with all its live signals', () => {
  it('a company that is archived: its people and deals keep their account, and everything else flows', async () => {
    const { account, id, contact } = await company('Acme');
    await hubspot('DELETE', `/crm/v3/objects/companies/${id}`);
    await worker.line('the end of the link', ({ event }) => event === 'link-ended', 60_000);
    // Whatever signals the archiving made of its people have been taken in once their next edit has gone through.
    await person.editContacts([{ id: contact, values: { jobtitle: 'Head' } }]);
    await untilThere('salesforce', 'Contact', { LastName: 'Acme', Title: 'Head' });
    await until('an empty backlog', async () => ((await stage.status()).backlog === 0 ? true : null), 60_000);
    expect(await accountsOf('Acme')).toEqual([account, account]);
    expect(await unexplained()).toBe(0);
    await stage.sandbox.control('hubspot', 'recycle-bin', { object: 'companies', restore: [id] });
    await hubspot('PATCH', `/crm/v3/objects/companies/${id}`, { properties: { city: 'Bonn' } });
    await untilThere('salesforce', 'Account', { Id: account, BillingCity: 'Bonn' });
    expect(await accountsOf('Acme')).toEqual([account, account]);
  }, 180_000);

  it('two companies that are merged: one account follows the other, and each person stays with theirs', async () => {
    const [first, second] = [await company('Globex'), await company('Initech')];
    const { id: survivor = '' } = await hubspot('POST', '/crm/v3/objects/companies/merge', {
      primaryObjectId: first.id,
      objectIdToMerge: second.id,
    });
    await untilThere('salesforce', 'Account', { HubSpot_Id__c: survivor });
    await until(
      'a follower',
      async () => {
        const accounts = await live('salesforce', 'Account');
        return accounts.some(({ HubSpot_Id__c: name }) => String(name).startsWith(`${survivor}.`)) || null;
      },
      60_000,
    );
    for (const { contact } of [first, second])
      await person.editContacts([{ id: contact, values: { jobtitle: 'Chief' } }]);
    for (const name of ['Globex', 'Initech'])
      await untilThere('salesforce', 'Contact', { LastName: name, Title: 'Chief' });
    await until('an empty backlog', async () => ((await stage.status()).backlog === 0 ? true : null), 60_000);
    expect(await accountsOf('Globex')).toEqual([first.account, first.account]);
    expect(await accountsOf('Initech')).toEqual([second.account, second.account]);
    expect(await live('salesforce', 'Account')).toHaveLength(3);
    expect(await unexplained()).toBe(0);
  }, 180_000);
});
