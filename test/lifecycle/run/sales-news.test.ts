import { describe, expect, it } from 'vitest';
import { memberNews, overlapMs, salesNews, salesPlace } from '../../../src/lifecycle/run/sales-news.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const objects = ['Task', 'Event', 'Opportunity', 'OpportunityContactRole', 'CampaignMember'] as const;

/** Calls to Salesforce that a look costs, and what it tells. */
const look = async (): Promise<{ news: readonly string[]; calls: readonly string[] }> => {
  const before = await office.calls('salesforce');
  const news = await salesNews(office.context);
  const after = await office.calls('salesforce');
  const calls = [...after].flatMap(([route, count]) =>
    Array<string>(count - (before.get(route) ?? 0)).fill(route),
  );
  return { news: [...news].sort(), calls };
};
const placeOf = (type: (typeof objects)[number]) =>
  office.simulated.fixture.store.engine.cursor('#journeys', 'salesforce', type);
/** As after a long quiet: what was before `stamp` is not looked at again. */
const quietUntil = async (stamp: number): Promise<void> => {
  for (const type of objects)
    await office.simulated.fixture.store.engine.commitSignals([], {
      cursor: { ...salesPlace(type), at: { stamp: stamp + overlapMs, id: '' } },
    });
};

describe('news of what reps did', () => {
  it('is not asked for where nobody is with sales', async () => {
    expect(await look()).toEqual({ news: [], calls: [] });
  });

  it('costs one call for all objects, tells which of them changed, and moves on where nothing did', async () => {
    const people = await office.simulated.people([
      { email: 'vera@nordlys.example', lastname: 'Vera', company: 'Nordlys' },
    ]);
    const lead = people[0]?.salesforce ?? '';
    await office.mark('hubspot', 'contacts', [people[0]?.hubspot ?? '']);
    await office.settle();
    await office.edit('Lead', lead, {
      Tandem_Request__c: 'Set stage',
      Tandem_Request_Detail__c: 'sales-ready',
    });
    await office.mark('salesforce', 'Lead', [lead]);
    await office.settle();
    const [rep] = await office.rows(
      'User',
      ({ IsActive, Name }) => IsActive === true && Name !== 'Tandem Integration',
    );
    await office.edit('Lead', lead, { OwnerId: String(rep?.Id) });
    await office.mark('salesforce', 'Lead', [lead]);
    await office.settle();
    // Never looked at: each is read, and no call is made to learn so.
    expect(await look()).toEqual({ news: [...objects].sort(), calls: [] });

    await quietUntil(Date.now() + 1_000);
    const quiet = await look();
    expect(quiet.news).toEqual([]);
    expect(quiet.calls).toEqual(['POST /services/data/{version}/composite']);

    const anHourAgo = Date.now() - 3_600_000;
    await quietUntil(anHourAgo - overlapMs);
    await office.create('Task', [{ Subject: 'Called', WhoId: lead, Status: 'Completed' }]);
    expect((await look()).news).toEqual(['Task']);
    expect((await placeOf('Task'))?.stamp).toBe(anHourAgo);
    // Nothing came there: the next look need not go back so far.
    expect((await placeOf('Event'))?.stamp).toBeGreaterThan(Date.now() - 3 * 60_000);
  });

  it('of members of campaigns alone costs one call, and does not look behind what was asked for already', async () => {
    const hour = 3_600_000;
    const ask = async (since: number) => {
      const before = await office.calls('salesforce');
      const isNews = await memberNews(office.context, since);
      const calls = [...(await office.calls('salesforce'))].reduce(
        (sum, [route, count]) => sum + count - (before.get(route) ?? 0),
        0,
      );
      return { isNews, calls };
    };
    const [campaign = ''] = await office.create('Campaign', [{ Name: 'Spring fair', IsActive: true }]);
    const [lead = ''] = await office.create('Lead', [{ LastName: 'Lind', Company: 'Nordlys' }]);
    expect(await ask(Date.now() - hour)).toEqual({ isNews: false, calls: 1 });
    await office.create('CampaignMember', [{ CampaignId: campaign, LeadId: lead }]);
    expect(await ask(Date.now())).toEqual({ isNews: true, calls: 1 });
    expect(await ask(Date.now() + hour)).toEqual({ isNews: false, calls: 1 });
  });
});
