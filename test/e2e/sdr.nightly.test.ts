import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep, aroundTheClock, changeConfig } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const withinMs = 30_000;
const hourMs = 3_600_000;

let stage: Stage;
let person: Person;
let worker: Child;
let database: EmbeddedPostgres;
let store: Client;
let ada = '';
let ben = '';
let mia = '';

const leadOf = async (email: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find(
    (lead) => lead.Email === email && lead.IsDeleted === false,
  );
const tasksOf = async (who: unknown): Promise<readonly (readonly [string, string])[]> =>
  (await stage.sandbox.records('salesforce', 'Task'))
    .filter(({ WhoId, Tandem_Key__c: key }) => WhoId === who && typeof key === 'string' && key !== '')
    .map(({ OwnerId, Status }) => [String(OwnerId), String(Status)]);

/** Somebody who asks for a demo; answers lead and contact once this owner has them in this stage. */
const ask = async (firstname: string, owner: string, at: string) => {
  const email = `${firstname.toLowerCase()}@example.com`;
  const contact = await person.createContact({ email, firstname, lastname: 'Lind', company: 'Nordlys' });
  await worker.line('looked at', (line) => line.event === 'moved' && line.contact === contact, withinMs);
  await stage.sandbox.control('hubspot', 'activity', [
    { email, type: 'formSubmission', form: 'Request a demo' },
  ]);
  const lead = await until(
    `the hand-off of ${firstname}`,
    async () => {
      const found = await leadOf(email);
      expect(found).toMatchObject({ OwnerId: owner, Tandem_Stage__c: at });
      return String(found?.Id);
    },
    withinMs,
  );
  return { contact, lead, email };
};

const journeyOf = async (contact: string): Promise<string> => {
  const { rows } = await store.query<{ id: string }>('select id from tandem.journeys where contact_id = $1', [
    contact,
  ]);
  return rows[0]?.id ?? '';
};
const movesOf = async (contact: string): Promise<readonly string[]> => {
  const { rows } = await store.query<{ move: string }>(
    `select from_stage || ' > ' || to_stage || ' by ' || cause || coalesce(' (' || reason || ')', '') as move
     from tandem.transitions where journey_id = $1 order by id`,
    [await journeyOf(contact)],
  );
  return rows.map(({ move }) => move);
};
/** Lets so many hours go by for somebody: their clocks, since when sales did nothing, and the last word. A look that is under way is refused. */
const letPass = async (contact: string, hours: number): Promise<void> => {
  // A hand-over that is under way begins its clocks once more with each step.
  await until(
    'nothing to be under way',
    async () => {
      const { rows } = await store.query(
        "select key from tandem.effects where journey_id = $1 and state = 'open'",
        [await journeyOf(contact)],
      );
      expect(rows).toEqual([]);
      return true;
    },
    withinMs,
  );
  const { rowCount } = await store.query(
    `with moved as (
       update tandem.journeys set next_at = now(), version = version + 1,
         state = jsonb_set(state::jsonb, '{journey}', (state -> 'journey')::jsonb || (
           select jsonb_object_agg(key, (value #>> '{}')::float8 - $2) from jsonb_each((state -> 'journey')::jsonb)
           where key in ('movedAt', 'since', 'verdictAt') and value <> 'null'))::json
       where id = $1 returning id
     )
     update tandem.clocks set clock = jsonb_set(clock::jsonb, '{startedAt}',
       to_jsonb((clock ->> 'startedAt')::float8 - $2))::json where journey_id in (select id from moved)`,
    [await journeyOf(contact), hours * hourMs],
  );
  expect(rowCount).toBeGreaterThan(0);
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  ada = await addRep(stage, 'ada', 'Ada', 'Berg');
  ben = await addRep(stage, 'ben', 'Ben', 'Okafor');
  mia = await addRep(stage, 'mia', 'Mia', 'Sato');
  const config = await actingConfig(join(stage.folder, 'config'), [ben]);
  await changeConfig(config, 'lifecycle.yaml', (text) =>
    text
      .replace('  # sdr: {', '  sdr: {')
      .replace(
        /^ {2}# nudge: .+$/m,
        "  nudge: { after-days: 10, as: program, program: 'Nurture: re-engage' }",
      ),
  );
  await changeConfig(config, 'routing.yaml', (text) =>
    text.replace(
      'pools: {',
      `sdr: { pool: sdrs }\npools: { sdrs: { hours: any, members: [{ owner: ${ada} }] },`,
    ),
  );
  await changeConfig(config, 'sla.yaml', (text) =>
    aroundTheClock(text).replace(
      'breach: { tells: [manager] }',
      'breach: { tells: [manager], reassign-hours: 2 }',
    ),
  );
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
  database = await joinEmbedded(stage.data);
  store = new Client({ connectionString: database.connectionString });
  await store.connect();
});
afterAll(async () => {
  await store?.end();
  await stage?.close();
  await database?.leave();
});

