import { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Org, startOrg } from './org.ts';

/** The official client, as people use it: nothing here knows that it talks to a simulator. */
describe('Salesforce simulator, by jsforce', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  it('signs in with client credentials', async () => {
    const { clientId, clientSecret, username } = org.simulator.credentials;
    const connection = new Connection({
      version: '60.0',
      oauth2: { clientId, clientSecret, loginUrl: org.simulator.url },
    });
    const user = await connection.authorize({ grant_type: 'client_credentials' });
    expect(user.organizationId).toMatch(/^00D/);
    expect(connection.instanceUrl).toBe(org.simulator.url);
    expect(await connection.identity()).toMatchObject({ user_id: user.id, username });
    await connection.limits();
    expect(connection.limitInfo.apiUsage?.limit).toBe(100_000);
  });

  it('signs in by SOAP, and is told why not', async () => {
    const { personUsername, personPassword } = org.simulator.credentials;
    const connection = new Connection({ version: '60.0', loginUrl: org.simulator.url });
    const user = await connection.login(personUsername, personPassword);
    const found = await connection.sobject('User').retrieve(user.id);
    expect(found.Username).toBe(personUsername);
    await expect(connection.login(personUsername, 'wrong')).rejects.toThrow(
      'INVALID_LOGIN: Invalid username, password, security token; or user locked out.',
    );
    await connection.login(personUsername, personPassword);
    await connection.logout();
    await org.control('/auth', { soapLogin: false });
    await expect(connection.login(personUsername, personPassword)).rejects.toThrow('disabled by default');
    await org.control('/auth', { soapLogin: true });
  });

  it('refreshes an expired session and replays the call', async () => {
    const { clientId, clientSecret, refreshToken } = org.simulator.credentials;
    const oauth2 = { clientId, clientSecret, loginUrl: org.simulator.url };
    const connection = new Connection({
      version: '60.0',
      oauth2,
      instanceUrl: org.simulator.url,
      accessToken: 'gone',
      refreshToken,
    });
    expect((await connection.query('SELECT Id FROM User')).totalSize).toBeGreaterThan(1);
    expect(connection.accessToken).not.toBe('gone');
  });

  it('creates, reads, updates, upserts and deletes a record', async () => {
    const leads = org.connection.sobject('Lead');
    const created = await leads.create({ LastName: 'Okafor', Company: 'Acme', Email: 'Ada@Example.com' });
    expect(created).toMatchObject({ success: true, errors: [] });
    const id = created.id ?? '';
    expect(await leads.retrieve(id)).toMatchObject({ Id: id, Name: 'Okafor', Email: 'ada@example.com' });
    expect(await leads.update({ Id: id, Title: 'CTO' })).toMatchObject({ id, success: true });
    const upserted = await leads.upsert(
      { LastName: 'New', Company: 'Acme', HubSpot_Id__c: '77' },
      'HubSpot_Id__c',
    );
    expect(upserted).toMatchObject({ success: true, created: true });
    const again = await leads.upsert({ Title: 'CEO', HubSpot_Id__c: '77' }, 'HubSpot_Id__c');
    expect(again).toMatchObject({ id: upserted.id, created: false });
    await leads.destroy(id);
    await expect(leads.retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('writes and reads collections', async () => {
    const leads = org.connection.sobject('Lead');
    const created = await leads.create([{ LastName: 'A', Company: 'Acme' }, { LastName: 'B' }]);
    expect(created[0]).toMatchObject({ success: true });
    expect(created[1]).toMatchObject({
      success: false,
      errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['Company'] }],
    });
    const upserted = await leads.upsert(
      [
        { LastName: 'C', Company: 'Acme', HubSpot_Id__c: '100' },
        { HubSpot_Id__c: '101', LastName: 'D' },
      ],
      'HubSpot_Id__c',
    );
    expect(upserted).toMatchObject([
      { success: true, created: true },
      { success: false, created: true },
    ]);
    const id = upserted[0]?.id ?? '';
    expect(await leads.retrieve([id, '00QSb0000zzzzzzAAA'])).toMatchObject([{ Id: id, LastName: 'C' }, null]);
    expect(await leads.destroy([id, id])).toMatchObject([{ success: true }, { success: false }]);
  });

  it('pages through a query', async () => {
    const rows = Array.from({ length: 4_500 }, (_, at) => ({ LastName: `Page ${at}`, Company: 'Paging' }));
    expect((await org.control('/records/Lead', { records: rows })).status).toBe(200);
    const soql = "SELECT Id, LastName FROM Lead WHERE Company = 'Paging' ORDER BY Id";
    let page = await org.connection.query(soql);
    const names = page.records.map((record) => record.LastName);
    expect(page).toMatchObject({ totalSize: 4_500, done: false });
    expect(page.records).toHaveLength(2_000);
    while (!page.done && page.nextRecordsUrl !== undefined) {
      page = await org.connection.queryMore(page.nextRecordsUrl);
      names.push(...page.records.map((record) => record.LastName));
    }
    expect(names).toEqual(rows.map((row) => row.LastName));
  });

  it('describes objects', async () => {
    const global = await org.connection.describeGlobal();
    const names = global.sobjects.map((object) => object.name);
    expect(names).toContain('LeadHistory');
    expect(names.filter((name) => !name.endsWith('History'))).toEqual([
      'Account',
      'AssignmentRule',
      'BusinessHours',
      'Campaign',
      'CampaignMember',
      'CampaignMemberStatus',
      'Contact',
      'Event',
      'Group',
      'GroupMember',
      'Holiday',
      'Lead',
      'LeadStatus',
      'Opportunity',
      'OpportunityContactRole',
      'OpportunityStage',
      'Organization',
      'QueueSobject',
      'RecordType',
      'Task',
      'TaskPriority',
      'TaskStatus',
      'User',
    ]);
    const described = await org.connection.describe('Lead');
    const field = (name: string) => described.fields.find((one) => one.name === name);
    expect(described.keyPrefix).toBe('00Q');
    expect(field('HubSpot_Id__c')).toMatchObject({
      externalId: true,
      unique: true,
      length: 32,
      custom: true,
    });
    expect(field('Name')).toMatchObject({ createable: false, updateable: false });
    expect(field('LastName')).toMatchObject({ nillable: false, defaultedOnCreate: false, length: 80 });
    expect(field('Email')).toMatchObject({ type: 'email', idLookup: true, soapType: 'xsd:string' });
    expect(field('Status')?.picklistValues?.map((value) => value.value)).toContain('Working - Contacted');
  });

  it('reads what was updated and deleted', async () => {
    const leads = org.connection.sobject('Lead');
    const start = new Date(org.clock.now()).toISOString();
    const kept = await org.lead();
    const gone = await org.lead();
    await leads.destroy(gone);
    org.clock.advance(5 * 60_000);
    const end = new Date(org.clock.now()).toISOString();
    expect((await leads.updated(start, end)).ids).toContain(kept);
    expect((await leads.updated(start, end)).ids).not.toContain(gone);
    expect((await leads.deleted(start, end)).deletedRecords.map((one) => one.id)).toContain(gone);
  });

  it('counts SOAP calls by whose session they have, and against the limit', async () => {
    const calls = async () => (await org.control('/stats')).body.calls;
    const before = await calls();
    const soap = org.connection.soap;
    expect((await soap.getUserInfo()).userId).toMatch(/^005/);
    const after = await calls();
    expect(after.byCaller.integration).toBe(before.byCaller.integration + 1);
    expect(after.byRoute['POST /services/Soap/u/{version}']).toBeGreaterThan(0);
    await org.control('/limits', { daily: 1 });
    await expect(soap.getServerTimestamp()).rejects.toThrow('REQUEST_LIMIT_EXCEEDED');
    await org.control('/limits', { reset: true });
    const stranger = new Connection({ instanceUrl: org.simulator.url, accessToken: 'gone', version: '60.0' });
    await expect(stranger.soap.undelete(['00QSb0000000001AAA'])).rejects.toThrow('INVALID_SESSION_ID');
  });

  it('tells limits', async () => {
    const limits = await org.connection.limits();
    expect(limits.DailyApiRequests?.Max).toBe(100_000);
    expect(limits.DailyApiRequests?.Remaining).toBeLessThan(100_000);
  });
});
