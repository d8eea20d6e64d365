import { afterEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
afterEach(() => portal.close());

const companies = '/crm/v3/objects/companies';
const deals = '/crm/v3/objects/deals';

const searchable = async (): Promise<void> => {
  portal.clock.advance(4_000);
};

describe('companies', () => {
  it('live on the same routes as contacts, with their own stamp, defaults and identity', async () => {
    portal = await startPortal();
    const { client } = portal;
    const made = await client.crm.companies.basicApi.create({
      properties: {
        name: 'Acme',
        domain: 'acme.example.com',
        industry: 'COMPUTER_SOFTWARE',
        annualrevenue: '15000',
      },
    });
    expect(made.properties).toMatchObject({
      name: 'Acme',
      lifecyclestage: 'lead',
      hs_pipeline: 'companies-lifecycle-pipeline',
    });
    const read = await client.crm.companies.basicApi.getById(made.id);
    expect(Object.keys(read.properties).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'createdate',
      'domain',
      'hs_lastmodifieddate',
      'hs_object_id',
      'name',
    ]);
    const upserted = await client.crm.companies.batchApi.upsert({
      inputs: [
        {
          id: '001A',
          idProperty: 'tandem_salesforce_id',
          properties: { name: 'Beta' },
          objectWriteTraceId: 'a',
        },
      ],
    });
    expect(upserted.results).toMatchObject([{ _new: true, objectWriteTraceId: 'a' }]);
    const found = await portal.call('POST', `${companies}/batch/read`, {
      idProperty: 'tandem_salesforce_id',
      inputs: [{ id: '001A' }],
      properties: ['name'],
    });
    expect(found.body.results).toMatchObject([{ properties: { name: 'Beta' } }]);
    await searchable();
    const search = await client.crm.companies.searchApi.doSearch({ query: 'acme', limit: 5 });
    expect(search.results.map((one) => one.id)).toEqual([made.id]);
    await client.crm.companies.basicApi.archive(made.id);
    expect((await portal.call('GET', `${companies}?archived=true`)).body.results).toMatchObject([
      { id: made.id, archived: true, archivedAt: expect.any(String) },
    ]);
  });

  it('refuse a create without name and domain, an industry that is none, and take any number of one domain', async () => {
    portal = await startPortal();
    const create = (properties: Record<string, string>) => portal.call('POST', companies, { properties });
    expect((await create({ city: 'Ulm' })).status).toBe(400);
    const bad = await create({ name: 'A', industry: 'Software' });
    expect([bad.status, bad.body.errors[0].code]).toEqual([400, 'INVALID_OPTION']);
    expect((await create({ domain: 'twin.example.com' })).status).toBe(201);
    expect((await create({ domain: 'twin.example.com' })).status).toBe(201);
  });
});

describe('deals', () => {
  const create = (properties: Record<string, string>) => portal.call('POST', deals, { properties });

  it('need a name and a stage, and go into the default pipeline', async () => {
    portal = await startPortal();
    const missing = await create({ dealname: 'Big' });
    expect([missing.status, missing.body.context]).toEqual([400, { properties: ['dealstage'] }]);
    const made = await create({
      dealname: 'Big',
      dealstage: 'qualifiedtobuy',
      amount: '100',
      closedate: '2026-12-31',
    });
    expect(made.body.properties).toMatchObject({
      pipeline: 'default',
      hs_deal_stage_probability: '0.40000000000000002220446049250313080847263336181640625',
      hs_is_closed: 'false',
      closedate: '2026-12-31T00:00:00.000Z',
    });
    const won = await portal.call('PATCH', `${deals}/${made.body.id}`, {
      properties: { dealstage: 'closedwon' },
    });
    expect(won.body.properties).toMatchObject({
      hs_is_closed: 'true',
      hs_is_closed_won: 'true',
      hs_deal_stage_probability: '1',
    });
  });

  it('refuse a stage that is none, and one of another pipeline', async () => {
    portal = await startPortal();
    const partner = await portal.call('POST', '/crm/v3/pipelines/deals', {
      label: 'Partners',
      displayOrder: 1,
      stages: [
        { label: 'Talks', displayOrder: 0, metadata: { probability: '0.5' } },
        { label: 'Signed', displayOrder: 1, metadata: { probability: '1.0' } },
      ],
    });
    expect(partner.status).toBe(201);
    const [talks, signed] = partner.body.stages;
    expect(signed.metadata).toEqual({ probability: '1.0', isClosed: 'true' });
    const blame = async (properties: Record<string, string>) => {
      const { status, body } = await create({ dealname: 'D', ...properties });
      return [status, body.errors?.[0]?.context.propertyName];
    };
    expect(await blame({ dealstage: 'won' })).toEqual([400, ['dealstage']]);
    expect(await blame({ dealstage: talks.id })).toEqual([400, ['dealstage']]);
    expect(await blame({ dealstage: talks.id, pipeline: 'none' })).toEqual([400, ['pipeline']]);
    const made = await create({ dealname: 'D', dealstage: talks.id, pipeline: partner.body.id });
    expect(made.status).toBe(201);
    const path = `${deals}/${made.body.id}`;
    expect((await portal.call('PATCH', path, { properties: { pipeline: 'default' } })).status).toBe(400);
    expect((await portal.call('PATCH', path, { properties: { dealstage: signed.id } })).status).toBe(200);
    const inUse = await portal.call(
      'DELETE',
      `/crm/v3/pipelines/deals/${partner.body.id}?validateReferencesBeforeDelete=true`,
    );
    expect([inUse.status, inUse.body.subCategory]).toEqual([400, 'PipelineError.STAGE_ID_IN_USE']);
  });

  it('lists pipelines as recorded, and gives the stage property no options', async () => {
    portal = await startPortal();
    const { results } = await portal.client.crm.pipelines.pipelinesApi.getAll('deals');
    expect(results.map(({ id, label }) => [id, label])).toEqual([['default', 'Sales Pipeline']]);
    expect(
      results[0]?.stages.map(({ id, metadata }) => [id, metadata?.probability, metadata?.isClosed]),
    ).toEqual([
      ['appointmentscheduled', '0.2', 'false'],
      ['qualifiedtobuy', '0.4', 'false'],
      ['presentationscheduled', '0.6', 'false'],
      ['decisionmakerboughtin', '0.8', 'false'],
      ['contractsent', '0.9', 'false'],
      ['closedwon', '1.0', 'true'],
      ['closedlost', '0.0', 'true'],
    ]);
    const { body } = await portal.call('GET', '/crm/v3/properties/deals/dealstage');
    expect([body.options, body.externalOptions]).toEqual([[], true]);
    expect((await portal.call('GET', '/crm/v3/pipelines/contacts')).status).toBe(400);
  });
});

