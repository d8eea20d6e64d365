import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep } from './harness/lifecycle.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const withinMs = 30_000;
const email = 'vera@example.com';
const site = 'https://www.nordlys.example';

const scoreShape = z.object({
  contactId: z.string(),
  lines: z.array(z.object({ rule: z.string(), count: z.number().nullable() })),
});

let stage: Stage;
let person: Person;
let worker: Child;
let vera = '';
let config = '';

const digest = async (): Promise<string> => {
  const leads = await stage.sandbox.records('salesforce', 'Lead');
  return String(leads.find((lead) => lead.Email === email)?.Tandem_Digest__c ?? '');
};
const act = async (...entries: readonly Record<string, unknown>[]) =>
  stage.sandbox.control(
    'hubspot',
    'activity',
    entries.map((entry) => ({ email, ...entry })),
  );

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  const ben = await addRep(stage, 'ben', 'Ben', 'Okafor');
  config = await actingConfig(join(stage.folder, 'config'), [ben]);
  worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0']);
  await worker.line('ready', (line) => line.event === 'elected' && line.office === 'lifecycle', 60_000);
});
afterAll(async () => stage?.close());

describe('engagement history', () => {
  it('G2: what the contact sums up hands over at once, and the details follow in the digest', async () => {
    vera = await person.createContact({
      email,
      firstname: 'Vera',
      lastname: 'Lind',
      company: 'Nordlys',
      jobtitle: 'Head of IT',
    });
    await worker.line('looked at', (line) => line.event === 'moved' && line.contact === vera, withinMs);
    const now = Date.now();
    await act(
      { type: 'pageView', url: `${site}/pricing?key=secret`, title: 'Pricing', at: now - 4_000 },
      { type: 'pageView', url: `${site}/pricing`, title: 'Pricing', at: now - 3_000 },
      { type: 'pageView', url: `${site}/cases/fjord-line`, title: 'Fjord Line case', at: now - 2_000 },
      { type: 'emailOpen', campaign: 'Case study', machine: 'bot', at: now - 9_000 },
      { type: 'emailOpen', campaign: 'Case study', at: now - 8_000 },
      // Google's proxy loads the picture: HubSpot's figure takes it for an open by a person.
      { type: 'emailOpen', campaign: 'Product update', machine: 'proxy', at: now - 7_000 },
      {
        type: 'formSubmission',
        form: 'Demo request',
        url: `${site}/demo?email=${email}`,
        fields: { message: 'We are 40 people in Bergen' },
      },
    );
    await worker.line(
      'handed over',
      (line) => line.event === 'effect-done' && line.kind === 'hand-off',
      withinMs,
    );
    await until(
      'the details in the digest',
      async () => {
        const text = await digest();
        expect(text).toContain('Pricing page, 2 times');
        expect(text).toContain('Fjord Line case');
        expect(text).toContain('message: We are 40 people in Bergen');
        expect(text).toContain("Opened mail 'Case study', ");
        expect(text).toContain('Opened or clicked by mail programs, not by a person: 2');
        return true;
      },
      withinMs,
    );
    const text = await digest();
    expect(text).not.toMatch(/secret|\?email/);
    expect(text).not.toContain("Opened mail 'Product update'");
  });

  it('G2: the score explains itself line by line, and counts no machine', async () => {
    const folders = ['--config', config, '--data', stage.data];
    const { code, stdout, stderr } = await stage.tandem(['score', email, '--json', ...folders]);
    expect(code, stderr).toBe(0);
    const score = scoreShape.parse(JSON.parse(stdout));
    expect(score.contactId).toBe(vera);
    const counts = Object.fromEntries(score.lines.map(({ rule, count }) => [rule, count]));
    expect(counts).toMatchObject({ 'Pricing page': 2, 'Page view': 3, 'Form sent': 1, 'Mail opened': 1 });
    const lenient = join(stage.folder, 'lenient.yaml');
    const shipped = await readFile(join(config, 'scoring.yaml'), 'utf8');
    await writeFile(
      lenient,
      shipped.replace(/when: fit in .*/, "when: fit in ['A', 'B'] && engagement == 1"),
    );
    const compared = await stage.tandem(['score', '--what-if', lenient, '--json', ...folders]);
    expect(compared.code, compared.stderr).toBe(0);
    expect(JSON.parse(compared.stdout)).toMatchObject({ people: 1 });
    expect((await stage.tandem(['score', ...folders])).code).toBe(2);
    expect((await stage.tandem(['score', 'nobody@example.com', ...folders])).code).toBe(1);
  });
});
