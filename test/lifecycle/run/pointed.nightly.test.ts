import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findMissingFields } from '../../../src/commands/check/own-fields.ts';
import { readLifecycle } from '../../../src/commands/load-lifecycle.ts';
import { activeLifecycle, watchedBy } from '../../../src/commands/run/lifecycle.ts';
import type { Sides } from '../../../src/model/system.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { Person } from '../../e2e/harness/person.ts';
import { mirrorMappings } from '../../mirror.ts';
import { withSimulators } from '../../sync/simulated.ts';
import { Office } from './office.ts';

/** What the company had before Tandem came. */
const salesFields = [
  { name: 'Outcome__c', type: 'picklist', picklist: ['Good', 'No thanks', 'Later'] },
  {
    name: 'Why_Not__c',
    label: 'Why not',
    type: 'picklist',
    picklist: ['Too early', 'No money', 'Went elsewhere', 'Weather'],
  },
  { name: 'Call_Back__c', label: 'Call back', type: 'date' },
  { name: 'Rival__c', type: 'picklist', picklist: ['Acme', 'Umbrella'] },
  { name: 'Stars__c', type: 'double' },
  { name: 'History__c', type: 'textarea', length: 32_768 },
  { name: 'Asks_For__c', type: 'string', length: 80 },
] as const;

const fields = `
fields:
  Tandem_Disposition__c: { field: Outcome__c, values: { Accepted: Good, Rejected: No thanks, Return to nurture: Later } }
  Tandem_Reason__c:
    field: Why_Not__c
    values: { Not now: Too early, No budget: No money, Chose a competitor: Went elsewhere }
  Tandem_Recontact_On__c: Call_Back__c
  Lead.Tandem_Competitor__c: Rival__c
  Contact.Tandem_Competitor__c: Rival__c
  Opportunity.Tandem_Loss_Reason__c: { field: Lost_By__c, values: { Price: [Too dear, Price war], Timing: Next year } }
  Lead.Tandem_Quality__c: Stars__c
  Tandem_Digest__c: History__c
  Lead.Tandem_Request__c: Asks_For__c
  Tandem_Key__c: Robot_Key__c
  tandem_return_reason: { field: why_not, values: { Not now: too_early, No budget: no_money } }
  tandem_recontact_on: call_back
  tandem_disposition: { field: outcome, values: { Accepted: good, Rejected: bad, Return to nurture: later } }
  tandem_competitor: rival
`;

const office = new Office(withSimulators());
const folder = mkdtempSync(join(tmpdir(), 'pointed-'));
let people: readonly Sides<string>[] = [];
let rep: Person;
const emails = ['ada', 'bo', 'cai', 'dee'].map((name) => `${name}@nordlys.example`);

beforeAll(async () => {
  cpSync(join(repositoryRoot, 'config'), folder, { recursive: true });
  const file = join(folder, 'lifecycle.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}${fields}`);
  const { simulated } = office;
  await simulated.control('salesforce', 'schema', {
    objects: [
      { name: 'Lead', fields: salesFields },
      {
        name: 'Contact',
        fields: salesFields.filter(({ name }) => !['Stars__c', 'Asks_For__c'].includes(name)),
      },
      {
        name: 'Opportunity',
        fields: [
          {
            name: 'Lost_By__c',
            label: 'Lost by',
            type: 'picklist',
            picklist: ['Too dear', 'Price war', 'Next year', 'No decision', 'Gone fishing'],
          },
        ],
      },
      { name: 'Task', fields: [{ name: 'Robot_Key__c', type: 'string', length: 255, externalId: true }] },
    ],
  });
  const { reasons } = readLifecycle(folder).lifecycle ?? { reasons: {} };
  const others = Object.keys(reasons).filter((each) => each !== 'Not now' && each !== 'No budget');
  await simulated.control('hubspot', 'schema', {
    objects: [
      {
        name: 'contacts',
        properties: [
          { name: 'why_not', type: 'enumeration', options: ['too_early', 'no_money', ...others] },
          { name: 'call_back', type: 'date' },
          { name: 'outcome', type: 'enumeration', options: ['good', 'bad', 'later'] },
          { name: 'rival', type: 'string' },
        ],
      },
    ],
  });
  await office.open(folder);
  await office.context.store.sinceAt();
  rep = await Person.signIn(simulated.sandbox.access);
  people = await simulated.people(emails.map((email) => ({ email, lastname: 'Lind', company: 'Nordlys' })));
  await office.mark(
    'hubspot',
    'contacts',
    people.map(({ hubspot }) => hubspot),
  );
  await office.settle();
}, 60_000);

/** As the vendors have it: past what the lifecycle sees. */
const raw = async (system: 'hubspot' | 'salesforce', type: string, id: string, ...names: string[]) => {
  const read = await office.simulated
    .connect()
    [system].readMany(type, [id], names, { class: 'live', purpose: 'read' });
  return read.get(id)?.fields ?? {};
};

const edit = async (id: string, values: Readonly<Record<string, string | number | null>>): Promise<void> => {
  const row = { op: 'update', key: 'rep', id, fields: values } as const;
  const [outcome] = await office.simulated
    .connect()
    .salesforce.writeMany('Lead', [row], { class: 'live', purpose: 'write' });
  expect(outcome?.kind).toBe('landed');
  await office.mark('salesforce', 'Lead', [id]);
  await office.settle();
};

const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is left');
  return found;
};

