import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep, aroundTheClock, changeConfig } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

const withinMs = 30_000;
const minuteMs = 60_000;

const clockShape = z.looseObject({ clock: z.string(), ownerName: z.string().nullable() });
const slaShape = z.object({
  clocks: z.array(z.looseObject({ kind: z.string() })),
  overdue: z.number(),
  late: z.array(clockShape),
  next: clockShape.nullable(),
});

let stage: Stage;
let person: Person;
let channel: Channel;
let worker: Child;
let config: string;
let database: EmbeddedPostgres;
let store: Client;
let url = '';
let ben = '';
let mia = '';
let noor = '';
let absence = '';

const startWorker = async (): Promise<void> => {
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { TANDEM_HANDOFF_WEBHOOK: channel.url },
  });
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
  url = String((await worker.line('the address', (line) => line.event === 'ready', withinMs)).url);
};

const leadOf = async (email: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find(
    (lead) => lead.Email === email && lead.IsDeleted === false,
  );
const tasksOf = async (who: unknown) =>
  (await stage.sandbox.records('salesforce', 'Task')).filter(
    ({ WhoId, Tandem_Key__c: key }) => WhoId === who && typeof key === 'string' && key !== '',
  );
const saidOf = (name: string): readonly string[] => channel.texts.filter((text) => text.includes(name));

/** Somebody asks for a demo and is handed over; answers the lead's id. */
const handOver = async (firstname: string, rep: string, domain = 'example.com'): Promise<string> => {
  const email = `${firstname.toLowerCase()}@${domain}`;
  const id = await person.createContact({ email, firstname, lastname: 'Lind', company: 'Nordlys' });
  await worker.line('looked at', (line) => line.event === 'moved' && line.contact === id, withinMs);
  await stage.sandbox.control('hubspot', 'activity', [
    { email, type: 'formSubmission', form: 'Request a demo' },
  ]);
  return until(
    `the hand-off of ${firstname}`,
    async () => {
      const lead = await leadOf(email);
      expect(lead?.OwnerId).toBe(rep);
      expect(saidOf(firstname)).toHaveLength(1);
      expect(await tasksOf(lead?.Id)).toHaveLength(1);
      return String(lead?.Id);
    },
    withinMs,
  );
};

/** Lets so many minutes of the clocks of this lead's turn go by. */
const letPass = async (lead: string, minutes: number): Promise<void> => {
  const { rows } = await store.query<{ id: string }>(
    'select j.id from tandem.journeys j join tandem.links l on l.hubspot_id = j.contact_id where l.salesforce_id = $1',
    [lead],
  );
  const journey = rows[0]?.id;
  const { rowCount } = await store.query(
    `update tandem.clocks set clock = jsonb_set(clock::jsonb, '{startedAt}',
       to_jsonb((clock ->> 'startedAt')::float8 - $2))::json where journey_id = $1 and done_at is null`,
    [journey, minutes * minuteMs],
  );
  expect(rowCount).toBeGreaterThan(0);
  await store.query('update tandem.journeys set next_at = now() where id = $1', [journey]);
};

beforeAll(async () => {
  stage = await Stage.open();
  channel = await openChannel();
  person = await stage.person();
  await addRep(stage, 'grace', 'Grace', 'Mensah');
  ben = await addRep(stage, 'ben', 'Ben', 'Okafor', { manager: 'grace', timeZone: 'Asia/Tokyo' });
  mia = await addRep(stage, 'mia', 'Mia', 'Sato', { manager: 'grace' });
  noor = await addRep(stage, 'noor', 'Noor', 'Haddad');
  const day = (shift: number): string => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);
  absence = await person.create('Event', {
    ...{ Subject: 'Holiday', OwnerId: mia, IsAllDayEvent: true, ShowAs: 'OutOfOffice' },
    ...{ ActivityDate: day(-1), EndDateTime: `${day(2)}T00:00:00Z` },
  });
  config = await actingConfig(join(stage.folder, 'config'), [mia, ben]);
  await changeConfig(config, 'sla.yaml', (text) =>
    aroundTheClock(text).replace('asked-hours: 1,', 'asked-hours: 0.5,'),
  );
  // A program whose list nobody made yet.
  await changeConfig(config, 'lifecycle.yaml', (text) =>
    text.replace(
      "Other: { place: nurture, program: 'Nurture: general'",
      "Other: { place: nurture, program: 'Nurture: new'",
    ),
  );
  await startWorker();
  database = await joinEmbedded(stage.data);
  store = new Client({ connectionString: database.connectionString });
  await store.connect();
});
afterAll(async () => {
  await store?.end();
  await stage?.close();
  await database?.leave();
  await channel?.close();
});

