import { deserialize, serialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalesforceSimulator } from '../../../src/sandbox/salesforce/simulator.ts';
import { base, type Org, startOrg } from './org.ts';

describe('several currencies', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const deal = { Name: 'D', StageName: 'Prospecting', CloseDate: '2026-12-01', Amount: 100.129 };
  const get = async (id: string) => (await org.call('GET', `${base}/sobjects/Opportunity/${id}`)).body;

  it('are not there until they are switched on; then every record has one', async () => {
    const old = await org.create('Opportunity', deal);
    expect(await get(old)).not.toHaveProperty('CurrencyIsoCode');
    expect((await org.query('SELECT IsoCode FROM CurrencyType')).body[0].errorCode).toBe('INVALID_TYPE');
    const currencies = { corporate: 'USD', others: [{ code: 'EUR', rate: 0.9 }] };
    expect((await org.control('/currencies', currencies)).status).toBe(200);
    expect((await org.control('/currencies', currencies)).status).toBe(400);

    expect(await get(old)).toMatchObject({ CurrencyIsoCode: 'USD', Amount: 100.13 });
    const euros = await org.create('Opportunity', { ...deal, CurrencyIsoCode: 'EUR' });
    expect(await get(euros)).toMatchObject({ CurrencyIsoCode: 'EUR' });
    const found = await org.query("SELECT Id FROM Opportunity WHERE CurrencyIsoCode = 'USD'");
    expect(found.body.records).toMatchObject([{ Id: old }]);
    const refused = await org.call('PATCH', `${base}/sobjects/Opportunity/${old}`, {
      CurrencyIsoCode: 'GBP',
    });
    expect(refused.body[0].errorCode).toBe('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
    const types = await org.query(
      'SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType ORDER BY IsoCode',
    );
    expect(types.body.records).toMatchObject([
      { IsoCode: 'EUR', ConversionRate: 0.9, IsCorporate: false },
      { IsoCode: 'USD', ConversionRate: 1, IsCorporate: true },
    ]);
  });

  it('survive a saved state, with what lies in the recycle bin and what is tracked', async () => {
    const gone = await org.create('Opportunity', deal);
    await org.call('DELETE', `${base}/sobjects/Opportunity/${gone}`);
    await org.control('/history', { Lead: ['Status'] });
    const next = await createSalesforceSimulator({
      port: 0,
      seed: 1,
      contacts: 0,
      leads: 0,
      state: deserialize(serialize(org.simulator.exportState())),
    });
    const records = await fetch(`${next.url}/_sandbox/records/Opportunity`);
    expect((await records.json()) as object).toMatchObject({
      records: [{ CurrencyIsoCode: 'USD' }, { CurrencyIsoCode: 'EUR' }, { Id: gone, IsDeleted: true }],
    });
    const tracked = await fetch(`${next.url}/_sandbox/history`, { method: 'POST', body: '{}' });
    expect((await tracked.json()) as object).toMatchObject({ Lead: ['Status'] });
    await next.close();
  });
});
