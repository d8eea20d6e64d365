import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawFields } from '../../../src/model/value.ts';
import { reading, writing } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

/** Types are data: whatever is true of leads is true of every object, a company's own ones included. */
const types: readonly {
  readonly type: string;
  readonly fields: RawFields;
  readonly text: string;
  readonly identity: string;
}[] = [
  { type: 'Account', fields: { Name: 'Acme' }, text: 'BillingCity', identity: 'HubSpot_Id__c' },
  { type: 'Contact', fields: { LastName: 'Doe' }, text: 'MailingCity', identity: 'HubSpot_Id__c' },
  {
    type: 'Opportunity',
    fields: { Name: 'D', StageName: 'Prospecting', CloseDate: '2026-12-01' },
    text: 'NextStep',
    identity: 'HubSpot_Id__c',
  },
  { type: 'Site__c', fields: { Name: 'North' }, text: 'City__c', identity: 'Key__c' },
];

describe('every type', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
    const fields = [
      { name: 'City__c', type: 'string', length: 40 },
      { name: 'Key__c', type: 'string', length: 40, externalId: true, unique: true },
    ];
    await org.control('/schema', { objects: [{ name: 'Site__c', fields }] });
  });
  afterAll(() => org.close());

  it.each(types)(
    '$type: is created, found, changed, listed and polled',
    async ({ type, fields, text, identity }) => {
      const { connector } = org;
      const start = await connector.now(reading);
      const upsert = { op: 'upsert', key: '1', identityField: identity, identityValue: 'K-1' } as const;
      const [created] = await connector.writeMany(
        type,
        [{ ...upsert, fields: { ...fields, [text]: 'Leeds' } }],
        writing,
      );
      if (created?.kind !== 'landed') throw new Error(`not created: ${JSON.stringify(created)}`);
      const { id } = created;
      expect(created.created).toBe(true);
      expect(
        await connector.writeMany(type, [{ ...upsert, fields: { [text]: 'York' } }], writing),
      ).toMatchObject([{ kind: 'landed', id, created: false }]);
      const [found] = await connector.findByField(type, identity, ['k-1'], [text], reading);
      expect(found?.record).toMatchObject({
        ref: { type, id },
        fields: { [text]: 'York' },
        lastModifiedByUs: true,
      });
      const listed = await connector.listPage(type, null, [text], reading);
      expect(listed.records.map((record) => record.ref.id)).toEqual([id]);
      const seen: string[] = [];
      for await (const page of connector.changesSince(
        type,
        { stamp: start, id: '' },
        5_000,
        [text],
        reading,
      )) {
        seen.push(...page.records.map((record) => record.ref.id));
      }
      expect(seen).toEqual([id]);
      await org.person.sobject(type).destroy(id);
      expect((await connector.readMany(type, [id], [text], reading)).get(id)?.deleted).toBe(true);
      expect((await connector.fates(type, [id], reading)).get(id)).toEqual({ kind: 'deleted' });
    },
  );

  it('requires what each object requires', async () => {
    const upsert = {
      op: 'upsert',
      key: '1',
      identityField: 'HubSpot_Id__c',
      identityValue: 'K-2',
      fields: {},
    } as const;
    const missing = async (type: string) => {
      const [outcome] = await org.connector.writeMany(type, [upsert], writing);
      return outcome?.kind === 'refused' ? [outcome.failure.category, ...outcome.failure.fields] : [];
    };
    expect(await missing('Account')).toEqual(['value', 'Name']);
    expect(await missing('Contact')).toEqual(['value', 'LastName']);
    expect(await missing('Opportunity')).toEqual(['value', 'Name', 'StageName', 'CloseDate']);
  });

  it('shows what the stage makes of a deal, and the address and name as read-only wholes', async () => {
    const id = await org.create('Opportunity', {
      Name: 'D',
      StageName: 'Prospecting',
      CloseDate: '2026-12-01',
      Amount: 200,
    });
    const columns = [
      'Probability',
      'IsClosed',
      'IsWon',
      'ForecastCategory',
      'ExpectedRevenue',
      'FiscalQuarter',
    ];
    const read = async () =>
      (await org.connector.readMany('Opportunity', [id], columns, reading)).get(id)?.fields;
    const write = (fields: RawFields) =>
      org.connector.writeMany('Opportunity', [{ op: 'update', key: '1', id, fields }], writing);
    expect(await read()).toEqual({
      Probability: 10,
      IsClosed: false,
      IsWon: false,
      ForecastCategory: 'Pipeline',
      ExpectedRevenue: 20,
      FiscalQuarter: 4,
    });
    await write({ StageName: 'Closed Won' });
    expect(await read()).toMatchObject({
      Probability: 100,
      IsClosed: true,
      IsWon: true,
      ForecastCategory: 'Closed',
    });
    await write({ StageName: 'Negotiation/Review', Probability: 60 });
    expect(await read()).toMatchObject({ Probability: 60, IsClosed: false, ExpectedRevenue: 120 });
    expect(await write({ IsWon: true })).toMatchObject([
      { kind: 'refused', failure: { category: 'permission', fields: ['IsWon'] } },
    ]);
    const contact = await org.create('Contact', { LastName: 'Doe', FirstName: 'Jo', MailingCity: 'Leeds' });
    for (const field of ['Name', 'MailingAddress']) {
      expect(
        await org.connector.writeMany(
          'Contact',
          [{ op: 'update', key: '1', id: contact, fields: { [field]: 'x' } }],
          writing,
        ),
      ).toMatchObject([{ kind: 'refused', failure: { fields: [field] } }]);
    }
  });
});
