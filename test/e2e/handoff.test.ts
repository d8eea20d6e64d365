import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { weekAt } from '../../src/lifecycle/report/weeks.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const withinMs = 30_000;

interface Term {
  readonly term: string;
  readonly count: number;
  readonly theirs: { readonly hubspot: number | null; readonly salesforce: number | null };
  readonly parts: readonly Term[];
}
const termShape: z.ZodType<Term> = z.lazy(() =>
  z.object({
    term: z.string(),
    count: z.number(),
    theirs: z.object({ hubspot: z.number().nullable(), salesforce: z.number().nullable() }),
    parts: z.array(termShape),
  }),
);
const accountShape = z.object({
  ready: termShape,
  differences: z.array(z.unknown()),
  cohorts: z.array(z.unknown()),
});

let stage: Stage;
let person: Person;
let config: string;
let worker: Child;
let ben = '';

const leadOf = async (email: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find(
    (lead) => lead.Email === email && lead.IsDeleted === false,
  );
const tasks = async () => stage.sandbox.records('salesforce', 'Task');

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  ben = await addRep(stage, 'ben', 'Ben', 'Okafor');
  await stage.sandbox.control('salesforce', 'assignment', [{ owner: ben }]);
  config = await actingConfig(join(stage.folder, 'config'), []);
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
});
afterAll(async () => stage?.close());

describe('push and pull', () => {
  let vera = '';

  it('G2: a cold contact makes no lead', async () => {
    vera = await person.createContact({
      email: 'vera@example.com',
      firstname: 'Vera',
      lastname: 'Lind',
      company: 'Nordlys',
      jobtitle: 'Head of IT',
    });
    await worker.line('looked at', (line) => line.event === 'moved' && line.contact === vera, withinMs);
    expect(await leadOf('vera@example.com')).toBeUndefined();
  });

  it('G2: who asks for a demo is handed over with owner, why-now line, digest, task and clock', async () => {
    await stage.sandbox.control('hubspot', 'activity', [
      { email: 'vera@example.com', type: 'formSubmission', form: 'Request a demo' },
    ]);
    await worker.line(
      'handed over',
      (line) => line.event === 'effect-done' && line.kind === 'hand-off',
      withinMs,
    );
    const lead = await leadOf('vera@example.com');
    expect(lead).toMatchObject({
      LastName: 'Lind',
      Company: 'Nordlys',
      OwnerId: ben,
      Tandem_Stage__c: 'sales-ready',
      Tandem_Fit__c: expect.stringMatching(/^[A-D]$/),
    });
    expect(String(lead?.Tandem_Why_Now__c)).toContain('demo');
    expect(String(lead?.Tandem_Digest__c)).toContain('Request a demo');
    expect(Date.parse(String(lead?.Tandem_Due_At__c))).toBeGreaterThan(Date.now() - 60_000);
    const [task, ...others] = await tasks();
    expect(others).toEqual([]);
    expect(task).toMatchObject({ WhoId: lead?.Id, OwnerId: ben, Status: 'Not Started', Priority: 'High' });
    expect(String(task?.Tandem_Key__c)).toMatch(/\/1\/hand-off$/);
    expect(await person.readContact(vera, 'tandem_stage', 'tandem_rep')).toMatchObject({
      tandem_stage: 'sales-ready',
      tandem_rep: 'Ben Okafor',
    });
  });

  it("G4: 'Not now, March' goes back to HubSpot with reason, program and date", async () => {
    const lead = await leadOf('vera@example.com');
    const march = `${new Date().getUTCFullYear() + 1}-03-02`;
    await person.editLeads([
      {
        id: String(lead?.Id),
        values: {
          Tandem_Disposition__c: 'Rejected',
          Tandem_Reason__c: 'Not now',
          Tandem_Recontact_On__c: march,
        },
      },
    ]);
    await worker.line('returned', (line) => line.event === 'effect-done' && line.kind === 'return', withinMs);
    await until(
      'the place in HubSpot',
      async () => {
        const names = ['tandem_stage', 'tandem_return_reason', 'tandem_program', 'tandem_recontact_on'];
        expect(await person.readContact(vera, ...names)).toMatchObject({
          tandem_stage: 'nurture',
          tandem_return_reason: 'Not now',
          tandem_program: 'Nurture: later',
          tandem_recontact_on: march,
        });
        return true;
      },
      withinMs,
    );
    expect((await tasks()).map(({ Status }) => Status)).toEqual(['Completed']);
  });

  it('the account balances, and neither system counts otherwise', async () => {
    const folders = ['--config', config, '--data', stage.data];
    const { code, stdout, stderr } = await stage.tandem(['handoffs', '--json', '--by', 'month', ...folders]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    const account = accountShape.parse(JSON.parse(stdout));
    const [handed, held] = account.ready.parts;
    const [received] = handed?.parts ?? [];
    const [touched] = received?.parts ?? [];
    const counts = [account.ready, handed, held, received, touched].map((term) => [term?.term, term?.count]);
    expect(counts).toEqual([
      ['ready', 1],
      ['handed', 1],
      ['held', 0],
      ['received', 1],
      ['touched', 1],
    ]);
    expect(touched?.parts.find(({ term }) => term === 'rejected')?.count).toBe(1);
    expect(account.ready.theirs).toEqual({ hubspot: 1, salesforce: null });
    expect(received?.theirs).toEqual({ hubspot: null, salesforce: 1 });
    expect(account.differences).toEqual([]);
    expect(account.cohorts).toHaveLength(1);
  });

  it('G3.9: the weekly report has the turn with its reason, and links to both systems', async () => {
    const out = join(stage.folder, 'reports', 'week.html');
    const week = weekAt(Date.now(), 'Etc/UTC').name;
    const folders = ['--config', config, '--data', stage.data];
    const { code, stdout, stderr } = await stage.tandem([
      ...['report', 'weekly', '--json', '--week', week, '--out', out],
      ...folders,
    ]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    const lead = await leadOf('vera@example.com');
    expect(JSON.parse(stdout)).toMatchObject({
      file: out,
      week: { name: week },
      account: { ready: { count: 1 } },
      reasons: [{ reason: 'Not now', records: [expect.stringMatching(/\/1$/)] }],
      leads: [
        {
          name: 'Vera Lind',
          company: 'Nordlys',
          ownerName: 'Ben Okafor',
          hubspot: vera,
          salesforce: lead?.Id,
        },
      ],
    });
    const page = await readFile(out, 'utf8');
    expect(page).toMatch(new RegExp(`href="https://app[^"]*/contacts/\\d+/record/0-1/${vera}"`));
    expect(page).toMatch(new RegExp(`href="http[^"]*/${String(lead?.Id)}"`));
  });
});
