import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import type { Child } from './harness/child.ts';
import type { Person, Values } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const secret = 'the app’s client secret';
const readyShape = z.object({ url: z.string() });
const verifyShape = z.object({ records: z.number(), unexplained: z.number(), items: z.array(z.unknown()) });

/** HubSpot's owners (src/sandbox/hubspot/owners.ts). */
const maria = '41629779';
const tom = '41629780';
/** Who has left Salesforce. */
const aiko = '41629781';

let stage: Stage;
let person: Person;
let worker: Child;
let config: string;
let users: Readonly<Record<string, string>>;

type Row = Readonly<Record<string, unknown>>;

const inHubspot = async (type: string): Promise<readonly (Row & { id: string })[]> =>
  (await stage.sandbox.records('hubspot', type)).flatMap((record) =>
    record.archived === true ? [] : [{ ...(record.properties as Row), id: String(record.id) }],
  );
const inSalesforce = async (type: string): Promise<readonly Row[]> =>
  (await stage.sandbox.records('salesforce', type)).filter(({ IsDeleted }) => IsDeleted !== true);

/** Waits until a record has these values, and answers it. */
const untilThere = async <R extends Row>(
  what: string,
  read: () => Promise<readonly R[]>,
  wanted: Row,
): Promise<R> =>
  until(
    what,
    async () =>
      (await read()).find((row) => Object.entries(wanted).every(([name, value]) => row[name] === value)) ??
      null,
  );
const untilIn = async (type: string, wanted: Row): Promise<Row> =>
  /^[A-Z]/.test(type)
    ? untilThere(`${type} ${JSON.stringify(wanted)}`, () => inSalesforce(type), wanted)
    : untilThere(`${type} ${JSON.stringify(wanted)}`, () => inHubspot(type), wanted);

const account = async (values: Values): Promise<string> => person.create('Account', values);

beforeAll(async () => {
  stage = await Stage.open({ createsCompanies: true });
  person = await stage.person();
  config = join(stage.folder, 'config');
  await mkdir(join(config, 'mappings'), { recursive: true });
  for (const file of [
    ...['companies', 'deals'].map((name) => join(mirror, 'mappings', `${name}.yaml`)),
    ...['contacts', 'custom-object'].map((name) => join('config/objects', `${name}.yaml`)),
  ]) {
    await cp(join(repositoryRoot, file), join(config, 'mappings', basename(file)));
  }
  await stage.sandbox.control('hubspot', 'schema', {
    objects: [
      {
        name: 'projects',
        properties: [
          { name: 'name', type: 'string' },
          { name: 'budget', type: 'number' },
          { name: 'starts_on', type: 'date' },
          { name: 'tandem_salesforce_id', type: 'string', hasUniqueValue: true },
        ],
      },
    ],
  });
  await stage.sandbox.control('salesforce', 'schema', {
    objects: [
      {
        name: 'Project__c',
        label: 'Project',
        fields: [
          { name: 'Budget__c', type: 'double', precision: 18, scale: 2 },
          { name: 'Starts_On__c', type: 'date' },
          { name: 'HubSpot_Id__c', type: 'string', length: 32, externalId: true, unique: true },
        ],
      },
    ],
  });
  await stage.sandbox.control('salesforce', 'streaming', {
    entities: ['Contact', 'Account', 'Opportunity', 'Project__c'],
  });
  await stage.sandbox.control('salesforce', 'directory', { users: [{ alias: 'atana', active: false }] });
  const all = await inSalesforce('User');
  users = Object.fromEntries(all.map(({ Alias, Id }) => [String(Alias), String(Id)]));
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret },
  });
  const { url } = readyShape.parse(await worker.event('ready'));
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
}, 60_000);
afterAll(async () => stage?.close());

