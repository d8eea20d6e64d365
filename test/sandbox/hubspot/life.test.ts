import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const contacts = '/crm/v3/objects/contacts';
let portal: Portal;
beforeEach(async () => {
  portal = await startPortal();
});
afterEach(() => portal.close());

const merge = async (primaryObjectId: string, objectIdToMerge: string): Promise<string> => {
  const { id } = await portal.client.crm.contacts.basicApi.merge({ primaryObjectId, objectIdToMerge });
  return id;
};

describe('merge', () => {
  it('makes a new record to which both old ids lead, with the primary’s values', async () => {
    const a = await portal.create({ email: 'a@one.example.com', city: 'Ulm', lifecyclestage: 'lead' });
    portal.clock.advance(1_000);
    const b = await portal.create({
      email: 'b@two.example.com',
      city: 'Bonn',
      jobtitle: 'CFO',
      lifecyclestage: 'customer',
      tandem_salesforce_id: '00Q1',
    });
    portal.clock.advance(1_000);
    const id = await merge(a, b);
    expect([a, b]).not.toContain(id);
    const names =
      'email,hs_additional_emails,city,jobtitle,lifecyclestage,tandem_salesforce_id,hs_merged_object_ids,hs_all_contact_vids';
    for (const asked of [a, b, id]) {
      const { body } = await portal.call('GET', `${contacts}/${asked}?properties=${names}`);
      expect(body.id).toBe(id);
      expect(body.properties).toMatchObject({
        email: 'a@one.example.com',
        hs_additional_emails: 'b@two.example.com',
        city: 'Ulm',
        jobtitle: 'CFO',
        lifecyclestage: 'customer',
        tandem_salesforce_id: '00Q1',
        hs_merged_object_ids: `${a};${b}`,
        hs_all_contact_vids: `${id};${a};${b}`,
      });
    }
    const byEmail = await portal.call('GET', `${contacts}/b@two.example.com?idProperty=email`);
    expect(byEmail.body.id).toBe(id);
    const history = await portal.call('GET', `${contacts}/${id}?propertiesWithHistory=city`);
    expect(history.body.propertiesWithHistory.city.map((one: { value: string }) => one.value)).toEqual([
      'Ulm',
      'Bonn',
      'Ulm',
    ]);
  });

  it('takes the old ids for one record and drops them from a batch update without a word', async () => {
    const [a, b] = [
      await portal.create({ email: 'a@x.example.com' }),
      await portal.create({ email: 'b@x.example.com' }),
    ];
    const id = await merge(a, b);
    const patched = await portal.call('PATCH', `${contacts}/${b}`, { properties: { city: 'Ulm' } });
    expect([patched.status, patched.body.id]).toEqual([200, id]);
    const batch = await portal.call('POST', `${contacts}/batch/update`, {
      inputs: [{ id: b, properties: { city: 'Bonn' }, objectWriteTraceId: 't' }],
    });
    expect([batch.status, batch.body.results, batch.body.errors]).toEqual([200, [], undefined]);
    expect(await portal.read(id, 'city')).toMatchObject({ city: 'Ulm' });
    const read = await portal.call('POST', `${contacts}/batch/read`, { inputs: [{ id: a }] });
    expect(read.body.results.map((one: { id: string }) => one.id)).toEqual([id]);
    await portal.control('/portal', { batchReadFollowsMerges: false });
    expect((await portal.call('POST', `${contacts}/batch/read`, { inputs: [{ id: a }] })).status).toBe(207);
  });

  it('leaves the old records in no list, live or archived, and goes on to the next survivor', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push(await portal.create({ email: `${name}@x.example.com` }));
    const [a = '', b = '', c = ''] = ids;
    const first = await merge(a, b);
    const last = await merge(c, first);
    const list = async (query: string): Promise<string[]> =>
      (await portal.call('GET', `${contacts}?${query}`)).body.results.map((one: { id: string }) => one.id);
    expect([await list('archived=false'), await list('archived=true')]).toEqual([[last], []]);
    for (const old of [a, b, c, first]) {
      expect((await portal.call('GET', `${contacts}/${old}`)).body.id).toBe(last);
    }
    expect((await portal.read(last, 'hs_merged_object_ids')).hs_merged_object_ids?.split(';').sort()).toEqual(
      [a, b, c, first].sort(),
    );
  });

  it('moves associations, the primary’s company staying primary', async () => {
    const a = await portal.create({ email: 'a@one.example.com' });
    const b = await portal.create({ email: 'b@two.example.com' });
    const companyOf = async (id: string) =>
      (await portal.read(id, 'associatedcompanyid')).associatedcompanyid;
    const [one, two] = [await companyOf(a), await companyOf(b)];
    const id = await merge(b, a);
    const { body } = await portal.call('GET', `${contacts}/${id}?associations=companies`);
    expect(body.associations.companies.results).toEqual([
      { id: one, type: 'contact_to_company_unlabeled' },
      { id: two, type: 'contact_to_company' },
      { id: two, type: 'contact_to_company_unlabeled' },
    ]);
    expect(await companyOf(id)).toBe(two);
    const from = await portal.call('GET', `/crm/v4/objects/companies/${one}/associations/contacts`);
    expect(from.body.results.map((row: { toObjectId: number }) => String(row.toObjectId))).toEqual([id]);
  });

  it('can keep the primary’s id, where the portal has that', async () => {
    await portal.control('/portal', { mergeKeepsPrimaryId: true });
    const [a, b] = [
      await portal.create({ email: 'a@x.example.com' }),
      await portal.create({ email: 'b@x.example.com' }),
    ];
    expect(await merge(a, b)).toBe(a);
    expect(await portal.read(b, 'hs_merged_object_ids')).toMatchObject({ hs_merged_object_ids: b });
  });

  it('makes the domain of the other company a further one, by which contacts find the company', async () => {
    const { body } = await portal.control('/records/companies', {
      records: [
        { name: 'A', domain: 'a.example.com', hs_additional_domains: 'A-old.example.com' },
        { name: 'B', domain: 'b.example.com' },
      ],
    });
    const [x, y] = body.ids;
    const companies = '/crm/v3/objects/companies';
    const merged = await portal.call('POST', `${companies}/merge`, {
      primaryObjectId: x,
      objectIdToMerge: y,
    });
    const { id } = merged.body;
    const shown = await portal.call('GET', `${companies}/${id}?properties=domain,hs_additional_domains`);
    expect(shown.body.properties).toMatchObject({
      domain: 'a.example.com',
      hs_additional_domains: 'b.example.com;a-old.example.com',
    });
    for (const domain of ['b.example.com', 'a-old.example.com']) {
      const contact = await portal.create({ email: `ann@${domain}` });
      expect(await portal.read(contact, 'associatedcompanyid')).toMatchObject({ associatedcompanyid: id });
    }
  });

  it('refuses a record with itself and one that is not there; works for companies', async () => {
    const a = await portal.create({ email: 'a@x.example.com' });
    const refused = (other: string) =>
      portal.call('POST', `${contacts}/merge`, { primaryObjectId: a, objectIdToMerge: other });
    expect([(await refused(a)).status, (await refused('99')).status]).toEqual([400, 404]);
    const { body } = await portal.control('/records/companies', { records: [{ name: 'A' }, { name: 'B' }] });
    const [x, y] = body.ids;
    const merged = await portal.call('POST', '/crm/v3/objects/companies/merge', {
      primaryObjectId: x,
      objectIdToMerge: y,
    });
    expect(merged.body.properties.name).toBe('A');
    expect((await portal.call('GET', `/crm/v3/objects/companies/${y}`)).body.id).toBe(merged.body.id);
  });
});

