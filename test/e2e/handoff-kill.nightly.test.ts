import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actingConfig, addRep } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const count = 12;

/** The moments of the kills, drawn from one seed: `KILL_SEED=7 npx vitest run test/e2e/handoff-kill.nightly.test.ts` replays (with TANDEM_NIGHTLY=1) them. */
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1_000_000));
const [killsAfterMs = []] = fc.sample(
  fc.array(fc.integer({ min: 100, max: 2_500 }), { minLength: 4, maxLength: 4 }),
  { seed, numRuns: 1 },
);

describe(`a worker killed ${killsAfterMs.length} times in hand-offs and returns (seed ${seed})`, () => {
  let stage: Stage;
  let person: Person;
  let reps: readonly string[];
  let args: readonly string[];
  const contacts = new Map<string, string>();
  const emailOf = (number: number): string => `person${number}@example.com`;

  /** Kills the worker at a moment of its work, then lets another one end it. */
  const workThroughKill = async (afterMs: number): Promise<void> => {
    const worker = stage.start(['run', ...args]);
    await worker.line('lifecycle', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
    await sleep(afterMs);
    await worker.crash();
  };
  const finish = async (): Promise<void> => {
    const { code, stdout, stderr } = await stage.start(['run', '--until-idle', ...args]).finish(150_000);
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
  const leads = async () =>
    (await stage.sandbox.records('salesforce', 'Lead')).filter((lead) => lead.IsDeleted === false);
  const tasks = async () => stage.sandbox.records('salesforce', 'Task');
  const countOf = (values: readonly unknown[]): Readonly<Record<string, number>> =>
    Object.fromEntries([...Map.groupBy(values, String)].map(([value, own]) => [value, own.length]));

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    reps = [await addRep(stage, 'ben', 'Ben', 'Okafor'), await addRep(stage, 'mia', 'Mia', 'Sato')];
    const config = await actingConfig(join(stage.folder, 'config'), reps);
    args = ['--config', config, '--data', stage.data, '--port', '0'];
    for (let number = 0; number < count; number += 1) {
      const values = {
        email: emailOf(number),
        firstname: 'Vera',
        lastname: `L${number}`,
        company: 'Nordlys',
      };
      contacts.set(emailOf(number), await person.createContact(values));
    }
    await finish();
    for (const id of contacts.values()) await person.putOnList('Nurture: general', id);
    await cutConnections();
    await askForDemo([...contacts.keys()]);
    await workThroughKill(killsAfterMs[0] ?? 500);
    await workThroughKill(killsAfterMs[1] ?? 500);
    await finish();
  }, 300_000);
  afterAll(async () => stage?.close());

  it('gives everybody one lead, one owner, one task, one digest and one clock, fairly', async () => {
    const made = await leads();
    expect(made.map(({ Email }) => Email).sort()).toEqual([...contacts.keys()].sort());
    expect(made.filter((lead) => String(lead.Tandem_Digest__c ?? '') === '')).toEqual([]);
    expect(made.filter((lead) => (lead.Tandem_Due_At__c ?? null) === null)).toEqual([]);
    const perRep = countOf(made.map(({ OwnerId }) => OwnerId));
    expect(new Set(Object.keys(perRep))).toEqual(new Set(reps));
    expect(Math.abs((perRep[reps[0] ?? ''] ?? 0) - (perRep[reps[1] ?? ''] ?? 0))).toBeLessThanOrEqual(1);
    const perLead = countOf((await tasks()).map(({ WhoId }) => WhoId));
    expect(perLead).toEqual(Object.fromEntries(made.map(({ Id }) => [Id, 1])));
    expect(await lists()).toEqual(listsWhere(() => []));
  });

  it('brings everybody back once whom the reps reject', async () => {
    const rejected = (await leads()).slice(0, count / 2);
    await person.editLeads(
      rejected.map(({ Id }) => ({
        id: String(Id),
        values: { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' },
      })),
    );
    await workThroughKill(killsAfterMs[2] ?? 500);
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
    const states = countOf((await tasks()).map(({ Status }) => Status));
    expect(states).toEqual({ Completed: count / 2, 'Not Started': count / 2 });
  });

  it('hands over once more who asks again, and no program has them any longer', async () => {
    await cutConnections();
    await askForDemo([...rejectedEmails]);
    await workThroughKill(killsAfterMs[3] ?? 500);
    await finish();
    await stage.sandbox.faults();
    expect(await lists()).toEqual(listsWhere(() => []));
    const states = countOf((await tasks()).map(({ Status }) => Status));
    expect(states).toEqual({ Completed: count / 2, 'Not Started': count });
  });

  it('writes nothing more, and the account balances', async () => {
    const before = await stage.sandbox.writes();
    await finish();
    expect(await stage.sandbox.writes()).toEqual(before);
    const { code, stdout } = await stage.tandem(['handoffs', '--json', ...args.slice(0, 4)]);
    const account = JSON.parse(stdout) as { ready: { count: number }; differences: readonly unknown[] };
    expect([account.ready.count, account.differences, code]).toEqual([count * 1.5, [], 0]);
  });
});
