import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Person } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';

let stage: Stage;
let person: Person;
let config: string;

const run = async (): Promise<void> => {
  const args = ['run', '--until-idle', '--config', config, '--data', stage.data, '--port', '0'];
  const { code, stdout, stderr } = await stage.start(args).finish(60_000);
  expect(code, `${stdout.slice(-1_500)}${stderr}`).toBe(0);
};
const leadOf = async (email: string) =>
  (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.Email === email);

describe('Scope and consent: a hard bounce', () => {
  const sent = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await stage.sandbox.control('hubspot', 'records/contacts', { records: [values] });
  };

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    config = mirror;
  });
  afterAll(async () => stage?.close());

  it('in HubSpot is one of the lead, also of one that is created, and is never taken back', async () => {
    const reason = { hs_email_hard_bounce_reason_enum: 'UNKNOWN_USER' };
    const common = { lastname: 'Gone', company: 'C' };
    await sent({ email: 'gone@example.com', ...common, ...reason });
    const later = await person.createContact({ email: 'later@example.com', ...common });
    await run();
    const bounced = {
      EmailBouncedReason: 'UNKNOWN_USER',
      EmailBouncedDate: expect.stringMatching(/^20\d\d-/),
    };
    expect(await leadOf('gone@example.com')).toMatchObject(bounced);
    expect(await leadOf('later@example.com')).toMatchObject({ EmailBouncedReason: null });
    await sent({ id: later, ...reason });
    await run();
    expect(await leadOf('later@example.com')).toMatchObject(bounced);
    await sent({ id: later, hs_email_hard_bounce_reason_enum: '' });
    const lead = String((await leadOf('gone@example.com'))?.Id);
    await person.editLeads([{ id: lead, values: { EmailBouncedReason: 'mailbox full, says our own tool' } }]);
    await run();
    expect(await leadOf('later@example.com')).toMatchObject(bounced);
    expect(await leadOf('gone@example.com')).toMatchObject({
      EmailBouncedReason: 'mailbox full, says our own tool',
    });
    const verified = await stage.tandem(['verify', '--json', '--config', config, '--data', stage.data]);
    expect(z.object({ unexplained: z.number() }).parse(JSON.parse(verified.stdout)).unexplained).toBe(0);
  }, 120_000);

  it('that has nowhere to go is found by check', async () => {
    const wrong = await stage.changedMirror((text) =>
      text.replace(/(salesforce: EmailBouncedReason[\s\S]*?)to-salesforce/, '$1to-hubspot'),
    );
    const { code, stdout, stderr } = await stage.tandem(['check', '--config', wrong]);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(
      /hs_email_hard_bounce_reason_enum cannot be written.*consent has nowhere to go/s,
    );
  });
});
