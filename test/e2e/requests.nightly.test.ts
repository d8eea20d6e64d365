import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep } from './harness/lifecycle.ts';
import type { Person, Values } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const withinMs = 30_000;

let stage: Stage;
let person: Person;
let worker: Child;
let ben = '';

type Lead = Readonly<Record<string, unknown>>;
const leads = async (): Promise<readonly Lead[]> =>
  (await stage.sandbox.records('salesforce', 'Lead')).filter(({ IsDeleted }) => IsDeleted === false);
const leadOf = async (email: string): Promise<Lead> => {
  const lead = (await leads()).find(({ Email }) => Email === email);
  if (lead === undefined) throw new Error(`there is no lead of ${email}`);
  return lead;
};
/** A person who is in both systems, with a lead of nobody's work yet; answers the contact and the lead. */
const known = async (name: string): Promise<{ readonly contact: string; readonly lead: string }> => {
  const email = `${name.toLowerCase()}@example.com`;
  const lead = await person.createLead({
    Email: email,
    FirstName: name,
    LastName: 'Lind',
    Company: 'Nordlys',
    OwnerId: ben,
  });
  const contact = await until(
    `the contact of ${name}`,
    async () => {
      const { HubSpot_Id__c: id } = await person.readLead(lead);
      if (typeof id !== 'string' || id === '') throw new Error('the lead has no contact yet');
      return id;
    },
    withinMs,
  );
  await worker.line('looked at', (line) => line.event === 'moved' && line.contact === contact, withinMs);
  return { contact, lead };
};

/** Types a request into a lead, and answers the result once the request is emptied. */
const ask = async (lead: string, word: string, detail: string | null = null, more: Values = {}) => {
  const before = await person.readLead(lead);
  await person.editLeads([
    { id: lead, values: { Tandem_Request__c: word, Tandem_Request_Detail__c: detail, ...more } },
  ]);
  return until(
    `an answer to ${word}`,
    async () => {
      const now = await person.readLead(lead);
      const isAnswered =
        now.Tandem_Request_Result__c !== before.Tandem_Request_Result__c &&
        [now.Tandem_Request__c, now.Tandem_Request_Detail__c].every((value) => value === null);
      if (!isAnswered) throw new Error(`it says ${JSON.stringify(now.Tandem_Request_Result__c)}`);
      return String(now.Tandem_Request_Result__c);
    },
    withinMs,
  );
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  ben = await addRep(stage, 'ben', 'Ben', 'Okafor');
  const config = await actingConfig(join(stage.folder, 'config'), [ben]);
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
});
afterAll(async () => stage?.close());

