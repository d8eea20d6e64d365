import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { weekAt } from '../../src/lifecycle/report/weeks.ts';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep, aroundTheClock, changeConfig } from './harness/lifecycle.ts';
import { letPass } from './harness/passing.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

/**
 * Start small: a version of sales-ready that is tried on one country, and a service level that acts for one rep of two, after days in which it only measures.
 * Both groups are compared with the rest by what an operator reads: tandem handoffs and the weekly report.
 */
const withinMs = 40_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const day = (shift: number): string => new Date(Date.now() + shift * dayMs).toISOString().slice(0, 10);

const trial = `  - version: 2026-trial
    from: 2026-02-01
    approved: { marketing: Head of marketing, sales: Head of sales }
    when: engagement <= 3
    pilot: { segment: contact.country == 'Norway', until: ${day(30)} }
`;
const pilotFrom = (start: string, owner: string): string =>
  `pilot: { start: ${start}, end: ${day(50)}, owners: [${owner}], expected: twice as fast }`;

type Fields = Readonly<Record<string, unknown>>;

const keptShape = z.looseObject({
  met: z.number(),
  missed: z.number(),
  late: z.number(),
  running: z.number(),
});
const sideShape = z.object({
  quality: z.looseObject({ judged: z.number(), acceptedPercent: z.number().nullable() }),
  clocks: z.looseObject({ 'follow-up': keptShape, verdict: keptShape, 'hand-off': keptShape }),
});
const slaShape = z.object({
  sla: z.object({
    from: z.string().nullable(),
    everybody: sideShape,
    pilot: z
      .object({
        ...{ owners: z.number(), actsFrom: z.string(), expected: z.string().nullable() },
        ...{ participants: sideShape, others: sideShape },
      })
      .nullable(),
  }),
});
const judgedShape = z.looseObject({ group: z.string().nullable(), judged: z.number() });
const reportShape = z.looseObject({ acceptance: z.looseObject({ byDefinition: z.array(judgedShape) }) });

let stage: Stage;
let person: Person;
let channel: Channel;
let worker: Child;
let config: string;
let database: EmbeddedPostgres;
let store: Client;
let ben = '';
let mia = '';

const startWorker = async (): Promise<void> => {
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { TANDEM_HANDOFF_WEBHOOK: channel.url },
  });
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
};
const folders = (): readonly string[] => ['--config', config, '--data', stage.data];
const ask = async <T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await stage.tandem([...args, '--json', ...folders()]);
  expect(code, `${stdout}${stderr}`).toBe(0);
  return shape.parse(JSON.parse(stdout));
};

const emailOf = (firstname: string): string => `${firstname.toLowerCase()}@nordlys.example`;
const leadOf = async (firstname: string): Promise<Fields | undefined> =>
  (await stage.sandbox.records('salesforce', 'Lead')).find(
    (lead) => lead.Email === emailOf(firstname) && lead.IsDeleted === false,
  );
const saidOf = (text: string): readonly string[] => channel.texts.filter((each) => each.includes(text));

/** Somebody whom marketing knows, and what they do; answers the contact. */
const meet = async (firstname: string, country: string, ...did: readonly Fields[]): Promise<string> => {
  const email = emailOf(firstname);
  const contact = await person.createContact({
    email,
    firstname,
    lastname: 'Lind',
    company: 'Nordlys',
    country,
  });
  await worker.line('looked at', (line) => line.event === 'moved' && line.contact === contact, withinMs);
  await stage.sandbox.control(
    'hubspot',
    'activity',
    did.map((entry) => ({ email, ...entry })),
  );
  return contact;
};
const handed = async (firstname: string): Promise<Fields> =>
  until(
    `the hand-off of ${firstname}`,
    async () => {
      const lead = await leadOf(firstname);
      expect(lead).toMatchObject({ Tandem_Stage__c: 'sales-ready' });
      expect(saidOf(firstname)).toHaveLength(1);
      return lead ?? {};
    },
    withinMs,
  );
