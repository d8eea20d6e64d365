import { z } from 'zod';
import type { Sides, System } from '../../../src/model/system.ts';
import { systems } from '../../../src/model/system.ts';
import { type Access, accessShape } from '../../data/sandbox-access.ts';
import { readRecords } from '../../data/sandbox-records.ts';
import { Child } from './child.ts';

const statsShape = z.object({
  calls: z.object({
    total: z.number(),
    byCaller: z.object({ integration: z.number(), person: z.number() }),
    byRoute: z.record(z.string(), z.number()),
    droppedByRoute: z.record(z.string(), z.number()),
    byStatus: z.record(z.string(), z.number()),
    limited: z.number(),
  }),
  records: z.record(z.string(), z.number()),
});
export type Stats = z.infer<typeof statsShape>;

/** One fault of `POST /_sandbox/faults`. */
export interface Fault {
  readonly match: {
    readonly method?: string;
    readonly path?: string;
    readonly caller?: 'integration' | 'person';
  };
  readonly effect: Readonly<Record<string, unknown>>;
}

/** Routes that only ask, though with POST: HubSpot reads and searches so, Salesforce reads many by id so; signing in and listening write nothing. */
const asks =
  /^GET |\/cometd\/|\/(batch\/read|search|access-token-info)$|\/oauth2\/token$|\/Soap\/|^POST .*\/composite(\/sobjects\/\w+)?$/;

const writing = (byRoute: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(byRoute).filter(([route]) => !asks.test(route)));

export const writingRoutes = ({ calls }: Stats): Readonly<Record<string, number>> => writing(calls.byRoute);

/** `tandem sandbox` as a process of its own, and its `/_sandbox/` routes. */
export class Sandbox {
  readonly access: Access;
  readonly child: Child;

  private constructor(child: Child, access: Access) {
    this.child = child;
    this.access = access;
  }

  /** An empty company on free ports, or on those given (to come back where it was). */
  static async start(
    env: NodeJS.ProcessEnv,
    ports: Sides<number> = { hubspot: 0, salesforce: 0 },
    seed = 1,
  ): Promise<Sandbox> {
    const child = new Child(
      [
        'sandbox',
        ...['--hubspot-port', String(ports.hubspot), '--salesforce-port', String(ports.salesforce)],
        ...['--contacts', '0', '--leads', '0', '--seed', String(seed), '--quiet'],
      ],
      { env },
    );
    return new Sandbox(child, accessShape.parse(await child.line('ready', (line) => 'hubspotToken' in line)));
  }

  get ports(): Sides<number> {
    return {
      hubspot: Number(new URL(this.access.hubspot).port),
      salesforce: Number(new URL(this.access.salesforce).port),
    };
  }

  /** The variables by which the worker finds this company. */
  get env(): Readonly<Record<string, string>> {
    return {
      HUBSPOT_BASE_URL: this.access.hubspot,
      HUBSPOT_ACCESS_TOKEN: this.access.hubspotToken,
      SALESFORCE_LOGIN_URL: this.access.salesforce,
      SALESFORCE_CLIENT_ID: this.access.salesforceClientId,
      SALESFORCE_CLIENT_SECRET: this.access.salesforceClientSecret,
    };
  }

  async stats(system: System): Promise<Stats> {
    return statsShape.parse(await (await fetch(`${this.access[system]}/_sandbox/stats`)).json());
  }

  /** How often each writing route of both systems was called by the worker. */
  async writes(): Promise<Sides<Readonly<Record<string, number>>>> {
    return {
      hubspot: writingRoutes(await this.stats('hubspot')),
      salesforce: writingRoutes(await this.stats('salesforce')),
    };
  }

  /** Writes of the worker whose answer a fault cut, by system and route. */
  async lostWrites(): Promise<Sides<Readonly<Record<string, number>>>> {
    return {
      hubspot: writing((await this.stats('hubspot')).calls.droppedByRoute),
      salesforce: writing((await this.stats('salesforce')).calls.droppedByRoute),
    };
  }

  /** The worker's calls so far, both systems. */
  async calls(): Promise<number> {
    const stats = await Promise.all(systems.map((system) => this.stats(system)));
    return stats.reduce((sum, { calls }) => sum + calls.byCaller.integration, 0);
  }

  async control(system: System, path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.access[system]}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`/_sandbox/${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** The same faults on both systems; none clears them. */
  async faults(...faults: readonly Fault[]): Promise<void> {
    for (const system of systems) await this.control(system, 'faults', faults);
  }

  /** Every record, raw, deleted ones included. */
  async records(system: System, type: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const records: Readonly<Record<string, unknown>>[] = [];
    for await (const page of readRecords(this.access[system], type)) records.push(...page);
    return records;
  }
}
