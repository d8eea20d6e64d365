import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxVariables, writeSandboxVariables } from '../../src/commands/sandbox-variables.ts';
import { repositoryRoot } from '../../src/settings.ts';
import type { Person } from '../e2e/harness/person.ts';
import { Stage } from '../e2e/harness/stage.ts';

const page = readFileSync(join(repositoryRoot, 'docs/admins/sandbox.md'), 'utf8');
const shell = async (script: string): Promise<void> => {
  await promisify(execFile)('bash', ['-euc', script.replaceAll('curl ', 'curl --fail -sS ')]);
};

describe('the page about the simulators', () => {
  let stage: Stage;
  let person: Person;
  let variables = '';
  /** A block of the page, for these records and this sandbox. */
  const block = (start: string, ids: Readonly<Record<string, string>>): string => {
    const text =
      page
        .split('```sh\n')
        .find((each) => each.includes(start))
        ?.split('```')[0] ?? '';
    const named = Object.entries(ids).reduce((script, [name, id]) => script.replaceAll(name, id), text);
    return `set -a; . ${variables}; set +a\n${named.replaceAll(/^set -a;.*\n/gm, '')}`;
  };
  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    variables = join(stage.folder, 'sandbox.env');
    await writeSandboxVariables(variables, stage.sandbox.access);
  });
  afterAll(async () => stage?.close());

  it('has calls by which somebody edits as a colleague, on each side, and a visitor asks', async () => {
    const contact = await person.createContact({ email: 'ann@example.com', lastname: 'Ng' });
    const lead = await person.createLead({ Email: 'bob@example.com', LastName: 'Ray', Company: 'Acme' });
    await shell(block('objects/contacts/CONTACT_ID', { CONTACT_ID: contact }));
    await shell(block('sobjects/Lead/LEAD_ID', { LEAD_ID: lead }));
    await shell(block('_sandbox/activity', { EMAIL: 'ann@example.com' }));
    const contacts = await stage.sandbox.records('hubspot', 'contacts');
    expect(contacts[0]?.properties).toMatchObject({
      city: 'Lyon',
      recent_conversion_event_name: expect.stringContaining('Request a demo'),
    });
    const leads = await stage.sandbox.records('salesforce', 'Lead');
    expect(leads[0]).toMatchObject({ Title: 'Head of IT', LastModifiedById: leads[0]?.CreatedById });
    const { calls } = await stage.sandbox.stats('salesforce');
    expect(calls.byCaller.integration).toBe(0);
  });

  it("uses nothing of a real installation: each address and secret of .env.example is the simulators' own, or blank", () => {
    const names = [
      ...readFileSync(join(repositoryRoot, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm),
    ].map(([, name]) => name);
    const harmless = [
      ...['TANDEM_HOST', 'TANDEM_SALESFORCE_STREAM', 'TANDEM_POLL_SECONDS', 'TANDEM_START_WAIT_SECONDS'],
      ...['TANDEM_SCHEMA_SECONDS', 'TANDEM_MAIL_FROM', 'TANDEM_LOG_LEVEL'],
    ];
    const set = Object.keys(sandboxVariables(stage.sandbox.access));
    expect([...set, ...harmless].sort()).toEqual([...names].sort());
  });
});
