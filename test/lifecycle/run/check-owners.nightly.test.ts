import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../src/settings.ts';
import { withOffice } from './office.ts';

const office = withOffice();

describe('tandem check', () => {
  it('asks Salesforce for the queue and the reps that the files name', { timeout: 120_000 }, async () => {
    const owners = [...(await office.context.staff()).owners.values()];
    const idOf = (name: string): string => owners.find((owner) => owner.name === name)?.id ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'tandem-check-'));
    const config = join(folder, 'config');
    await cp(join(repositoryRoot, 'config'), config, { recursive: true });
    const file = join(config, 'routing.yaml');
    const text = (await readFile(file, 'utf8')).replace(idOf('Unrouted Leads'), idOf('Inbound Leads'));
    await writeFile(file, text);
    const lineOf = (part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;
    const { access } = office.simulated.sandbox;
    const answer = await new Promise<string>((resolve, reject) => {
      execFile(
        join(repositoryRoot, 'bin/tandem'),
        ['check', '--json', '--config', config, '--data', join(folder, 'data')],
        {
          env: {
            ...process.env,
            HUBSPOT_BASE_URL: access.hubspot,
            HUBSPOT_ACCESS_TOKEN: access.hubspotToken,
            SALESFORCE_LOGIN_URL: access.salesforce,
            SALESFORCE_CLIENT_ID: access.salesforceClientId,
            SALESFORCE_CLIENT_SECRET: access.salesforceClientSecret,
          },
        },
        (error, stdout, stderr) => (stdout === '' ? reject(error ?? new Error(stderr)) : resolve(stdout)),
      );
    });
    await rm(folder, { recursive: true, force: true });
    const { findings } = JSON.parse(answer) as { findings: readonly { readonly file: string }[] };
    expect(findings.filter((each) => each.file === file)).toEqual([
      expect.objectContaining({
        level: 'note',
        line: lineOf('by: salesforce-assignment-rules'),
        what: 'Salesforce has no active lead assignment rule',
      }),
      expect.objectContaining({
        level: 'note',
        line: lineOf('fallback: {'),
        what: "the queue 'Inbound Leads' can own no tasks",
        why: 'a lead that waits in it has none',
        fix: "add Task to the supported objects of 'Inbound Leads' (Setup, Queues)",
      }),
    ]);
  });
});
