import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep, aroundTheClock, changeConfig } from './harness/lifecycle.ts';
import { letPass } from './harness/passing.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

const accountShape = z.object({
  now: z.array(z.looseObject({ term: z.string(), count: z.number() })),
  differences: z.array(z.looseObject({ system: z.string(), term: z.string() })),
});

/** Somebody who was handed over: the records of both sides, and whose the lead is. */
interface Handed {
  readonly name: string;
  readonly contact: string;
  readonly lead: string;
  readonly owner: string;
}

let stage: Stage;
let person: Person;
let channel: Channel;
let worker: Child;
let database: EmbeddedPostgres;
let store: Client;
let reps: readonly string[] = [];
let config = '';

const saidOf = (text: string): readonly string[] => channel.texts.filter((each) => each.includes(text));
const leadOf = async (id: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find(({ Id }) => Id === id) ?? {};
const contactOf = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
  ((await stage.sandbox.records('hubspot', 'contacts')).find((each) => each.id === id)?.properties ??
    {}) as Readonly<Record<string, unknown>>;
const tasksOf = async (lead: string) =>
  (await stage.sandbox.records('salesforce', 'Task')).filter(
    ({ WhoId, Tandem_Key__c: key }) => WhoId === lead && typeof key === 'string' && key !== '',
  );
const states = async (lead: string): Promise<readonly unknown[]> =>
  (await tasksOf(lead)).map(({ Status }) => Status).sort();

const leadSays = async ({ lead, name }: Handed, values: Readonly<Record<string, unknown>>): Promise<void> => {
  await until(`the lead of ${name}`, async () => {
    expect(await leadOf(lead)).toMatchObject(values);
    return true;
  });
};
const contactSays = async (
  { contact, name }: Handed,
  values: Readonly<Record<string, unknown>>,
): Promise<void> => {
  await until(`the contact of ${name}`, async () => {
    expect(await contactOf(contact)).toMatchObject(values);
    return true;
  });
};
const listsSay = async ({ contact, name }: Handed, lists: readonly string[]): Promise<void> => {
  await until(`the lists of ${name}`, async () => {
    expect(await person.listsOf(contact)).toEqual(lists);
    return true;
  });
};

/** Somebody asks for a demo, and a rep has the lead, a task and the word. */
const handOver = async (name: string): Promise<Handed> => {
  const email = `${name.toLowerCase()}@example.com`;
  const contact = await person.createContact({
    email,
    firstname: name,
    lastname: 'Lind',
    company: 'Nordlys',
  });
  await worker.line('looked at', (line) => line.event === 'moved' && line.contact === contact);
  await stage.sandbox.control('hubspot', 'activity', [
    { email, type: 'formSubmission', form: 'Request a demo' },
  ]);
  return until(`the hand-off of ${name}`, async () => {
    const lead = (await stage.sandbox.records('salesforce', 'Lead')).find(({ Email }) => Email === email);
    expect(lead).toMatchObject({ Tandem_Stage__c: 'sales-ready' });
    expect(reps).toContain(lead?.OwnerId);
    expect(saidOf(name)).toHaveLength(1);
    expect(await states(String(lead?.Id))).toEqual(['Not Started']);
    return { name, contact, lead: String(lead?.Id), owner: String(lead?.OwnerId) };
  });
};

const calls = async ({ lead, owner }: Handed): Promise<void> => {
  await person.create('Task', {
    ...{ WhoId: lead, OwnerId: owner, TaskSubtype: 'Call', Subject: 'Call', Status: 'Completed' },
  });
};

beforeAll(async () => {
  stage = await Stage.open();
  channel = await openChannel();
  person = await stage.person();
  await addRep(stage, 'grace', 'Grace', 'Mensah');
  reps = [
    await addRep(stage, 'ben', 'Ben', 'Okafor', { manager: 'grace' }),
    await addRep(stage, 'mia', 'Mia', 'Sato', { manager: 'grace' }),
  ];
  config = await actingConfig(join(stage.folder, 'config'), reps);
  await changeConfig(config, 'sla.yaml', aroundTheClock);
  await changeConfig(config, 'lifecycle.yaml', (text) =>
    text.replace(/^ {2}# (nudge: \{ after-days: 10, as: task, .+?\}).*$/m, '  $1'),
  );
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { TANDEM_HANDOFF_WEBHOOK: channel.url },
  });
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 150_000);
  database = await joinEmbedded(stage.data);
  store = new Client({ connectionString: database.connectionString });
  await store.connect();
}, 240_000);
afterAll(async () => {
  await store?.end();
  await stage?.close();
  await database?.leave();
  await channel?.close();
});