describe('the service level', () => {
  let vera = '';
  let otto = '';

  it('G2.4: whoever is out of office gets no lead, and the task is due by the clock of the rep', async () => {
    vera = await handOver('Vera', ben);
    const lead = await leadOf('vera@example.com');
    const [task] = await tasksOf(vera);
    const due = Date.parse(String(lead?.Tandem_Due_At__c));
    expect(due - Date.now()).toBeGreaterThan(20 * minuteMs);
    expect(due - Date.now()).toBeLessThan(30 * minuteMs);
    const inTokyo = new Date(due + 9 * 60 * minuteMs).toISOString().slice(0, 10);
    expect(task).toMatchObject({ OwnerId: ben, ActivityDate: inTokyo });
    expect(String(task?.Description)).toContain('(Asia/Tokyo)');
  });

  it('G2.6: half of the time is used: the owner is reminded by name, once', async () => {
    await letPass(vera, 16);
    await until('the reminder', () => (saidOf('Reminder: Vera').length === 0 ? null : true), withinMs);
    const [text = ''] = saidOf('Reminder: Vera');
    expect(text).toContain('*Reminder: Vera Lind, Nordlys*');
    expect(text).toMatch(/Ben Okafor: no touch yet, 1[0-3] min of 30 min of working time left/);
    expect(text).toContain('(Asia/Tokyo)');
    await letPass(vera, 1);
  });

  it("G2.6: a ticked box, Tandem's own task done, a mail to a list are no touch; a logged call is", async () => {
    otto = await handOver('Otto', ben);
    const [own] = await tasksOf(otto);
    await person.edit('Task', String(own?.Id), { Status: 'Completed' });
    await person.edit('Lead', otto, { DoNotCall: true });
    await person.create('Task', {
      ...{ WhoId: otto, OwnerId: ben, TaskSubtype: 'ListEmail', Subject: 'News', Status: 'Completed' },
    });
    await person.create('Task', {
      ...{ WhoId: vera, OwnerId: ben, TaskSubtype: 'Call', Subject: 'Call', Status: 'Completed' },
    });
    await until(
      'the touch',
      async () => {
        const lead = await leadOf('vera@example.com');
        expect(lead).toMatchObject({ Tandem_Stage__c: 'working' });
        expect(Number.isNaN(Date.parse(String(lead?.Tandem_Touched_At__c)))).toBe(false);
        expect((await tasksOf(vera)).map(({ Status }) => Status)).toEqual(['Completed']);
        const contacts = await stage.sandbox.records('hubspot', 'contacts');
        const contact = contacts.find((each) => JSON.stringify(each).includes('vera@example.com'));
        expect(contact?.properties).toMatchObject({ tandem_stage: 'working' });
        return true;
      },
      withinMs,
    );
    expect(await leadOf('otto@example.com')).toMatchObject({ Tandem_Stage__c: 'sales-ready' });
    expect((await leadOf('otto@example.com'))?.Tandem_Touched_At__c ?? null).toBeNull();
  });

  it('G2.6: at the breach the manager is told who is late, once; nobody of a clock that was met', async () => {
    await letPass(otto, 40);
    await until('the word to the manager', () => (saidOf('Late: Otto').length === 0 ? null : true), withinMs);
    const [text = ''] = saidOf('Late: Otto');
    expect(text).toMatch(/Grace Mensah: no touch yet from Ben Okafor, (9|1[0-2]) min late/);
    expect(saidOf('Late: Vera')).toEqual([]);
    expect(saidOf('Late: Otto')).toHaveLength(1);
    const sla = slaShape.parse((await stage.status()).sla);
    expect(sla.overdue).toBe(1);
    expect(sla.late).toEqual([
      expect.objectContaining({ clock: 'follow-up', salesforce: otto, owner: ben, ownerName: 'Ben Okafor' }),
    ]);
    expect(sla.clocks.find(({ kind }) => kind === 'follow-up')).toMatchObject({ late: 1, met: 1, missed: 0 });
    expect(sla.next).toMatchObject({ clock: 'verdict', ownerName: 'Ben Okafor' });
    const { stdout } = await stage.tandem(['status', '--config', config, '--data', stage.data]);
    expect(stdout).toMatch(new RegExp(`late: follow-up of salesforce:${otto} \\(Ben Okafor\\) since 20`));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('tandem_overdue_clocks{clock="follow-up"} 1');
  });

  it('G2.6: whoever acted a moment ago is not reminded', async () => {
    const ada = await handOver('Ada', ben);
    await person.create('Task', {
      ...{ WhoId: ada, OwnerId: ben, TaskSubtype: 'Email', Subject: 'Mail', Status: 'Completed' },
    });
    await letPass(ada, 40);
    await until(
      'the touch',
      async () => {
        expect(await leadOf('ada@example.com')).toMatchObject({ Tandem_Stage__c: 'working' });
        return true;
      },
      withinMs,
    );
    expect(saidOf('Ada')).toHaveLength(1);
  });

  it('G2.6: a meeting is a touch, and a call logged after the conversion', async () => {
    await person.create('Event', {
      ...{ WhoId: otto, OwnerId: ben, Subject: 'Demo', DurationInMinutes: 30 },
      ActivityDateTime: new Date(Date.now() + 86_400_000).toISOString(),
    });
    await until(
      'the touch',
      async () => {
        expect(await leadOf('otto@example.com')).toMatchObject({ Tandem_Stage__c: 'working' });
        return true;
      },
      withinMs,
    );
    const ida = await handOver('Ida', ben);
    const contact = await person.convertLead(ida);
    const contactNow = async () =>
      (await stage.sandbox.records('salesforce', 'Contact')).find(({ Id }) => Id === contact);
    await until(
      'the conversion',
      async () => {
        expect(await contactNow()).toMatchObject({ Tandem_Stage__c: 'accepted' });
        return true;
      },
      withinMs,
    );
    expect((await contactNow())?.Tandem_Touched_At__c ?? null).toBeNull();
    await person.create('Task', {
      ...{ WhoId: contact, OwnerId: ben, TaskSubtype: 'Call', Subject: 'Call', Status: 'Completed' },
    });
    await until(
      'the touch',
      async () => {
        expect(Number.isNaN(Date.parse(String((await contactNow())?.Tandem_Touched_At__c)))).toBe(false);
        return true;
      },
      withinMs,
    );
  });

  it('G2.6: the way back has a clock: marketing is told what keeps somebody from the program, once, and it ends when they are there', async () => {
    const nia = await handOver('Nia', ben);
    await person.editLeads([
      { id: nia, values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Other' } },
    ]);
    const returnClock = async () => {
      const { clocks } = slaShape.parse((await stage.status()).sla);
      return clocks.find(({ kind }) => kind === 'return');
    };
    await until(
      'the clock',
      async () => {
        expect(await returnClock()).toMatchObject({ waiting: 1, met: 0 });
        return true;
      },
      withinMs,
    );
    await letPass(nia, 5 * 60);
    await until('the reminder', () => (saidOf('Reminder: Nia').length === 0 ? null : true), withinMs);
    await letPass(nia, 4 * 60);
    await until('the word at the breach', () => (saidOf('Late: Nia').length === 0 ? null : true), withinMs);
    const [text = ''] = saidOf('Late: Nia');
    expect(text).toMatch(/Demand generation: not back in a program yet, (59 min|1 h|1 h \d min) late/);
    expect(text).toContain("Given back: Other · to 'Nurture: new' · HubSpot has no list 'Nurture: new'");
    await person.makeList('Nurture: new');
    await store.query("update tandem.effects set due = now() where state = 'open'");
    await until(
      'the program',
      async () => {
        expect(await returnClock()).toMatchObject({ late: 0, met: 0, missed: 1 });
        return true;
      },
      withinMs,
    );
    expect([saidOf('Reminder: Nia').length, saidOf('Late: Nia').length]).toEqual([1, 1]);
  });

  it('G2.4: whoever has the account of the same domain gets its people, without standing in a pool', async () => {
    await stage.sandbox.control('salesforce', 'records/Account', {
      records: [
        { Name: 'Globex', Website: 'https://www.globex.example/en', OwnerId: noor },
        { Name: 'Not Globex', Website: 'notglobex.example', OwnerId: mia },
        { Name: 'Umbrella', Website: 'umbrella.example', OwnerId: mia },
        { Name: 'Initech', Website: 'initech.example', OwnerId: ben },
        { Name: 'Initech Labs', Website: 'initech.example', OwnerId: noor },
      ],
    });
    await handOver('Zoe', noor, 'globex.example');
    // Mia is out of office, and of two owners none is guessed: both go by the pool.
    await handOver('Kai', ben, 'umbrella.example');
    await handOver('Lea', ben, 'initech.example');
  });

  it('a rep who leaves: nobody is handed to them, what they never touched goes to another rep with the whole time, the rest is a problem', async () => {
    const uma = await handOver('Uma', ben);
    const before = await leadOf('uma@example.com');
    await person.destroy('Event', absence);
    await stage.sandbox.control('salesforce', 'directory', { users: [{ alias: 'ben', active: false }] });
    // The worker takes Ben for active and Mia for absent until Salesforce refuses him: then it asks.
    await handOver('Ivo', mia);
    await until(
      'the new owner',
      async () => {
        const lead = await leadOf('uma@example.com');
        expect(lead).toMatchObject({ OwnerId: mia, Tandem_Stage__c: 'sales-ready' });
        expect(Date.parse(String(lead?.Tandem_Due_At__c))).toBeGreaterThan(
          Date.parse(String(before?.Tandem_Due_At__c)),
        );
        const tasks = await tasksOf(uma);
        expect(
          tasks
            .map(({ OwnerId, Status }) => [OwnerId, Status])
            .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
        ).toEqual(
          [
            [ben, 'Completed'],
            [mia, 'Not Started'],
          ].sort((a, b) => (String(a) < String(b) ? -1 : 1)),
        );
        return true;
      },
      withinMs,
    );
    expect(await leadOf('vera@example.com')).toMatchObject({ OwnerId: ben, Tandem_Stage__c: 'working' });
    const { problems } = await stage.status();
    expect(problems.map(({ what }) => what)).toContainEqual(expect.stringContaining('no longer active'));
  });
});