const asks = { type: 'formSubmission', form: 'Request a demo' };
const looks = { type: 'pageView', url: 'https://www.nordlys.example/pricing', title: 'Pricing' };
/** Somebody who asks for a demo; answers who has them. */
const askFor = async (firstname: string): Promise<{ contact: string; lead: string; owner: string }> => {
  const contact = await meet(firstname, 'Denmark', asks);
  const lead = await handed(firstname);
  return { contact, lead: String(lead.Id), owner: String(lead.OwnerId) };
};
/** Two people who ask, one of Ben and one of Mia. */
const askBoth = async (first: string, second: string) => {
  const both = [await askFor(first), await askFor(second)] as const;
  const of = (owner: string) => {
    const at = both.findIndex((each) => each.owner === owner);
    const found = both[at];
    if (found === undefined) throw new Error(`nobody of ${owner}`);
    return { ...found, name: [first, second][at] ?? '' };
  };
  return { bens: of(ben), mias: of(mia) };
};
/** The steps that the follow-up clock of somebody took, or observed. */
const stepsOf = async (contact: string): Promise<readonly string[]> => {
  const { rows } = await store.query<{ done: readonly string[] }>(
    `select c.steps_done as done from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
     where j.contact_id = $1 and c.kind = 'follow-up'`,
    [contact],
  );
  return (rows[0]?.done ?? []).map((key) => key.split('/').at(-1) ?? '').sort();
};
/** Lets three hours go by for somebody who is handed over to the last. */
const letLie = async (contact: string): Promise<void> => {
  await until('the hand-over to be over', async () => {
    const { rows } = await store.query(
      `select c.kind from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
       where j.contact_id = $1 and c.kind = 'hand-off' and c.done_at is not null`,
      [contact],
    );
    expect(rows).toHaveLength(1);
    return true;
  });
  await letPass(store, contact, 3 * hourMs);
  await untilSteps(contact, 'escalate', 'remind');
};
const untilSteps = async (contact: string, ...steps: readonly string[]): Promise<void> =>
  until(`the steps ${steps.join(', ')}`, async () => expect(await stepsOf(contact)).toEqual(steps), withinMs);

