import { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from './harness/child.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

let stage: Stage;
let person: Person;
let salesforce: Connection;
let worker: Child;

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

type Row = Readonly<Record<string, unknown>>;
const people = async (type: 'Lead' | 'Contact', email: string): Promise<readonly Row[]> =>
  (await stage.sandbox.records('salesforce', type)).filter(
    (row) => row.Email === email && row.IsDeleted !== true,
  );

const oneOf = async (type: 'Lead' | 'Contact', email: string, is: (row: Row) => boolean): Promise<Row> =>
  until(`one ${type}`, async () => (await people(type, email)).find(is) ?? null);

/** A contact and the lead that the worker made for it. */
const aligned = async (name: string): Promise<{ contact: string; lead: string; email: string }> => {
  const email = `${name}@example.com`;
  const contact = await person.createContact({ email, lastname: name, jobtitle: 'new', company: 'Acme' });
  const lead = await oneOf('Lead', email, (row) => row.HubSpot_Id__c === contact);
  const isNamed = async (): Promise<true | null> => {
    const { tandem_salesforce_id: id } = await person.readContact(contact, 'tandem_salesforce_id');
    return id === lead.Id ? true : null;
  };
  await until('the identity in HubSpot', isNamed);
  return { contact, lead: String(lead.Id), email };
};

const jobtitle = async (contact: string): Promise<unknown> =>
  (await person.readContact(contact, 'jobtitle')).jobtitle;

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  const { access } = stage.sandbox;
  salesforce = new Connection({ loginUrl: access.salesforce, version: '62.0' });
  await salesforce.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  worker = stage.run();
  await worker.event('alignment-done');
}, 60_000);
afterAll(async () => stage?.close());

describe('Life events: a link follows its records', () => {
  it('a conversion: later changes go to the contact and come from it, and the lead follows', async () => {
    const { contact, lead, email } = await aligned('convert');
    const result = await salesforce.soap.convertLead({ leadId: lead, convertedStatus: 'Closed - Converted' });
    expect(result).toMatchObject({ success: true });
    const made = await oneOf('Contact', email, (row) => row.HubSpot_Id__c === contact);
    await person.editContacts([
      { id: contact, values: { jobtitle: 'Head', city: 'Rome', company: 'Other' } },
    ]);
    await oneOf('Contact', email, (row) => row.Title === 'Head' && row.MailingCity === 'Rome');
    await salesforce.sobject('Contact').update({ Id: String(made.Id), Title: 'Chief' });
    await until('the title in HubSpot', async () => ((await jobtitle(contact)) === 'Chief' ? true : null));
    expect(await people('Contact', email)).toHaveLength(1);
    expect((await person.readContact(contact, 'company')).company).toBe('Other');
  }, 60_000);

  it('a merge in HubSpot: the survivor has the link, and the other lead follows its primary', async () => {
    const first = await aligned('merge-a');
    const second = await aligned('merge-b');
    const { id: survivor = '' } = await hubspot('POST', '/crm/v3/objects/contacts/merge', {
      primaryObjectId: first.contact,
      objectIdToMerge: second.contact,
    });
    await until('a primary lead and a follower', async () => {
      const rows = await stage.sandbox.records('salesforce', 'Lead');
      const own = rows.filter(({ HubSpot_Id__c: id }) => String(id).split('.')[0] === survivor);
      // Whichever link is looked at first begins anew; the rule then says which lead is the primary one.
      const identityOf = (lead: string) => String(own.find(({ Id }) => Id === lead)?.HubSpot_Id__c);
      const isFollower = new RegExp(`^${survivor}\\.\\d+$`).test(identityOf(second.lead));
      // The first one is the older.
      return identityOf(first.lead) === survivor && isFollower ? true : null;
    });
  }, 90_000);

  it('a merge in Salesforce: the link goes to the survivor', async () => {
    const { contact, lead, email } = await aligned('loser');
    const master = await person.createLead({ LastName: 'Master', Company: 'Acme' });
    await salesforce.soap.merge({
      masterRecord: { type: 'Lead', Id: master },
      recordToMergeIds: [lead],
    } as never);
    await person.editContacts([{ id: contact, values: { jobtitle: 'after the merge' } }]);
    await until('the title on the survivor', async () => {
      const row = await person.readLead(master);
      return row.Title === 'after the merge' && row.HubSpot_Id__c === contact ? true : null;
    });
    expect((await people('Lead', email)).length).toBeLessThan(2);
  }, 60_000);

  it('a deletion and its return: nothing is made anew, and the link revives', async () => {
    const { contact, lead, email } = await aligned('back');
    await salesforce.sobject('Lead').destroy(lead);
    await worker.event('link-ended');
    await person.editContacts([{ id: contact, values: { jobtitle: 'meanwhile' } }]);
    await salesforce.soap.undelete([lead]);
    await oneOf('Lead', email, (row) => row.Id === lead && row.Title === 'meanwhile');
    expect(await people('Lead', email)).toHaveLength(1);
  }, 60_000);
});
