import { beforeEach, describe, expect, it } from 'vitest';
import type { Sides } from '../../src/model/system.ts';
import { withObjects } from './simulated-objects.ts';

const objects = withObjects();
const record = objects.record.bind(objects);

let acme: Sides<string>;
let ann: Sides<string>;
let deal: Sides<string>;

/** A company with a person and a deal, linked. */
const company = async (name: string) => {
  const website = `${name.toLowerCase()}.example`;
  const own = await objects.make('companies', { Name: name, Website: website });
  const person = await objects.make('contacts', {
    LastName: `of ${name}`,
    Email: `person@${website}`,
    AccountId: own.salesforce,
  });
  const business = await objects.make('deals', {
    Name: `with ${name}`,
    StageName: 'Prospecting',
    CloseDate: '2026-12-31',
    AccountId: own.salesforce,
  });
  return { own, person, business };
};

/** Whom contact and deal belong to, on both sides. */
const belongings = async () => {
  const [contact, opportunity] = [
    await record('salesforce', 'Contact', ann.salesforce),
    await record('salesforce', 'Opportunity', deal.salesforce),
  ];
  const [person, business] = [
    await record('hubspot', 'contacts', ann.hubspot),
    await record('hubspot', 'deals', deal.hubspot),
  ];
  return {
    salesforce: [contact?.AccountId, opportunity?.AccountId],
    hubspot: [person?.associatedcompanyid, business?.hs_primary_associated_company],
  };
};
const lookAtChildren = async (): Promise<void> => {
  await objects.mark('contacts', ann);
  await objects.mark('deals', deal);
  await objects.drain();
};

beforeEach(async () => {
  const made = await company('Acme');
  [acme, ann, deal] = [made.own, made.person, made.business];
  expect(await belongings()).toEqual({
    salesforce: [acme.salesforce, acme.salesforce],
    hubspot: [acme.hubspot, acme.hubspot],
  });
});

const counts = async (): Promise<readonly number[]> =>
  Promise.all(
    (
      [
        ['hubspot', 'companies'],
        ['salesforce', 'Account'],
        ['hubspot', 'contacts'],
        ['salesforce', 'Contact'],
        ['hubspot', 'deals'],
        ['salesforce', 'Opportunity'],
      ] as const
    ).map(async ([system, type]) => (await objects.live(system, type)).length),
  );
const together = () => ({
  salesforce: [acme.salesforce, acme.salesforce],
  hubspot: [acme.hubspot, acme.hubspot],
});

describe('a company that is archived in HubSpot', () => {
  const archive = () => objects.hubspot('DELETE', `/crm/v3/objects/companies/${acme.hubspot}`);

  it('ends its link: account, contacts and opportunities stay together, and it is itself again once restored', async () => {
    await archive();
    await objects.look('companies', acme);
    await lookAtChildren();
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ended?.cause).toBe(
      'deleted in HubSpot',
    );
    expect((await belongings()).salesforce).toEqual(together().salesforce);
    expect(await objects.unexplained()).toEqual([]);
    await objects.editSalesforce('Contact', ann.salesforce, { Title: 'Head' });
    await objects.look('contacts', ann);
    expect((await record('hubspot', 'contacts', ann.hubspot))?.jobtitle).toBe('Head');

    await objects.simulated.control('hubspot', 'recycle-bin', {
      object: 'companies',
      restore: [acme.hubspot],
    });
    await objects.look('companies', acme);
    await lookAtChildren();
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ended).toBeNull();
    expect(await belongings()).toEqual(together());
    expect(await counts()).toEqual([1, 1, 1, 1, 1, 1]);
    expect([await objects.unexplained(), await objects.parked()]).toEqual([[], []]);
  });

  it('does not empty the account of its people where their signal comes first, and is looked at because of it', async () => {
    await archive();
    await objects.look('contacts', { hubspot: ann.hubspot });
    expect((await belongings()).salesforce).toEqual(together().salesforce);
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ended?.cause).toBe(
      'deleted in HubSpot',
    );
  });

  it('leaves its people where somebody puts them, on either side', async () => {
    const other = await company('Globex');
    await archive();
    await objects.look('companies', acme);
    await lookAtChildren();
    await objects.editSalesforce('Contact', ann.salesforce, { AccountId: other.own.salesforce });
    await objects.look('contacts', ann);
    expect((await record('hubspot', 'contacts', ann.hubspot))?.associatedcompanyid).toBe(other.own.hubspot);
    const path = `/crm/v4/objects/deals/${deal.hubspot}/associations/companies/${other.own.hubspot}`;
    // A deal's primary company (HubSpot's list of association types).
    await objects.hubspot('PUT', path, [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 }]);
    await objects.look('deals', deal);
    expect((await record('salesforce', 'Opportunity', deal.salesforce))?.AccountId).toBe(
      other.own.salesforce,
    );
  });

  it('is no excuse: an association that somebody takes away of a company that lives is taken away', async () => {
    const path = `/crm/v4/objects/contacts/${ann.hubspot}/associations/companies/${acme.hubspot}`;
    await objects.hubspot('DELETE', path);
    await objects.look('contacts', ann);
    expect((await belongings()).salesforce).toEqual([null, acme.salesforce]);
  });
});

