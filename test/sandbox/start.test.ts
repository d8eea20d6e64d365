import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { sandboxCommand } from '../../src/commands/sandbox.ts';
import { UsageError } from '../../src/model/failure.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { parseSettings } from '../../src/settings.ts';

const quick = { hubspotPort: 0, salesforcePort: 0, latency: { ms: 0, jitterMs: 0 } } as const;
const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});
const start = async (options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> => {
  const sandbox = await startSandbox({ ...quick, ...options });
  running.push(sandbox);
  return sandbox;
};

// biome-ignore lint/suspicious/noExplicitAny: raw records are what the tests look into
const records = async (url: string, type: string): Promise<any[]> =>
  ((await (await fetch(`${url}/_sandbox/records/${type}`)).json()) as { records: unknown[] }).records;

describe('both simulators', () => {
  it('know 60% of the leads as the same people', async () => {
    const { access } = await start({ contacts: 200, leads: 100 });
    const contacts = new Set((await records(access.hubspot, 'contacts')).map((row) => row.properties.email));
    const leads = await records(access.salesforce, 'Lead');
    expect([contacts.size, leads.length]).toEqual([200, 100]);
    expect(leads.filter((lead) => contacts.has(String(lead.Email).toLowerCase()))).toHaveLength(60);
  });

  it("begin as an empty company with nobody in it, and Tandem's fields there", async () => {
    const { access } = await start({ contacts: 0, leads: 0 });
    expect(await records(access.hubspot, 'contacts')).toEqual([]);
    expect(await records(access.salesforce, 'Lead')).toEqual([]);
  });

  it('give the same tokens and passwords for the same seed, others for another', async () => {
    const secrets = async (seed: number): Promise<string[]> => {
      const { access } = await start({ seed, contacts: 0, leads: 0 });
      return [
        access.hubspotToken,
        access.hubspotPersonToken,
        access.salesforcePassword,
        access.salesforceClientSecret,
      ];
    };
    const first = await secrets(5);
    expect(new Set(first).size).toBe(4);
    expect(await secrets(5)).toEqual(first);
    expect(await secrets(6)).not.toEqual(first);
  });

  it('leave nothing running when one port is taken', async () => {
    const first = await start({ contacts: 0, leads: 0 });
    const salesforcePort = Number(new URL(first.access.salesforce).port);
    const hubspotPort = Number(new URL(first.access.hubspot).port);
    await first.close();
    const second = await start({ contacts: 0, leads: 0, salesforcePort });
    await expect(start({ contacts: 0, leads: 0, hubspotPort, salesforcePort })).rejects.toThrow(UsageError);
    // The port of the HubSpot side that did start is free again.
    await second.close();
    const third = await start({ contacts: 0, leads: 0, hubspotPort, salesforcePort });
    expect(third.access.hubspot).toBe(first.access.hubspot);
  });
});

describe('the command', () => {
  it('prints one JSON line when ready, and ends with 0 when told to', async () => {
    let stop = (): void => undefined;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const lines: string[] = [];
    const told: string[] = [];
    let ready = (): void => undefined;
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const ended = sandboxCommand(
      { ...quick, contacts: 3, leads: 2, quiet: true },
      {
        print: (line) => {
          lines.push(line);
          ready();
        },
        tell: (line) => told.push(line),
        stopped,
      },
    );
    await isReady;
    const access = JSON.parse(lines[0] ?? '') as Record<string, string>;
    // The contract's ten, and the app whose journal the simulator keeps.
    expect(new Set(Object.keys(access))).toEqual(
      new Set([
        ...[
          'hubspot',
          'salesforce',
          'hubspotToken',
          'hubspotPersonToken',
          'hubspotClientId',
          'hubspotClientSecret',
        ],
        ...['salesforceUsername', 'salesforcePassword', 'salesforceClientId', 'salesforceClientSecret'],
        ...['salesforcePersonUsername', 'salesforcePersonPassword'],
      ]),
    );
    const url = `${access.hubspot}/_sandbox/stats`;
    expect(await (await fetch(url)).json()).toMatchObject({ records: { contacts: 3 } });
    stop();
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect([lines.length, told]).toEqual([1, []]);
  });

  it('writes the variables by which the other commands find it, for the owner alone to read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-sandbox-'));
    const env = join(folder, 'made', 'sandbox.env');
    try {
      const lines: string[] = [];
      const process = {
        print: (line: string) => lines.push(line),
        tell: () => undefined,
        stopped: Promise.resolve(),
      };
      await sandboxCommand({ ...quick, contacts: 0, leads: 0, env }, process);
      const access = JSON.parse(lines[0] ?? '') as Record<string, string>;
      const { connections, missing } = parseSettings(parseEnv(await readFile(env, 'utf8')));
      expect(missing).toEqual([]);
      expect(connections).toEqual({
        hubspot: { baseUrl: access.hubspot, accessToken: access.hubspotToken },
        salesforce: {
          loginUrl: access.salesforce,
          auth: {
            kind: 'client-credentials',
            clientId: access.salesforceClientId,
            clientSecret: access.salesforceClientSecret,
          },
        },
      });
      expect((await stat(env)).mode & 0o077).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
