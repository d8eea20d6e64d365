import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import { actingConfig, addRep, aroundTheClock, changeConfig } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { patienceMs } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

const count = 16;
const minuteMs = 60_000;
const campaignName = 'Spring fair';
/** Of what each of them did: the demo, the click, a page. */
const timelineMax = 2;
/** What a killed worker had begun is its own for up to a minute; a story has several kills. */
const storyMs = 400_000;

/**
 * The moments of the kills, drawn from one seed: `KILL_SEED=7 npx vitest run test/e2e/handoff-kill.nightly.test.ts` replays (with TANDEM_NIGHTLY=1) them. `afterTexts`: a
 * kill while one message, after so many others, was heard and the worker waits for the answer.
 */
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1_000_000));
const [kills] = fc.sample(
  fc.record({
    afterMs: fc.array(fc.integer({ min: 100, max: 2_500 }), { minLength: 6, maxLength: 6 }),
    afterTexts: fc.array(fc.integer({ min: 0, max: count - 2 }), { minLength: 3, maxLength: 3 }),
  }),
  { seed, numRuns: 1 },
);
const afterMs = (nth: number): number => kills?.afterMs[nth] ?? 500;
const afterTexts = (nth: number): number => kills?.afterTexts[nth] ?? 3;

type Fields = Readonly<Record<string, unknown>>;

