import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading } from './harness.ts';
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
});