describe('days go by', () => {
  it('G2.6: nobody touches the lead: the rep is reminded at half time, the manager is told, and after ten days marketing has them back', async () => {
    const vera = await handOver('Vera');
    await letPass(store, vera.contact, 31 * minuteMs);
    await until('the reminder', () => (saidOf('Reminder: Vera').length === 1 ? true : null));
    expect(saidOf('Late: Vera')).toEqual([]);
    await letPass(store, vera.contact, 31 * minuteMs);
    await until('the word to the manager', () => (saidOf('Late: Vera').length === 1 ? true : null));
    expect(saidOf('Late: Vera')[0]).toContain('Grace Mensah: no touch yet from');
    await leadSays(vera, { Tandem_Stage__c: 'sales-ready', OwnerId: vera.owner, Tandem_Touched_At__c: null });
    await contactSays(vera, { tandem_stage: 'sales-ready', tandem_sla: 'late' });

    await letPass(store, vera.contact, 10 * dayMs);
    await contactSays(vera, {
      ...{ tandem_stage: 'nurture', tandem_return_reason: 'No touch', tandem_program: 'Nurture: general' },
      tandem_returned_at: expect.stringMatching(/^20/),
    });
    await leadSays(vera, { Tandem_Stage__c: 'nurture', Tandem_Touched_At__c: null });
    await listsSay(vera, ['Nurture: general']);
    expect(await states(vera.lead)).toEqual(['Completed']);
    expect([saidOf('Reminder: Vera').length, saidOf('Late: Vera').length]).toEqual([1, 1]);
  });

  it('G2: the rep began and stands still: a nudge after ten days, and after fourteen marketing has them back', async () => {
    const otto = await handOver('Otto');
    await calls(otto);
    await leadSays(otto, { Tandem_Stage__c: 'working' });
    await contactSays(otto, { tandem_stage: 'working' });

    await letPass(store, otto.contact, 10 * dayMs + minuteMs);
    const nudge = await until(
      'the nudge',
      async () => (await tasksOf(otto.lead)).find(({ Status }) => Status === 'Not Started') ?? null,
    );
    expect(nudge).toMatchObject({ OwnerId: otto.owner });
    expect(JSON.stringify(nudge)).toContain('the case study of their industry');
    await leadSays(otto, { Tandem_Stage__c: 'working' });

    await letPass(store, otto.contact, 4 * dayMs);
    await contactSays(otto, {
      ...{ tandem_stage: 'nurture', tandem_return_reason: 'Stalled', tandem_program: 'Nurture: re-engage' },
    });
    await leadSays(otto, { Tandem_Stage__c: 'nurture' });
    await listsSay(otto, ['Nurture: re-engage']);
    await until('no task to be open', async () =>
      (await states(otto.lead)).every((state) => state === 'Completed') ? true : null,
    );
    expect(await tasksOf(otto.lead)).toHaveLength(2);
  });

  it('G2: not now, in March: in the program until that day, and then with the same rep once more', async () => {
    const ida = await handOver('Ida');
    const day = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 2, 15));
    const march = day.toISOString().slice(0, 10);
    const { Tandem_Ready_At__c: readyAt } = await leadOf(ida.lead);
    await person.editLeads([
      {
        id: ida.lead,
        values: {
          ...{ Tandem_Disposition__c: 'Return to nurture', Tandem_Reason__c: 'Not now' },
          Tandem_Recontact_On__c: march,
        },
      },
    ]);
    await contactSays(ida, {
      ...{ tandem_stage: 'nurture', tandem_return_reason: 'Not now', tandem_program: 'Nurture: later' },
      tandem_recontact_on: march,
    });
    await leadSays(ida, { Tandem_Stage__c: 'nurture', Tandem_Recontact_On__c: march });
    await listsSay(ida, ['Nurture: later']);

    // The day before, nothing has happened yet.
    await letPass(store, ida.contact, day.getTime() - dayMs - Date.now());
    await listsSay(ida, ['Nurture: later']);
    await letPass(store, ida.contact, dayMs + minuteMs);
    await leadSays(ida, {
      ...{ Tandem_Stage__c: 'sales-ready', OwnerId: ida.owner, Tandem_Recontact_On__c: null },
      Tandem_Digest__c: expect.stringContaining('Not now'),
    });
    await contactSays(ida, { tandem_stage: 'sales-ready' });
    await listsSay(ida, []);
    await until('the task of the new turn', async () => {
      expect(await states(ida.lead)).toEqual(['Completed', 'Not Started']);
      return true;
    });
    expect((await tasksOf(ida.lead)).map(({ OwnerId }) => OwnerId)).toEqual([ida.owner, ida.owner]);
    expect((await leadOf(ida.lead)).Tandem_Ready_At__c).not.toBe(readyAt);
    expect(saidOf('Ida')).toHaveLength(2);
  });

  it('G3.8: both systems count beside the account how they stand now, and a record that stands elsewhere is named', async () => {
    const account = async () => {
      const args = ['handoffs', '--json', '--config', config, '--data', stage.data];
      const { code, stdout } = await stage.tandem(args);
      return { code, ...accountShape.parse(JSON.parse(stdout)) };
    };
    // Whoever is converted is a contact from then on; the lead of before shows what it showed, and is nobody of its own.
    const [ida] = (await stage.sandbox.records('salesforce', 'Lead')).filter(
      ({ Email }) => Email === 'ida@example.com',
    );
    const converted = await person.convertLead(String(ida?.Id));
    await until('the contact to be accepted on both sides', async () => {
      const contacts = await stage.sandbox.records('salesforce', 'Contact');
      expect(contacts.find(({ Id }) => Id === converted)).toMatchObject({
        ...{ Tandem_Stage__c: 'accepted', Tandem_Ready_At__c: expect.stringMatching(/^20/) },
      });
      const shown = await stage.sandbox.records('hubspot', 'contacts');
      const found = shown.find(({ properties }) => JSON.stringify(properties).includes('ida@example.com'));
      expect(found?.properties).toMatchObject({ tandem_stage: 'accepted' });
      return true;
    });
    const agreed = await account();
    expect(agreed).toMatchObject({ code: 0, differences: [] });
    expect(agreed.now).toEqual([
      expect.objectContaining({ term: 'touched-now', count: 1, theirs: { hubspot: 1, salesforce: 1 } }),
      expect.objectContaining({ term: 'accepted-now', count: 1, theirs: { hubspot: 1, salesforce: 1 } }),
      expect.objectContaining({ term: 'returned-now', count: 2, theirs: { hubspot: 2, salesforce: 2 } }),
    ]);
    // Somebody's own automation writes over what Tandem shows, while no worker runs.
    await worker.stop();
    const [otto] = (await stage.sandbox.records('salesforce', 'Lead')).filter(
      ({ Email }) => Email === 'otto@example.com',
    );
    const id = String(otto?.Id);
    await person.editLeads([{ id, values: { Tandem_Stage__c: 'accepted' } }]);
    const differs = await account();
    expect(differs.code).toBe(1);
    const base = { system: 'salesforce', id, theirs: 'accepted', ours: 'nurture' };
    expect(differs.differences).toEqual([
      expect.objectContaining({ ...base, term: 'touched-now', kind: 'extra' }),
      expect.objectContaining({ ...base, term: 'accepted-now', kind: 'extra' }),
      expect.objectContaining({ ...base, term: 'returned-now', kind: 'missing' }),
    ]);
    const text = await stage.tandem(['handoffs', '--config', config, '--data', stage.data]);
    expect(text.stdout).toContain('  with marketing again 2 (HubSpot 2, Salesforce 1)');
    expect(text.stdout).toMatch(
      new RegExp(`Salesforce counts ${id} \\([\\w-]+/1\\) as accepted: it is accepted there, nurture here`),
    );
  });
});