beforeAll(async () => {
  stage = await Stage.open();
  channel = await openChannel();
  person = await stage.person();
  await addRep(stage, 'grace', 'Grace', 'Mensah');
  ben = await addRep(stage, 'ben', 'Ben', 'Okafor', { manager: 'grace' });
  mia = await addRep(stage, 'mia', 'Mia', 'Sato', { manager: 'grace' });
  config = await actingConfig(join(stage.folder, 'config'), [ben, mia]);
  await changeConfig(config, 'sla.yaml', (text) =>
    aroundTheClock(text).replace(/^# pilot: .+$/m, pilotFrom(day(-10), ben)),
  );
  await changeConfig(config, 'scoring.yaml', (text) => `${text}${trial}`);
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

describe('a pilot', () => {
  it('the files of both are fine by check, against both systems', async () => {
    const { stdout } = await stage.tandem(['check', '--json', '--config', config]);
    const { findings } = z
      .looseObject({ findings: z.array(z.looseObject({ level: z.string(), what: z.string() })) })
      .parse(JSON.parse(stdout));
    expect(findings.filter(({ level, what }) => level === 'error' || what.includes('pilot'))).toEqual([]);
  });

  it('of sales-ready takes those of the country alone, by its own version, beside the one for the others', async () => {
    const danish = await meet('Dan', 'Denmark', looks);
    await meet('Nils', 'Norway', looks);
    const nils = await handed('Nils');
    expect(nils.Tandem_Definition__c).toBe('2026-trial');
    await until(
      'the other one to be looked at',
      async () =>
        expect(await person.readContact(danish, 'tandem_stage')).toMatchObject({ tandem_stage: 'engaged' }),
      withinMs,
    );
    expect(await leadOf('Dan')).toBeUndefined();
    const scored = async (name: string) => ask(z.looseObject({}), 'score', emailOf(name));
    expect([await scored('Nils'), await scored('Dan')]).toMatchObject([
      { ready: '2026-trial' },
      { ready: null },
    ]);
  });

  it('of the service level only measures first: nobody is told, and what would have been is kept', async () => {
    const { bens, mias } = await askBoth('Ada', 'Bo');
    for (const { contact } of [bens, mias]) await letLie(contact);
    expect(channel.texts.filter((text) => /Reminder|Late/.test(text))).toEqual([]);
    const { sla } = await ask(slaShape, 'handoffs');
    expect(sla.pilot?.participants.clocks['follow-up']).toMatchObject({ late: 1 });
  });

  it('then acts for those who take part alone, and what is past stays past', async () => {
    await worker.stop();
    await changeConfig(config, 'sla.yaml', (text) => text.replace(/^pilot: .+$/m, pilotFrom(day(-31), ben)));
    await startWorker();
    const { bens, mias } = await askBoth('Cleo', 'Dora');
    for (const { contact } of [bens, mias]) await letLie(contact);
    await until(
      'the word to the manager',
      () => (saidOf(`Late: ${bens.name}`).length === 0 ? null : true),
      withinMs,
    );
    expect(saidOf(`Late: ${mias.name}`)).toEqual([]);
    expect(saidOf('Ada').length + saidOf('Bo Lind').length).toBe(2);
    // Ben touches his and says yes, Mia says that hers is no good.
    await person.editLeads([
      { id: bens.lead, values: { Tandem_Disposition__c: 'Accepted' } },
      { id: mias.lead, values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Bad data' } },
      { id: String((await leadOf('Nils'))?.Id), values: { Tandem_Disposition__c: 'Accepted' } },
    ]);
    await until(
      'the verdicts',
      async () => {
        expect(await leadOf(bens.name)).toMatchObject({ Tandem_Stage__c: 'accepted' });
        expect(await leadOf(mias.name)).toMatchObject({ Tandem_Stage__c: 'returned' });
        expect(await leadOf('Nils')).toMatchObject({ Tandem_Stage__c: 'accepted' });
      },
      withinMs,
    );
  });

  it('is compared with the rest: by handoffs for the service level, by the weekly report for the version', async () => {
    const { sla } = await ask(slaShape, 'handoffs');
    const [since, actsFrom] = [day(-31), day(-1)].map((each) => `${each}T00:00:00.000Z`);
    expect(sla.from).toBe(since);
    // Nils, who was handed over before, is with one of the two as well.
    const ofBen = (await leadOf('Nils'))?.OwnerId === ben ? 1 : 0;
    expect(sla.pilot).toMatchObject({
      ...{ owners: 1, actsFrom, expected: 'twice as fast' },
      participants: {
        quality: { judged: 1 + ofBen, acceptedPercent: 100 },
        clocks: { 'follow-up': { met: ofBen, missed: 1, late: 1 } },
      },
      others: {
        quality: { judged: 2 - ofBen },
        clocks: { 'follow-up': { met: 1 - ofBen, missed: 1, late: 1 } },
      },
    });
    const { stdout } = await stage.tandem(['handoffs', ...folders()]);
    expect(stdout).toMatch(
      /pilot of 1 rep from .*\n {2}expected: twice as fast\n {2}those who take part:\n[\s\S]*\n {2}the others:\n/,
    );
    const week = weekAt(Date.now(), 'Etc/UTC').name;
    const { acceptance } = await ask(
      reportShape,
      ...['report', 'weekly', '--week', week, '--out', join(stage.folder, 'week.html')],
    );
    expect(acceptance.byDefinition.map(({ group, judged }) => [group, judged])).toEqual([
      [null, 2],
      ['2026-trial', 1],
    ]);
    const page = await readFile(join(stage.folder, 'week.html'), 'utf8');
    expect(page).toContain('2026-trial');
  });

  it('that is over takes nobody any more, and is a problem while it stands in the file', async () => {
    await worker.stop();
    await changeConfig(config, 'sla.yaml', (text) => text.replace(`end: ${day(50)}`, `end: ${day(-1)}`));
    await changeConfig(config, 'scoring.yaml', (text) =>
      text.replace(trial, trial.replace(day(30), day(-1))),
    );
    await startWorker();
    const late = await meet('Lars', 'Norway', looks);
    await until(
      'him to be looked at',
      async () =>
        expect(await person.readContact(late, 'tandem_stage')).toMatchObject({ tandem_stage: 'engaged' }),
      withinMs,
    );
    expect(await leadOf('Lars')).toBeUndefined();
    const isPast = (what: string): boolean =>
      what.includes(`pilot of the service level is over since ${day(-1)}`);
    await until(
      'the problem',
      async () => expect((await stage.status()).problems.filter(({ what }) => isPast(what))).toHaveLength(1),
      withinMs,
    );
  });
});