describe('an account that is deleted in Salesforce', () => {
  it('takes its people and deals along there alone; undeleted, all are themselves again, once', async () => {
    await objects.person.sobject('Account').destroy(acme.salesforce);
    for (const [name, ids] of [
      ['contacts', ann],
      ['deals', deal],
      ['companies', acme],
    ] as const)
      await objects.look(name, ids);
    expect(await counts()).toEqual([1, 0, 1, 0, 1, 0]);
    expect((await belongings()).hubspot).toEqual(together().hubspot);
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ended?.cause).toBe(
      'deleted in Salesforce',
    );
    // An edit in HubSpot makes nobody anew meanwhile.
    await objects.editHubspot('companies', acme.hubspot, { city: 'Bonn' });
    await objects.look('companies', { hubspot: acme.hubspot });
    expect(await counts()).toEqual([1, 0, 1, 0, 1, 0]);

    await objects.person.soap.undelete([acme.salesforce]);
    for (const [name, ids] of [
      ['contacts', ann],
      ['deals', deal],
      ['companies', acme],
    ] as const)
      await objects.look(name, { salesforce: ids.salesforce });
    await lookAtChildren();
    expect(await counts()).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await belongings()).toEqual(together());
    expect((await record('salesforce', 'Account', acme.salesforce))?.BillingCity).toBe('Bonn');
    expect([await objects.reviews(), await objects.unexplained()]).toEqual([[], []]);
  });
});

describe('two companies that are merged in HubSpot', () => {
  it('are one with the elder account, the other one follows it, and nobody loses their account', async () => {
    const other = await company('Globex');
    const { id: survivor = '' } = await objects.hubspot('POST', '/crm/v3/objects/companies/merge', {
      primaryObjectId: acme.hubspot,
      objectIdToMerge: other.own.hubspot,
    });
    expect([acme.hubspot, other.own.hubspot]).not.toContain(survivor);
    await objects.look('companies', acme);
    await objects.look('companies', other.own);
    await objects.mark('contacts', other.person);
    await objects.mark('deals', other.business);
    await lookAtChildren();
    const link = await objects.link('companies', 'hubspot', survivor);
    expect(link?.ids.salesforce).toBe(acme.salesforce);
    expect(link?.followers).toMatchObject([{ type: 'Account', id: other.own.salesforce }]);
    const accounts = await objects.live('salesforce', 'Account');
    const named = accounts.map(({ HubSpot_Id__c: id }) => String(id)).sort();
    expect(named).toEqual([survivor, `${survivor}.2`]);
    expect(await counts()).toEqual([1, 2, 2, 2, 2, 2]);
    expect(await belongings()).toEqual({
      salesforce: [acme.salesforce, acme.salesforce],
      hubspot: [survivor, survivor],
    });
    // Whoever is with the account that follows stays there: in HubSpot both accounts are this one company.
    const theirs = await record('salesforce', 'Contact', other.person.salesforce);
    const business = await record('salesforce', 'Opportunity', other.business.salesforce);
    expect([theirs?.AccountId, business?.AccountId]).toEqual([other.own.salesforce, other.own.salesforce]);
    await objects.editHubspot('companies', survivor, { city: 'Rome' });
    await objects.look('companies', { hubspot: survivor });
    expect((await record('salesforce', 'Account', acme.salesforce))?.BillingCity).toBe('Rome');
    expect(await objects.unexplained()).toEqual([]);
  });
});

