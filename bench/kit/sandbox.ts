import { z } from 'zod';
import type { Sides, System } from '../../src/model/system.ts';
import { type Access, accessShape } from '../../test/data/sandbox-access.ts';
import { TandemChild } from './child.ts';

const readyWithinMs = 120_000;

const statsShape = z.object({
  calls: z.object({
    byCaller: z.object({ integration: z.number(), person: z.number() }),
    byRoute: z.record(z.string(), z.number()),
    limited: z.number(),
  }),
  records: z.record(z.string(), z.number()),
});
export type SystemStats = z.infer<typeof statsShape>;

const pageShape = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  after: z.string().nullish(),
});
export type SandboxRecord = Readonly<Record<string, unknown>>;

export interface SandboxOptions {
  readonly contacts: number;
  readonly leads: number;
}

/** Both simulators in one process of their own. */
export interface Sandbox {
  readonly url: Sides<string>;
  readonly access: Access;
  readonly pid: number;
  /** How a worker or a script finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Posts to a control route of one simulator, such as `/limits`. */
  control(system: System, route: string, body: object): Promise<void>;
  /** Every record of an object, raw, deleted ones left out. */
  records(system: System, type: string): Promise<readonly SandboxRecord[]>;
  stats(system: System): Promise<SystemStats>;
  stop(): Promise<void>;
}

const call = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
};

/** Starts both simulators on free ports. */
export const startSandbox = async ({ contacts, leads }: SandboxOptions): Promise<Sandbox> => {
  const ports = ['--hubspot-port', '0', '--salesforce-port', '0'];
  const people = ['--contacts', String(contacts), '--leads', String(leads), '--quiet'];
  const child = new TandemChild(['sandbox', ...ports, ...people]);
  const access = accessShape.parse(
    await child.line('sandbox', (line) => accessShape.safeParse(line).success, readyWithinMs),
  );
  const url = { hubspot: access.hubspot, salesforce: access.salesforce };
  const control: Sandbox['control'] = async (system, route, body) => {
    const headers = { 'content-type': 'application/json' };
    await call(`${url[system]}/_sandbox${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  // The figures are about people: a company made of each address would be an account to create.
  await control('hubspot', '/portal', { createCompanies: false });
  return {
    url,
    access,
    pid: child.pid,
    env: {
      HUBSPOT_BASE_URL: access.hubspot,
      HUBSPOT_ACCESS_TOKEN: access.hubspotToken,
      SALESFORCE_LOGIN_URL: access.salesforce,
      SALESFORCE_CLIENT_ID: access.salesforceClientId,
      SALESFORCE_CLIENT_SECRET: access.salesforceClientSecret,
      SALESFORCE_USERNAME: '',
      SALESFORCE_PASSWORD: '',
    },
    control,
    records: async (system, type) => {
      const records: SandboxRecord[] = [];
      let after: string | null = null;
      do {
        const query: string = after === null ? '' : `?after=${after}`;
        const page = pageShape.parse(await call(`${url[system]}/_sandbox/records/${type}${query}`));
        records.push(
          ...page.records.filter(({ IsDeleted, archived }) => IsDeleted !== true && archived !== true),
        );
        after = page.after ?? null;
      } while (after !== null);
      return records;
    },
    stats: async (system) => statsShape.parse(await call(`${url[system]}/_sandbox/stats`)),
    stop: async () => child.stop(),
  };
};

/** Lifts every limit of both simulators and answers at once: for runs that ask for memory or speed, not for calls. */
export const liftLimits = async (sandbox: Sandbox): Promise<void> => {
  const none = { burst: null, search: null, daily: null, concurrent: null };
  await sandbox.control('hubspot', '/limits', none);
  await sandbox.control('salesforce', '/limits', none);
  for (const system of ['hubspot', 'salesforce'] as const) {
    await sandbox.control(system, '/latency', { ms: 0, jitterMs: 0 });
  }
};
