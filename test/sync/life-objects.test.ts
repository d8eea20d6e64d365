import { describe, expect, it } from 'vitest';
import { learnOwners } from '../../src/commands/run/owners.ts';
import { otherSystem, type Sides, type System, systemLabel } from '../../src/model/system.ts';
import { type Fields, withObjects } from './simulated-objects.ts';

const objects = withObjects();

interface Kind {
  readonly name: string;
  readonly types: Sides<string>;
  readonly fields: Fields;
  /** A field of both sides, to edit. */
  readonly text: Sides<string>;
}

const kinds: readonly Kind[] = [
  {
    name: 'companies',
    types: { hubspot: 'companies', salesforce: 'Account' },
    fields: { Name: 'Acme', Website: 'acme.example' },
    text: { hubspot: 'city', salesforce: 'BillingCity' },
  },
  {
    name: 'deals',
    types: { hubspot: 'deals', salesforce: 'Opportunity' },
    fields: { Name: 'Big one', StageName: 'Prospecting', CloseDate: '2026-12-31' },
    text: { hubspot: 'description', salesforce: 'Description' },
  },
  {
    name: 'projects',
    types: { hubspot: 'projects', salesforce: 'Project__c' },
    fields: { Name: 'Bridge' },
    text: { hubspot: 'name', salesforce: 'Name' },
  },
];
const [companies, deals, projects] = kinds;
if (!companies || !deals || !projects) throw new Error('there are three kinds');
/** What becomes of companies, with their people and deals, is in life-companies.test.ts. */
const cases = [deals, projects].flatMap((kind) =>
  (['hubspot', 'salesforce'] as const).map(
    (system) => [kind.name, systemLabel[system], kind, system] as const,
  ),
);

const edit = (kind: Kind, system: System, ids: Sides<string>, value: string): Promise<void> => {
  const fields = { [kind.text[system]]: value };
  return system === 'hubspot'
    ? objects.editHubspot(kind.types.hubspot, ids.hubspot, fields)
    : objects.editSalesforce(kind.types.salesforce, ids.salesforce, fields);
};
const remove = async (kind: Kind, system: System, ids: Sides<string>): Promise<void> => {
  if (system === 'hubspot')
    await objects.hubspot('DELETE', `/crm/v3/objects/${kind.types.hubspot}/${ids.hubspot}`);
  else await objects.person.sobject(kind.types.salesforce).destroy(ids.salesforce);
};
const restore = async (kind: Kind, system: System, ids: Sides<string>): Promise<void> => {
  if (system === 'salesforce') await objects.person.soap.undelete([ids.salesforce]);
  else {
    const restored = { object: kind.types.hubspot, restore: [ids.hubspot] };
    await objects.simulated.control('hubspot', 'recycle-bin', restored);
  }
};
const counts = async ({ types }: Kind): Promise<readonly number[]> => [
  (await objects.live('hubspot', types.hubspot)).length,
  (await objects.live('salesforce', types.salesforce)).length,
];
const values = async (kind: Kind, ids: Sides<string>): Promise<readonly unknown[]> => [
  (await objects.record('hubspot', kind.types.hubspot, ids.hubspot))?.[kind.text.hubspot],
  (await objects.record('salesforce', kind.types.salesforce, ids.salesforce))?.[kind.text.salesforce],
];

describe.each(cases)('%s: a record that is deleted in %s', (_name, where, kind, system) => {
  const other = otherSystem(system);

  it('ends the link, is not made anew by an edit, and goes on under its link once it is back', async () => {
    const ids = await objects.make(kind.name, kind.fields);
    await remove(kind, system, ids);
    await objects.look(kind.name, ids);
    expect((await objects.link(kind.name, 'hubspot', ids.hubspot))?.ended?.cause).toBe(`deleted in ${where}`);
    await edit(kind, other, ids, 'meanwhile');
    await objects.look(kind.name, { [other]: ids[other] });
    expect(await counts(kind)).toEqual(system === 'hubspot' ? [0, 1] : [1, 0]);
    expect(await objects.unexplained()).toEqual([]);

    await restore(kind, system, ids);
    await objects.look(kind.name, { [system]: ids[system] });
    expect((await objects.link(kind.name, 'hubspot', ids.hubspot))?.ended).toBeNull();
    expect(await values(kind, ids)).toEqual(['meanwhile', 'meanwhile']);
    expect([await counts(kind), await objects.reviews(), await objects.unexplained()]).toEqual([
      [1, 1],
      [],
      [],
    ]);
  });

  it('while somebody changes the other one: a person is asked, and the change stands', async () => {
    const ids = await objects.make(kind.name, kind.fields);
    await edit(kind, other, ids, 'crossed');
    await remove(kind, system, ids);
    await objects.look(kind.name, ids);
    expect(await objects.reviews()).toEqual([
      { record_id: ids[other], cause: `changed here while it was deleted in ${where}` },
    ]);
    const [hubspot, salesforce] = await values(kind, ids);
    expect(other === 'hubspot' ? hubspot : salesforce).toBe('crossed');
  });
});