/** By the company's own field for requests. */
const toSales = (at: number): Promise<void> =>
  edit(person(at).salesforce, { Asks_For__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' });

const tasksOf = (id: string) => office.rows('Task', (task) => task.WhoId === id);

describe('a company points what reps and marketers see at fields that it already has', () => {
  it('check finds nothing wrong but a word that says nothing, on both live schemas', async () => {
    const connectors = office.simulated.connect();
    const found = await findMissingFields(
      (system, type) => connectors[system].describe(type, { class: 'live', purpose: 'describe' }),
      mirrorMappings.pairs,
      readLifecycle(folder),
    );
    expect(found.map(({ level, what }) => [level, what])).toEqual([
      ['note', 'Salesforce Lead.Why_Not__c has values that say nothing to Tandem: Weather'],
      ['note', 'Salesforce Contact.Why_Not__c has values that say nothing to Tandem: Weather'],
      ['note', 'Salesforce Opportunity.Lost_By__c has values that say nothing to Tandem: Gone fishing'],
    ]);
  });

  it('check names a field that is not there, one of another type, and a value that its list lacks', async () => {
    const connectors = office.simulated.connect();
    const spoiled = join(folder, 'spoiled');
    cpSync(join(repositoryRoot, 'config'), spoiled, { recursive: true });
    const file = join(spoiled, 'lifecycle.yaml');
    const lines = [
      'Lead.Tandem_Competitor__c: Rivals__c',
      'Lead.Tandem_Recontact_On__c: Rival__c',
      'tandem_disposition: { field: outcome, values: { Accepted: fine, Rejected: bad } }',
    ];
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}fields:\n${lines.map((each) => `  ${each}\n`).join('')}`,
    );
    const found = await findMissingFields(
      (system, type) => connectors[system].describe(type, { class: 'live', purpose: 'describe' }),
      mirrorMappings.pairs,
      readLifecycle(spoiled),
    );
    const last = readFileSync(file, 'utf8').split('\n').length - 1;
    expect(found.map(({ level, line, what }) => [level, line, what]).toSorted()).toEqual(
      [
        ['error', last - 1, 'Salesforce Lead.Rival__c has the type picklist'],
        ['error', last - 2, 'Salesforce Lead.Rivals__c is not there'],
        ['error', last, 'HubSpot contacts.outcome does not have the values fine, Return to nurture'],
      ].toSorted(),
    );
  });

  it('the worker is told of changes of those fields', async () => {
    const active = await activeLifecycle(folder, mirrorMappings);
    const watched = watchedBy(active, mirrorMappings).pairs.find(({ name }) => name === 'people')?.watched;
    expect(watched?.salesforce).toEqual(
      expect.arrayContaining(['Outcome__c', 'Why_Not__c', 'Call_Back__c', 'Asks_For__c', 'Stars__c']),
    );
    expect(watched?.salesforce).not.toContain('Tandem_Reason__c');
    expect(watched?.hubspot).toContain('rival');
  });

  it("a hand-over fills the company's digest and marks its task, the answer to a rep's request is seen, and Tandem's own stay empty", async () => {
    const { salesforce } = person(0);
    await toSales(0);
    const lead = await raw('salesforce', 'Lead', salesforce, 'History__c', 'Asks_For__c', 'Tandem_Digest__c');
    expect(lead).toMatchObject({ Asks_For__c: null, Tandem_Digest__c: null });
    expect(lead.History__c).toMatch(/Lind/);
    expect(await tasksOf(salesforce)).toMatchObject([
      { Robot_Key__c: expect.stringContaining('hand-off'), Tandem_Key__c: null },
    ]);
  });

  it("a rep's no, reason, day, rival and stars in those fields move the lead, and marketing reads them in its own", async () => {
    const { hubspot, salesforce } = person(0);
    await edit(salesforce, {
      ...{ Outcome__c: 'No thanks', Why_Not__c: 'Too early', Call_Back__c: '2027-03-01' },
      ...{ Rival__c: 'Acme', Stars__c: 4 },
    });
    const names = ['why_not', 'call_back', 'outcome', 'rival', 'tandem_quality', 'tandem_stage'] as const;
    const own = ['tandem_return_reason', 'tandem_recontact_on', 'tandem_competitor'] as const;
    expect(await raw('hubspot', 'contacts', hubspot, ...names, ...own, 'tandem_program')).toMatchObject({
      ...{ why_not: 'too_early', call_back: '2027-03-01', outcome: 'bad', rival: 'Acme' },
      ...{ tandem_quality: '4', tandem_stage: 'nurture', tandem_program: 'Nurture: later' },
      ...{ tandem_return_reason: null, tandem_recontact_on: null, tandem_competitor: null },
    });
    expect(await tasksOf(salesforce)).toMatchObject([{ Status: 'Completed' }]);
  });

  it('the next hand-over empties them, and nobody takes that for a word', async () => {
    const { hubspot, salesforce } = person(0);
    await toSales(0);
    expect(
      await raw('salesforce', 'Lead', salesforce, 'Outcome__c', 'Why_Not__c', 'Call_Back__c', 'Rival__c'),
    ).toMatchObject({ Outcome__c: null, Why_Not__c: null, Call_Back__c: null, Rival__c: 'Acme' });
    const row = (await office.context.store.journeys([hubspot])).get(hubspot);
    expect(row?.stage).toBe('sales-ready');
  });

  it('a missing reason is asked for in the words of the page, and one that is no word of Tandem counts as unknown', async () => {
    const { hubspot, salesforce } = person(1);
    await toSales(1);
    await edit(salesforce, { Outcome__c: 'Later', Why_Not__c: 'Weather' });
    const [asked] = (await tasksOf(salesforce)).filter(({ Status }) => Status !== 'Completed');
    expect(asked?.Description).toMatch(/^Choose a Why not on the record: Too early, No money, /);
    expect(asked?.Description).toContain("'Too early' with a day in Call back brings them back");
    expect(await raw('hubspot', 'contacts', hubspot, 'why_not', 'tandem_program')).toEqual({
      ...{ why_not: 'Unknown', tandem_program: 'Nurture: general' },
    });
    await edit(salesforce, { Why_Not__c: 'No money' });
    expect(await raw('hubspot', 'contacts', hubspot, 'why_not', 'tandem_program')).toEqual({
      ...{ why_not: 'no_money', tandem_program: 'Nurture: budget' },
    });
  });

  /** The rep converts the lead and opens a deal; answers the deal. */
  const dealOf = async (at: number): Promise<string> => {
    const { salesforce } = person(at);
    await toSales(at);
    const [user] = await office.rows(
      'User',
      ({ IsActive, Name }) => IsActive === true && Name !== 'Tandem Integration',
    );
    await edit(salesforce, { OwnerId: String(user?.Id) });
    // While somebody of sales has people, changes of deals are seen.
    await office.deals();
    const contact = await rep.convertLead(salesforce);
    await office.simulated.mark({ salesforce });
    await office.simulated.drain();
    await office.mark('salesforce', 'Contact', [contact]);
    await office.settle();
    const deal = await rep.create('Opportunity', {
      ...{ Name: `Deal ${at}`, StageName: 'Prospecting', CloseDate: '2027-06-30', Amount: 5_000 },
    });
    await rep.create('OpportunityContactRole', { OpportunityId: deal, ContactId: contact, IsPrimary: true });
    await office.deals();
    expect(await stageOf(at)).toBe('opportunity');
    return deal;
  };
  const stageOf = async (at: number): Promise<string | undefined> => {
    const { hubspot } = person(at);
    return (await office.context.store.journeys([hubspot])).get(hubspot)?.stage;
  };
  const shown = (at: number) =>
    raw('hubspot', 'contacts', person(at).hubspot, 'tandem_loss_reason', 'why_not', 'tandem_program');

  it("a deal that is closed lost by the company's own reason gives its people back for that reason", async () => {
    const deal = await dealOf(2);
    await rep.edit('Opportunity', deal, { StageName: 'Closed Lost', Lost_By__c: 'Price war' });
    await office.deals();
    expect([await stageOf(2), await shown(2)]).toEqual([
      'nurture',
      { tandem_loss_reason: 'Price', why_not: 'no_money', tandem_program: 'Nurture: budget' },
    ]);
    expect(await raw('salesforce', 'Opportunity', deal, 'Lost_By__c', 'Tandem_Loss_Reason__c')).toEqual({
      ...{ Lost_By__c: 'Price war', Tandem_Loss_Reason__c: null },
    });
  });

  it('one that is lost without any is asked about in the words of both pages, and the answer in the deal counts', async () => {
    const deal = await dealOf(3);
    await rep.edit('Opportunity', deal, { StageName: 'Closed Lost' });
    await office.deals();
    expect(await shown(3)).toMatchObject({ why_not: 'Unknown', tandem_program: 'Nurture: general' });
    const asked = await office.rows('Task', ({ Subject }) => String(Subject).startsWith('Why was the deal'));
    expect(asked.map(({ Status }) => Status)).toEqual(['Not Started']);
    expect(asked[0]?.Description).toMatch(
      /^Choose a Lost by in the opportunity: Too dear, Price war, Next year, No decision\.\n- Or a Why not on this record: Too early, No money, Went elsewhere\.\n/,
    );
    await rep.edit('Opportunity', deal, { Lost_By__c: 'Next year' });
    await office.deals();
    expect(await shown(3)).toEqual({
      ...{ tandem_loss_reason: 'Timing', why_not: 'too_early', tandem_program: 'Nurture: later' },
    });
    const [closed] = await office.rows('Task', ({ Id }) => Id === asked[0]?.Id);
    expect(closed?.Status).toBe('Completed');
  });
});