describe('two companies that are merged in HubSpot, whose people are looked at first', () => {
  it('leaves everybody with their account, whichever of the two links is looked at before the other', async () => {
    const other = await company('Globex');
    const { id: survivor = '' } = await objects.hubspot('POST', '/crm/v3/objects/companies/merge', {
      primaryObjectId: acme.hubspot,
      objectIdToMerge: other.own.hubspot,
    });
    // Nobody has looked at either company yet; then the younger one's link moves alone.
    await objects.look('contacts', ann);
    await objects.mark('companies', { hubspot: other.own.hubspot });
    await objects.worked('companies');
    await objects.mark('contacts', { hubspot: ann.hubspot });
    await objects.mark('deals', { hubspot: deal.hubspot });
    await objects.worked('contacts');
    await objects.worked('deals');
    expect((await belongings()).salesforce).toEqual(together().salesforce);
    await objects.look('companies', { hubspot: acme.hubspot });
    await lookAtChildren();
    expect(await belongings()).toEqual({ ...together(), hubspot: [survivor, survivor] });
    expect(await objects.unexplained()).toEqual([]);
    // A person who puts somebody elsewhere means it.
    const third = await company('Initech');
    const path = `/crm/v4/objects/contacts/${ann.hubspot}/associations/companies/${third.own.hubspot}`;
    await objects.hubspot('PUT', path, [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }]);
    await objects.look('contacts', ann);
    expect((await belongings()).salesforce).toEqual([third.own.salesforce, acme.salesforce]);
  });
});

describe('two accounts that are merged in Salesforce', () => {
  const merge = async (master: string, victim: string): Promise<void> => {
    const result = await objects.person.soap.merge({
      masterRecord: { type: 'Account', Id: master },
      recordToMergeIds: [victim],
    } as never);
    expect(result).toMatchObject({ success: true });
  };

  it('of which one was linked: the link goes to the survivor, with people and deals', async () => {
    const { ids } = (await objects.simulated.control('salesforce', 'records/Account', {
      records: [{ Name: 'Acme Inc' }],
    })) as { ids: string[] };
    const [master = ''] = ids;
    await merge(master, acme.salesforce);
    await objects.look('companies', acme);
    await lookAtChildren();
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ids.salesforce).toBe(master);
    expect(await belongings()).toEqual({
      salesforce: [master, master],
      hubspot: [acme.hubspot, acme.hubspot],
    });
    expect(await counts()).toEqual([1, 1, 1, 1, 1, 1]);
    expect([await objects.reviews(), await objects.unexplained()]).toEqual([[], []]);
  });

  it('of which both were linked: a question about the company that is left over, and its people follow the account', async () => {
    const other = await company('Globex');
    await merge(acme.salesforce, other.own.salesforce);
    await objects.look('companies', other.own);
    await objects.mark('contacts', other.person);
    await objects.mark('deals', other.business);
    await lookAtChildren();
    expect(await objects.reviews()).toEqual([
      {
        record_id: other.own.hubspot,
        cause: 'its Salesforce record was merged into one that is linked with another record',
      },
    ]);
    expect((await record('hubspot', 'contacts', other.person.hubspot))?.associatedcompanyid).toBe(
      acme.hubspot,
    );
    expect((await record('hubspot', 'deals', other.business.hubspot))?.hs_primary_associated_company).toBe(
      acme.hubspot,
    );
    expect(await counts()).toEqual([2, 1, 2, 2, 2, 2]);
    expect(await objects.unexplained()).toEqual([]);
  });
});

describe('an account that is not shared any more', () => {
  it('waits with its link; its people stay with it on both sides, and edits flow once it is shared again', async () => {
    await objects.simulated.control('salesforce', 'rules', [
      { object: 'Account', kind: 'unshare', when: { Name: 'Acme' } },
    ]);
    await objects.editHubspot('companies', acme.hubspot, { city: 'Oslo' });
    await objects.look('companies', acme);
    await lookAtChildren();
    expect(await objects.parked()).toMatchObject([{ code: 'UNREACHABLE', system: 'salesforce' }]);
    expect((await objects.link('companies', 'hubspot', acme.hubspot))?.ended).toBeNull();
    expect(await belongings()).toEqual(together());
    await objects.simulated.control('salesforce', 'rules', []);
    await objects.look('companies', acme);
    expect((await record('salesforce', 'Account', acme.salesforce))?.BillingCity).toBe('Oslo');
    expect([await objects.parked(), await counts()]).toEqual([[], [1, 1, 1, 1, 1, 1]]);
  });
});