describe('two deals that are merged in HubSpot', () => {
  it('are one with the elder opportunity, the other one follows it, and nothing is made or lost', async () => {
    const first = await objects.make('deals', deals.fields);
    const second = await objects.make('deals', { ...deals.fields, Name: 'Small one', Amount: 5 });
    const { id: survivor = '' } = await objects.hubspot('POST', '/crm/v3/objects/deals/merge', {
      primaryObjectId: first.hubspot,
      objectIdToMerge: second.hubspot,
    });
    for (const ids of [first, second]) await objects.look('deals', ids);
    const link = await objects.link('deals', 'hubspot', survivor);
    expect([link?.ids.salesforce, link?.followers?.map(({ id }) => id)]).toEqual([
      first.salesforce,
      [second.salesforce],
    ]);
    expect(await counts(deals)).toEqual([1, 2]);
    const small = await objects.record('salesforce', 'Opportunity', second.salesforce);
    expect([small?.Name, small?.Amount]).toEqual(['Small one', 5]);
    await objects.editHubspot('deals', survivor, { description: 'both' });
    await objects.look('deals', { hubspot: survivor });
    const big = await objects.record('salesforce', 'Opportunity', first.salesforce);
    expect(big?.Description).toBe('both');
    expect(await objects.unexplained()).toEqual([]);
  });
});

describe('an owner who leaves', () => {
  const learn = async (): Promise<void> => {
    await learnOwners(objects.simulated.connect(), objects.mappings);
  };
  const isActive = (alias: string, active: boolean): Promise<unknown> =>
    objects.simulated.control('salesforce', 'directory', { users: [{ alias, active }] });

  it.each([companies, deals])(
    '$name: the owner over there stays and is told, the record goes on, and comes again once they are back',
    async (kind) => {
      const users = await objects.live('salesforce', 'User');
      const tom = String(users.find(({ Alias }) => Alias === 'tbeck')?.Id);
      const ids = await objects.make(kind.name, kind.fields);
      const before = (await objects.record('salesforce', kind.types.salesforce, ids.salesforce))?.OwnerId;
      const hubspotOwner = objects.mappings.references.table('owner', kind.types.salesforce).toHubspot(tom);
      expect(hubspotOwner).toBeDefined();
      await isActive('tbeck', false);
      await learn();
      await objects.editHubspot(kind.types.hubspot, ids.hubspot, {
        hubspot_owner_id: hubspotOwner ?? '',
        [kind.text.hubspot]: 'goes on',
      });
      await objects.look(kind.name, ids);
      expect(await objects.parked()).toMatchObject([{ field: 'hubspot_owner_id', code: 'UNKNOWN_OWNER' }]);
      const there = await objects.record('salesforce', kind.types.salesforce, ids.salesforce);
      expect([there?.OwnerId, there?.[kind.text.salesforce]]).toEqual([before, 'goes on']);
      expect(await objects.unexplained()).toEqual([]);
      await isActive('tbeck', true);
      await learn();
      await objects.look(kind.name, ids);
      expect((await objects.record('salesforce', kind.types.salesforce, ids.salesforce))?.OwnerId).toBe(tom);
      expect(await objects.parked()).toEqual([]);
    },
  );
});

describe('a record that is not shared any more', () => {
  it.each([deals, projects])(
    '$name: waits with its link and goes on once it is shared again',
    async (kind) => {
      const ids = await objects.make(kind.name, kind.fields);
      const rule = {
        object: kind.types.salesforce,
        kind: 'unshare',
        when: { Name: String(kind.fields.Name) },
      };
      await objects.simulated.control('salesforce', 'rules', [rule]);
      await edit(kind, 'hubspot', ids, 'after');
      await objects.look(kind.name, ids);
      expect(await objects.parked()).toMatchObject([{ code: 'UNREACHABLE', system: 'salesforce' }]);
      expect(await counts(kind)).toEqual([1, 1]);
      await objects.simulated.control('salesforce', 'rules', []);
      await objects.look(kind.name, ids);
      expect(await values(kind, ids)).toEqual(['after', 'after']);
      expect([await objects.parked(), await objects.reviews()]).toEqual([[], []]);
    },
  );
});

describe('a company that a duplicate rule of Salesforce takes for an account that is there', () => {
  it('is a question, and once it is said to be the same its people and deals are that account’s', async () => {
    const { ids } = (await objects.simulated.control('salesforce', 'records/Account', {
      records: [{ Name: 'Acme', Website: 'acme.test' }],
    })) as { ids: string[] };
    const [account = ''] = ids;
    await objects.simulated.control('salesforce', 'rules', [
      { object: 'Account', kind: 'duplicate', fields: ['Name'], set: { allowSave: true } },
    ]);
    const { id: company = '' } = await objects.hubspot('POST', '/crm/v3/objects/companies', {
      properties: { name: 'Acme', domain: 'acme.example' },
    });
    const { id: contact = '' } = await objects.hubspot('POST', '/crm/v3/objects/contacts', {
      properties: { email: 'ann@acme.example', lastname: 'Ng' },
    });
    const path = `/crm/v4/objects/contacts/${contact}/associations/companies/${company}`;
    await objects.hubspot('PUT', path, [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }]);
    await objects.mark('companies', { hubspot: company });
    await objects.look('contacts', { hubspot: contact });
    expect(await objects.reviews()).toEqual([
      {
        record_id: company,
        cause:
          "Salesforce's duplicate rule Standard_Account_Duplicate_Rule takes it for a record that is there",
      },
    ]);
    // Their company waits for an answer: they are made without an account.
    const person = await objects.link('contacts', 'hubspot', contact);
    expect(
      (await objects.record('salesforce', 'Contact', person?.ids.salesforce ?? ''))?.AccountId,
    ).toBeNull();
    await objects.editHubspot('companies', company, { tandem_salesforce_id: account });
    await objects.look('companies', { hubspot: company });
    expect((await objects.link('companies', 'hubspot', company))?.ids.salesforce).toBe(account);
    const there = await objects.record('salesforce', 'Contact', person?.ids.salesforce ?? '');
    expect(there?.AccountId).toBe(account);
    expect([await counts(companies), await objects.reviews(), await objects.parked()]).toEqual([
      [1, 1],
      [],
      [],
    ]);
  });
});