describe('the seed', () => {
  it('gives each contact an employer by domain, and some of them deals; the same for the same seed', async () => {
    portal = await startPortal({ contacts: 120 });
    const all = async (type: string) => (await portal.control(`/records/${type}`)).body.records;
    const [people, employers, open] = [await all('contacts'), await all('companies'), await all('deals')];
    expect(
      new Set(employers.map((one: { properties: { domain: string } }) => one.properties.domain)).size,
    ).toBe(employers.length);
    expect(open.length).toBeGreaterThan(2);
    const person = people[7];
    const { body } = await portal.call(
      'GET',
      `/crm/v3/objects/contacts/${person.id}?associations=companies&properties=associatedcompanyid,email`,
    );
    const companyId = body.properties.associatedcompanyid;
    expect(body.associations.companies.results).toEqual([
      { id: companyId, type: 'contact_to_company' },
      { id: companyId, type: 'contact_to_company_unlabeled' },
    ]);
    const employer = employers.find((one: { id: string }) => one.id === companyId);
    expect(body.properties.email.endsWith(`@${employer.properties.domain}`)).toBe(true);
    await portal.control('/reset', {});
    expect([await all('companies'), await all('deals')]).toEqual([employers, open]);
  });
});

describe('POST /_sandbox/records', () => {
  it('edits, ties and names the source', async () => {
    portal = await startPortal();
    const company = (await portal.control('/records/companies', { records: [{ name: 'Acme' }] })).body.ids[0];
    const { body } = await portal.control('/records/contacts', {
      source: 'form',
      records: [{ email: 'a@gmail.com', associations: [{ object: 'companies', id: company, typeIds: [1] }] }],
    });
    const [id] = body.ids;
    await portal.control('/records/contacts', { source: 'import', records: [{ id, city: 'Ulm' }] });
    await portal.control('/records/contacts', { source: 'integration', records: [{ id, city: 'Bonn' }] });
    const read = await portal.call('GET', `/crm/v3/objects/contacts/${id}?propertiesWithHistory=city,email`);
    const sources = (name: string) =>
      read.body.propertiesWithHistory[name].map((one: { sourceType: string }) => one.sourceType);
    expect([sources('city'), sources('email')]).toEqual([['INTEGRATION', 'IMPORT'], ['FORM']]);
    expect(await portal.read(id, 'associatedcompanyid')).toMatchObject({ associatedcompanyid: company });
    const refused = await portal.control('/records/contacts', { source: 'nobody', records: [] });
    expect([refused.status, refused.body.place]).toEqual([400, 'source']);
    const unknown = await portal.control('/records/contacts', { records: [{ id: '5', city: 'x' }] });
    expect([unknown.status, unknown.body.place]).toEqual([400, 'records[0].id']);
  });
});