describe('GDPR delete', () => {
  it('leaves nothing, and the address is never taken again', async () => {
    const id = await portal.create({ email: 'gone@x.example.com' });
    const erased = await portal.call('POST', `${contacts}/gdpr-delete`, { objectId: id });
    expect(erased.status).toBe(204);
    for (const archived of [true, false]) {
      expect((await portal.call('GET', `${contacts}/${id}?archived=${archived}`)).status).toBe(404);
      expect((await portal.call('GET', `${contacts}?archived=${archived}`)).body.results).toEqual([]);
    }
    const again = await portal.call('POST', contacts, { properties: { email: 'Gone@x.example.com' } });
    expect([again.status, again.body.errors[0].code]).toEqual([400, 'BLOCKLISTED_EMAIL']);
  });

  it('goes by email, and blocklists one that nobody has', async () => {
    const id = await portal.create({ email: 'known@x.example.com' });
    for (const objectId of ['known@x.example.com', 'unknown@x.example.com']) {
      const erased = await portal.call('POST', `${contacts}/gdpr-delete`, { objectId, idProperty: 'email' });
      expect(erased.status).toBe(204);
      expect((await portal.call('POST', contacts, { properties: { email: objectId } })).status).toBe(400);
    }
    expect((await portal.call('GET', `${contacts}/${id}`)).status).toBe(404);
  });
});

describe('the archive', () => {
  it('gives a record back under its id, unless somebody else has its identity by now', async () => {
    const id = await portal.create({ email: 'a@x.example.com' });
    await portal.call('DELETE', `${contacts}/${id}`);
    expect((await portal.call('GET', `${contacts}/${id}`)).status).toBe(404);
    expect((await portal.call('GET', `${contacts}/${id}?archived=true`)).body.archivedAt).toBeTruthy();
    const bin = (body: object) => portal.control('/recycle-bin', { object: 'contacts', ...body });
    expect((await bin({ restore: [id] })).status).toBe(200);
    expect((await portal.call('GET', `${contacts}/${id}`)).body.archived).toBe(false);
    await portal.call('DELETE', `${contacts}/${id}`);
    await portal.create({ email: 'a@x.example.com' });
    expect((await bin({ restore: [id] })).body.error).toContain('another record has its email');
    await bin({ purge: [id] });
    expect((await portal.call('GET', `${contacts}/${id}?archived=true`)).status).toBe(404);
  });
});
