import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@hubspot/api-client';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import { Connection } from 'jsforce';
import { z } from 'zod';
import type { System } from '../../src/model/system.ts';
import type { Sandbox } from '../kit/sandbox.ts';

/**
 * What a careful developer writes without an engine: ask for what changed since the last run, then for each record read the other
 * side, compare, and update what differs. Newest wins, no base, no echo, no recovery. Runs as the integration, so that its calls
 * are counted like Tandem's.
 */

/** HubSpot property to Salesforce field: the mirror's, as plain text. */
const fields: Readonly<Record<string, string>> = {
  email: 'Email',
  firstname: 'FirstName',
  lastname: 'LastName',
  company: 'Company',
  jobtitle: 'Title',
  phone: 'Phone',
  mobilephone: 'MobilePhone',
  website: 'Website',
  address: 'Street',
  city: 'City',
  state: 'State',
  zip: 'PostalCode',
  country: 'Country',
  industry: 'Industry',
  message: 'Description',
};

/** HubSpot allows 190 calls in 10 s: a script that goes slower never meets a 429, and never waits out a window. */
const hubspotGapMs = 10_000 / 185;
const searchPage = 200;

const same = (a: unknown, b: unknown): boolean =>
  String(a ?? '')
    .trim()
    .toLowerCase() ===
  String(b ?? '')
    .trim()
    .toLowerCase();

/** Starts a HubSpot call no sooner than the gap after the one before. */
const makePace = (): (<T>(call: () => Promise<T>) => Promise<T>) => {
  let next = 0;
  return async (call) => {
    const now = performance.now();
    const wait = next - now;
    next = Math.max(now, next) + hubspotGapMs;
    if (wait > 0) await sleep(wait);
    return call();
  };
};

const connect = async ({ access }: Sandbox) => {
  const hubspot = new Client({ accessToken: access.hubspotToken, basePath: access.hubspot });
  const salesforce = new Connection({ loginUrl: access.salesforce });
  await salesforce.login(access.salesforceUsername, access.salesforcePassword);
  return { hubspot, salesforce };
};

/** What the other side does not hold yet; a blank never overwrites. */
const differences = (
  source: Readonly<Record<string, unknown>>,
  target: Readonly<Record<string, unknown>>,
  names: readonly (readonly [string, string])[],
): Record<string, string> =>
  Object.fromEntries(
    names
      .filter(([from, to]) => String(source[from] ?? '').trim() !== '' && !same(source[from], target[to]))
      .map(([from, to]) => [to, String(source[from]).trim()]),
  );

const refusal = z.object({ data: z.object({ fields: z.array(z.string()).min(1) }) });

/** Updates a lead; where Salesforce refuses a value (a name too long), again without the fields it blames. */
const updateLead = async (
  salesforce: Connection,
  id: string,
  changed: Readonly<Record<string, string | null>>,
): Promise<void> => {
  try {
    await salesforce.sobject('Lead').update({ Id: id, ...changed });
  } catch (error) {
    const refused = refusal.safeParse(error);
    if (!refused.success) throw error;
    const { fields: blamed } = refused.data.data;
    const rest = Object.fromEntries(Object.entries(changed).filter(([name]) => !blamed.includes(name)));
    if (Object.keys(rest).length > 0) await salesforce.sobject('Lead').update({ Id: id, ...rest });
  }
};

const toSalesforce = async (sandbox: Sandbox, since: number): Promise<number> => {
  const { hubspot, salesforce } = await connect(sandbox);
  const properties = [...Object.keys(fields), 'tandem_salesforce_id'];
  let [written, after] = [0, '0'];
  for (;;) {
    const page = await hubspot.crm.contacts.searchApi.doSearch({
      filterGroups: [
        {
          filters: [
            { propertyName: 'lastmodifieddate', operator: FilterOperatorEnum.Gte, value: String(since) },
          ],
        },
      ],
      sorts: ['lastmodifieddate'],
      properties,
      limit: searchPage,
      after,
    });
    for (const { properties: contact } of page.results) {
      const id = contact.tandem_salesforce_id;
      if (!id) continue;
      const lead = await salesforce.sobject('Lead').retrieve(id);
      const changed = differences(contact, lead, Object.entries(fields));
      if (Object.keys(changed).length === 0) continue;
      await updateLead(salesforce, id, changed);
      written += 1;
    }
    const next = page.paging?.next?.after;
    if (next === undefined) return written;
    after = next;
  }
};

const toHubSpot = async (sandbox: Sandbox, since: number): Promise<number> => {
  const { hubspot, salesforce } = await connect(sandbox);
  const paced = makePace();
  const names = Object.entries(fields).map(([property, field]) => [field, property] as const);
  const stamp = new Date(Math.floor(since / 1_000) * 1_000).toISOString();
  const { records } = await salesforce.query(
    `SELECT Id, HubSpot_Id__c, ${Object.values(fields).join(', ')} FROM Lead WHERE SystemModstamp >= ${stamp}`,
  );
  let written = 0;
  for (const lead of records) {
    const id: unknown = lead.HubSpot_Id__c;
    if (typeof id !== 'string' || id === '') continue;
    const contact = await paced(async () => hubspot.crm.contacts.basicApi.getById(id, Object.keys(fields)));
    const changed = differences(lead, contact.properties, names);
    if (Object.keys(changed).length === 0) continue;
    await paced(async () => hubspot.crm.contacts.basicApi.update(id, { properties: changed }));
    written += 1;
  }
  return written;
};

/** Brings everything that changed on one side since a moment (its stamps, milliseconds) to the other; answers the records written. */
export const runPlainScript = async (sandbox: Sandbox, from: System, since: number): Promise<number> =>
  from === 'hubspot' ? toSalesforce(sandbox, since) : toHubSpot(sandbox, since);
