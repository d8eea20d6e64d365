import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

describe("the company's own automation", () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());
  beforeEach(async () => {
    await org.control('/rules', []);
    await org.control('/assignment', []);
  });

  const person = { LastName: 'Doe', Company: 'Acme' };
  const create = (fields: Record<string, unknown>, headers: Record<string, string> = {}) =>
    org.call('POST', `${base}/sobjects/Lead`, { ...person, ...fields }, { headers });

  it('refuses what a validation rule finds, every rule one error', async () => {
    const id = await org.lead({ Title: 'CTO' });
    await org.control('/rules', [
      {
        object: 'Lead',
        kind: 'validation',
        when: { Title: 'CEO', Phone: null },
        field: 'phone',
        message: 'A CEO needs a phone',
      },
      { object: 'Lead', kind: 'validation', when: { Title: ['CEO', 'CFO'] }, code: 'MY_CODE' },
    ]);
    const refused = await org.call('PATCH', `${base}/sobjects/Lead/${id}`, { Title: 'CEO' });
    expect([refused.status, refused.body.length]).toEqual([400, 2]);
    expect(refused.body[0]).toEqual({
      message: 'A CEO needs a phone',
      errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      fields: ['Phone'],
    });
    expect(refused.body[1].errorCode).toBe('MY_CODE');
    expect(await org.read(id, 'Title')).toMatchObject({ Title: 'CTO' });
  });

  it('requires a field more', async () => {
    await org.control('/rules', [
      { object: 'Lead', kind: 'required', field: 'Phone', when: { Status: 'Working - Contacted' } },
    ]);
    expect((await create({})).status).toBe(201);
    const { body } = await create({ Status: 'Working - Contacted' });
    expect(body[0]).toMatchObject({ errorCode: 'REQUIRED_FIELD_MISSING', fields: ['Phone'] });
  });

  it('writes by itself after a write', async () => {
    await org.control('/rules', [
      {
        object: 'Lead',
        kind: 'update',
        when: { Country: 'Germany' },
        set: { LeadSource: 'Partner Referral' },
      },
    ]);
    const id = (await create({ Country: 'Germany', LeadSource: 'Web' })).body.id;
    expect(await org.read(id, 'LeadSource')).toMatchObject({ LeadSource: 'Partner Referral' });
    expect(
      await org.read(await org.lead({ Country: 'France', LeadSource: 'Web' }), 'LeadSource'),
    ).toMatchObject({
      LeadSource: 'Web',
    });
  });

  it('works out anew what follows from what it writes', async () => {
    await org.control('/rules', [
      { object: 'Task', kind: 'update', when: { Subject: 'Auto' }, set: { Status: 'Completed' } },
      { object: 'Opportunity', kind: 'update', set: { StageName: 'Closed Won' } },
    ]);
    const read = async (type: string, id: string) =>
      (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;
    const task = await read('Task', await org.create('Task', { Subject: 'Auto' }));
    expect(task).toMatchObject({ IsClosed: true, CompletedDateTime: task.CreatedDate });
    const deal = { Name: 'D', StageName: 'Prospecting', CloseDate: '2026-12-01' };
    expect(await read('Opportunity', await org.create('Opportunity', deal))).toMatchObject({
      IsWon: true,
      Probability: 100,
    });
  });

  it('locks the account with its contacts, and nothing of a batch beside them', async () => {
    const [busy, free] = [
      await org.create('Account', { Name: 'busy' }),
      await org.create('Account', { Name: 'free' }),
    ];
    await org.control('/rules', [{ object: 'Account', kind: 'lock', when: { Name: 'busy' } }]);
    const contact = (AccountId: string) => ({ attributes: { type: 'Contact' }, LastName: 'Doe', AccountId });
    const { body } = await org.call('POST', `${base}/composite/sobjects`, {
      records: [contact(busy), contact(free)],
    });
    expect(body[0].errors[0]).toMatchObject({ statusCode: 'UNABLE_TO_LOCK_ROW' });
    expect(body[1]).toMatchObject({ success: true });
    await org.control('/rules', [{ object: 'Contact', kind: 'lock', when: { LastName: 'Doe' } }]);
    // An account goes with its contacts or not at all.
    const removed = await org.call('DELETE', `${base}/composite/sobjects?ids=${free}`);
    expect(removed.body[0].errors[0]).toMatchObject({ statusCode: 'UNABLE_TO_LOCK_ROW' });
    await org.control('/rules', []);
    expect((await org.call('GET', `${base}/sobjects/Account/${free}`)).status).toBe(200);
  });

  it('locks a record', async () => {
    const id = await org.lead({ Title: 'busy' });
    await org.control('/rules', [{ object: 'Lead', kind: 'lock', when: { Title: 'busy' } }]);
    const refused = await org.call('PATCH', `${base}/sobjects/Lead/${id}`, { Title: 'x' });
    expect([refused.status, refused.body[0].errorCode]).toEqual([400, 'UNABLE_TO_LOCK_ROW']);
    const rows = await org.call('PATCH', `${base}/composite/sobjects`, {
      records: [{ attributes: { type: 'Lead' }, Id: id, Title: 'x' }],
    });
    expect(rows.body[0].errors[0].statusCode).toBe('UNABLE_TO_LOCK_ROW');
    expect((await org.call('DELETE', `${base}/sobjects/Lead/${id}`)).status).toBe(400);
  });

  it('hides a field from the integration alone', async () => {
    await org.control('/rules', [{ object: 'Lead', kind: 'hide', field: 'Title' }]);
    const id = (
      await org.call('POST', `${base}/sobjects/Lead`, { ...person, Title: 'CTO' }, { who: 'person' })
    ).body.id;
    const described = await org.call('GET', `${base}/sobjects/Lead/describe`);
    expect(described.body.fields.map((field: { name: string }) => field.name)).not.toContain('Title');
    expect((await org.call('GET', `${base}/sobjects/Lead/${id}`)).body).not.toHaveProperty('Title');
    expect((await org.query('SELECT Title FROM Lead')).body[0].message).toContain("No such column 'Title'");
    expect((await create({ Title: 'x' })).body[0].errorCode).toBe('INVALID_FIELD');
    expect((await org.query('SELECT Title FROM Lead', { who: 'person' })).status).toBe(200);
  });

  it('makes a field read-only for the integration alone', async () => {
    await org.control('/rules', [{ object: 'Lead', kind: 'readonly', field: 'Title' }]);
    expect((await create({ Title: 'x' })).body[0]).toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      fields: ['Title'],
    });
    const { body } = await org.call('GET', `${base}/sobjects/Lead/describe`);
    expect(body.fields.find((field: { name: string }) => field.name === 'Title')).toMatchObject({
      createable: false,
      updateable: false,
    });
    const byPerson = await org.call(
      'POST',
      `${base}/sobjects/Lead`,
      { ...person, Title: 'x' },
      { who: 'person' },
    );
    expect(byPerson.status).toBe(201);
  });

  it('blocks or warns of duplicates', async () => {
    const id = await org.lead({ Email: 'twin@x.example' });
    const rule = { object: 'Lead', kind: 'duplicate', field: 'Email' };
    const allow = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
    await org.control('/rules', [rule]);
    const refused = await create({ Email: 'TWIN@x.example' }, allow);
    expect(refused.status).toBe(400);
    expect(refused.body[0]).toMatchObject({
      errorCode: 'DUPLICATES_DETECTED',
      message: 'Use one of these records?',
      duplicateResut: { allowSave: false, matchResults: [{ matchRecords: [{ record: { Id: id } }] }] },
    });
    const rows = await org.call('POST', `${base}/composite/sobjects`, {
      records: [{ attributes: { type: 'Lead' }, ...person, Email: 'twin@x.example' }],
    });
    expect(rows.body[0].errors).toEqual([
      { statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?', fields: [] },
    ]);
    await org.control('/rules', [{ ...rule, set: { allowSave: true } }]);
    expect((await create({ Email: 'twin@x.example' })).status).toBe(400);
    expect((await create({ Email: 'twin@x.example' }, allow)).status).toBe(201);
  });

  it('assigns leads unless the caller says FALSE', async () => {
    const queue = (await org.query("SELECT Id FROM Group WHERE Type = 'Queue'")).body.records[0].Id;
    await org.control('/assignment', [{ when: { Country: 'Germany' }, owner: queue }]);
    const owner = async (headers: Record<string, string>) => {
      const { body } = await create({ Country: 'Germany' }, headers);
      return (await org.read(body.id, 'OwnerId')).OwnerId;
    };
    expect(await owner({})).toBe(queue);
    expect(await owner({ 'Sforce-Auto-Assign': 'FALSE' })).not.toBe(queue);
    expect((await org.control('/assignment', [{ owner: 'nobody' }])).body.place).toBe('[0].owner');
  });
});
