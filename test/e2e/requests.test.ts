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
      /^Done: removed from 'Nurture: later', 'Nurture: budget'. Campaigns of Salesforce stay/,
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
