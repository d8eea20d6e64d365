import { beforeAll, describe, expect, it } from 'vitest';
import { salesPlace } from '../../../src/lifecycle/run/sales-news.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { Lists } from './lists.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const lists = new Lists(() => office.simulated.sandbox);

interface Someone {
  readonly contact: string;
  readonly sales: string;
}
const people = new Map<string, Someone>();
const person = (name: string): Someone => {
  const found = people.get(name);
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
};
const stageOf = async (name: string): Promise<string | undefined> => {
  const { contact } = person(name);
  return (await office.context.store.journeys([contact])).get(contact)?.stage;
};
/** Where somebody stands, and the lists that they are on. */
const shows = async (name: string) => [await stageOf(name), await lists.of(person(name).contact)];
const asks = async (name: string): Promise<void> => {
  await office.simulated.control('hubspot', 'activity', [
    { email: `${name}@example.com`, type: 'formSubmission', form: 'Request a demo' },
  ]);
  await office.mark('hubspot', 'contacts', [person(name).contact]);
  await office.settle();
};
const tasksOf = (name: string): Promise<readonly RawFields[]> =>
  office.rows('Task', ({ WhoId }) => WhoId === person(name).sales);
/** As if so many days had gone by since they were handed over. */
const daysGo = async (name: string, days: number): Promise<void> => {
  const past = `(value::float8 - ${days * 86_400_000})::text::jsonb`;
  await office.simulated.fixture.query(
    `update tandem.journeys set next_at = now(), version = version + 1, state = jsonb_set(state::jsonb, '{journey}',
       (state::jsonb -> 'journey') || (select jsonb_object_agg(key, ${past})
         from jsonb_each_text(state::jsonb -> 'journey')
         where key in ('since', 'lastAt', 'turnAt', 'handedAt', 'movedAt') and value is not null))
     where contact_id = $1`,
    [person(name).contact],
  );
  await office.settle();
};

/** Bought from us before the lifecycle was on, by a deal in Salesforce: ada, bea, cara. dora never did. eva did, by HubSpot's own stage. */
const buyers = ['ada', 'bea', 'cara'];

beforeAll(async () => {
  const names = [...buyers, 'dora', 'eva'];
  const [account = ''] = await office.create('Account', [{ Name: 'Nordlys' }]);
  const sales = await office.create(
    'Contact',
    names.map((name) => ({ LastName: name, Email: `${name}@example.com`, AccountId: account })),
  );
  const deals = await office.create(
    'Opportunity',
    buyers.map((name) => ({
      ...{ Name: name, AccountId: account, StageName: 'Closed Won', Amount: 900, CloseDate: '2024-05-02' },
    })),
  );
  await office.create(
    'OpportunityContactRole',
    deals.map((deal, at) => ({ OpportunityId: deal, ContactId: sales[at] ?? '', IsPrimary: true })),
  );
  await office.simulated.align();
  for (const { hubspot, salesforce } of await office.simulated.fixture.query<{
    hubspot: string;
    salesforce: string;
  }>('select hubspot_id as hubspot, salesforce_id as salesforce from tandem.links where ended_at is null')) {
    const name = names[sales.indexOf(salesforce)];
    if (name !== undefined) people.set(name, { contact: hubspot, sales: salesforce });
  }
  // When the lifecycle was first on.
  await office.context.store.sinceAt();
  await office.simulated.editContact(person('eva').contact, { lifecyclestage: 'customer' });
  await office.mark(
    'hubspot',
    'contacts',
    names.map((name) => person(name).contact),
  );
  await office.settle();
  for (const name of [...buyers, 'dora']) await asks(name);
  // As if their deals had not changed for years: no look at changes brings one.
  const later = { stamp: (await office.context.store.now()) + 60 * 60_000, id: '' };
  for (const type of ['Opportunity', 'OpportunityContactRole'] as const)
    await office.context.engine.commitSignals([], { cursor: { ...salesPlace(type), at: later } });
}, 120_000);

describe('somebody who bought before the lifecycle was on', () => {
  it('and asks for contact is with a rep, as anybody is', async () => {
    for (const name of [...buyers, 'dora']) {
      expect([name, await stageOf(name), (await tasksOf(name)).length]).toEqual([name, 'sales-ready', 1]);
    }
  });

  it('leaves the program again whose rep says no before anybody has read their deals', async () => {
    await office.edit('Contact', person('cara').sales, {
      ...{ Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' },
    });
    await office.mark('salesforce', 'Contact', [person('cara').sales]);
    await office.settle();
    expect(await shows('cara')).toEqual(['nurture', ['Nurture: budget']]);
    await office.deals();
    expect(await shows('cara')).toEqual(['customer', []]);
  });

  it('is a customer, and on no list, when a rep has no use for them; who never bought is recycled', async () => {
    for (const name of ['ada', 'dora']) {
      await office.edit('Contact', person(name).sales, {
        ...{ Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' },
      });
      await office.mark('salesforce', 'Contact', [person(name).sales]);
    }
    await office.settle();
    expect(await shows('dora')).toEqual(['nurture', ['Nurture: budget']]);
    expect(await shows('ada')).toEqual(['customer', []]);
    expect(
      await office.read('hubspot', 'contacts', person('ada').contact, 'tandem_stage', 'tandem_return_reason'),
    ).toEqual({ tandem_stage: 'customer', tandem_return_reason: 'No budget' });
    expect((await tasksOf('ada')).map(({ Status }) => Status)).toEqual(['Completed']);
  });

  it('is one when nobody touches them for ten days', async () => {
    await daysGo('bea', 11);
    expect(await shows('bea')).toEqual(['customer', []]);
  });

  it("by HubSpot's own stage is one from the first look on; their owner gets a task when they ask, and once", async () => {
    expect([await stageOf('eva'), await tasksOf('eva')]).toEqual(['customer', []]);
    await asks('eva');
    expect(await stageOf('eva')).toBe('customer');
    const { OwnerId } = await office.read('salesforce', 'Contact', person('eva').sales, 'OwnerId');
    expect(await tasksOf('eva')).toMatchObject([
      { OwnerId, Status: 'Not Started', Description: expect.stringContaining('close this task when') },
    ]);
    await asks('ada');
    expect((await tasksOf('ada')).map(({ Status }) => Status).toSorted()).toEqual([
      'Completed',
      'Not Started',
    ]);
  });
});
