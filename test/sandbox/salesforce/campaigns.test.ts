import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Campaigns, who is in them and how they answered. */
describe('Salesforce simulator: campaigns', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());
  afterEach(async () => {
    await org.control('/campaigns', { unknownStatus: 'default' });
  });

  const get = async (type: string, id: string) =>
    (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;
  const rows = async (soql: string) => (await org.query(soql)).body.records;
  const campaign = (fields: Record<string, unknown> = {}) =>
    org.create('Campaign', { Name: 'Webinar', ...fields });
  const add = (CampaignId: string, fields: Record<string, unknown>) =>
    org.call('POST', `${base}/sobjects/CampaignMember`, { CampaignId, ...fields });
  const convert = (leadId: string, more: Record<string, unknown> = {}) =>
    org.connection.soap.convertLead({ leadId, convertedStatus: 'Closed - Converted', ...more });

  it('gives a new campaign the two statuses, and its own after that', async () => {
    const id = await campaign();
    const statuses = `SELECT Label, IsDefault, HasResponded FROM CampaignMemberStatus WHERE CampaignId = '${id}' ORDER BY SortOrder`;
    expect(await rows(statuses)).toMatchObject([
      { Label: 'Sent', IsDefault: true, HasResponded: false },
      { Label: 'Responded', IsDefault: false, HasResponded: true },
    ]);
    await org.create('CampaignMemberStatus', {
      CampaignId: id,
      Label: 'Registered',
      SortOrder: 3,
      IsDefault: true,
      HasResponded: true,
    });
    expect(await rows(statuses)).toMatchObject([
      { IsDefault: false },
      { IsDefault: false },
      { Label: 'Registered', IsDefault: true },
    ]);
    const member = (await add(id, { LeadId: await org.lead() })).body.id;
    expect(await get('CampaignMember', member)).toMatchObject({ Status: 'Registered', HasResponded: true });
    const [registered, sent] = await rows(
      `SELECT Id FROM CampaignMemberStatus WHERE CampaignId = '${id}' AND Label IN ('Registered', 'Sent') ORDER BY Label`,
    );
    const used = await org.call('DELETE', `${base}/sobjects/CampaignMemberStatus/${registered.Id}`);
    expect(used.body[0].errorCode).toBe('DELETE_FAILED');
    expect((await org.call('DELETE', `${base}/sobjects/CampaignMemberStatus/${sent.Id}`)).status).toBe(204);
    await org.call('PATCH', `${base}/sobjects/CampaignMemberStatus/${registered.Id}`, {
      HasResponded: false,
    });
    expect(await get('CampaignMember', member)).toMatchObject({ HasResponded: false });
    expect(await get('Campaign', id)).toMatchObject({ NumberOfResponses: 0 });
  });

  it('takes a lead or a contact once', async () => {
    const id = await campaign();
    const lead = await org.lead();
    const contact = await org.create('Contact', { LastName: 'Okafor' });
    expect((await add(id, { LeadId: lead })).status).toBe(201);
    const again = await add(id, { LeadId: lead, Status: 'Responded' });
    expect([again.status, again.body[0]]).toEqual([
      400,
      { message: 'Already a campaign member.', errorCode: 'DUPLICATE_VALUE', fields: [] },
    ]);
    const attributes = { type: 'CampaignMember' };
    const batch = await org.call('POST', `${base}/composite/sobjects`, {
      records: [
        { attributes, CampaignId: id, ContactId: contact },
        { attributes, CampaignId: id, ContactId: contact },
        { attributes, CampaignId: id, LeadId: lead },
      ],
    });
    expect(batch.body.map((row: { success: boolean }) => row.success)).toEqual([true, false, false]);
    expect((await add(id, {})).body[0].errorCode).toBe('REQUIRED_FIELD_MISSING');
    const both = await add(await campaign(), { LeadId: lead, ContactId: contact });
    expect(await get('CampaignMember', both.body.id)).toMatchObject({ LeadId: null, ContactId: contact });
    const member = batch.body[0].id;
    const moved = await org.call('PATCH', `${base}/sobjects/CampaignMember/${member}`, {
      ContactId: contact,
    });
    expect(moved.body[0]).toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      fields: ['ContactId'],
    });
    await org.call('DELETE', `${base}/sobjects/CampaignMember/${member}`);
    expect((await add(id, { ContactId: contact })).status).toBe(201);
  });

  it('reads from the status who has responded, and keeps when they first did', async () => {
    const id = await campaign();
    const member = (await add(id, { LeadId: await org.lead() })).body.id;
    expect(await get('CampaignMember', member)).toMatchObject({
      Status: 'Sent',
      HasResponded: false,
      FirstRespondedDate: null,
    });
    const set = (Status: string) =>
      org.call('PATCH', `${base}/sobjects/CampaignMember/${member}`, { Status });
    await set('Responded');
    expect(await get('CampaignMember', member)).toMatchObject({
      HasResponded: true,
      FirstRespondedDate: '2026-11-25',
    });
    await set('Sent');
    expect(await get('CampaignMember', member)).toMatchObject({
      HasResponded: false,
      FirstRespondedDate: '2026-11-25',
    });
    expect(
      (await org.call('PATCH', `${base}/sobjects/CampaignMember/${member}`, { HasResponded: true })).body[0]
        .errorCode,
    ).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
  });

  it('puts the default in the place of a status that the campaign does not have, or refuses it', async () => {
    const id = await campaign();
    const member = (await add(id, { LeadId: await org.lead(), Status: 'Danced' })).body.id;
    expect((await get('CampaignMember', member)).Status).toBe('Sent');
    await org.control('/campaigns', { unknownStatus: 'refuse' });
    const refused = await add(id, { LeadId: await org.lead(), Status: 'Danced' });
    expect(refused.body[0]).toMatchObject({
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      fields: ['Status'],
    });
  });

  it('counts members, answers and deals', async () => {
    const id = await campaign();
    const before = await get('Campaign', id);
    expect(before).toMatchObject({ NumberOfLeads: 0, NumberOfOpportunities: 0, AmountAllOpportunities: 0 });
    org.clock.advance(2_000);
    const lead = await org.lead();
    await add(id, { LeadId: lead });
    const answered = (await add(id, { LeadId: await org.lead(), Status: 'Responded' })).body.id;
    await add(id, { ContactId: await org.create('Contact', { LastName: 'Okafor' }) });
    const deal = await org.create('Opportunity', {
      Name: 'D',
      StageName: 'Closed Won',
      CloseDate: '2026-12-01',
      Amount: 300,
      CampaignId: id,
    });
    const counted = await get('Campaign', id);
    expect(counted).toMatchObject({
      NumberOfLeads: 2,
      NumberOfContacts: 1,
      NumberOfResponses: 1,
      NumberOfOpportunities: 1,
      NumberOfWonOpportunities: 1,
      AmountWonOpportunities: 300,
      LastModifiedDate: before.LastModifiedDate,
    });
    expect(counted.SystemModstamp > before.SystemModstamp).toBe(true);
    await org.call('PATCH', `${base}/sobjects/Opportunity/${deal}`, {
      StageName: 'Closed Lost',
      Amount: 200,
    });
    await org.call('DELETE', `${base}/sobjects/CampaignMember/${answered}`);
    await org.call('DELETE', `${base}/sobjects/Lead/${lead}`);
    expect(await get('Campaign', id)).toMatchObject({
      NumberOfLeads: 0,
      NumberOfResponses: 0,
      NumberOfWonOpportunities: 0,
      AmountAllOpportunities: 200,
      AmountWonOpportunities: 0,
    });
    await org.connection.soap.undelete([lead]);
    expect((await get('Campaign', id)).NumberOfLeads).toBe(1);
  });

  it('shows of a member who they are, as they are now', async () => {
    const id = await campaign();
    const account = await org.create('Account', { Name: 'Acme' });
    const contact = await org.create('Contact', {
      FirstName: 'Ada',
      LastName: 'Okafor',
      AccountId: account,
      MailingCity: 'Leeds',
      Email: 'ada@example.com',
    });
    const member = (await add(id, { ContactId: contact })).body.id;
    expect(await get('CampaignMember', member)).toMatchObject({
      Name: 'Ada Okafor',
      City: 'Leeds',
      Email: 'ada@example.com',
      CompanyOrAccount: 'Acme',
      Type: 'Contact',
      LeadOrContactId: contact,
    });
    await org.call('PATCH', `${base}/sobjects/Contact/${contact}`, { MailingCity: 'York' });
    await org.call('PATCH', `${base}/sobjects/Account/${account}`, { Name: 'Acme plc' });
    const soql = `SELECT City, CompanyOrAccount, Campaign.Name, Contact.Account.Name FROM CampaignMember WHERE Id = '${member}'`;
    expect(await rows(soql)).toMatchObject([
      {
        City: 'York',
        CompanyOrAccount: 'Acme plc',
        Campaign: { Name: 'Webinar' },
        Contact: { Account: { Name: 'Acme plc' } },
      },
    ]);
  });

  it('goes with a converted lead to the contact, and with a merged one to the survivor, never twice', async () => {
    const id = await campaign();
    const lead = await org.lead();
    const member = (await add(id, { LeadId: lead })).body.id;
    const { contactId, opportunityId } = await convert(lead);
    expect(await get('CampaignMember', member)).toMatchObject({
      LeadId: lead,
      ContactId: contactId,
      Type: 'Contact',
    });
    expect((await get('Opportunity', String(opportunityId))).CampaignId).toBe(id);
    expect(await get('Campaign', id)).toMatchObject({
      NumberOfLeads: 0,
      NumberOfConvertedLeads: 1,
      NumberOfContacts: 1,
    });
    const late = await add(id, { LeadId: lead });
    expect(late.body[0].errorCode).toBe('CANNOT_UPDATE_CONVERTED_LEAD');

    const twin = await org.lead();
    const ofTwin = (await add(id, { LeadId: twin })).body.id;
    const { AccountId } = await get('Contact', String(contactId));
    await convert(twin, { accountId: AccountId, contactId, doNotCreateOpportunity: true });
    expect((await org.call('GET', `${base}/sobjects/CampaignMember/${ofTwin}`)).status).toBe(404);

    const other = await campaign();
    const [keep, lose, both] = [await org.lead(), await org.lead(), await org.lead()];
    const ofLose = (await add(other, { LeadId: lose })).body.id;
    const ofBoth = (await add(other, { LeadId: both })).body.id;
    const merged = await org.connection.soap.merge({
      masterRecord: { type: 'Lead', Id: keep } as never,
      recordToMergeIds: [lose, both],
    });
    expect(merged.success).toBe(true);
    expect((await get('CampaignMember', ofLose)).LeadId).toBe(keep);
    expect((await org.call('GET', `${base}/sobjects/CampaignMember/${ofBoth}`)).status).toBe(404);
    expect((await get('Campaign', other)).NumberOfLeads).toBe(1);
  });

  it('has tasks, and takes its members and statuses with it', async () => {
    const id = await campaign();
    const member = (await add(id, { LeadId: await org.lead() })).body.id;
    const task = await org.create('Task', { Subject: 'Book a room', WhatId: id });
    expect(await rows(`SELECT What.Type, What.Name FROM Task WHERE Id = '${task}'`)).toMatchObject([
      { What: { Type: 'Campaign', Name: 'Webinar' } },
    ]);
    expect(
      await rows(
        `SELECT (SELECT Id FROM CampaignMembers), (SELECT Label FROM CampaignMemberStatuses) FROM Campaign WHERE Id = '${id}'`,
      ),
    ).toMatchObject([{ CampaignMembers: { totalSize: 1 }, CampaignMemberStatuses: { totalSize: 2 } }]);
    await org.call('DELETE', `${base}/sobjects/Campaign/${id}`);
    expect(await rows(`SELECT Id FROM CampaignMember WHERE Id = '${member}'`)).toEqual([]);
    await org.connection.soap.undelete([id]);
    expect(await rows(`SELECT Id FROM CampaignMember WHERE Id = '${member}'`)).toHaveLength(1);
    expect((await get('Campaign', id)).NumberOfLeads).toBe(1);
  });
});
