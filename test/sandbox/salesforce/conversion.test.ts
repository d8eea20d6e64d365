import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Lead conversion by SOAP, as jsforce does it. */
describe('Salesforce simulator: convertLead', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());
  beforeEach(async () => {
    await org.control('/rules', []);
    await org.control('/lead-mapping', []);
  });

  const convertedStatus = 'Closed - Converted';
  const convert = (leadId: string, more: Record<string, unknown> = {}) =>
    org.connection.soap.convertLead({ leadId, convertedStatus, ...more });
  const get = async (type: string, id: string) =>
    (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;

  it('makes account, contact, opportunity and contact role, with the standard fields', async () => {
    const id = await org.lead({
      FirstName: 'Ada',
      LastName: 'Okafor',
      Company: 'Okafor Ltd',
      Email: 'ada@example.com',
      Title: 'CTO',
      Street: '1 High St',
      City: 'Leeds',
      Website: 'https://okafor.example.com',
      Industry: 'Banking',
      NumberOfEmployees: 12,
      LeadSource: 'Web',
      Description: 'Wants a demo',
      HasOptedOutOfEmail: true,
    });
    const result = await convert(id);
    expect(result).toMatchObject({ leadId: id, success: true });
    const { accountId, contactId, opportunityId } = result;
    expect(await get('Account', String(accountId))).toMatchObject({
      Name: 'Okafor Ltd',
      BillingStreet: '1 High St',
      BillingCity: 'Leeds',
      Website: 'https://okafor.example.com',
      Industry: 'Banking',
      NumberOfEmployees: 12,
      AccountSource: 'Web',
    });
    expect(await get('Contact', String(contactId))).toMatchObject({
      AccountId: accountId,
      Name: 'Ada Okafor',
      Email: 'ada@example.com',
      Title: 'CTO',
      MailingCity: 'Leeds',
      LeadSource: 'Web',
      Description: 'Wants a demo',
      HasOptedOutOfEmail: true,
    });
    expect(await get('Opportunity', String(opportunityId))).toMatchObject({
      AccountId: accountId,
      Name: 'Okafor Ltd-',
      StageName: 'Prospecting',
      Probability: 10,
      CloseDate: '2026-12-31',
      IsClosed: false,
    });
    const roles = await org.query(
      `SELECT Contact.Name, Opportunity.Account.Name, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '${opportunityId}'`,
    );
    expect(roles.body.records).toMatchObject([
      { IsPrimary: true, Contact: { Name: 'Ada Okafor' }, Opportunity: { Account: { Name: 'Okafor Ltd' } } },
    ]);
    expect(await get('Lead', id)).toMatchObject({
      IsConverted: true,
      IsDeleted: false,
      Status: convertedStatus,
      ConvertedDate: '2026-11-25',
      ConvertedAccountId: accountId,
      ConvertedContactId: contactId,
      ConvertedOpportunityId: opportunityId,
    });
  });

  it('refuses later edits, and a second conversion', async () => {
    const id = await org.lead();
    await convert(id, { doNotCreateOpportunity: true });
    const edited = await org.call('PATCH', `${base}/sobjects/Lead/${id}`, { Title: 'x' });
    expect([edited.status, edited.body]).toEqual([
      400,
      [{ message: 'cannot reference converted lead', errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD', fields: [] }],
    ]);
    expect(await convert(id)).toMatchObject({
      success: false,
      errors: [{ statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD' }],
    });
  });

  it('uses the account and contact that it is given, and fills only what is blank there', async () => {
    const accountId = await org.create('Account', {
      Name: 'Okafor Group',
      Website: 'https://group.example.com',
    });
    const contactId = await org.create('Contact', { LastName: 'Okafor', Title: 'CEO', AccountId: accountId });
    const id = await org.lead({ Title: 'CTO', Phone: '+44 20 1', Website: 'https://other.example.com' });
    const result = await convert(id, { accountId, contactId, doNotCreateOpportunity: true });
    expect(result).toMatchObject({ success: true, accountId, contactId, opportunityId: null });
    expect(await get('Contact', contactId)).toMatchObject({
      Title: 'CEO',
      Phone: '+44 20 1',
      LastName: 'Okafor',
    });
    expect(await get('Account', accountId)).toMatchObject({
      Name: 'Okafor Group',
      Website: 'https://group.example.com',
      Phone: '+44 20 1',
    });
  });

  it('copies custom fields only where they are mapped', async () => {
    const fields = { HubSpot_Id__c: '901', Tandem_Score__c: 80, Tandem_Ready_At__c: '2026-11-01T10:00:00Z' };
    const plain = await convert(await org.lead({ ...fields, HubSpot_Id__c: '900' }));
    expect(await get('Contact', String(plain.contactId))).toMatchObject({
      HubSpot_Id__c: null,
      Tandem_Score__c: null,
    });
    const mapped = Object.keys(fields).map((lead) => ({ lead, object: 'Contact', field: lead }));
    expect((await org.control('/lead-mapping', mapped)).status).toBe(200);
    const { contactId } = await convert(await org.lead(fields));
    expect(await get('Contact', String(contactId))).toMatchObject({
      HubSpot_Id__c: '901',
      Tandem_Score__c: 80,
      Tandem_Ready_At__c: '2026-11-01T10:00:00.000+0000',
    });
    const wrong = await org.control('/lead-mapping', [{ lead: 'Title', object: 'Contact', field: 'Title' }]);
    expect(wrong.status).toBe(400);
  });

  it('needs a user as owner, a converted status, and arguments that agree; each lead for itself', async () => {
    const queue = (await org.query("SELECT Id FROM Group WHERE Type = 'Queue'")).body.records[0].Id;
    const queued = await org.lead({ OwnerId: queue });
    const good = await org.lead();
    const results = await org.connection.soap.convertLead([
      { leadId: queued, convertedStatus },
      { leadId: good, convertedStatus: 'Working - Contacted' },
      { leadId: good, convertedStatus, doNotCreateOpportunity: true, opportunityName: 'x' },
      { leadId: good, convertedStatus },
    ]);
    expect(results.map(({ success }) => success)).toEqual([false, false, false, true]);
    expect(JSON.stringify(results)).toContain('Converted objects can only be owned by users.');
    expect(JSON.stringify(results)).toContain('invalid convertedStatus: Working - Contacted');
    const user = (await org.query("SELECT Id FROM User WHERE Alias = 'rsell'")).body.records[0].Id;
    const { accountId } = await convert(queued, { ownerId: user });
    expect(await get('Account', String(accountId))).toMatchObject({ OwnerId: user });
  });

  it('takes everything back where a rule of the company refuses a part', async () => {
    await org.control('/rules', [{ object: 'Opportunity', kind: 'required', field: 'Amount' }]);
    const id = await org.lead({ Company: 'Never Ltd' });
    expect(await convert(id)).toMatchObject({
      success: false,
      errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }],
    });
    expect((await org.query("SELECT Id FROM Account WHERE Name = 'Never Ltd'")).body.totalSize).toBe(0);
    expect(await get('Lead', id)).toMatchObject({ IsConverted: false, ConvertedContactId: null });
  });
});
