import { beforeAll, describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import { readCampaigns, type ToldMembers } from '../../../src/lifecycle/run/campaign-pass.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { readDeals } from '../../../src/lifecycle/run/deal-pass.ts';
import { readAbout } from '../../../src/lifecycle/run/read-about.ts';
import { readPeople } from '../../../src/lifecycle/run/read-people.ts';
import { passOn } from '../../../src/model/pass-on.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const program = 'Nurture: budget';

interface Someone {
  readonly contact: string;
  readonly sales: string;
}
let ada: Someone;
let deal = '';
const crowd: Someone[] = [];
/** A thousand at night; two batches show the same. */
const askingCount = process.env.TANDEM_NIGHTLY ? 1_000 : 120;
const othersCount = 12;

const shown = (id: string, ...names: string[]): Promise<RawFields> =>
  office.read('hubspot', 'contacts', id, ...names);
const ask = (type: string, id: string, word: string | null, detail: string | null = null): Promise<void> =>
  office.edit(type, id, { Tandem_Request__c: word, Tandem_Request_Detail__c: detail });
const answerOf = async (type: string, id: string): Promise<RawFields> =>
  office.read(
    'salesforce',
    type,
    id,
    'Tandem_Request__c',
    'Tandem_Request_Detail__c',
    'Tandem_Request_Result__c',
  );
/** A deal that changed, as the stream tells of it; then everything that follows. */
const tellDeal = async (id: string): Promise<void> => {
  await office.mark('salesforce', 'Opportunity', [id]);
  await office.settle();
};
const cursorStamp = async ({ engine }: LifecycleContext): Promise<number> =>
  (await engine.cursor('#journeys', 'salesforce', 'CampaignMember'))?.stamp ?? 0;
const makeDeal = async (contact: string | null, primary = true): Promise<string> => {
  const [id = ''] = await office.create('Opportunity', [
    { Name: 'Nordlys 1', StageName: 'Prospecting', CloseDate: '2027-01-31' },
  ]);
  if (contact !== null)
    await office.create('OpportunityContactRole', [
      { OpportunityId: id, ContactId: contact, IsPrimary: primary },
    ]);
  return id;
};

beforeAll(async () => {
  const { simulated } = office;
  const [account = ''] = await office.create('Account', [{ Name: 'Nordlys' }]);
  const [sales = ''] = await office.create('Contact', [
    { FirstName: 'Ada', LastName: 'Lind', Email: 'ada@example.com', AccountId: account },
  ]);
  await office.create(
    'Lead',
    Array.from({ length: askingCount + othersCount }, (_, at) => ({
      ...{ Email: `fair${at}@example.com`, LastName: `Fair ${at}`, Company: 'Fair' },
    })),
  );
  await simulated.align();
  const links = await simulated.fixture.query<{ contact: string; sales: string }>(
    'select hubspot_id as contact, salesforce_id as sales from tandem.links where ended_at is null',
  );
  crowd.push(...links.filter((each) => each.sales !== sales));
  const own = links.find((each) => each.sales === sales);
  if (own === undefined) throw new Error('Ada has no contact in HubSpot');
  ada = own;
  await office.mark(
    'hubspot',
    'contacts',
    links.map(({ contact }) => contact),
  );
  await office.settle();
  deal = await makeDeal(ada.sales);
}, 120_000);

describe('what a rep says of a lead', () => {
  it('G4.2, G4.5: what a rep says is on the contact of HubSpot, and follows the last word; all of it is kept', async () => {
    await office.edit('Contact', ada.sales, {
      ...{ Tandem_Quality__c: '4', Tandem_Good_Because__c: 'Right time', Tandem_Competitor__c: 'Polar' },
    });
    await office.mark('salesforce', 'Contact', [ada.sales]);
    await office.settle();
    expect(await shown(ada.contact, 'tandem_quality', 'tandem_competitor', 'tandem_good_because')).toEqual({
      ...{ tandem_quality: '4', tandem_competitor: 'Polar', tandem_good_because: 'Right time' },
    });
    await office.edit('Opportunity', deal, {
      ...{ Tandem_Quality__c: '2', Tandem_Content_Feedback__c: 'Helped', Tandem_Loss_Reason__c: 'Price' },
    });
    await tellDeal(deal);
    expect(
      await shown(ada.contact, 'tandem_quality', 'tandem_competitor', 'tandem_content_feedback'),
    ).toEqual({
      ...{ tandem_quality: '2', tandem_competitor: 'Polar', tandem_content_feedback: 'Helped' },
    });
    await office.edit('Contact', ada.sales, { Tandem_Competitor__c: null });
    await office.mark('salesforce', 'Contact', [ada.sales]);
    await office.settle();
    expect((await shown(ada.contact, 'tandem_competitor')).tandem_competitor ?? '').toBe('');
    const rows = await office.simulated.fixture.query<{ kind: string; value: string | null }>(
      'select kind, value from tandem.feedback order by id',
    );
    expect(rows.map(({ kind, value }) => `${kind}: ${value}`)).toEqual([
      'quality: 4',
      'good-because: Right time',
      'competitor: Polar',
      'quality: 2',
      'content: Helped',
      'loss-reason: Price',
      'competitor: null',
    ]);
  });

  it('costs nothing where nobody says anything new', async () => {
    const before = await office.calls('hubspot');
    await office.mark('salesforce', 'Contact', [ada.sales]);
    await office.settle();
    const writes = (calls: ReadonlyMap<string, number>) =>
      [...calls].filter(([route]) => route.includes('update')).reduce((sum, [, count]) => sum + count, 0);
    expect(writes(await office.calls('hubspot'))).toBe(writes(before));
  });
});

describe('deals of people', () => {
  it('G3.8: one that was there before and of which nothing changed is read once for the turn, and kept with whose it is', async () => {
    const { simulated } = office;
    await simulated.fixture.query(
      "update tandem.journeys set stage = 'working', owner = coalesce(owner, '005') where contact_id = $1",
      [ada.contact],
    );
    // The first time only notes from when on changes are of interest.
    await readDeals(office.context);
    await readDeals(office.context);
    const kept = await simulated.fixture.query(
      `select d.id, d.stage, j.contact_id as contact, j.deals_turn as turn from tandem.deals d
       join tandem.deal_people p on p.deal_id = d.id join tandem.journeys j on j.id = p.journey_id`,
    );
    expect(kept).toEqual([
      { id: deal, stage: 'Prospecting', contact: ada.contact, turn: expect.any(Number) },
    ]);
    expect(await office.context.store.dealsUnread('people', ['working'], 10)).toEqual([]);
  });
});

describe('what a digest tells beside the person', () => {
  it('G5.4: the account and what the rep wrote with a task come from the systems themselves', async () => {
    await office.create('Task', [
      { WhoId: ada.sales, Subject: 'Call', Description: 'Call again in spring', Status: 'Completed' },
    ]);
    const { people } = await readPeople(office.context, [ada.contact]);
    const person = people.get(ada.contact);
    if (person === undefined) throw new Error('Ada is not there');
    const about = await readAbout(office.context, [{ person, turn: 2 }], await office.context.staff());
    expect(about.get(ada.contact)).toMatchObject({
      company: { fields: { salesforce: { Name: 'Nordlys' } } },
      notes: [{ text: 'Call again in spring' }],
    });
  });
});

describe('a rep asks in a deal', () => {
  it('G5.2: for the primary contact; done once, the deal says so and is empty again', async () => {
    await ask('Opportunity', deal, 'Enroll in program', program);
    await tellDeal(deal);
    expect(await answerOf('Opportunity', deal)).toEqual({
      Tandem_Request__c: null,
      Tandem_Request_Detail__c: null,
      Tandem_Request_Result__c: expect.stringMatching(/^Done: added to 'Nurture: budget'/),
    });
    await ask('Opportunity', deal, 'Remove from campaigns');
    await tellDeal(deal);
    expect((await answerOf('Opportunity', deal)).Tandem_Request_Result__c).toMatch(
      /^Done: removed from 'Nurture: budget'; HubSpot marks them as suppressed/,
    );
    expect(await shown(ada.contact, 'tandem_suppressed')).toEqual({ tandem_suppressed: 'true' });
    await ask('Opportunity', deal, 'Enroll in program', program);
    await tellDeal(deal);
    expect(await shown(ada.contact, 'tandem_suppressed')).toEqual({ tandem_suppressed: 'false' });
    const orders = await office.simulated.fixture.query<{ state: string }>(
      `select state from tandem.effects where key like '%request/salesforce:006%'`,
    );
    expect(orders).toEqual([{ state: 'done' }, { state: 'done' }, { state: 'done' }]);
  });

  it('for what cannot be while the deal is open: the deal says why', async () => {
    await ask('Opportunity', deal, 'Set stage', 'nurture');
    await tellDeal(deal);
    expect((await answerOf('Opportunity', deal)).Tandem_Request_Result__c).toMatch(
      /^Not done: a deal is open for them/,
    );
  });

  it('without a primary contact: the deal says that there is none', async () => {
    const lone = await makeDeal(null);
    await ask('Opportunity', lone, 'Name a prospect');
    await tellDeal(lone);
    expect(await answerOf('Opportunity', lone)).toEqual({
      Tandem_Request__c: null,
      Tandem_Request_Detail__c: null,
      Tandem_Request_Result__c: expect.stringMatching(/^Not done: this opportunity has no primary contact/),
    });
  });
});

describe('an automation that fills the request again and again', () => {
  it('is stopped after five, told in status, and goes on once somebody took the request away', async () => {
    const someone = crowd[0];
    if (someone === undefined) throw new Error('nobody is there');
    const fill = async (): Promise<RawFields> => {
      await ask('Lead', someone.sales, 'Enroll in program', program);
      await office.mark('salesforce', 'Lead', [someone.sales]);
      await office.settle();
      return answerOf('Lead', someone.sales);
    };
    for (let time = 0; time < 5; time += 1)
      expect((await fill()).Tandem_Request_Result__c).toMatch(/^Done: added/);
    const joins = async () =>
      [...(await office.calls('hubspot'))].find(([route]) => route.includes('memberships/add'))?.[1];
    const before = await joins();
    const stopped = await fill();
    expect(stopped).toMatchObject({
      Tandem_Request__c: 'Enroll in program',
      Tandem_Request_Result__c: expect.stringMatching(/^Not done: it was asked for 6 times in 10 minutes/),
    });
    expect(await fill()).toEqual(stopped);
    expect(await joins()).toBe(before);
    const problems = () => office.simulated.fixture.store.lifecycle.refusedEffects();
    expect(await problems()).toMatchObject([
      { kind: 'request', count: 1, next: expect.stringContaining('flow') },
    ]);
    await ask('Lead', someone.sales, null);
    await office.mark('salesforce', 'Lead', [someone.sales]);
    await office.simulated.fixture.query(`update tandem.effects set due = now() where state = 'open'`);
    await office.settle();
    expect(await problems()).toEqual([]);
    expect((await fill()).Tandem_Request_Result__c).toMatch(/^Done: added/);
  });
});

describe('a campaign whose members are prospects', () => {
  it('G5.2: has each of them handed over once, and says so on the lead; who is not in HubSpot is waited for', async () => {
    const [campaign = '', other = ''] = await office.create('Campaign', [
      { Name: 'Prospects: spring fair', IsActive: true },
      { Name: 'Newsletter', IsActive: true },
    ]);
    const context = office.with({ prospectCampaigns: ['Prospects: spring fair'] });
    await readCampaigns(context);
    const [one, two, three] = crowd.slice(1, 4);
    if (one === undefined || two === undefined || three === undefined) throw new Error('nobody is there');
    const [stranger = ''] = await office.create('Lead', [{ LastName: 'Nobody', Company: 'Fair' }]);
    await office.create('CampaignMember', [
      { CampaignId: campaign, LeadId: one.sales },
      { CampaignId: campaign, LeadId: two.sales },
      { CampaignId: other, LeadId: three.sales },
      { CampaignId: campaign, LeadId: stranger },
    ]);
    for (let time = 0; time < 2; time += 1) {
      await readCampaigns(context);
      await office.settle(context);
    }
    const stages = async (who: Someone): Promise<unknown> =>
      (await shown(who.contact, 'tandem_stage')).tandem_stage;
    expect([await stages(one), await stages(two), await stages(three)]).toEqual([
      ...['sales-ready', 'sales-ready'],
      expect.not.stringMatching('sales-ready'),
    ]);
    expect((await answerOf('Lead', one.sales)).Tandem_Request_Result__c).toMatch(
      /^Done: handed over to sales/,
    );
    const orders = await office.simulated.fixture.query<{ kind: string }>(
      `select kind from tandem.effects where kind in ('request', 'hand-off') and journey_id in
         (select id from tandem.journeys where contact_id = any($1)) order by kind`,
      [[one.contact, two.contact]],
    );
    expect(orders.map(({ kind }) => kind)).toEqual(['hand-off', 'hand-off', 'request', 'request']);
    expect(await cursorStamp(context)).toBeLessThanOrEqual(Date.now());
    expect((await answerOf('Lead', stranger)).Tandem_Request_Result__c ?? null).toBe(null);
    const hoursLater = (hours: number): LifecycleContext => ({
      ...context,
      store: new Proxy(context.store, {
        get: (store, name: keyof LifecycleContext['store']) =>
          name === 'now' ? async () => Date.now() + hours * 3_600_000 : store[name].bind(store),
      }),
    });
    const told: ToldMembers = new Set();
    await readCampaigns(hoursLater(2), told);
    const { Tandem_Request_Result__c: said } = await answerOf('Lead', stranger);
    expect(said).toMatch(/^Not done: they are not in HubSpot/);
    await readCampaigns(hoursLater(3), told);
    expect((await answerOf('Lead', stranger)).Tandem_Request_Result__c).toBe(said);
    // Nobody is waited for any more: who was read is not read again.
    expect(await cursorStamp(context)).toBeGreaterThan(Date.now() + 3_600_000);
    await office.simulated.fixture.query(`delete from tandem.cursors where type = 'CampaignMember'`);
  });

  it('that is not there is a problem in status', async () => {
    await readCampaigns(office.with({ prospectCampaigns: ['Prospects: tea'] }));
    await readCampaigns(office.with({ prospectCampaigns: ['Prospects: tea'] }));
    const problems = await office.simulated.fixture.store.status.problems();
    expect(problems).toMatchObject([{ key: 'lifecycle:prospect-campaigns', fault: 'config' }]);
  });
});

describe('a hand-off that is to be seen in campaign and timeline', () => {
  it('makes one member and at most so many entries, also where the answer to the first try was lost', async () => {
    const someone = crowd[10];
    if (someone === undefined) throw new Error('nobody is there');
    const { email } = await shown(someone.contact, 'email');
    const [campaign = ''] = await office.create('Campaign', [{ Name: 'Spring', IsActive: true }]);
    const acting = office.with({
      campaigns: { from: null, status: 'Responded', map: [['spring mail', campaign]] },
      timelineMax: 2,
    });
    await office.simulated.control('hubspot', 'activity', [
      { email, type: 'emailDelivered', campaign: 'Spring mail' },
      { email, type: 'emailClick', campaign: 'Spring mail' },
      { email, type: 'pageView', url: 'https://nordlys.example/pricing' },
      { email, type: 'formSubmission', form: 'Request a demo' },
    ]);
    const mails: { readonly to: string; readonly body: string }[] = [];
    const { salesforce } = acting.systems;
    let lost = 0;
    const losing: LifecycleContext = {
      ...acting,
      mail: async (to, { body }) => {
        mails.push({ to, body });
        return { kind: 'sent' };
      },
      systems: {
        ...acting.systems,
        salesforce: {
          ...passOn(salesforce),
          writeMany: async (type, rows, context) => {
            const outcomes = await salesforce.writeMany(type, rows, context);
            const isEntry = type === 'Task' && rows.some(({ fields }) => fields.Status === 'Completed');
            if (!isEntry || lost > 0) return outcomes;
            lost += 1;
            return rows.map(() => ({ kind: 'unknown', cause: 'the connection was cut' }));
          },
        },
      },
    };
    await office.mark('hubspot', 'contacts', [someone.contact]);
    await office.settle(losing);
    expect(lost).toBe(1);
    await office.simulated.fixture.query(`update tandem.effects set due = now() where state = 'open'`);
    await office.settle(acting);
    const tasks = await office.rows('Task', ({ WhoId }) => WhoId === someone.sales);
    const entries = tasks.filter(({ Status }) => Status === 'Completed');
    expect(entries.map(({ Subject }) => String(Subject))).toEqual([
      expect.stringContaining('Request a demo'),
      expect.stringMatching(/./),
    ]);
    expect(new Set(entries.map(({ Tandem_Key__c: key }) => key)).size).toBe(2);
    expect(tasks.filter(({ Status }) => Status !== 'Completed')).toHaveLength(1);
    const members = await office.rows('CampaignMember', ({ CampaignId }) => CampaignId === campaign);
    expect(members).toMatchObject([{ LeadId: someone.sales, Status: 'Responded' }]);
    expect(office.told.at(-1)).toContain(`/${someone.sales}|Open in Salesforce>`);
    expect(mails).toEqual([
      { to: expect.stringContaining('@'), body: expect.stringContaining(`/${someone.sales}\n`) },
    ]);
    const [again] = (await acting.joinCampaigns?.(
      [
        {
          campaign,
          person: { system: 'salesforce', type: 'Lead', id: someone.sales },
          status: null,
        },
      ],
      { class: 'live', purpose: 'write' },
    )) ?? [undefined];
    expect(again).toEqual({ kind: 'landed' });
  });
});

describe('a hand-off where another router chooses', () => {
  it('waits for its owner before there is a task, also for the next process, and explain tells why', async () => {
    const { simulated, context: whole } = office;
    const someone = crowd[11];
    if (someone === undefined) throw new Error('nobody is there');
    const { nora = '' } = (await simulated.control('salesforce', 'directory', {
      users: [{ alias: 'nora', firstName: 'Nora', lastName: 'Berg' }],
    })) as Record<string, string>;
    const { owners } = await whole.staff(true);
    const tandem = [...owners.values()].find(({ isTandem }) => isTandem === true)?.id ?? '';
    const context = {
      ...whole,
      models: { ...whole.models, routing: { ...whole.models.routing, by: 'external' as const } },
    };
    const tasks = async () => {
      const found = await whole.systems.salesforce.findByField(
        'Task',
        'WhoId',
        [someone.sales],
        ['OwnerId'],
        { class: 'live', purpose: 'read' },
      );
      return found.map(({ record }) => record.fields.OwnerId);
    };
    const handOff = async () =>
      (await journeyOf(simulated.fixture.store, [someone.contact]))?.effects.find(
        ({ kind }) => kind === 'hand-off',
      );
    // As a lead is that Tandem made.
    await office.edit('Lead', someone.sales, { OwnerId: tandem });
    await ask('Lead', someone.sales, 'Set stage', 'sales-ready');
    await office.mark('salesforce', 'Lead', [someone.sales]);
    await office.settle(context);
    const waiting = expect.stringContaining('the other router has given the lead to nobody yet');
    expect(await handOff()).toMatchObject({ doneAt: null, why: waiting, next: null, route: null });
    const begun = async () =>
      simulated.fixture.query(
        `select steps -> 'route' as route, attempts from tandem.effects where kind = 'hand-off' and state = 'open'`,
      );
    const before = await begun();
    expect(before).toEqual([{ route: { state: 'sent', at: expect.any(Number), id: tandem }, attempts: 0 }]);
    const again = async () => {
      await simulated.fixture.query(`update tandem.effects set due = now() where state = 'open'`);
      await office.settle(context);
    };
    await again();
    expect(await begun()).toEqual(before);
    expect(await tasks()).toEqual([]);
    await office.edit('Lead', someone.sales, { OwnerId: nora });
    await again();
    expect(await tasks()).toEqual([nora]);
    expect(await handOff()).toMatchObject({
      doneAt: expect.any(String),
      route: {
        decision: { kind: 'owner', id: nora, kept: true },
        lines: [{ step: 'other router', owner: nora, outcome: 'kept' }],
        words: 'Nora Berg — other router: Nora Berg has it and keeps it (routing.yaml 1)',
      },
    });
    const journey = await journeyOf(simulated.fixture.store, [someone.contact]);
    if (journey === null) throw new Error('there is no journey');
    expect(journeyWords(journey)).toContainEqual(
      expect.stringMatching(/ {2}routed {3}Nora Berg — other router: /),
    );
  });
});

describe('a thousand leads (120 by day) in one edit of a list view', () => {
  it('are each asked for once and answered, in batches of calls', async () => {
    const rows = crowd.slice(othersCount);
    const outcomes = await office.context.systems.salesforce.writeMany(
      'Lead',
      rows.map(({ sales }) => ({
        ...{ op: 'update' as const, key: sales, id: sales },
        fields: { Tandem_Request__c: 'Enroll in program', Tandem_Request_Detail__c: program },
      })),
      { class: 'live', purpose: 'write' },
    );
    expect(outcomes.every(({ kind }) => kind === 'landed')).toBe(true);
    const calls = async () =>
      [...(await office.calls('hubspot')), ...(await office.calls('salesforce'))].reduce(
        (sum, [, count]) => sum + count,
        0,
      );
    const before = await calls();
    // Told twice, as polls that look back tell.
    await office.mark(
      'salesforce',
      'Lead',
      rows.map(({ sales }) => sales),
    );
    await office.settle();
    await office.mark(
      'salesforce',
      'Lead',
      rows.map(({ sales }) => sales),
    );
    await office.settle();
    const spent = (await calls()) - before;
    const read = await office.context.systems.salesforce.readMany(
      'Lead',
      rows.map(({ sales }) => sales),
      ['Tandem_Request__c', 'Tandem_Request_Result__c'],
      { class: 'live', purpose: 'read' },
    );
    const answers = [...read.values()].filter(
      ({ fields }) =>
        fields.Tandem_Request__c === null &&
        String(fields.Tandem_Request_Result__c).startsWith("Done: added to 'Nurture: budget'"),
    );
    expect(answers).toHaveLength(rows.length);
    const [{ orders = 0, done = 0 } = {}] = await office.simulated.fixture.query<{
      orders: number;
      done: number;
    }>(
      `select count(*)::int as orders, count(*) filter (where state = 'done')::int as done from tandem.effects
       where kind = 'request' and key like '%salesforce:00Q%' and journey_id in
         (select id from tandem.journeys where contact_id = any($1))`,
      [rows.map(({ contact }) => contact)],
    );
    expect([orders, done]).toEqual([rows.length, rows.length]);
    // Two looks and one order of 100 people each: read twice, joined once, answered once.
    expect(spent).toBeLessThanOrEqual(10 * Math.ceil(askingCount / 100));
  });
});