describe('a rep asks on the lead', () => {
  let contact = '';
  let lead = '';
  beforeAll(async () => {
    ({ contact, lead } = await known('Vera'));
  });

  it('for a program, and out of all: HubSpot has them on its list, then on none', async () => {
    expect(await ask(lead, 'Enroll in program', 'nurture: budget')).toMatch(
      /^Done: added to 'Nurture: budget'/,
    );
    expect(await person.listsOf(contact)).toEqual(['Nurture: budget']);
    expect(await ask(lead, 'Enroll in program', 'Nurture: later')).toMatch(
      /^Done: added to 'Nurture: later'/,
    );
    expect(await ask(lead, 'Remove from campaigns')).toMatch(
      /^Done: removed from 'Nurture: later', 'Nurture: budget'; HubSpot marks them as suppressed. Campaigns of Salesforce stay/,
    );
    expect(await person.listsOf(contact)).toEqual([]);
    // The same words again are another request.
    expect(await ask(lead, 'Enroll in program', 'nurture: budget')).toMatch(/^Done: added/);
    expect(await person.listsOf(contact)).toEqual(['Nurture: budget']);
  });

  it('for what cannot be: the record says why, and nothing moved', async () => {
    expect(await ask(lead, 'Enroll in program', 'Nurture: tea')).toMatch(/^Not done: 'Nurture: tea' is none/);
    expect(await ask(lead, 'Set stage', 'customer')).toMatch(
      /^Not done: Customer cannot be set by a request/,
    );
    expect(await person.listsOf(contact)).toEqual(['Nurture: budget']);
    expect((await person.readContact(contact, 'tandem_stage')).tandem_stage).toBe('lead');
  });

  it('to be given the lead, and to hold it until a day', async () => {
    expect(await ask(lead, 'Set stage', 'Sales-ready')).toMatch(/^Done: handed over to sales/);
    const handed = (line: Readonly<Record<string, unknown>>): boolean =>
      line.event === 'effect-done' && line.kind === 'hand-off';
    await worker.line('handed over', handed, withinMs);
    expect(await leadOf('vera@example.com')).toMatchObject({
      OwnerId: ben,
      Tandem_Stage__c: 'sales-ready',
      Tandem_Why_Now__c: expect.stringMatching(/^Put forward by a rep/),
    });
    const march = `${new Date().getUTCFullYear() + 1}-03-02`;
    const said = await ask(lead, 'Set stage', 'nurture', {
      Tandem_Reason__c: 'Not now',
      Tandem_Recontact_On__c: march,
    });
    expect(said).toContain(`come back to sales on ${march}`);
    await until(
      'HubSpot to show where they are',
      async () => {
        const names = ['tandem_stage', 'tandem_return_reason', 'tandem_program', 'tandem_recontact_on'];
        expect(await person.readContact(contact, ...names)).toMatchObject({
          tandem_stage: 'nurture',
          tandem_return_reason: 'Not now',
          tandem_program: 'Nurture: later',
          tandem_recontact_on: march,
        });
        return true;
      },
      withinMs,
    );
    const tasks = await stage.sandbox.records('salesforce', 'Task');
    expect(tasks.map(({ Status }) => Status)).toEqual(['Completed']);
  });
});

describe('a no without a reason', () => {
  it('G4: is asked about by one task; the reason that comes later moves them to its program', async () => {
    const { contact, lead } = await known('Ada');
    await ask(lead, 'Set stage', 'sales-ready');
    const tasksOf = async () =>
      (await stage.sandbox.records('salesforce', 'Task'))
        .filter(({ WhoId }) => WhoId === lead)
        .map(({ Subject, Status }) => `${String(Subject).slice(0, 28)}: ${String(Status)}`);
    const shows = async (reason: string, program: string) =>
      until(
        `HubSpot to show ${reason}`,
        async () => {
          const shown = await person.readContact(contact, 'tandem_return_reason', 'tandem_program');
          expect(shown).toMatchObject({ tandem_return_reason: reason, tandem_program: program });
          expect(await person.listsOf(contact)).toEqual([program]);
          return true;
        },
        withinMs,
      );
    await until(
      'the follow-up task',
      async () => {
        expect(await tasksOf()).toEqual([expect.stringMatching(/^Put forward.*Not Started$/)]);
        return true;
      },
      withinMs,
    );
    await person.editLeads([{ id: lead, values: { Tandem_Disposition__c: 'Rejected' } }]);
    await shows('Unknown', 'Nurture: general');
    const question = 'Why did you give back Ada Li';
    await until(
      'the question',
      async () => {
        const all = await tasksOf();
        expect(all).toEqual([expect.stringMatching(/: Completed$/), `${question}: Not Started`]);
        return true;
      },
      withinMs,
    );
    await person.editLeads([{ id: lead, values: { Tandem_Reason__c: 'No budget' } }]);
    await shows('No budget', 'Nurture: budget');
    await until(
      'the question to be closed',
      async () => {
        expect(await tasksOf()).toEqual([expect.stringMatching(/: Completed$/), `${question}: Completed`]);
        return true;
      },
      withinMs,
    );
  });
});

