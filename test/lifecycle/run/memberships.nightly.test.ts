import { beforeAll, describe, expect, it } from 'vitest';
import { timelineEvents } from '../../../src/commands/explain/timeline.ts';
import { readCampaigns } from '../../../src/lifecycle/run/campaign-pass.ts';
import { readDetails } from '../../../src/lifecycle/run/details-pass.ts';
import { salesNews } from '../../../src/lifecycle/run/sales-news.ts';
import { Person } from '../../e2e/harness/person.ts';
import { byHand, withNurtured } from './nurtured.ts';

const nurtured = withNurtured(3);
const { office } = nurtured;
let fair = '';
let webinar = '';

/** By a colleague, in Salesforce. */
const join = async (campaign: string, at: number, status: string): Promise<string> => {
  const LeadId = nurtured.person(at).salesforce;
  const [id = ''] = await office.create('CampaignMember', [{ CampaignId: campaign, LeadId, Status: status }]);
  return id;
};
const shown = async (at: number): Promise<string> =>
  String(
    (await office.read('salesforce', 'Lead', nurtured.person(at).salesforce, 'Tandem_Digest__c'))
      .Tandem_Digest__c,
  );
/** What the history tells of somebody. */
const told = async (at: number): Promise<readonly string[]> => {
  const events = await timelineEvents(office.simulated.fixture.store, {
    companyIds: [],
    contactIds: [nurtured.person(at).hubspot],
  });
  return events.map(({ what }) => what);
};
const campaignsOf = async (at: number): Promise<readonly string[]> =>
  (await told(at)).filter((what) => what.includes('campaign'));
const news = async (): Promise<void> => {
  await readCampaigns(office.context);
  await office.settle();
};
const memberReads = async (): Promise<number> =>
  [...(await office.calls('salesforce'))].reduce((sum, [, count]) => sum + count, 0);

beforeAll(async () => {
  [fair = '', webinar = ''] = await office.create('Campaign', [
    { Name: 'Spring fair', IsActive: true },
    { Name: 'Webinar', IsActive: true },
  ]);
});

describe("Salesforce's campaigns in the timeline", () => {
  it('G5.3: whoever is handed over brings those in which they were before, and the digest names them', async () => {
    await join(fair, 0, 'Responded');
    await nurtured.toSales(0);
    while ((await readDetails(office.context)) > 0) await office.settle();
    expect(await campaignsOf(0)).toEqual(["In campaign 'Spring fair', Responded"]);
    expect(await shown(0)).toContain("In campaign 'Spring fair', Responded");
  });

  it('with sales, one that they join is there at the next look, once, and its status follows', async () => {
    const [user] = await office.rows(
      'User',
      ({ IsActive, Name }) => IsActive === true && Name !== 'Tandem Integration',
    );
    await nurtured.edit(0, { OwnerId: user?.Id ?? null });
    expect([...(await salesNews(office.context))]).toContain('CampaignMember');
    await news();
    const member = await join(webinar, 0, 'Sent');
    await news();
    await news();
    expect(await campaignsOf(0)).toEqual([
      "In campaign 'Webinar', Sent",
      "In campaign 'Spring fair', Responded",
    ]);
    await office.edit('CampaignMember', member, { Status: 'Responded' });
    await news();
    expect(await campaignsOf(0)).toEqual([
      "In campaign 'Webinar', Responded",
      "In campaign 'Spring fair', Responded",
    ]);
    expect(await shown(0)).toContain("In campaign 'Webinar', Responded");
  });

  it('whoever is taken out of a campaign is in it no more for the rep, and the history says that they were', async () => {
    const [member] = await office.rows('CampaignMember', ({ CampaignId }) => CampaignId === webinar);
    const colleague = await Person.signIn(office.simulated.sandbox.access);
    await colleague.destroy('CampaignMember', String(member?.Id));
    await news();
    await news();
    expect(await campaignsOf(0)).toEqual([
      expect.stringMatching(/^In campaign 'Webinar', Responded \(taken out again, seen 20/),
      "In campaign 'Spring fair', Responded",
    ]);
    expect(await shown(0)).not.toContain('Webinar');
    expect(await shown(0)).toContain("In campaign 'Spring fair', Responded");
  });

  it('a membership that Tandem made itself is none of it', async () => {
    await nurtured.toSales(1);
    const { context } = office;
    const { salesforce } = nurtured.person(1);
    const made = await context.joinCampaigns?.(
      [{ campaign: fair, person: { system: 'salesforce', type: 'Lead', id: salesforce }, status: null }],
      { class: 'live', purpose: 'write' },
    );
    expect(made).toEqual([{ kind: 'landed' }]);
    await news();
    while ((await readDetails(context)) > 0) await office.settle();
    expect(await campaignsOf(1)).toEqual([]);
  });

  it('of lists as well: whoever is with sales and has left one is not shown on it any more', async () => {
    const { hubspot } = nurtured.person(2);
    await nurtured.put(2, byHand);
    await nurtured.toSales(2);
    while ((await readDetails(office.context)) > 0) await office.settle();
    expect(await shown(2)).toContain(`Joined list '${byHand}'`);
    await nurtured.lists.take(byHand, hubspot);
    // They do something else, which is asked about anyway.
    await office.simulated.fixture.query("update tandem.details set asked_at = now() - interval '2 minutes'");
    await office.simulated.control('hubspot', 'activity', [
      { email: 'p2@nordlys.example', type: 'pageView', url: 'https://www.nordlys.example/cases' },
    ]);
    await office.mark('hubspot', 'contacts', [hubspot]);
    await office.settle();
    while ((await readDetails(office.context)) > 0) await office.settle();
    expect(await shown(2)).not.toContain(byHand);
    expect(await shown(2)).toContain('Cases');
    expect(await told(2)).toContainEqual(
      expect.stringMatching(/^Joined list .*newsletter' \(taken out again/),
    );
  });

  it('what was undone while nobody looked is found at the next hand-over', async () => {
    const member = await join(webinar, 2, 'Sent');
    await nurtured.giveBack(2, 'Not now');
    // The hand-over knows of it, and the pass over campaigns does not come by.
    await nurtured.toSales(2);
    while ((await readDetails(office.context)) > 0) await office.settle();
    expect(await shown(2)).toContain("In campaign 'Webinar'");
    const colleague = await Person.signIn(office.simulated.sandbox.access);
    await colleague.destroy('CampaignMember', member);
    await nurtured.giveBack(2, 'Not now');
    await nurtured.toSales(2);
    while ((await readDetails(office.context)) > 0) await office.settle();
    expect(await shown(2)).not.toContain("In campaign 'Webinar'");
    expect(await told(2)).toContainEqual(
      expect.stringMatching(/^In campaign 'Webinar', Sent \(taken out again/),
    );
  });

  it('where campaigns cannot be seen, nothing is asked and nothing is wrong', async () => {
    const { context } = office;
    const blind = {
      ...context,
      fields: new Map([...context.fields].filter(([type]) => type !== 'CampaignMember')),
    };
    const before = await memberReads();
    await readCampaigns(blind);
    expect(await memberReads()).toBe(before);
    expect([...(await salesNews(blind))]).not.toContain('CampaignMember');
  });
});
