import { beforeAll, describe, expect, it } from 'vitest';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { LifecycleDefinition } from '../../../src/lifecycle/stage/definition.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { type Office, withOffice } from './office.ts';

const office: Office = withOffice();
const outcome = ['tandem_sales_stage', 'tandem_amount', 'tandem_revenue'] as const;

/** HubSpot's contact by name; ada is primary in both deals, bea a decision maker in the open one. */
const contacts = new Map<string, string>();
const shows = async (name: string): Promise<readonly unknown[]> => {
  const fields = await office.read('hubspot', 'contacts', contacts.get(name) ?? '', ...outcome);
  return outcome.map((property) => fields[property] ?? null);
};
let open = '';
/** Some change of the open deal, seen with this rule. */
const changed = async (rule: Partial<LifecycleDefinition['outcome']>, fields: RawFields): Promise<void> => {
  await office.edit('Opportunity', open, fields);
  const context: LifecycleContext = office.with({ outcome: { roles: 'any', currency: null, ...rule } });
  await office.deals(context);
};

beforeAll(async () => {
  const { simulated } = office;
  await simulated.control('salesforce', 'currencies', {
    corporate: 'EUR',
    others: [{ code: 'USD', rate: 1.1 }],
  });
  // Which fields there are is read when the office opens.
  await office.open();
  const [account = ''] = await office.create('Account', [{ Name: 'Nordlys' }]);
  const names = ['ada', 'bea'];
  const sales = await office.create(
    'Contact',
    names.map((name) => ({ LastName: name, Email: `${name}@example.com`, AccountId: account })),
  );
  await simulated.align();
  const links = await simulated.fixture.query<{ contact: string; sales: string }>(
    'select hubspot_id as contact, salesforce_id as sales from tandem.links where ended_at is null',
  );
  for (const link of links) {
    const name = names[sales.indexOf(link.sales)];
    if (name !== undefined) contacts.set(name, link.contact);
  }
  await office.mark('hubspot', 'contacts', [...contacts.values()]);
  await office.settle();
  await simulated.fixture.query(
    `update tandem.journeys set stage = 'working', owner = '005', state = jsonb_set(state::jsonb, '{journey}',
       (state::jsonb -> 'journey') || '{"stage": "working", "owner": "005"}')`,
  );
  await office.deals();
  const deal = { AccountId: account, CloseDate: '2027-01-31', CurrencyIsoCode: 'EUR' };
  const [first = '', won = ''] = await office.create('Opportunity', [
    { ...deal, Name: 'More', StageName: 'Prospecting', Amount: 700 },
    { ...deal, Name: 'First', StageName: 'Closed Won', Amount: 900 },
  ]);
  open = first;
  const [ada = '', bea = ''] = sales;
  await office.create('OpportunityContactRole', [
    { OpportunityId: open, ContactId: ada, IsPrimary: true, Role: 'Evaluator' },
    { OpportunityId: open, ContactId: bea, Role: 'Decision Maker' },
    { OpportunityId: won, ContactId: ada, IsPrimary: true },
  ]);
}, 120_000);

describe('what HubSpot shows of deals', () => {
  it('G5.6: stage, open amount and what was won, on everybody with a role', async () => {
    await changed({}, { StageName: 'Qualification' });
    expect(await shows('ada')).toEqual(['Qualification', '700', '900']);
    expect(await shows('bea')).toEqual(['Qualification', '700', null]);
    const rows = await office.simulated.fixture.query(
      'select currency, amount from tandem.deals order by amount',
    );
    expect(rows).toEqual([
      { currency: 'EUR', amount: 700 },
      { currency: 'EUR', amount: 900 },
    ]);
  });

  it('is on those alone whose role lifecycle.yaml names', async () => {
    await changed({ roles: ['primary'] }, { StageName: 'Needs Analysis' });
    expect(await shows('ada')).toEqual(['Needs Analysis', '700', '900']);
    expect(await shows('bea')).toEqual([null, null, null]);
    await changed({ roles: ['decision maker'] }, { StageName: 'Qualification' });
    expect(await shows('ada')).toEqual([null, null, null]);
    expect(await shows('bea')).toEqual(['Qualification', '700', null]);
  });

  it('has no sum in another currency than that of its figures', async () => {
    await changed({ currency: 'EUR' }, { CurrencyIsoCode: 'USD' });
    expect(await shows('ada')).toEqual(['Qualification', null, '900']);
    await changed({}, { StageName: 'Needs Analysis' });
    expect(await shows('ada')).toEqual(['Needs Analysis', '700', '900']);
  });
});