describe('an SDR between score and rep', () => {
  let vera: Awaited<ReturnType<typeof ask>>;

  it('G3.4: has the lead with a task and a clock, and HubSpot shows the stage', async () => {
    vera = await ask('Vera', ada, 'sdr');
    expect(await tasksOf(vera.lead)).toEqual([[ada, 'Not Started']]);
    expect(await leadOf(vera.email)).toMatchObject({ Tandem_Due_At__c: expect.any(String) });
    await until(
      'HubSpot to show it',
      async () => {
        expect(await person.readContact(vera.contact, 'tandem_stage', 'tandem_rep')).toMatchObject({
          tandem_stage: 'sdr',
          tandem_rep: 'Ada Berg',
        });
        return true;
      },
      withinMs,
    );
  });

  it('G3.4: by a yes the rep has it, with a task and a clock of their own and with what the SDR noted', async () => {
    await person.create('Task', {
      ...{ WhoId: vera.lead, OwnerId: ada, TaskSubtype: 'Call', Subject: 'Call', Status: 'Completed' },
      Description: 'Budget is there, wants to begin in spring.',
    });
    await until(
      'the touch',
      async () => {
        expect((await leadOf(vera.email))?.Tandem_Touched_At__c ?? null).not.toBeNull();
        return true;
      },
      withinMs,
    );
    const before = Date.parse(String((await leadOf(vera.email))?.Tandem_Due_At__c));
    await stage.sandbox.control('salesforce', 'edits', {
      ...{ by: 'ada', type: 'Lead', records: [{ Id: vera.lead, Tandem_Disposition__c: 'Accepted' }] },
    });
    await until(
      'the hand-on',
      async () => {
        const lead = await leadOf(vera.email);
        expect(lead).toMatchObject({
          OwnerId: ben,
          Tandem_Stage__c: 'sales-ready',
          Tandem_Disposition__c: null,
          Tandem_Why_Now__c: expect.stringMatching(/^Qualified by Ada Berg/),
          Tandem_Digest__c: expect.stringContaining('Budget is there, wants to begin in spring.'),
        });
        expect(Date.parse(String(lead?.Tandem_Due_At__c))).toBeGreaterThan(before);
        expect([...(await tasksOf(vera.lead))].sort()).toEqual(
          [
            [ada, 'Completed'],
            [ben, 'Not Started'],
          ].sort(),
        );
        return true;
      },
      withinMs,
    );
    await person.editLeads([{ id: vera.lead, values: { Tandem_Disposition__c: 'Accepted' } }]);
    await until(
      'the yes of the rep',
      async () => {
        expect(await leadOf(vera.email)).toMatchObject({ OwnerId: ben, Tandem_Stage__c: 'accepted' });
        return true;
      },
      withinMs,
    );
  });

  it('G3.4: a no goes back by its reason; both verdicts are kept as what is known of the definition', async () => {
    const otto = await ask('Otto', ada, 'sdr');
    await person.editLeads([
      { id: otto.lead, values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' } },
    ]);
    await until(
      'the program',
      async () => {
        expect(await person.readContact(otto.contact, 'tandem_stage')).toMatchObject({
          tandem_stage: 'nurture',
        });
        expect(await person.listsOf(otto.contact)).toEqual(['Nurture: budget']);
        return true;
      },
      withinMs,
    );
    expect(await movesOf(otto.contact)).toContain('sdr > returned by rejected (No budget)');
    expect((await movesOf(vera.contact)).slice(-4)).toEqual([
      'engaged > sales-ready by asked',
      'sales-ready > sdr by handed',
      'sdr > sales-ready by qualified',
      'sales-ready > accepted by accepted',
    ]);
    const { rows } = await store.query<{ by_whom: string }>(
      "select by_whom from tandem.transitions where cause = 'qualified'",
    );
    expect(rows).toEqual([{ by_whom: ada }]);
  });

  it('G2: who stands still is put into the program of the nudge, and no task is made', async () => {
    const before = await tasksOf(vera.lead);
    await letPass(vera.contact, 11 * 24);
    await until(
      'the enrollment',
      async () => {
        expect(await person.listsOf(vera.contact)).toEqual(['Nurture: re-engage']);
        return true;
      },
      withinMs,
    );
    expect(await leadOf(vera.email)).toMatchObject({ Tandem_Stage__c: 'accepted' });
    expect((await tasksOf(vera.lead)).length).toBe(before.length);
  });

  it('G2: who goes on after a nudge leaves its program, and who comes back is in that of the reason alone', async () => {
    const kim = await ask('Kim', ada, 'sdr');
    for (const at of ['sales-ready', 'accepted']) {
      await person.editLeads([{ id: kim.lead, values: { Tandem_Disposition__c: 'Accepted' } }]);
      await until(
        `Kim to be ${at}`,
        async () => {
          expect(await leadOf(kim.email)).toMatchObject({ OwnerId: ben, Tandem_Stage__c: at });
          expect((await tasksOf(kim.lead)).map(([owner]) => owner)).toContain(ben);
        },
        withinMs,
      );
    }
    await letPass(kim.contact, 11 * 24);
    const listsSay = async (contact: string, ...names: readonly string[]): Promise<void> =>
      until(
        `the lists to be ${names.join(', ')}`,
        async () => expect(await person.listsOf(contact)).toEqual(names),
        withinMs,
      );
    await listsSay(kim.contact, 'Nurture: re-engage');
    await person.editLeads([
      { id: kim.lead, values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' } },
    ]);
    await listsSay(kim.contact, 'Nurture: budget');
    // Vera's rep converts her and opens a deal.
    await listsSay(vera.contact, 'Nurture: re-engage');
    const contact = await person.convertLead(vera.lead);
    const deal = await person.create('Opportunity', {
      ...{ Name: 'Nordlys', StageName: 'Prospecting', CloseDate: '2027-06-30' },
    });
    await person.create('OpportunityContactRole', {
      ...{ OpportunityId: deal, ContactId: contact, IsPrimary: true },
    });
    await until(
      'the deal',
      async () =>
        expect(await person.readContact(vera.contact, 'tandem_stage')).toMatchObject({
          tandem_stage: 'opportunity',
        }),
      withinMs,
    );
    await listsSay(vera.contact);
  });
});

describe('a lead that its rep lets lie past the breach', () => {
  it('G2.6: goes to another rep with the whole time, once; the first has no open task of it any more', async () => {
    const uma = await ask('Uma', ada, 'sdr');
    await person.editLeads([{ id: uma.lead, values: { Tandem_Disposition__c: 'Accepted', OwnerId: ben } }]);
    await until(
      'the hand-on',
      async () => {
        expect(await leadOf(uma.email)).toMatchObject({ OwnerId: ben, Tandem_Stage__c: 'sales-ready' });
        expect(await tasksOf(uma.lead)).toContainEqual([ben, 'Not Started']);
        return true;
      },
      withinMs,
    );
    // The one pool of reps has Ben alone: with nobody else the fallback queue would have it.
    await stage.sandbox.control('salesforce', 'records/Account', {
      records: [{ Name: 'Example', Website: 'example.com', OwnerId: mia }],
    });
    await letPass(uma.contact, 4);
    await until(
      'the other rep',
      async () => {
        const lead = await leadOf(uma.email);
        expect(lead).toMatchObject({ OwnerId: mia, Tandem_Stage__c: 'sales-ready' });
        expect(Date.parse(String(lead?.Tandem_Due_At__c))).toBeGreaterThan(Date.now());
        expect([...(await tasksOf(uma.lead))].sort()).toEqual(
          [
            [ada, 'Completed'],
            [ben, 'Completed'],
            [mia, 'Not Started'],
          ].sort(),
        );
        return true;
      },
      withinMs,
    );
    const { rows } = await store.query<{ kind: string; count: string }>(
      `select kind, count(*) from tandem.effects where journey_id = $1 and kind = 'reassign' group by kind`,
      [await journeyOf(uma.contact)],
    );
    expect(rows).toEqual([{ kind: 'reassign', count: '1' }]);
  });
});