describe(`a worker killed nine times in hand-offs, clocks and returns (seed ${seed})`, () => {
  let stage: Stage;
  let person: Person;
  let channel: Channel;
  let database: EmbeddedPostgres;
  let store: Client;
  let reps: readonly string[];
  let args: readonly string[];
  let campaign = '';
  const contacts = new Map<string, string>();
  const nameOf = (number: number): string => `Vera P${String(number).padStart(2, '0')}`;
  const emailOf = (number: number): string => `person${number}@example.com`;
  const names = Array.from({ length: count }, (_, number) => nameOf(number));

  /** Whom a killed worker may or may not have told: it had said that it would, and not that it had. By the message's key, with the name. */
  const unsure = new Map<string, string>();
  const start = (...more: readonly string[]) =>
    stage.start(['run', ...more, ...args], { env: { TANDEM_HANDOFF_WEBHOOK: channel.url } });
  const crash = async (worker: ReturnType<typeof start>): Promise<void> => {
    await worker.crash();
    const { rows } = await store.query<{ key: string; name: string }>(
      `select e.key, j.state #>> '{contact,fields,lastname}' as name from tandem.effects e
       join tandem.journeys j on j.id = e.journey_id
       where e.done_at is null and e.steps #>> '{tell,state}' = 'sent'`,
    );
    const found = rows.filter(({ key }) => !unsure.has(key));
    for (const { key, name } of found) unsure.set(key, `Vera ${name}`);
    // One message is under way at a time, so that a death leaves one of which nobody knows.
    expect(found.map(({ key }) => key).slice(1)).toEqual([]);
  };
  const work = async () => {
    const worker = start();
    await worker.line('lifecycle', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
    return worker;
  };
  /** Kills the worker at a moment of its work, for another one to end it. */
  const workThroughKill = async (ms: number): Promise<void> => {
    const worker = await work();
    await sleep(ms);
    await crash(worker);
  };
  /** Kills the worker while somebody is told, after so many others. */
  const workUntilTelling = async (after: number): Promise<void> => {
    const { held, release } = channel.hold(after);
    const worker = await work();
    const late = new Promise((_, reject) => {
      setTimeout(reject, patienceMs, new Error(`nobody was told after ${after} others`)).unref();
    });
    await Promise.race([held, late]);
    await crash(worker);
    release();
  };
  const finish = async (): Promise<void> => {
    const { code, stdout, stderr } = await start('--until-idle').finish(150_000);
    expect(code, `${stdout.slice(-1_500)}${stderr}`).toBe(0);
  };
  /** The answer to some calls of the worker never arrives. */
  const cutConnections = async (): Promise<unknown> =>
    stage.sandbox.faults({ match: { caller: 'integration' }, effect: { drop: 'after', probability: 0.03 } });
  const askForDemo = async (emails: readonly string[]): Promise<unknown> =>
    stage.sandbox.control(
      'hubspot',
      'activity',
      emails.map((email) => ({ email, type: 'formSubmission', form: 'Request a demo' })),
    );
  /** The lists that everybody is on, by email. */
  const lists = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const all: [string, readonly string[]][] = [];
    for (const [email, id] of contacts) all.push([email, await person.listsOf(id)]);
    return Object.fromEntries(all);
  };
  const listsWhere = (of: (email: string) => readonly string[]) =>
    Object.fromEntries([...contacts.keys()].map((email) => [email, of(email)]));
  let rejectedEmails: ReadonlySet<string> = new Set();
  const sales = async (type: string): Promise<readonly Fields[]> =>
    (await stage.sandbox.records('salesforce', type)).filter(({ IsDeleted }) => IsDeleted === false);
  const leads = () => sales('Lead');
  /** The reps' own, and what stands on the timeline beside them: the key of each says which. */
  const tasks = async (kind: RegExp) =>
    (await sales('Task')).filter(({ Tandem_Key__c: key }) => kind.test(String(key)));
  const followUps = () => tasks(/\/hand-off$/);
  const timeline = () => tasks(/\/hand-off\/.+/);
  const countOf = (values: readonly unknown[]): Readonly<Record<string, number>> =>
    Object.fromEntries([...Map.groupBy(values, String)].map(([value, own]) => [value, own.length]));
  const each = (emails: Iterable<string>, times: number) =>
    Object.fromEntries([...emails].map((email) => [email, times]));
  /** How many there are of something for each lead, by email. */
  const perLead = async (owned: readonly Fields[], field: string) => {
    const emails = new Map((await leads()).map(({ Id, Email }) => [Id, String(Email)]));
    return countOf(owned.map((record) => emails.get(record[field])));
  };

  /** Everybody was told so often by a message that begins so; of whom a killed worker told, or did not, once less at most. */
  const expectTold = (prefix: string, kind: string, times: (name: string) => number, from = 0): void => {
    const said = channel.texts.slice(from).filter((text) => text.startsWith(prefix));
    const told = Object.fromEntries(
      names.map((name) => [name, said.filter((text) => text.startsWith(`${prefix}${name}`)).length]),
    );
    const isUnsure = (name: string): boolean =>
      [...unsure].some(([key, whose]) => whose === name && key.endsWith(`/${kind}`));
    const wanted = names.map((name) => {
      const isLess = isUnsure(name) && told[name] === times(name) - 1;
      return [name, isLess ? told[name] : times(name)] as const;
    });
    expect(told).toEqual(Object.fromEntries(wanted));
  };

  /** One row for each clock that there is: by turn and kind, how many people have so many of them, and how many of these run. */
  const clocks = async () => {
    const { rows } = await store.query<{ name: string; each: number; journeys: number; open: number }>(
      `select turn || '/' || kind as name, max(n)::int as each, count(*)::int as journeys, sum(open)::int as open from
         (select journey_id, turn, kind, count(*) as n, count(*) filter (where done_at is null) as open
          from tandem.clocks group by 1, 2, 3) as own
       group by 1 order by 1`,
    );
    return Object.fromEntries(rows.map(({ name, ...counts }) => [name, counts]));
  };
  /** Lets so much time of every clock that runs go by. */
  const letPass = async (minutes: number): Promise<void> => {
    await store.query(
      `update tandem.clocks set clock = jsonb_set(clock::jsonb, '{startedAt}',
         to_jsonb((clock ->> 'startedAt')::float8 - $1))::json where done_at is null`,
      [minutes * minuteMs],
    );
    await store.query(
      'update tandem.journeys set next_at = now() where id in (select journey_id from tandem.clocks where done_at is null)',
    );
  };
  /** The steps of the clocks that were ordered, by kind; `open`: not yet done. */
  const stepsOf = async (kind: 'remind' | 'escalate') => {
    const { rows } = await store.query<{ ordered: number; journeys: number; open: number }>(
      `select count(*)::int as ordered, count(distinct journey_id)::int as journeys,
         count(*) filter (where done_at is null)::int as open from tandem.effects where kind = $1`,
      [kind],
    );
    return rows[0];
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
    campaign = await person.create('Campaign', { Name: campaignName, IsActive: true });
    const config = await actingConfig(join(stage.folder, 'config'), reps);
    await changeConfig(config, 'sla.yaml', aroundTheClock);
    await changeConfig(config, 'lifecycle.yaml', (text) =>
      text.replace(
        '\nlifecyclestage:',
        `\nhand-off: { campaigns: { map: { '${campaignName}': ${campaign} } }, timeline: ${timelineMax} }\nlifecyclestage:`,
      ),
    );
    args = ['--config', config, '--data', stage.data, '--port', '0'];
    for (let number = 0; number < count; number += 1) {
      const [firstname = '', lastname = ''] = nameOf(number).split(' ');
      const values = { email: emailOf(number), firstname, lastname, company: 'Nordlys' };
      contacts.set(emailOf(number), await person.createContact(values));
    }
    await finish();
    database = await joinEmbedded(stage.data);
    store = new Client({ connectionString: database.connectionString });
    await store.connect();
    for (const id of contacts.values()) await person.putOnList('Nurture: general', id);
    await cutConnections();
    const emails = [...contacts.keys()];
    for (const entry of [
      { type: 'pageView', url: 'https://www.nordlys.example/pricing', title: 'Pricing' },
      { type: 'emailClick', campaign: campaignName, url: 'https://www.nordlys.example/cases' },
    ])
      await stage.sandbox.control(
        'hubspot',
        'activity',
        emails.map((email) => ({ email, ...entry })),
      );
    await askForDemo(emails);
    await workUntilTelling(afterTexts(0));
    await workThroughKill(afterMs(0));
    await workThroughKill(afterMs(1));
    await finish();
  }, storyMs);
  afterAll(async () => {
    await store?.end();
    await stage?.close();
    await database?.leave();
    await channel?.close();
  });

  it('gives everybody one lead, one owner, one task, one digest and one of each clock, fairly', async () => {
    const made = await leads();
    const emails = [...contacts.keys()];
    expect(made.map(({ Email }) => Email).sort()).toEqual(emails.toSorted());
    const digests = made.map(({ Tandem_Digest__c: digest }) => String(digest ?? ''));
    for (const digest of digests) expect(digest.match(/^Why now/gm)).toHaveLength(1);
    expect(made.filter((lead) => (lead.Tandem_Due_At__c ?? null) === null)).toEqual([]);
    const perRep = countOf(made.map(({ OwnerId }) => OwnerId));
    expect(new Set(Object.keys(perRep))).toEqual(new Set(reps));
    expect(Math.abs((perRep[reps[0] ?? ''] ?? 0) - (perRep[reps[1] ?? ''] ?? 0))).toBeLessThanOrEqual(1);
    expect(await perLead(await followUps(), 'WhoId')).toEqual(each(emails, 1));
    const running = { each: 1, journeys: count, open: count };
    expect(await clocks()).toEqual({
      '1/follow-up': running,
      '1/verdict': running,
      '1/hand-off': { ...running, open: 0 },
    });
    expect(await lists()).toEqual(listsWhere(() => []));
  });

  it('puts everybody into the campaign once, and on the timeline each thing once, and tells each owner once', async () => {
    const members = (await sales('CampaignMember')).filter(({ CampaignId }) => CampaignId === campaign);
    expect(await perLead(members, 'LeadId')).toEqual(each(contacts.keys(), 1));
    const shown = await timeline();
    expect(new Set(shown.map(({ Tandem_Key__c: key }) => key)).size).toBe(shown.length);
    expect(await perLead(shown, 'WhoId')).toEqual(each(contacts.keys(), timelineMax));
    expectTold('*', 'hand-off', () => 1);
  });

  it(
    'reminds once, and once tells the manager, of clocks that come due around a kill',
    async () => {
      await letPass(40);
      await workUntilTelling(afterTexts(1));
      await workThroughKill(afterMs(2));
      await finish();
      expectTold('*Reminder: ', 'remind', () => 1);
      expectTold('*Late: ', 'escalate', () => 0);
      await letPass(30);
      await workUntilTelling(afterTexts(2));
      await workThroughKill(afterMs(3));
      await finish();
      expectTold('*Reminder: ', 'remind', () => 1);
      expectTold('*Late: ', 'escalate', () => 1);
      const once = { ordered: count, journeys: count, open: 0 };
      expect([await stepsOf('remind'), await stepsOf('escalate')]).toEqual([once, once]);
      // A worker that starts once more, with every clock still running, says nothing again.
      const before = channel.texts.length;
      await letPass(1);
      await finish();
      expect(channel.texts.slice(before)).toEqual([]);
    },
    storyMs,
  );

  it(
    'brings everybody back once whom the reps reject',
    async () => {
      const rejected = (await leads()).slice(0, count / 2);
      await person.editLeads(
        rejected.map(({ Id }) => ({
          id: String(Id),
          values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' },
        })),
      );
      await workThroughKill(afterMs(4));
      await finish();
      await stage.sandbox.faults();
      const ids = new Set(rejected.map(({ Email }) => contacts.get(String(Email))));
      rejectedEmails = new Set(rejected.map(({ Email }) => String(Email)));
      expect(await lists()).toEqual(
        listsWhere((email) => (rejectedEmails.has(email) ? ['Nurture: budget'] : [])),
      );
      for (const id of contacts.values()) {
        const shown = await person.readContact(id, 'tandem_stage', 'tandem_program');
        expect(shown).toMatchObject(
          ids.has(id)
            ? { tandem_stage: 'nurture', tandem_program: 'Nurture: budget' }
            : { tandem_stage: 'sales-ready', tandem_program: null },
        );
      }
      const states = countOf((await followUps()).map(({ Status }) => Status));
      expect(states).toEqual({ Completed: count / 2, 'Not Started': count / 2 });
      const half = { each: 1, journeys: count, open: count / 2 };
      expect(await clocks()).toMatchObject({
        ...{ '1/follow-up': half, '1/verdict': half },
        '1/return': { each: 1, journeys: count / 2, open: 0 },
      });
    },
    storyMs,
  );

  it(
    'hands over once more who asks again, and no program has them any longer',
    async () => {
      const before = channel.texts.length;
      await cutConnections();
      await askForDemo([...rejectedEmails]);
      await workThroughKill(afterMs(5));
      await finish();
      await stage.sandbox.faults();
      expect(await lists()).toEqual(listsWhere(() => []));
      const states = countOf((await followUps()).map(({ Status }) => Status));
      expect(states).toEqual({ Completed: count / 2, 'Not Started': count });
      const again = { each: 1, journeys: count / 2, open: count / 2 };
      expect(await clocks()).toMatchObject({ '2/follow-up': again, '2/verdict': again });
      const members = (await sales('CampaignMember')).filter(({ CampaignId }) => CampaignId === campaign);
      expect(await perLead(members, 'LeadId')).toEqual(each(contacts.keys(), 1));
      const isAgain = (name: string): boolean => rejectedEmails.has(emailOf(names.indexOf(name)));
      expectTold('*', '2/hand-off', (name) => (isAgain(name) ? 1 : 0), before);
    },
    storyMs,
  );

  it(
    'writes nothing more, and the account balances',
    async () => {
      const before = await stage.sandbox.writes();
      await finish();
      expect(await stage.sandbox.writes()).toEqual(before);
      const { code, stdout } = await stage.tandem(['handoffs', '--json', ...args.slice(0, 4)]);
      const account = JSON.parse(stdout) as { ready: { count: number }; differences: readonly unknown[] };
      expect([account.ready.count, account.differences, code]).toEqual([count * 1.5, [], 0]);
    },
    storyMs,
  );
});