describe('a lead that is converted, and its deals', () => {
  let contact = '';
  let account = '';
  let salesContact = '';
  const shows = (values: Readonly<Record<string, unknown>>) =>
    until(
      `HubSpot to show ${JSON.stringify(values)}`,
      async () => {
        expect(await person.readContact(contact, ...Object.keys(values))).toMatchObject(values);
        return true;
      },
      withinMs,
    );
  const makeDeal = async (name: string, withRole: boolean): Promise<string> => {
    const id = await person.create('Opportunity', {
      ...{ Name: name, AccountId: account, StageName: 'Prospecting', CloseDate: '2027-01-31', Amount: 1_200 },
    });
    if (withRole)
      await person.create('OpportunityContactRole', { OpportunityId: id, ContactId: salesContact });
    return id;
  };

  it('digest, due time, stage and turn go on on the contact', async () => {
    const { contact: id, lead } = await known('Eli');
    contact = id;
    await ask(lead, 'Name a prospect');
    await until(
      'the digest on the lead',
      async () => {
        expect(await person.readLead(lead)).toMatchObject({ Tandem_Due_At__c: expect.any(String) });
        return true;
      },
      withinMs,
    );
    salesContact = await person.convertLead(lead);
    const isOurs = ({ Id }: Lead): boolean => Id === salesContact;
    await until(
      'the contact to have them',
      async () => {
        const record = (await stage.sandbox.records('salesforce', 'Contact')).find(isOurs);
        account = String(record?.AccountId);
        expect(record).toMatchObject({
          Tandem_Stage__c: 'accepted',
          Tandem_Why_Now__c: expect.stringMatching(/^Put forward by a rep/),
          Tandem_Digest__c: expect.stringContaining('Why now'),
          Tandem_Due_At__c: expect.any(String),
          Tandem_Ready_At__c: expect.any(String),
        });
        return true;
      },
      withinMs,
    );
    await shows({ tandem_stage: 'accepted' });
  });

  it('an open deal is shown, and nobody takes them out of it by a request', async () => {
    const deal = await makeDeal('Nordlys 1', true);
    await shows({ tandem_stage: 'opportunity', tandem_sales_stage: 'Prospecting' });
    await person.edit('Opportunity', deal, {
      Tandem_Request__c: 'Remove from campaigns',
    });
    await until(
      'the answer in the deal',
      async () => {
        const asked = (await stage.sandbox.records('salesforce', 'Opportunity')).find(
          ({ Id }) => Id === deal,
        );
        expect(asked).toMatchObject({
          Tandem_Request__c: null,
          Tandem_Request_Result__c: expect.stringMatching(/^Done: they were in no program of Tandem/),
        });
        return true;
      },
      withinMs,
    );
    await person.editContacts([
      { id: contact, values: { tandem_request: 'Set stage', tandem_request_detail: 'nurture' } },
    ]);
    await until(
      'the refusal',
      async () => {
        const { tandem_request_result: said } = await person.readContact(contact, 'tandem_request_result');
        expect(said).toMatch(/^Not done: a deal is open for them/);
        return true;
      },
      withinMs,
    );
    await person.edit('Opportunity', deal, {
      ...{ StageName: 'Closed Lost', Tandem_Loss_Reason__c: 'Price', Tandem_Competitor__c: 'Polar Systems' },
    });
    await shows({
      tandem_stage: 'nurture',
      tandem_return_reason: 'No budget',
      // The rep took them out of campaigns, and the return does not undo it.
      tandem_program: null,
      tandem_suppressed: 'true',
      tandem_loss_reason: 'Price',
      tandem_competitor: 'Polar Systems',
    });
    expect(await person.listsOf(contact)).toEqual([]);
  });

  it('a deal that is won makes a customer, with the revenue', async () => {
    const deal = await makeDeal('Nordlys 2', true);
    // Nobody may be with sales now; somebody is by this, so that deals are asked for.
    await person.editContacts([
      { id: contact, values: { tandem_request: 'Name a prospect', tandem_request_detail: '' } },
    ]);
    await shows({ tandem_stage: 'opportunity' });
    await person.edit('Opportunity', deal, { StageName: 'Closed Won' });
    await shows({ tandem_stage: 'customer', tandem_revenue: '1200', tandem_sales_stage: 'Closed Won' });
  });
});

