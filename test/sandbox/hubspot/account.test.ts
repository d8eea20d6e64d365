import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());

describe('properties', () => {
  it("lists types, options and what can be written, Tandem's own among them", async () => {
    const { results } = await portal.client.crm.properties.coreApi.getAll('contacts');
    const byName = new Map(results.map((property) => [property.name, property]));
    expect(byName.get('email')).toMatchObject({ type: 'string', fieldType: 'text', hubspotDefined: true });
    expect(byName.get('lifecyclestage')?.options.map((option) => option.value)).toContain('opportunity');
    expect(byName.get('lastmodifieddate')?.modificationMetadata?.readOnlyValue).toBe(true);
    expect(byName.get('jobtitle')?.modificationMetadata?.readOnlyValue).toBe(false);
    expect(byName.get('tandem_salesforce_id')).toMatchObject({ hasUniqueValue: true, groupName: 'tandem' });
    expect(results.filter((property) => property.groupName === 'tandem')).toHaveLength(28);
  });

  it('creates one that then takes values, in a group of its own', async () => {
    const { coreApi, groupsApi } = portal.client.crm.properties;
    await groupsApi.create('contacts', { name: 'mine', label: 'Mine' });
    const input = {
      name: 'shoe_size',
      label: 'Shoe size',
      groupName: 'mine',
      type: PropertyCreateTypeEnum.Number,
      fieldType: PropertyCreateFieldTypeEnum.Number,
    };
    expect((await coreApi.create('contacts', input)).name).toBe('shoe_size');
    expect(await coreApi.create('contacts', input).catch((error: { code: number }) => error.code)).toBe(409);
    expect((await coreApi.getByName('contacts', 'shoe_size')).hubspotDefined).toBe(false);
    const id = await portal.create({ email: 'shoe@example.com', shoe_size: '43' });
    expect(await portal.read(id, 'shoe_size')).toMatchObject({ shoe_size: '43' });
    await coreApi.archive('contacts', 'shoe_size');
    expect((await portal.call('GET', '/crm/v3/properties/contacts/shoe_size')).status).toBe(404);
  });

  it('creates and reads batches: 201 when all are new, 207 when some are not there', async () => {
    const property = (name: string) => ({
      name,
      label: name,
      groupName: 'tandem',
      type: 'string',
      fieldType: 'text',
    });
    const created = await portal.call('POST', '/crm/v3/properties/contacts/batch/create', {
      inputs: [property('batch_a'), property('batch_b')],
    });
    expect([created.status, created.body.results.length]).toEqual([201, 2]);
    const read = await portal.call('POST', '/crm/v3/properties/contacts/batch/read', {
      inputs: [{ name: 'batch_a' }, { name: 'nope' }],
    });
    expect(read.status).toBe(207);
    expect(read.body).toMatchObject({ results: [{ name: 'batch_a' }], numErrors: 1 });
  });

  it('refuses an unknown group and a name out of form', async () => {
    for (const change of [{ groupName: 'nowhere' }, { name: 'Bad Name' }]) {
      const body = {
        name: 'x_y',
        label: 'x',
        groupName: 'tandem',
        type: 'string',
        fieldType: 'text',
        ...change,
      };
      expect((await portal.call('POST', '/crm/v3/properties/contacts', body)).status).toBe(400);
    }
  });
});

describe('owners and account', () => {
  it('lists, finds by email, reads by id and by user id, shows archived ones apart', async () => {
    const { ownersApi } = portal.client.crm.owners;
    const { results } = await ownersApi.getPage();
    expect(results).toHaveLength(15);
    const [maria] = (await ownersApi.getPage('maria.lopez@acme.example.com')).results;
    expect(maria).toMatchObject({ firstName: 'Maria', archived: false });
    expect(maria?.id).not.toBe(String(maria?.userId));
    expect((await ownersApi.getById(Number(maria?.userId), 'userId')).id).toBe(maria?.id);
    const archived = await portal.call('GET', '/crm/v3/owners/?archived=true');
    expect(archived.body.results).toMatchObject([
      { archived: true, userId: null, userIdIncludingInactive: 51430401 },
    ]);
    const pages = [
      await ownersApi.getPage(undefined, undefined, 9),
      await ownersApi.getPage(undefined, '9', 9),
    ];
    expect(pages.map((page) => page.results.length)).toEqual([9, 6]);
    expect((await portal.call('GET', '/crm/v3/owners/1')).status).toBe(404);
  });

  it('says which account it is', async () => {
    const { body } = await portal.call('GET', '/account-info/v3/details');
    expect(body).toMatchObject({ portalId: expect.any(Number), accountType: 'STANDARD', timeZone: 'UTC' });
  });
});
