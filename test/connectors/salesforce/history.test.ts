import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading, writing } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('field history of Salesforce', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const lead = (fields: Record<string, unknown> = {}) =>
    org.create('Lead', { LastName: 'Doe', Company: 'Acme', ...fields });
  const byPerson = async (type: string, id: string, fields: Record<string, unknown>) => {
    await org.person.sobject(type).update({ Id: id, ...fields });
  };
  const byUs = async (type: string, id: string, fields: Record<string, string | null>) => {
    const outcomes = await org.connector.writeMany(type, [{ op: 'update', key: id, id, fields }], writing);
    expect(outcomes).toMatchObject([{ kind: 'landed' }]);
  };
  const historyOf = async (type: string, id: string, fields: readonly string[]) =>
    (await org.connector.history(type, [id], fields, reading)).get(id) ?? {};
  const whose = async (type: string, id: string, field: string) =>
    (await historyOf(type, id, [field]))[field]?.map((entry) => entry.byUs) ?? [];

  it("tells our own writes from a person's, newest first", async () => {
    const id = await lead();
    await byPerson('Lead', id, { Title: 'CTO' });
    await byUs('Lead', id, { Title: 'CEO', City: 'Leeds' });
    const history = await historyOf('Lead', id, ['Title', 'City', 'Phone']);
    expect(Object.keys(history)).toEqual(['Title', 'City']);
    expect(history.Title?.map((entry) => [entry.byUs, entry.source])).toEqual([
      [true, 'Standard'],
      [false, 'Standard'],
    ]);
    expect(history.City?.map((entry) => entry.byUs)).toEqual([true]);
  });

  it('knows owners by their ids, accounts, deals and contacts', async () => {
    const { records } = await org.person.query("SELECT Id FROM User WHERE Alias = 'kclos'");
    const other = String(records[0]?.Id);
    const account = await org.create('Account', { Name: 'Acme' });
    const id = await lead();
    await byPerson('Lead', id, { OwnerId: other });
    const contact = await org.create('Contact', { LastName: 'Doe' });
    await byUs('Contact', contact, { AccountId: account });
    const deal = await org.create('Opportunity', {
      Name: 'D',
      StageName: 'Prospecting',
      CloseDate: '2026-12-01',
    });
    await byPerson('Opportunity', deal, { StageName: 'Closed Won' });
    await byUs('Account', account, { Website: 'https://acme.example.com' });
    // The value before was that of the creation, by the person.
    expect(await whose('Lead', id, 'OwnerId')).toEqual([false, false]);
    expect(await whose('Contact', contact, 'AccountId')).toEqual([true]);
    expect(await whose('Opportunity', deal, 'StageName')).toEqual([false, false]);
    expect(await whose('Account', account, 'Website')).toEqual([true]);
  });

  it('has nothing of fields that are not tracked, or are not any more', async () => {
    const id = await lead();
    await byPerson('Lead', id, { Description: 'x', Title: 'CTO' });
    expect(await historyOf('Lead', id, ['Description', 'Title'])).toMatchObject({ Title: [{ byUs: false }] });
    expect(await whose('Lead', id, 'Description')).toEqual([]);
    await org.control('/history', { Lead: ['Status', 'Description'] });
    await byUs('Lead', id, { Title: 'CEO', Description: 'y' });
    // The newest row says CTO, which is not what stands there: it explains nothing.
    expect(await whose('Lead', id, 'Title')).toEqual([]);
    // A long text is tracked without its values.
    expect(await whose('Lead', id, 'Description')).toEqual([true]);
  });

  it('has nothing of objects without a history', async () => {
    await org.control('/schema', {
      objects: [{ name: 'Site__c', fields: [{ name: 'City__c', type: 'string', length: 40 }] }],
    });
    const id = await org.create('Site__c', { Name: 'North' });
    expect(await org.connector.history('Site__c', [id], ['City__c'], reading)).toEqual(new Map());
  });
});
