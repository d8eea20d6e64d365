import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Tasks as jsforce writes and reads them. */
describe('Salesforce simulator: tasks', () => {
  let org: Org;
  let account: string;
  let contact: string;
  let deal: string;
  beforeAll(async () => {
    org = await startOrg();
    account = await org.create('Account', { Name: 'Acme' });
    contact = await org.create('Contact', { LastName: 'Okafor', FirstName: 'Ada', AccountId: account });
    deal = await org.create('Opportunity', {
      Name: 'Big deal',
      StageName: 'Prospecting',
      CloseDate: '2026-12-31',
      Amount: 500,
      AccountId: account,
    });
  });
  afterAll(() => org.close());

  const get = async (type: string, id: string) =>
    (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;
  const task = (fields: Record<string, unknown> = {}) =>
    org.create('Task', { Subject: 'Call back', ...fields });
  const rows = async (soql: string) => (await org.query(soql)).body.records;
  const all = async (soql: string) =>
    (await org.call('GET', `${base}/queryAll?q=${encodeURIComponent(soql)}`)).body.records;
  const convert = (leadId: string, more: Record<string, unknown> = {}) =>
    org.connection.soap.convertLead({ leadId, convertedStatus: 'Closed - Converted', ...more });

  it('fills what nobody says, and takes nothing for what it works out itself', async () => {
    expect(await get('Task', await task())).toMatchObject({
      Status: 'Not Started',
      Priority: 'Normal',
      TaskSubtype: 'Task',
      IsClosed: false,
      IsHighPriority: false,
      IsReminderSet: false,
      IsArchived: false,
      CompletedDateTime: null,
      AccountId: null,
      OwnerId: expect.stringMatching(/^005/),
    });
    const refused = await org.call('POST', `${base}/sobjects/Task`, { IsClosed: true, AccountId: account });
    expect(refused.body[0]).toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      fields: ['IsClosed', 'AccountId'],
    });
    const id = await task();
    const subtype = await org.call('PATCH', `${base}/sobjects/Task/${id}`, { TaskSubtype: 'Call' });
    expect(subtype.body[0].fields).toEqual(['TaskSubtype']);
    expect((await org.call('PATCH', `${base}/sobjects/Task/${id}`, { Status: null })).body[0].errorCode).toBe(
      'REQUIRED_FIELD_MISSING',
    );
    const long = await org.call('POST', `${base}/sobjects/Task`, { Subject: 'x'.repeat(256) });
    expect(long.body[0].errorCode).toBe('STRING_TOO_LONG');
  });

  it('is closed by its status, at the moment of that save', async () => {
    const id = await task({ Priority: 'High' });
    const set = (Status: string) => org.call('PATCH', `${base}/sobjects/Task/${id}`, { Status });
    await set('Completed');
    const closed = await get('Task', id);
    expect(closed).toMatchObject({ IsClosed: true, IsHighPriority: true });
    expect(closed.CompletedDateTime).toBe(closed.LastModifiedDate);
    org.clock.advance(5_000);
    await set('Completed');
    expect((await get('Task', id)).CompletedDateTime).toBe(closed.CompletedDateTime);
    await set('Deferred');
    expect(await get('Task', id)).toMatchObject({ IsClosed: false, CompletedDateTime: null });
    expect(await rows('SELECT ApiName FROM TaskStatus WHERE IsClosed = true')).toMatchObject([
      { ApiName: 'Completed' },
    ]);
  });

  it('knows the account of its deal, of its account or of its contact, also when they move', async () => {
    const other = await org.create('Account', { Name: 'Other' });
    const mover = await org.create('Contact', { LastName: 'Mover', AccountId: account });
    const [byContact, byDeal, byAccount, byBoth] = [
      await task({ WhoId: mover }),
      await task({ WhatId: deal }),
      await task({ WhatId: other }),
      await task({ WhoId: mover, WhatId: other }),
    ];
    const accounts = async () =>
      Promise.all(
        [byContact, byDeal, byAccount, byBoth].map(async (id) => (await get('Task', id)).AccountId),
      );
    expect(await accounts()).toEqual([account, account, other, other]);
    await org.call('PATCH', `${base}/sobjects/Contact/${mover}`, { AccountId: null });
    expect(await accounts()).toEqual([null, account, other, other]);
  });

  it('is of a lead or of a contact, and a lead has nothing beside', async () => {
    const lead = await org.lead();
    const refusals = [
      { WhoId: account },
      { WhoId: lead, WhatId: account },
      { WhatId: contact },
      { WhoId: '00Q000000000001AAA' },
    ];
    const answers = await Promise.all(
      refusals.map(async (fields) => (await org.call('POST', `${base}/sobjects/Task`, fields)).body[0]),
    );
    expect(answers).toMatchObject([
      {
        errorCode: 'FIELD_INTEGRITY_EXCEPTION',
        message: `Name ID: id value of incorrect type: ${account}`,
        fields: ['WhoId'],
      },
      { errorCode: 'FIELD_INTEGRITY_EXCEPTION', fields: ['WhoId', 'WhatId'] },
      { errorCode: 'FIELD_INTEGRITY_EXCEPTION', fields: ['WhatId'] },
      { errorCode: 'INVALID_CROSS_REFERENCE_KEY' },
    ]);
    const ofLead = await task({ WhoId: lead });
    expect((await org.call('PATCH', `${base}/sobjects/Task/${ofLead}`, { WhatId: deal })).status).toBe(400);
    await convert(lead, { doNotCreateOpportunity: true });
    const late = await org.call('POST', `${base}/sobjects/Task`, { WhoId: lead });
    expect(late.body[0]).toEqual({
      message: 'cannot reference converted lead',
      errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD',
      fields: [],
    });
  });

  it('names its person by an external id only together with what they are', async () => {
    const lead = await org.lead({ HubSpot_Id__c: '4711' });
    const create = (Who: unknown) => org.call('POST', `${base}/sobjects/Task`, { Subject: 'x', Who });
    const found = await create({ attributes: { type: 'Lead' }, HubSpot_Id__c: '4711' });
    expect((await get('Task', found.body.id)).WhoId).toBe(lead);
    expect((await create({ HubSpot_Id__c: '4711' })).body[0].errorCode).toBe('INVALID_FIELD');
    expect((await create({ type: 'Contact', HubSpot_Id__c: '4711' })).body[0].message).toContain(
      'not found for field HubSpot_Id__c in entity Contact',
    );
  });

  it('belongs to users, and to queues that may own tasks', async () => {
    const { Leads, Todo } = (
      await org.control('/directory', {
        queues: [
          { name: 'Leads', objects: ['Lead'] },
          { name: 'Todo', objects: ['Task'] },
        ],
      })
    ).body;
    const [inactive] = await rows("SELECT Id FROM User WHERE Alias = 'sform'");
    const byQueue = await task({ OwnerId: Todo });
    expect(await rows(`SELECT Owner.Name, Owner.Type FROM Task WHERE Id = '${byQueue}'`)).toMatchObject([
      { Owner: { Name: 'Todo', Type: 'Queue' } },
    ]);
    const refused = async (OwnerId: string) =>
      (await org.call('POST', `${base}/sobjects/Task`, { OwnerId })).body[0].errorCode;
    expect([await refused(Leads), await refused(inactive.Id)]).toEqual([
      'INVALID_OPERATION',
      'INACTIVE_OWNER_OR_USER',
    ]);
  });

  it('answers to SOQL: Who and What by name and type, by TYPEOF, and as the children of both', async () => {
    const lead = await org.lead({ LastName: 'Parent' });
    const open = await task({ WhoId: lead, ActivityDate: '2026-12-01' });
    const done = await task({ WhoId: lead, Status: 'Completed' });
    const ofDeal = await task({ WhoId: contact, WhatId: deal, Subject: 'Deal call' });
    expect(
      await rows(
        `SELECT Who.Type, Who.Name, What.Type, What.Name, Account.Name FROM Task WHERE Id IN ('${open}', '${ofDeal}') ORDER BY Id`,
      ),
    ).toMatchObject([
      { Who: { Type: 'Lead', Name: 'Parent' }, What: null, Account: null },
      {
        Who: { attributes: { type: 'Name' }, Type: 'Contact', Name: 'Ada Okafor' },
        What: { Type: 'Opportunity', Name: 'Big deal' },
        Account: { Name: 'Acme' },
      },
    ]);
    expect(
      await rows(`SELECT Id FROM Task WHERE What.Type = 'Opportunity' AND Id = '${ofDeal}'`),
    ).toHaveLength(1);
    expect(
      await rows(
        `SELECT Id, TYPEOF Who WHEN Lead THEN Company, Status WHEN Contact THEN Title ELSE Name END FROM Task WHERE Id = '${open}'`,
      ),
    ).toMatchObject([
      { Who: { attributes: { type: 'Lead' }, Company: 'Acme', Status: 'Open - Not Contacted' } },
    ]);
    expect(
      await rows(
        `SELECT LastName, (SELECT Id FROM Tasks ORDER BY Id), (SELECT Id FROM tasks WHERE IsClosed = true) FROM Lead WHERE Id = '${lead}'`,
      ),
    ).toMatchObject([{ LastName: 'Parent', Tasks: { totalSize: 1, done: true, records: [{ Id: done }] } }]);
    expect(
      await rows(`SELECT (SELECT Subject FROM Tasks) FROM Opportunity WHERE Id = '${deal}'`),
    ).toMatchObject([
      { Tasks: { records: expect.arrayContaining([expect.objectContaining({ Subject: 'Deal call' })]) } },
    ]);
    expect(
      await rows(`SELECT Id, (SELECT Id FROM Tasks) FROM Lead WHERE Id = '${await org.lead()}'`),
    ).toMatchObject([{ Tasks: null }]);
    const semi = await org.query('SELECT Id FROM Lead WHERE Id IN (SELECT WhoId FROM Task)');
    expect(semi.body[0]).toMatchObject({
      errorCode: 'MALFORMED_QUERY',
      message: expect.stringContaining("Entity 'Task' is not supported for semi join inner selects"),
    });
    const nope = await org.query('SELECT (SELECT Id FROM Chores) FROM Lead');
    expect(nope.body[0].message).toContain(
      "Didn't understand relationship 'Chores' in FROM part of query call.",
    );
  });

  it('writes many at once, and finds them by a key that need not be unique', async () => {
    const attributes = { type: 'Task' };
    const made = await org.connection.sobject('Task').create([
      { Subject: 'a', Tandem_Key__c: 'l1/1/follow-up' },
      { Subject: 'b', Tandem_Key__c: 'l2/1/follow-up' },
      { Subject: 'c', Tandem_Key__c: 'l2/1/follow-up' },
    ]);
    expect(made.map(({ success }) => success)).toEqual([true, true, true]);
    const byKey = (key: string) => `${base}/sobjects/Task/Tandem_Key__c/${encodeURIComponent(key)}`;
    const once = await org.call('PATCH', byKey('l1/1/follow-up'), { Status: 'Completed' });
    expect([once.status, once.body.created]).toEqual([200, false]);
    const twice = await org.call('PATCH', byKey('l2/1/follow-up'), { Status: 'Completed' });
    expect(twice.status).toBe(300);
    expect(twice.body).toHaveLength(2);
    const fresh = await org.call('PATCH', byKey('l3/1/follow-up'), { Subject: 'd' });
    expect([fresh.status, fresh.body.created]).toEqual([201, true]);
    const many = await org.call('PATCH', `${base}/composite/sobjects/Task/Tandem_Key__c`, {
      records: [
        { attributes, Tandem_Key__c: 'l2/1/follow-up', Subject: 'x' },
        { attributes, Tandem_Key__c: 'l3/1/follow-up', Subject: 'y' },
      ],
    });
    expect(many.body).toMatchObject([
      { success: false, errors: [{ statusCode: 'DUPLICATE_EXTERNAL_ID' }] },
      { success: true, created: false },
    ]);
    const ids = made.flatMap(({ id }) => id ?? []);
    expect((await org.connection.sobject('Task').delete(ids)).map(({ success }) => success)).toEqual([
      true,
      true,
      true,
    ]);
    expect(await all("SELECT Id, IsDeleted FROM Task WHERE Tandem_Key__c = 'l2/1/follow-up'")).toMatchObject([
      { IsDeleted: true },
      { IsDeleted: true },
    ]);
  });

  it('is told by getUpdated and getDeleted', async () => {
    const from = new Date(org.clock.now() - 60_000).toISOString();
    const [kept, gone] = [await task(), await task()];
    await org.call('DELETE', `${base}/sobjects/Task/${gone}`);
    org.clock.advance(120_000);
    const to = new Date(org.clock.now()).toISOString();
    const { ids } = await org.connection.sobject('Task').updated(from, to);
    expect(ids).toContain(kept);
    expect(ids).not.toContain(gone);
    const { deletedRecords } = await org.connection.sobject('Task').deleted(from, to);
    expect(deletedRecords.map(({ id }) => id)).toContain(gone);
  });

  it('goes into the recycle bin with its lead, and comes back with it', async () => {
    const lead = await org.lead();
    const id = await task({ WhoId: lead });
    await org.call('DELETE', `${base}/sobjects/Lead/${lead}`);
    expect(await rows(`SELECT Id FROM Task WHERE Id = '${id}'`)).toEqual([]);
    expect(await all(`SELECT Id, IsDeleted FROM Task WHERE Id = '${id}'`)).toMatchObject([
      { IsDeleted: true },
    ]);
    await org.connection.soap.undelete([lead]);
    expect(await rows(`SELECT Id FROM Task WHERE Id = '${id}'`)).toHaveLength(1);
  });

  it('moves to the contact with a conversion, and to the survivor with a merge', async () => {
    const lead = await org.lead();
    const [open, done] = [await task({ WhoId: lead }), await task({ WhoId: lead, Status: 'Completed' })];
    const { accountId, contactId, opportunityId } = await convert(lead);
    const moved = { WhoId: contactId, WhatId: opportunityId, AccountId: accountId };
    expect(await get('Task', open)).toMatchObject({ ...moved, IsClosed: false });
    expect(await get('Task', done)).toMatchObject({ ...moved, IsClosed: true });
    const byOthers = await org.lead();
    const [ana] = await rows("SELECT Id FROM User WHERE Alias = 'asouz'");
    const [ben] = await rows("SELECT Id FROM User WHERE Alias = 'bokoy'");
    const [mine, mineDone, bens] = [
      await task({ WhoId: byOthers }),
      await task({ WhoId: byOthers, Status: 'Completed' }),
      await task({ WhoId: byOthers, OwnerId: ben.Id }),
    ];
    const converter = (await get('Task', mine)).OwnerId;
    await convert(byOthers, { ownerId: ana.Id });
    expect(
      await Promise.all([mine, mineDone, bens].map(async (id) => (await get('Task', id)).OwnerId)),
    ).toEqual([ana.Id, converter, ben.Id]);
    const plain = await org.lead();
    const ofPlain = await task({ WhoId: plain });
    const result = await convert(plain, { doNotCreateOpportunity: true });
    expect(await get('Task', ofPlain)).toMatchObject({ WhoId: result.contactId, WhatId: result.accountId });

    const [keep, lose] = [await org.lead(), await org.lead()];
    const ofLose = await task({ WhoId: lose });
    const merged = await org.connection.soap.merge({
      masterRecord: { type: 'Lead', Id: keep } as never,
      recordToMergeIds: [lose],
    });
    expect(merged).toMatchObject({ success: true, updatedRelatedIds: [ofLose] });
    expect(await get('Task', ofLose)).toMatchObject({ WhoId: keep, IsDeleted: false });
  });

  it('gives its lead, contact, account and deal the date of the last activity, whose stamp alone moves', async () => {
    const lead = await org.lead();
    const before = await get('Lead', lead);
    org.clock.advance(3_000);
    await task({ WhoId: lead, ActivityDate: '2026-11-30' });
    expect(await get('Lead', lead)).toMatchObject({
      LastActivityDate: null,
      SystemModstamp: before.SystemModstamp,
    });
    const early = await task({ WhoId: lead, ActivityDate: '2026-11-20', Status: 'Completed' });
    const late = await task({ WhoId: lead, ActivityDate: '2026-11-24', Status: 'Completed' });
    const after = await get('Lead', lead);
    expect(after).toMatchObject({
      LastActivityDate: '2026-11-24',
      LastModifiedDate: before.LastModifiedDate,
      LastModifiedById: before.LastModifiedById,
    });
    expect(after.SystemModstamp > before.SystemModstamp).toBe(true);
    await org.call('DELETE', `${base}/sobjects/Task/${late}`);
    expect((await get('Lead', lead)).LastActivityDate).toBe('2026-11-20');
    await org.call('PATCH', `${base}/sobjects/Task/${early}`, { Status: 'In Progress' });
    expect((await get('Lead', lead)).LastActivityDate).toBeNull();
    await task({ WhoId: contact, WhatId: deal, ActivityDate: '2026-11-23', Status: 'Completed' });
    for (const [type, id] of [
      ['Contact', contact],
      ['Account', account],
      ['Opportunity', deal],
    ] as const)
      expect((await get(type, id)).LastActivityDate).toBe('2026-11-23');
  });

  it('waits for the lock of its lead while it is open and has a date', async () => {
    const lead = await org.lead({ Title: 'busy' });
    const other = await task();
    await org.control('/rules', [{ object: 'Lead', kind: 'lock', when: { Title: 'busy' } }]);
    const dated = await org.call('POST', `${base}/sobjects/Task`, {
      WhoId: lead,
      ActivityDate: '2026-12-01',
    });
    expect(dated.body[0].errorCode).toBe('UNABLE_TO_LOCK_ROW');
    const logged = await task({ WhoId: lead, ActivityDate: '2026-11-01', Status: 'Completed' });
    expect((await org.call('PATCH', `${base}/sobjects/Task/${logged}`, { Subject: 'x' })).status).toBe(400);
    expect((await org.call('DELETE', `${base}/sobjects/Task/${logged}`)).status).toBe(400);
    expect((await org.call('PATCH', `${base}/sobjects/Task/${other}`, { Subject: 'x' })).status).toBe(204);
    await org.control('/rules', []);
  });

  it('is archived a year after it was done: queryAll alone shows it then', async () => {
    const [done, open] = [
      await task({ ActivityDate: '2025-11-01', Status: 'Completed' }),
      await task({ ActivityDate: '2025-11-01' }),
    ];
    const soql = `SELECT Id, IsArchived FROM Task WHERE Id IN ('${done}', '${open}') ORDER BY Id`;
    expect(await rows(soql)).toMatchObject([{ Id: open, IsArchived: false }]);
    expect(await all(soql)).toMatchObject([
      { Id: done, IsArchived: true },
      { Id: open, IsArchived: false },
    ]);
  });
});
