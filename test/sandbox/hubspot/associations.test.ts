import { AssociationSpecAssociationCategoryEnum as Category } from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
let contact: string;
let acme: string;
let beta: string;

const load = async (type: string, ...records: object[]): Promise<string[]> =>
  (await portal.control(`/records/${type}`, { records })).body.ids;

beforeEach(async () => {
  portal = await startPortal();
  [acme = '', beta = ''] = await load('companies', { name: 'Acme' }, { name: 'Beta' });
  [contact = ''] = await load('contacts', { email: 'a@gmail.com' });
});
afterEach(() => portal.close());

/** `{companyId: [typeIds]}` as the contact's end shows it. */
const seen = async (
  from = contact,
  route = 'contacts',
  to = 'companies',
): Promise<Record<string, number[]>> => {
  const { body } = await portal.call('GET', `/crm/v4/objects/${route}/${from}/associations/${to}`);
  return Object.fromEntries(
    body.results.map((row: { toObjectId: number; associationTypes: { typeId: number }[] }) => {
      if (typeof row.toObjectId !== 'number') throw new Error('toObjectId is a number');
      return [String(row.toObjectId), row.associationTypes.map((type) => type.typeId)];
    }),
  );
};

const link = (company: string, typeId: number) =>
  portal.client.crm.associations.v4.batchApi.create('contacts', 'companies', {
    inputs: [
      {
        _from: { id: contact },
        to: { id: company },
        types: [{ associationCategory: Category.HubspotDefined, associationTypeId: typeId }],
      },
    ],
  });

describe('associations', () => {
  it('are seen from both ends; a primary has the plain one beside it, and there is one', async () => {
    await link(acme, 1);
    expect(await seen()).toEqual({ [acme]: [1, 279] });
    expect(await seen(acme, 'companies', 'contacts')).toEqual({ [contact]: [2, 280] });
    expect(await portal.read(contact, 'associatedcompanyid')).toMatchObject({ associatedcompanyid: acme });
    await link(beta, 279);
    expect(await seen()).toEqual({ [acme]: [1, 279], [beta]: [279] });
    await link(beta, 1);
    expect(await seen()).toEqual({ [acme]: [279], [beta]: [1, 279] });
    expect(await portal.read(contact, 'associatedcompanyid')).toMatchObject({ associatedcompanyid: beta });
  });

  it('do not move the stamps of either record', async () => {
    const stampOf = async () =>
      (await portal.call('GET', `/crm/v3/objects/contacts/${contact}`)).body.updatedAt;
    const before = await stampOf();
    portal.clock.advance(60_000);
    await link(acme, 1);
    expect(await stampOf()).toBe(before);
    const company = await portal.call('GET', `/crm/v3/objects/companies/${acme}`);
    expect(company.body.updatedAt).toBe(company.body.createdAt);
  });

  it('of one pair are replaced by PUT, end with DELETE, and plainly begin with default', async () => {
    const path = `/crm/v4/objects/contacts/${contact}/associations`;
    const plain = await portal.call('PUT', `${path}/default/companies/${acme}`);
    expect([plain.status, plain.body.results.length]).toEqual([200, 2]);
    expect(await seen()).toEqual({ [acme]: [279] });
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }];
    const put = await portal.call('PUT', `${path}/companies/${acme}`, types);
    expect([put.status, put.body.labels]).toEqual([201, ['Primary']]);
    types[0] = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 };
    await portal.call('PUT', `${path}/companies/${acme}`, types);
    expect(await seen()).toEqual({ [acme]: [279] });
    expect((await portal.call('DELETE', `${path}/companies/${acme}`)).status).toBe(204);
    expect(await seen()).toEqual({});
    expect(await seen(acme, 'companies', 'contacts')).toEqual({});
  });

  it('read in batch answers 207 where somebody has none', async () => {
    await link(acme, 1);
    const [other = ''] = await load('contacts', { email: 'b@gmail.com' });
    const { status, body } = await portal.call('POST', '/crm/v4/associations/contacts/companies/batch/read', {
      inputs: [{ id: contact }, { id: other }],
    });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([
      {
        from: { id: contact },
        to: [
          {
            toObjectId: Number(acme),
            associationTypes: [
              { category: 'HUBSPOT_DEFINED', typeId: 1, label: 'Primary' },
              { category: 'HUBSPOT_DEFINED', typeId: 279, label: null },
            ],
          },
        ],
      },
    ]);
    expect(body.errors).toMatchObject([
      { subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND', context: { fromObjectId: [other] } },
    ]);
  });

  it('refuse rows by themselves: a record that is not there, itself, a type of other objects', async () => {
    const spec = (id: number) => [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: id }];
    const rows = (type: string, inputs: object[]) =>
      portal.call('POST', `/crm/v4/associations/${type}/batch/create`, { inputs });
    const { status, body } = await rows('contacts/companies', [
      { from: { id: contact }, to: { id: acme }, types: spec(279) },
      { from: { id: contact }, to: { id: '99' }, types: spec(279) },
      { from: { id: contact }, to: { id: beta }, types: spec(3) },
    ]);
    expect([status, body.results.length, body.numErrors]).toEqual([207, 1, 2]);
    const self = await rows('companies/companies', [
      { from: { id: acme }, to: { id: acme }, types: spec(450) },
    ]);
    expect(self.body.errors[0].message).toBe(`Object ${acme} cannot be associated to itself (${acme})`);
    const many = Array.from({ length: 1_001 }, () => ({ id: contact }));
    const tooMany = await portal.call('POST', '/crm/v4/associations/contacts/companies/batch/read', {
      inputs: many,
    });
    expect(tooMany.status).toBe(400);
  });

  it('can be made with a record, and are found by a search', async () => {
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 }];
    const deal = await portal.call('POST', '/crm/v3/objects/deals', {
      properties: { dealname: 'D', dealstage: 'closedwon' },
      associations: [{ to: { id: acme }, types }],
    });
    expect(await seen(deal.body.id, 'deals')).toEqual({ [acme]: [5, 341] });
    portal.clock.advance(4_000);
    const found = await portal.call('POST', '/crm/v3/objects/deals/search', {
      filterGroups: [{ filters: [{ propertyName: 'associations.company', operator: 'EQ', value: acme }] }],
    });
    expect(found.body.results.map((one: { id: string }) => one.id)).toEqual([deal.body.id]);
    const refused = await portal.call('POST', '/crm/v3/objects/deals', {
      properties: { dealname: 'E', dealstage: 'closedwon' },
      associations: [{ to: { id: '99' }, types }],
    });
    expect(refused.status).toBe(400);
    expect((await portal.control('/stats')).body.records.deals).toBe(1);
  });

  it('have labels of the account, which are deleted only when nobody uses them', async () => {
    const labels = '/crm/v4/associations/contacts/companies/labels';
    const made = await portal.call('POST', labels, {
      name: 'advisor',
      label: 'Advisor',
      inverseLabel: 'Advised by',
    });
    expect(made.status).toBe(200);
    const [there, back] = made.body.results;
    expect(back.label).toBe('Advised by');
    const types = [{ associationCategory: 'USER_DEFINED', associationTypeId: there.typeId }];
    await portal.call('PUT', `/crm/v4/objects/contacts/${contact}/associations/companies/${acme}`, types);
    expect(await seen()).toEqual({ [acme]: [there.typeId, 279] });
    expect(await seen(acme, 'companies', 'contacts')).toEqual({ [contact]: [back.typeId, 280] });
    expect((await portal.call('DELETE', `${labels}/${there.typeId}`)).status).toBe(400);
    await portal.call('POST', '/crm/v4/associations/contacts/companies/batch/labels/archive', {
      inputs: [{ from: { id: contact }, to: { id: acme }, types }],
    });
    expect(await seen()).toEqual({ [acme]: [279] });
    expect((await portal.call('DELETE', `${labels}/${there.typeId}`)).status).toBe(204);
    expect((await portal.call('DELETE', `${labels}/1`)).status).toBe(400);
  });

  it('work for a custom object', async () => {
    await portal.control('/schema', { objects: [{ name: 'pets', properties: [{ name: 'pet_name' }] }] });
    const [pet = ''] = await load('pets', { pet_name: 'Tom' });
    await portal.call('PUT', `/crm/v4/objects/pets/${pet}/associations/default/contacts/${contact}`);
    expect(Object.keys(await seen(contact, 'contacts', 'pets'))).toEqual([pet]);
  });
});