describe('two hundred leads in one edit of a list view', () => {
  it('are handed over and answered, in a few calls a step', async () => {
    const count = 200;
    const records = Array.from({ length: count }, (_, at) => ({
      ...{ Email: `fair${at}@example.com`, LastName: `Fair ${at}`, Company: 'Fair', OwnerId: ben },
    }));
    await stage.sandbox.control('salesforce', 'records/Lead', { records });
    const mine = async (): Promise<readonly Lead[]> =>
      (await leads()).filter(({ Email }) => String(Email).startsWith('fair'));
    await until(
      'all of them to be known',
      async () => {
        expect((await mine()).filter(({ Tandem_Stage__c }) => Tandem_Stage__c === 'lead')).toHaveLength(
          count,
        );
        return true;
      },
      60_000,
    );
    const before = await stage.sandbox.stats('salesforce');
    await person.editLeads(
      (await mine()).map(({ Id }) => ({ id: String(Id), values: { Tandem_Request__c: 'Name a prospect' } })),
    );
    await until(
      'all of them to be answered',
      async () => {
        const open = (await mine()).filter(
          (lead) =>
            lead.Tandem_Request__c !== null ||
            lead.Tandem_Stage__c !== 'sales-ready' ||
            !/^Done: handed over/.test(String(lead.Tandem_Request_Result__c)),
        );
        expect(open).toEqual([]);
        return true;
      },
      60_000,
    );
    const ids = new Set((await mine()).map(({ Id }) => Id));
    await until(
      'a task for each',
      async () => {
        const tasks = await stage.sandbox.records('salesforce', 'Task');
        expect(tasks.filter(({ WhoId }) => ids.has(WhoId))).toHaveLength(count);
        return true;
      },
      60_000,
    );
    const after = await stage.sandbox.stats('salesforce');
    const calls = after.calls.byCaller.integration - before.calls.byCaller.integration;
    expect(calls).toBeLessThan(count / 2);
  });
});

describe('a marketer asks on the contact', () => {
  it('for a program and for a stage; HubSpot says what happened', async () => {
    const { contact } = await known('Mia');
    const names = ['tandem_request', 'tandem_request_detail', 'tandem_request_result', 'tandem_stage'];
    const askThere = async (word: string, detail: string, words: RegExp) => {
      await person.editContacts([
        { id: contact, values: { tandem_request: word, tandem_request_detail: detail } },
      ]);
      await until(
        `an answer to ${word}`,
        async () => {
          const now = await person.readContact(contact, ...names);
          expect(now.tandem_request_result ?? '').toMatch(words);
          expect([now.tandem_request ?? '', now.tandem_request_detail ?? '']).toEqual(['', '']);
          return true;
        },
        withinMs,
      );
    };
    await askThere('Enroll in program', 'Nurture: champions', /^Done: added to 'Nurture: champions'/);
    expect(await person.listsOf(contact)).toEqual(['Nurture: champions']);
    await askThere('Set stage', 'tomorrow', /^Not done: 'tomorrow' is no stage/);
    await askThere('Name a prospect', 'met at the fair', /^Done: handed over to sales/);
    await until(
      'the lead to be handed over',
      async () => {
        expect(await leadOf('mia@example.com')).toMatchObject({
          OwnerId: ben,
          Tandem_Stage__c: 'sales-ready',
          Tandem_Why_Now__c: expect.stringMatching(/^Put forward by marketing/),
        });
        return true;
      },
      withinMs,
    );
  });
});
