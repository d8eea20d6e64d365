import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import type { Child } from './harness/child.ts';
import { changeConfig } from './harness/lifecycle.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const withinMs = 30_000;
const dayMs = 24 * 60 * 60_000;
const past = ['ada', 'bea', 'cleo', 'dora'].map((name) => `${name}@nordlys.example`);

const planShape = z.object({
  byObject: z.object({
    people: z.object({ creates: z.object({ hubspot: z.number(), salesforce: z.number() }) }),
  }),
  lifecycle: z.object({
    handOffs: z.object({ asked: z.number(), score: z.number(), named: z.number(), held: z.number() }),
    returns: z.object({ now: z.number(), held: z.number() }),
    stages: z.record(z.string(), z.number()),
    lifecyclestage: z.object({ forward: z.number(), back: z.number(), held: z.number() }),
  }),
});
const contactShape = z.object({
  id: z.string(),
  archived: z.boolean(),
  properties: z.looseObject({
    email: z.string().nullish(),
    lifecyclestage: z.string().nullish(),
    tandem_stage: z.string().nullish(),
  }),
});
const problemsShape = z.object({
  problems: z.array(z.object({ what: z.string(), records: z.number(), fault: z.string(), next: z.string() })),
});
const verifiedShape = z.object({ unexplained: z.number(), items: z.array(z.object({ why: z.string() })) });

let stage: Stage;
let config = '';

const folders = () => ['--config', config, '--data', stage.data];
const ask = async (...args: readonly string[]): Promise<{ code: number | null; json: unknown }> => {
  const { code, stdout, stderr } = await stage.tandem([...args, '--json', ...folders()]);
  return { code, json: stdout === '' ? { stderr } : (JSON.parse(stdout) as unknown) };
};
const run = (...more: readonly string[]): Child => stage.start(['run', ...more, ...folders(), '--port', '0']);
const contacts = async () => z.array(contactShape).parse(await stage.sandbox.records('hubspot', 'contacts'));
const leads = async () =>
  (await stage.sandbox.records('salesforce', 'Lead')).filter(({ IsDeleted }) => IsDeleted === false);
const leadOf = async (email: string) => (await leads()).find(({ Email }) => Email === email);

beforeAll(async () => {
  stage = await Stage.open();
  for (const system of ['hubspot', 'salesforce'] as const) {
    await stage.sandbox.control(system, 'reset', { seed: 7, contacts: 40, leads: 20 });
  }
  await stage.sandbox.control('hubspot', 'portal', { createCompanies: false });
  // Somebody who works in both systems gets who is handed over.
  const users = await stage.sandbox.records('salesforce', 'User');
  const ben = users.find(({ FirstName, IsActive }) => FirstName === 'Ben' && IsActive === true);
  await stage.sandbox.control('salesforce', 'assignment', [{ owner: String(ben?.Id) }]);
  const records = past.map((email) => ({
    email,
    firstname: email.split('@')[0],
    lastname: 'Lind',
    company: 'Nordlys',
    jobtitle: 'Head of IT',
  }));
  await stage.sandbox.control('hubspot', 'records/contacts', { records });
  const at = Date.now() - dayMs;
  await stage.sandbox.control(
    'hubspot',
    'activity',
    past.flatMap((email) => [
      { email, type: 'pageView', url: 'https://nordlys.example/pricing', at },
      { email, type: 'formSubmission', form: 'Newsletter', at: at + 1_000 },
    ]),
  );
  // As shipped, but for a cap that four people go beyond.
  config = join(stage.folder, 'config');
  await cp(join(repositoryRoot, 'config'), config, { recursive: true });
  await changeConfig(config, 'lifecycle.yaml', (text) => text.replace('hand-offs: 50', 'hand-offs: 2'));
}, 60_000);
afterAll(async () => stage?.close());

