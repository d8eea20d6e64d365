import { describe, expect, it } from 'vitest';
import { checkOwnerNames } from '../../src/mapping/check-owners.ts';
import { namedOwners } from '../../src/mapping/owner-pairs.ts';
import { withObjects } from './simulated-objects.ts';

/** HubSpot's owners (src/sandbox/hubspot/owners.ts); Tom is the user tbeck in Salesforce. */
const maria = '41629779';
const tom = '41629780';

/** The admin gives Tom a queue of leads. */
const objects = withObjects(
  (file, text) =>
    file === 'people.yaml'
      ? text.replace(
          /(- hubspot: hubspot_owner_id\n(?: {4}.*\n)*? {4}of: owner\n)/,
          "$1    values: { 'tom.becker@acme.example.com': Inbound Leads }\n",
        )
      : text,
  ['people', 'companies', 'deals'].map((name) => `presets/mirror/mappings/${name}.yaml`),
);

const idOf = async (type: 'User' | 'Group', field: string, value: string): Promise<string> => {
  const row = (await objects.live('salesforce', type)).find((each) => each[field] === value);
  if (row === undefined) throw new Error(`no ${type} is ${value}`);
  return String(row.Id);
};
const user = async (alias: string): Promise<string> => idOf('User', 'Alias', alias);
const queue = async (): Promise<string> => idOf('Group', 'Name', 'Inbound Leads');

/** Somebody who is entered in HubSpot, aligned, with the ids of both. */
const enter = async (name: 'people' | 'companies' | 'deals', properties: Record<string, string>) => {
  const { hubspot: type } = objects.pair(name).types;
  const { id = '' } = await objects.hubspot('POST', `/crm/v3/objects/${type}`, { properties });
  await objects.look(name, { hubspot: id });
  const link = await objects.link(name, 'hubspot', id);
  if (link === undefined) throw new Error(`${type} ${id} was not linked`);
  return link.ids;
};
const person = async (owner: string) =>
  enter('people', { email: 'ada@queue.example', lastname: 'Ada', company: 'Acme', hubspot_owner_id: owner });
const salesforceOwner = async (type: string, id: string): Promise<unknown> =>
  (await objects.record('salesforce', type, id))?.OwnerId;
const hubspotOwner = async (type: string, id: string): Promise<unknown> =>
  (await objects.record('hubspot', type, id))?.hubspot_owner_id;

describe('Owners: an owner whom the table gives a queue', () => {
  it('has leads through the queue; a lead in it, or with their own user, is theirs', async () => {
    const ids = await person(tom);
    expect(await salesforceOwner('Lead', ids.salesforce)).toBe(await queue());
    await objects.editHubspot('contacts', ids.hubspot, { hubspot_owner_id: maria });
    await objects.look('people', ids);
    expect(await salesforceOwner('Lead', ids.salesforce)).toBe(await user('mlope'));
    await objects.editSalesforce('Lead', ids.salesforce, { OwnerId: await queue() });
    await objects.look('people', ids);
    expect(await hubspotOwner('contacts', ids.hubspot)).toBe(tom);
    // Tom takes it out of the queue: it is his as before.
    await objects.editSalesforce('Lead', ids.salesforce, { OwnerId: await user('tbeck') });
    await objects.look('people', ids);
    expect(await hubspotOwner('contacts', ids.hubspot)).toBe(tom);
    expect(await salesforceOwner('Lead', ids.salesforce)).toBe(await user('tbeck'));
    expect(await objects.parked()).toEqual([]);
    expect(await objects.unexplained()).toEqual([]);
  });

  it('has contacts by their own user, and a conversion changes nobody’s owner', async () => {
    const ids = await person(tom);
    const result = await objects.person.soap.convertLead({
      leadId: ids.salesforce,
      convertedStatus: 'Closed - Converted',
      ownerId: await user('tbeck'),
    });
    expect(result.success).toBe(true);
    await objects.look('people', ids);
    const link = await objects.link('people', 'hubspot', ids.hubspot);
    const contact = link?.ids.salesforce ?? '';
    expect(contact).toBe(result.contactId);
    expect(await salesforceOwner('Contact', contact)).toBe(await user('tbeck'));
    expect(await hubspotOwner('contacts', ids.hubspot)).toBe(tom);
    for (const [owner, alias] of [
      [maria, 'mlope'],
      [tom, 'tbeck'],
    ] as const) {
      await objects.editHubspot('contacts', ids.hubspot, { hubspot_owner_id: owner });
      await objects.look('people', { hubspot: ids.hubspot });
      expect(await salesforceOwner('Contact', contact)).toBe(await user(alias));
    }
    expect(await objects.parked()).toEqual([]);
  });

  it('has accounts and deals by their own user, whom both sides read as them', async () => {
    const company = await enter('companies', {
      ...{ name: 'Acme', domain: 'queue.example', hubspot_owner_id: tom },
    });
    expect(await salesforceOwner('Account', company.salesforce)).toBe(await user('tbeck'));
    const deal = await objects.make('deals', {
      ...{ Name: 'Big one', StageName: 'Prospecting', CloseDate: '2026-12-31' },
      OwnerId: await user('tbeck'),
    });
    expect(await hubspotOwner('deals', deal.hubspot)).toBe(tom);
    expect(await objects.parked()).toEqual([]);
    expect(await objects.unexplained()).toEqual([]);
  });

  it('is no error for check, which knows the queue by its name', async () => {
    const { hubspot, salesforce } = objects.simulated.connect();
    const call = { class: 'live', purpose: 'describe' } as const;
    const owners = {
      hubspot: (await hubspot.owners?.(call)) ?? [],
      salesforce: (await salesforce.owners?.(call)) ?? [],
    };
    const named = namedOwners(objects.mappings.pairs);
    expect(named.map(({ counterpart }) => counterpart)).toEqual(['Inbound Leads']);
    expect(checkOwnerNames(named, owners)).toEqual([]);
    expect(checkOwnerNames(named, { ...owners, salesforce: [] }).map(({ what }) => what)).toEqual([
      "Salesforce has nobody called 'Inbound Leads'",
    ]);
  });
});
