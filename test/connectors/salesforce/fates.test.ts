import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading, writing } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('fates of Salesforce records', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const lead = (fields: Record<string, unknown> = {}) =>
    org.create('Lead', { LastName: 'Doe', Company: 'Acme', ...fields });
  const merge = async (type: string, master: string, victims: readonly string[]) => {
    const request = { masterRecord: { type, Id: master } as never, recordToMergeIds: [...victims] };
    expect(await org.person.soap.merge(request)).toMatchObject({ success: true });
  };
  const fatesOf = (type: string, ids: readonly string[]) => org.connector.fates(type, ids, reading);

  it('follows a merge to the survivor at its end, and back where it is undone', async () => {
    const [last, middle, first] = [await lead(), await lead(), await lead()];
    await merge('Lead', middle, [first]);
    await merge('Lead', last, [middle]);
    const fates = await fatesOf('Lead', [first, middle, last]);
    expect(fates.get(first)).toEqual({ kind: 'mergedInto', id: last });
    expect(fates.get(middle)).toEqual({ kind: 'mergedInto', id: last });
    expect(fates.get(last)).toEqual({ kind: 'alive' });
    // The chain is read also where only its beginning is asked for.
    expect((await fatesOf('Lead', [first])).get(first)).toEqual({ kind: 'mergedInto', id: last });
    await org.person.soap.undelete([middle]);
    expect((await fatesOf('Lead', [middle])).get(middle)).toEqual({ kind: 'alive' });
  });

  it('knows merges of contacts and accounts', async () => {
    for (const [type, fields] of [
      ['Contact', { LastName: 'Doe' }],
      ['Account', { Name: 'Acme' }],
    ] as const) {
      const [master, victim] = [await org.create(type, fields), await org.create(type, fields)];
      await merge(type, master, [victim]);
      expect((await fatesOf(type, [victim])).get(victim)).toEqual({ kind: 'mergedInto', id: master });
    }
  });

  it('says what a lead was converted to', async () => {
    const [id, plain] = [await lead(), await lead()];
    const convertedStatus = 'Closed - Converted';
    const made = await org.person.soap.convertLead({ leadId: id, convertedStatus });
    await org.person.soap.convertLead({ leadId: plain, convertedStatus, doNotCreateOpportunity: true });
    const fates = await fatesOf('Lead', [id, plain]);
    expect(fates.get(id)).toEqual({
      kind: 'convertedTo',
      type: 'Contact',
      id: made.contactId,
      others: [
        { system: 'salesforce', type: 'Account', id: made.accountId },
        { system: 'salesforce', type: 'Opportunity', id: made.opportunityId },
      ],
    });
    expect(fates.get(plain)).toMatchObject({ kind: 'convertedTo', others: [{ type: 'Account' }] });
  });

  it('tells deleted from erased, for objects that cannot be merged as well', async () => {
    const account = await org.create('Account', { Name: 'Acme' });
    const deal = { Name: 'D', StageName: 'Prospecting', CloseDate: '2026-12-01', AccountId: account };
    const [deleted, erased] = [await org.create('Opportunity', deal), await org.create('Opportunity', deal)];
    await org.person.sobject('Opportunity').destroy(deleted);
    await org.control('/erase', { ids: [erased] });
    const fates = await fatesOf('Opportunity', [deleted, erased.slice(0, 15)]);
    expect([...fates]).toEqual([
      [deleted, { kind: 'deleted' }],
      [erased.slice(0, 15), { kind: 'erased' }],
    ]);
  });

  it('does not take a record that is no longer shared with us for deleted, and follows a conversion to a deleted contact', async () => {
    const [hidden, converted] = [await lead({ Title: 'Secret', HubSpot_Id__c: '77' }), await lead()];
    const convertedStatus = 'Closed - Converted';
    const { contactId } = await org.person.soap.convertLead({ leadId: converted, convertedStatus });
    await org.control('/rules', [{ object: 'Lead', kind: 'unshare', when: { Title: 'Secret' } }]);
    expect((await fatesOf('Lead', [hidden])).get(hidden)).toEqual({ kind: 'unknown' });
    const { connector } = org;
    expect((await connector.readMany('Lead', [hidden], ['Title'], reading)).size).toBe(0);
    expect(await connector.findByField('Lead', 'HubSpot_Id__c', ['77'], [], reading)).toEqual([]);
    const fields = { Title: 'x' };
    const update = { op: 'update', key: '1', id: hidden, fields } as const;
    const create = { op: 'upsert', key: '2', identityField: 'HubSpot_Id__c', identityValue: '77' } as const;
    const outcomes = await connector.writeMany(
      'Lead',
      [update, { ...create, fields: { LastName: 'Doe', Company: 'Acme' } }],
      writing,
    );
    expect(outcomes).toMatchObject([
      { kind: 'refused', failure: { category: 'permission' } },
      // The value is taken, by a record that may not be seen.
      { kind: 'refused', failure: { category: 'identity', code: 'DUPLICATE_VALUE' } },
    ]);
    expect(outcomes[1]).not.toHaveProperty('failure.existingId');
    await org.control('/rules', []);
    expect((await fatesOf('Lead', [hidden])).get(hidden)).toEqual({ kind: 'alive' });
    await org.person.sobject('Contact').destroy(String(contactId));
    expect((await fatesOf('Lead', [converted])).get(converted)).toMatchObject({
      kind: 'convertedTo',
      id: contactId,
    });
    expect((await fatesOf('Contact', [String(contactId)])).get(String(contactId))).toEqual({
      kind: 'deleted',
    });
  });
});
