import { beforeEach, describe, expect, it } from 'vitest';
import type { Sides } from '../../src/model/system.ts';
import { type SimulatedObjects, withObjects } from './simulated-objects.ts';

const codes = 'codes: { hubspot: deal_currency_code, salesforce: CurrencyIsoCode }';
const amount = '    kind: currency\n    scale: 2\n';
const currency = [
  '  - { hubspot: deal_currency_code, salesforce: CurrencyIsoCode, kind: enum, direction: both, conflict: newest,',
  '      tie: salesforce, blank: keeps, first: newest, group: money }\n',
].join('\n');

/** Both systems have dollars and euros. */
const switchOn = async (objects: SimulatedObjects): Promise<void> => {
  await objects.simulated
    .control('salesforce', 'currencies', { corporate: 'USD', others: [{ code: 'EUR', rate: 0.9 }] })
    .catch(() => undefined);
  const options = ['USD', 'EUR'].map((value) => ({ label: value, value }));
  await objects.hubspot('PATCH', '/crm/v3/properties/deals/deal_currency_code', { options });
};
const deal = {
  dealname: 'Bridge',
  dealstage: 'appointmentscheduled',
  amount: '100',
  deal_currency_code: 'EUR',
};
const enter = async (objects: SimulatedObjects, properties: Readonly<Record<string, string>>) => {
  const { id = '' } = await objects.hubspot('POST', '/crm/v3/objects/deals', { properties });
  await objects.look('deals', { hubspot: id });
  const link = await objects.link('deals', 'hubspot', id);
  if (link === undefined) throw new Error('the deal was not linked');
  return link.ids;
};
const opportunity = async (objects: SimulatedObjects, { salesforce }: Sides<string>) => {
  const { Amount, CurrencyIsoCode } = (await objects.record('salesforce', 'Opportunity', salesforce)) ?? {};
  return { Amount, CurrencyIsoCode };
};

describe('several currencies, with the currency of each deal mapped', () => {
  const objects = withObjects((file, text) =>
    file === 'deals.yaml'
      ? text.replace(amount, `${amount}    group: money\n    ${codes}\n`) + currency
      : text,
  );
  beforeEach(async () => switchOn(objects));

  it('an amount goes with its currency, at creation and whenever either changes', async () => {
    const ids = await enter(objects, deal);
    expect(await opportunity(objects, ids)).toEqual({ Amount: 100, CurrencyIsoCode: 'EUR' });
    await objects.editHubspot('deals', ids.hubspot, { amount: '120', deal_currency_code: 'USD' });
    await objects.look('deals', ids);
    expect(await opportunity(objects, ids)).toEqual({ Amount: 120, CurrencyIsoCode: 'USD' });
    await objects.editSalesforce('Opportunity', ids.salesforce, { CurrencyIsoCode: 'EUR' });
    await objects.look('deals', ids);
    expect(await objects.record('hubspot', 'deals', ids.hubspot)).toMatchObject({
      amount: '120',
      deal_currency_code: 'EUR',
    });
    expect([await objects.parked(), await objects.unexplained()]).toEqual([[], []]);
  });
});

describe('several currencies, each side with its own', () => {
  const objects = withObjects((file, text) =>
    file === 'deals.yaml' ? text.replace(amount, `${amount}    ${codes}\n`) : text,
  );
  beforeEach(async () => switchOn(objects));

  it('amounts of two currencies are never written, and flow once the currency is the same', async () => {
    const ids = await enter(objects, deal);
    // The integration's own currency: a hundred euros are not a hundred dollars.
    expect(await opportunity(objects, ids)).toEqual({ Amount: null, CurrencyIsoCode: 'USD' });
    await objects.editHubspot('deals', ids.hubspot, { amount: '130' });
    await objects.look('deals', ids);
    expect(await opportunity(objects, ids)).toEqual({ Amount: null, CurrencyIsoCode: 'USD' });
    expect(await objects.parked()).toMatchObject([{ field: 'amount', code: 'OTHER_CURRENCY' }]);
    expect(await objects.unexplained()).toEqual([]);
    await objects.editSalesforce('Opportunity', ids.salesforce, { CurrencyIsoCode: 'EUR' });
    await objects.look('deals', ids);
    expect(await opportunity(objects, ids)).toEqual({ Amount: 130, CurrencyIsoCode: 'EUR' });
    expect(await objects.parked()).toEqual([]);
  });
});

describe('several currencies in HubSpot, one in Salesforce', () => {
  const objects = withObjects((file, text) =>
    file === 'deals.yaml'
      ? text.replace(amount, `${amount}    codes: { hubspot: deal_currency_code, salesforce: USD }\n`)
      : text,
  );
  beforeEach(async () => {
    const options = ['USD', 'EUR'].map((value) => ({ label: value, value }));
    await objects.hubspot('PATCH', '/crm/v3/properties/deals/deal_currency_code', { options });
  });

  it('dollars are written, at creation and later; euros are not', async () => {
    const dollars = await enter(objects, { ...deal, deal_currency_code: 'USD' });
    const euros = await enter(objects, { ...deal, dealname: 'Tunnel' });
    expect((await opportunity(objects, dollars)).Amount).toBe(100);
    expect((await opportunity(objects, euros)).Amount).toBeNull();
    await objects.editHubspot('deals', dollars.hubspot, { amount: '140' });
    await objects.look('deals', dollars);
    await objects.look('deals', euros);
    expect((await opportunity(objects, dollars)).Amount).toBe(140);
    expect((await opportunity(objects, euros)).Amount).toBeNull();
    expect(await objects.parked()).toMatchObject([{ field: 'amount', code: 'OTHER_CURRENCY' }]);
  });
});