describe('Objects: several pairs of objects in one worker', () => {
  it('aligns companies both ways and finds them by domain, whatever the address looks like', async () => {
    await account({ Name: 'Globex', Website: 'https://www.Globex.example/about?x', BillingCity: 'Bonn' });
    const company = await untilIn('companies', { name: 'Globex', domain: 'globex.example', city: 'Bonn' });
    await person.editHubspot('companies', String(company.id), { city: 'Berlin' });
    const there = await untilIn('Account', { Name: 'Globex', BillingCity: 'Berlin' });
    expect(there.Website).toBe('https://www.Globex.example/about?x');
    await person.createHubspot('companies', { name: 'Initech', domain: 'initech.example' });
    await untilIn('Account', { Name: 'Initech', Website: 'initech.example' });
  });

  it('adopts the company that HubSpot makes by itself, and the contact’s account follows it', async () => {
    await account({ Name: 'Hooli', Website: 'http://hooli.example/' });
    const company = await untilIn('companies', { name: 'Hooli' });
    await person.createContact({ email: 'gavin@hooli.example', lastname: 'Belson' });
    const accounts = await inSalesforce('Account');
    const hooli = accounts.find(({ Name }) => Name === 'Hooli');
    await untilIn('Contact', { LastName: 'Belson', AccountId: hooli?.Id });
    // One that it makes of nothing becomes an account of its own, and the person waits for it.
    await person.createContact({ email: 'nobody@fresh.example', lastname: 'Fresh' });
    const fresh = await untilIn('Account', { Website: 'fresh.example' });
    await untilIn('Contact', { LastName: 'Fresh', AccountId: fresh.Id });
    const companies = await inHubspot('companies');
    expect(companies.filter(({ domain }) => domain === 'hooli.example').map(({ id }) => id)).toEqual([
      company.id,
    ]);
    expect((await inSalesforce('Account')).filter(({ Name }) => Name === 'Hooli')).toHaveLength(1);
  });

  it('does not double a company that HubSpot made a moment before somebody enters the account', async () => {
    await person.createContact({ email: 'ned@twin.example', lastname: 'Twin' });
    await account({ Name: 'Twin', Website: 'https://twin.example' });
    const there = async (): Promise<true | null> => {
      const [own] = (await inHubspot('companies')).filter(({ domain }) => domain === 'twin.example');
      const accounts = (await inSalesforce('Account')).filter(({ Name }) => Name === 'Twin');
      return own !== undefined && accounts.some(({ HubSpot_Id__c: id }) => id === own.id) ? true : null;
    };
    await until('the account, linked', there);
    const companies = (await inHubspot('companies')).filter(({ domain }) => domain === 'twin.example');
    expect(companies).toHaveLength(1);
    const accounts = (await inSalesforce('Account')).filter(({ Website }) =>
      String(Website).includes('twin.'),
    );
    expect(accounts).toHaveLength(1);
  });

  it('moves a person to another company, from either side', async () => {
    const [initech, globex] = await Promise.all([
      untilIn('companies', { domain: 'initech.example' }),
      untilIn('companies', { domain: 'globex.example' }),
    ]);
    const contact = await untilIn('contacts', { lastname: 'Belson' });
    await person.setPrimaryCompany(String(contact.id), String(initech.id));
    const there = await untilIn('Contact', { LastName: 'Belson', AccountId: initech.tandem_salesforce_id });
    await person.edit('Contact', String(there.Id), { AccountId: String(globex.tandem_salesforce_id) });
    await untilIn('contacts', { lastname: 'Belson', associatedcompanyid: String(globex.id) });
  });

  it('aligns deals by their stages, with their company', async () => {
    const globex = await untilIn('companies', { domain: 'globex.example' });
    const id = await person.createHubspot('deals', {
      dealname: 'Big one',
      amount: 1000,
      dealstage: 'qualifiedtobuy',
      pipeline: 'default',
    });
    const deal = await untilIn('Opportunity', { Name: 'Big one', StageName: 'Qualification', Amount: 1000 });
    expect(deal.CloseDate).toBe('2099-12-31');
    await person.edit('Opportunity', String(deal.Id), {
      StageName: 'Perception Analysis',
      CloseDate: '2027-03-31',
      AccountId: String(globex.tandem_salesforce_id),
    });
    await untilIn('deals', {
      id,
      dealstage: 'decisionmakerboughtin',
      hs_primary_associated_company: String(globex.id),
    });
    await person.editHubspot('deals', id, { dealstage: 'closedwon' });
    await untilIn('Opportunity', { Name: 'Big one', StageName: 'Closed Won', CloseDate: '2027-03-31' });
  });

  it('gives a record to the same person on the other side, and to nobody it does not know', async () => {
    const company = await untilIn('companies', { domain: 'initech.example' });
    expect(company.hubspot_owner_id ?? '').toBe('');
    await person.editHubspot('companies', String(company.id), { hubspot_owner_id: maria });
    const there = await untilIn('Account', { Name: 'Initech', OwnerId: users.mlope });
    await person.edit('Account', String(there.Id), { OwnerId: String(users.tbeck) });
    await untilIn('companies', { id: company.id, hubspot_owner_id: tom });
    await person.editHubspot('companies', String(company.id), {
      hubspot_owner_id: aiko,
      city: 'Kyoto',
    });
    const moved = await untilIn('Account', { Name: 'Initech', BillingCity: 'Kyoto' });
    expect(moved.OwnerId).toBe(users.tbeck);
  });

  it('aligns a custom object by its mapping alone', async () => {
    await person.createHubspot('projects', { name: 'Apollo', budget: 12.5, starts_on: '2027-01-01' });
    const there = await untilIn('Project__c', {
      Name: 'Apollo',
      Budget__c: 12.5,
      Starts_On__c: '2027-01-01',
    });
    await untilIn('projects', { name: 'Apollo', tandem_salesforce_id: there.Id });
    await person.edit('Project__c', String(there.Id), { Budget__c: 20 });
    await untilIn('projects', { name: 'Apollo', budget: '20' });
  });

  it('leaves no difference that nothing accounts for, over all pairs', async () => {
    const look = async (): Promise<true | null> => {
      const { stdout } = await stage.tandem(['verify', '--json', '--config', config, '--data', stage.data]);
      const report = verifyShape.parse(JSON.parse(stdout));
      expect(report.records).toBeGreaterThan(5);
      return report.unexplained === 0 ? true : null;
    };
    await until('nothing unexplained', look, 40_000);
    const { stdout } = await stage.tandem(['status', '--json', '--config', config, '--data', stage.data]);
    expect(stdout).toContain('UNKNOWN_OWNER');
  });
});