describe('companies that the portal makes by itself', () => {
  const companyOf = async (id: string) => (await portal.read(id, 'associatedcompanyid')).associatedcompanyid;

  it('come from a contact’s domain once, are the primary one, and say where they come from', async () => {
    const first = await portal.create({ email: 'a@firm.example.com' });
    const second = await portal.create({ email: 'b@firm.example.com' });
    const companyId = await companyOf(first);
    expect(companyId).toMatch(/^\d+$/);
    expect(await companyOf(second)).toBe(companyId);
    expect(await seen(first)).toEqual({ [companyId ?? '']: [1, 279] });
    const { body } = await portal.call(
      'GET',
      `/crm/v3/objects/companies/${companyId}?properties=domain,hs_object_source,hs_object_source_id,hs_object_source_label`,
    );
    expect(body.properties).toMatchObject({
      domain: 'firm.example.com',
      hs_object_source: 'COMPANIES',
      hs_object_source_id: 'FetchAssociatedCompanyIdStep',
      hs_object_source_label: 'CRM_SETTING',
    });
  });

  it('not from free mail, not over a primary company, not when the portal has it off', async () => {
    expect(await companyOf(await portal.create({ email: 'c@gmail.com' }))).toBeNull();
    await link(acme, 1);
    await portal.call('PATCH', `/crm/v3/objects/contacts/${contact}`, {
      properties: { email: 'a@other.example.com' },
    });
    expect(await companyOf(contact)).toBe(acme);
    await portal.control('/portal', { createCompanies: false });
    expect(await companyOf(await portal.create({ email: 'd@third.example.com' }))).toBeNull();
  });

  it('is no longer anybody’s primary while it is archived', async () => {
    await link(acme, 1);
    await portal.call('DELETE', `/crm/v3/objects/companies/${acme}`);
    expect([await companyOf(contact), await seen()]).toEqual([null, {}]);
    await portal.control('/recycle-bin', { object: 'companies', restore: [acme] });
    expect([await companyOf(contact), await seen()]).toEqual([acme, { [acme]: [1, 279] }]);
  });
});
