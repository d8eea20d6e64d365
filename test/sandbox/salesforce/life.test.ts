import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Merge, recycle bin and erasure, as jsforce does them. */
describe('Salesforce simulator: the life of a record', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const get = async (type: string, id: string) =>
    (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;
  const queryAll = async (soql: string) =>
    (await org.call('GET', `${base}/queryAll?q=${encodeURIComponent(soql)}`)).body.records;
  const merge = (type: string, master: string, victims: string[], fields: Record<string, unknown> = {}) =>
    org.connection.soap.merge({
      masterRecord: { type, Id: master, ...fields } as never,
      recordToMergeIds: victims,
    });

  it('merges leads: the victims lie in the bin with the id of the master, whose values win', async () => {
    const master = await org.lead({ Title: 'CTO', Email: 'a@example.com' });
    const one = await org.lead({ Title: 'CEO', Phone: '1', HubSpot_Id__c: '500' });
    const two = await org.lead();
    const result = await merge('Lead', master, [one, two], { HubSpot_Id__c: '500', City: 'Leeds' });
    expect(result).toMatchObject({ id: master, success: true, mergedRecordIds: [one, two] });
    expect(await get('Lead', master)).toMatchObject({
      Title: 'CTO',
      Phone: null,
      City: 'Leeds',
      HubSpot_Id__c: '500',
    });
    expect(
      await queryAll(`SELECT Id, IsDeleted, MasterRecordId FROM Lead WHERE MasterRecordId = '${master}'`),
    ).toMatchObject([
      { Id: one, IsDeleted: true },
      { Id: two, IsDeleted: true },
    ]);
    const edited = await org.call('PATCH', `${base}/sobjects/Lead/${one}`, { Title: 'x' });
    expect([edited.status, edited.body[0].errorCode]).toEqual([404, 'ENTITY_IS_DELETED']);
  });

  it('moves what belonged to a merged account or contact', async () => {
    const [keep, lose] = [
      await org.create('Account', { Name: 'A' }),
      await org.create('Account', { Name: 'B' }),
    ];
    const contact = await org.create('Contact', { LastName: 'X', AccountId: lose });
    const deal = await org.create('Opportunity', {
      Name: 'D',
      StageName: 'Prospecting',
      CloseDate: '2026-12-01',
      AccountId: lose,
    });
    const { updatedRelatedIds } = await merge('Account', keep, [lose]);
    expect([...updatedRelatedIds].sort()).toEqual([contact, deal].sort());
    expect((await get('Contact', contact)).AccountId).toBe(keep);
    const other = await org.create('Contact', { LastName: 'Y', AccountId: keep });
    const role = await org.create('OpportunityContactRole', {
      OpportunityId: deal,
      ContactId: other,
      Role: 'Influencer',
    });
    await merge('Contact', contact, [other]);
    expect((await get('OpportunityContactRole', role)).ContactId).toBe(contact);
  });

  it('refuses what cannot be merged, and nothing has happened then', async () => {
    const lead = await org.lead();
    const other = await org.lead();
    const converted = await org.lead();
    await org.connection.soap.convertLead({ leadId: converted, convertedStatus: 'Closed - Converted' });
    const refusals = [
      await merge('Lead', lead, [lead]),
      await merge('Lead', lead, [other, converted]),
      await merge('Lead', lead, [other], { Email: 'no address' }),
      await merge('Opportunity', lead, [other]),
    ];
    expect(refusals.map(({ success }) => success)).toEqual([false, false, false, false]);
    expect((await get('Lead', other)).IsDeleted).toBe(false);
  });

  it('brings records back under their ids, with what was deleted with them, but not what a merge moved', async () => {
    const account = await org.create('Account', { Name: 'Back', HubSpot_Id__c: '700' });
    const contact = await org.create('Contact', { LastName: 'X', AccountId: account });
    const earlier = await org.create('Contact', { LastName: 'Y', AccountId: account });
    await org.call('DELETE', `${base}/sobjects/Contact/${earlier}`);
    await org.call('DELETE', `${base}/sobjects/Account/${account}`);
    expect(await org.connection.soap.undelete([contact])).toMatchObject([
      { success: false, errors: [{ statusCode: 'UNDELETE_FAILED' }] },
    ]);
    const thief = await org.create('Account', { Name: 'Thief', HubSpot_Id__c: '700' });
    expect(await org.connection.soap.undelete([account])).toMatchObject([
      { success: false, errors: [{ statusCode: 'DUPLICATE_VALUE' }] },
    ]);
    await org.call('PATCH', `${base}/sobjects/Account/${thief}`, { HubSpot_Id__c: null });
    expect(await org.connection.soap.undelete([account, account])).toMatchObject([
      { id: account, success: true },
      { success: false },
    ]);
    const rows = await queryAll(`SELECT Id, IsDeleted FROM Contact WHERE AccountId = '${account}'`);
    expect(rows).toMatchObject([
      { Id: contact, IsDeleted: false },
      { Id: earlier, IsDeleted: true },
    ]);
  });

  it('purges from the recycle bin: no way back, visible to queryAll for a day, in the log of deletions after that', async () => {
    const id = await org.lead();
    const start = new Date(org.clock.now() - 60_000).toISOString();
    await org.call('DELETE', `${base}/sobjects/Lead/${id}`);
    expect(await org.connection.soap.emptyRecycleBin([id] as never)).toMatchObject([{ success: true, id }]);
    expect(await org.connection.soap.undelete([id])).toMatchObject([{ success: false }]);
    expect(await queryAll(`SELECT Id FROM Lead WHERE Id = '${id}'`)).toHaveLength(1);
    org.clock.advance(25 * 60 * 60_000);
    await org.renew();
    expect(await queryAll(`SELECT Id FROM Lead WHERE Id = '${id}'`)).toHaveLength(0);
    const { deletedRecords } = await org.connection
      .sobject('Lead')
      .deleted(start, new Date(org.clock.now()).toISOString());
    expect(deletedRecords.map((one) => one.id)).toContain(id);
  });

  it('erases at once on demand, and empties the bin after fifteen days by itself', async () => {
    const account = await org.create('Account', { Name: 'Gone' });
    const contact = await org.create('Contact', { LastName: 'Gone', AccountId: account });
    const old = await org.lead();
    await org.call('DELETE', `${base}/sobjects/Lead/${old}`);
    expect((await org.control('/erase', { ids: [account] })).status).toBe(200);
    expect(await queryAll(`SELECT Id FROM Contact WHERE Id = '${contact}'`)).toHaveLength(0);
    expect(await queryAll(`SELECT Id FROM Account WHERE Id = '${account}'`)).toHaveLength(0);
    expect((await org.control('/erase', { ids: [account] })).status).toBe(400);
    expect(await queryAll(`SELECT Id FROM Lead WHERE Id = '${old}'`)).toHaveLength(1);
    org.clock.advance(16 * 24 * 60 * 60_000);
    await org.renew();
    expect(await queryAll(`SELECT Id FROM Lead WHERE Id = '${old}'`)).toHaveLength(0);
  });
});