describe('the shipped configuration, for the first time in a company with a past', () => {
  let hold = '';
  let left = '';

  it('is planned to the figure, and makes a lead of nobody but the best of those who are ready', {
    timeout: 300_000,
  }, async () => {
    const before = await contacts();
    const leadsBefore = (await leads()).length;
    const { code, json } = await ask('plan');
    expect(code, JSON.stringify(json)).toBe(0);
    const plan = planShape.parse(json);
    expect(await stage.sandbox.writes()).toEqual({ hubspot: {}, salesforce: {} });
    expect(plan.lifecycle.handOffs).toEqual({ asked: 0, score: 2, named: 0, held: 2 });
    expect(plan.lifecycle.returns).toEqual({ now: 0, held: 0 });

    const worker = run('--until-idle');
    // Something is held: it ran, and found something.
    expect((await worker.finish(120_000)).code).toBe(1);
    const held = worker.linesOf('held');
    expect(held).toMatchObject([{ kind: 'hand-off', records: 2, pair: 'people' }]);
    hold = String(held[0]?.id);
    const after = await contacts();
    expect((await leads()).length - leadsBefore).toBe(2);
    expect(plan.byObject.people.creates).toEqual({
      hubspot: after.length - before.length,
      salesforce: 2,
    });
    const stageOf = new Map(before.map(({ id, properties }) => [id, properties.lifecyclestage ?? null]));
    // Whose lead a rep works on may have been shown as a lead before the lead was seen.
    const moved = after.filter(
      ({ id, properties }) =>
        properties.tandem_stage !== 'working' &&
        (properties.lifecyclestage ?? null) !== (stageOf.get(id) ?? null),
    );
    expect(plan.lifecycle.lifecyclestage).toEqual({ forward: moved.length, back: 0, held: 0 });
    expect(Object.values(plan.lifecycle.stages).reduce((sum, count) => sum + count, 0)).toBe(after.length);
  });

  it('says who is held back, why, and what to press', async () => {
    const { code, json } = await ask('handoffs');
    expect(code, JSON.stringify(json)).toBe(0);
    const account = JSON.stringify(json);
    expect(json).toMatchObject({ ready: { count: 4, theirs: { hubspot: 4 } } });
    expect(account).toContain('"why":"first start","count":2');
    const { problems } = problemsShape.parse((await ask('status')).json);
    expect(problems).toMatchObject([
      {
        what: expect.stringMatching(/^2 people are ready .* held back \(first start\)$/),
        records: 2,
        fault: 'config',
        next: expect.stringContaining(`tandem apply --held ${hold}`),
      },
    ]);
  });

  it('hands over who asks from now on, held back or cold', async () => {
    const waiting = [];
    for (const email of past) if ((await leadOf(email)) === undefined) waiting.push(email);
    expect(waiting).toHaveLength(2);
    left = String(waiting[1]);
    const cold = (await contacts()).find(
      ({ properties }) => properties.tandem_stage === 'lead' && !past.includes(String(properties.email)),
    );
    const asking = [String(waiting[0]), String(cold?.properties.email)];
    const worker = run();
    await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
    await stage.sandbox.control(
      'hubspot',
      'activity',
      asking.map((email) => ({ email, type: 'formSubmission', form: 'Request a demo' })),
    );
    const handed = (count: number) => () =>
      worker.linesOf('effect-done').filter(({ kind }) => kind === 'hand-off').length === count ? true : null;
    await until('both who asked', handed(2), withinMs);
    for (const email of asking) expect(await leadOf(email)).toMatchObject({ Tandem_Stage__c: 'sales-ready' });
    expect(await leadOf(left)).toBeUndefined();
    await worker.stop();
  });

  it('hands over the others when they are let go, and is at rest then: a second run writes nothing, and verify explains every contact without a lead', {
    timeout: 300_000,
  }, async () => {
    expect(await ask('apply', '--held', hold)).toMatchObject({ code: 0, json: { released: { id: hold } } });
    expect((await run('--until-idle').finish(120_000)).code).toBe(0);
    expect(await leadOf(left)).toMatchObject({ Tandem_Stage__c: 'sales-ready' });
    expect(problemsShape.parse((await ask('status')).json).problems).toEqual([]);
    const writes = await stage.sandbox.writes();
    expect((await run('--until-idle').finish(120_000)).code).toBe(0);
    expect(await stage.sandbox.writes()).toEqual(writes);
    const { code, json } = await ask('verify');
    const { items, unexplained } = verifiedShape.parse(json);
    expect([code, unexplained]).toEqual([0, 0]);
    expect(items.filter(({ why }) => why === 'not sales-ready').length).toBeGreaterThan(10);
  });
});
