import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sides } from '../../../src/model/system.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { joinEmbedded } from '../../../src/store/embedded/join.ts';
import { Child, type Finished } from './child.ts';
import { Person } from './person.ts';
import { Sandbox } from './sandbox.ts';

const problemShape = z.strictObject({
  what: z.string(),
  since: z.iso.datetime(),
  records: z.number().nullable(),
  cause: z.string(),
  fault: z.enum(['hubspot', 'salesforce', 'tandem', 'config', 'data', 'credentials']),
  next: z.string().min(1),
});
export type Problem = z.infer<typeof problemShape>;

/** `status --json` as the contract has it: these keys at least; what is not built yet is null. */
const statusShape = z.object({
  lagSeconds: z.number().nullable(),
  latency: z.record(z.string(), z.object({ p50: z.number(), p99: z.number() })),
  backlog: z.number(),
  oldestDirtySeconds: z.number().nullable(),
  inFlight: z.number(),
  parked: z.number(),
  failed: z.number(),
  reviews: z.number(),
  links: z.number(),
  paused: z.array(z.unknown()).nullable(),
  problems: z.array(problemShape),
  budget: z.object({ hubspot: z.looseObject({}), salesforce: z.looseObject({}) }),
  safeUntil: z.string().nullable(),
  drift: z.unknown(),
  sla: z.unknown(),
  feeds: z.unknown(),
});
export type Status = z.infer<typeof statusShape>;

const verifyShape = z.strictObject({
  records: z.number(),
  fields: z.number(),
  drift: z.number(),
  unexplained: z.number(),
  items: z.array(
    z.strictObject({
      object: z.string(),
      hubspotId: z.string().nullable(),
      salesforceId: z.string().nullable(),
      field: z.string().nullable(),
      hubspot: z.unknown(),
      salesforce: z.unknown(),
      why: z.string(),
    }),
  ),
});
export type Verified = z.infer<typeof verifyShape>;

const bySystem = z.object({ hubspot: z.number(), salesforce: z.number() });
const idleShape = z.object({
  read: bySystem,
  created: bySystem,
  updated: bySystem,
  equal: z.number(),
  reviews: z.number(),
  parked: z.number(),
  failed: z.number(),
  calls: bySystem,
  seconds: z.number(),
});
export type Idle = z.infer<typeof idleShape>;

/** What every child gets of this process's environment: the way to Node. No `.env` of the developer can reach a test. */
const plainEnv: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TZ: 'UTC',
  DATABASE_URL: '',
  REDIS_URL: '',
  TANDEM_HOST: '',
  TANDEM_PUBLIC_URL: '',
  TANDEM_LOG_LEVEL: 'info',
  TANDEM_POLL_SECONDS: '1',
};

export const mirror = 'config/presets/mirror';

type StartSandbox = (ports?: Sides<number>) => Promise<Sandbox>;

/** A company (both simulators), a data folder for its worker, and the commands an operator has. */
export class Stage {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  sandbox: Sandbox;
  private readonly children: Child[] = [];

  private readonly startSandbox: StartSandbox;

  private constructor(folder: string, sandbox: Sandbox, startSandbox: StartSandbox) {
    this.folder = folder;
    this.startSandbox = startSandbox;
    this.sandbox = sandbox;
    this.env = { ...plainEnv, ...sandbox.env };
    this.children.push(sandbox.child);
  }

  /**
   * Starts an empty company. Whoever makes a stage closes it. Unless a test asks for it, HubSpot makes no companies of its contacts: each would
   * become an account, in tests that are about people.
   */
  static async open({ createsCompanies = false } = {}): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-e2e-'));
    const start: StartSandbox = async (ports) => {
      const sandbox = await Sandbox.start(plainEnv, ports);
      if (!createsCompanies) await sandbox.control('hubspot', 'portal', { createCompanies: false });
      return sandbox;
    };
    return new Stage(folder, await start(), start);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Starts a command; the stage's end is its end. */
  start(args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Child {
    const child = new Child(args, { ...options, env: { ...this.env, ...options.env } });
    this.children.push(child);
    return child;
  }

  /** Runs a command to its end. */
  async tandem(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ): Promise<Finished> {
    return this.start(args, options).finish(60_000);
  }

  /** The worker, on a free port. */
  run(...more: readonly string[]): Child {
    return this.start(['run', '--config', mirror, '--data', this.data, '--port', '0', ...more]);
  }

  /** `run --until-idle` to its end; answers its idle line. */
  async untilIdle(withinMs = 90_000): Promise<Idle> {
    const child = this.run('--until-idle');
    const { code, stderr } = await child.finish(withinMs);
    if (code !== 0)
      throw new Error(`run --until-idle ended with ${code}: ${child.stdout.slice(-2_000)}${stderr}`);
    return idleShape.parse(child.linesOf('idle')[0]);
  }

  /** A copy of the mirror whose mapping of people is changed; answers its folder. @throws Error when nothing changed. */
  async changedMirror(change: (mapping: string) => string): Promise<string> {
    const folder = join(this.folder, 'config');
    await cp(join(repositoryRoot, mirror), folder, { recursive: true });
    const file = join(folder, 'mappings', 'people.yaml');
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error('the mapping has nothing of what was to be changed');
    await writeFile(file, changed);
    return folder;
  }

  async verify(): Promise<Verified> {
    const { stdout, stderr } = await this.tandem([
      'verify',
      '--json',
      '--config',
      mirror,
      '--data',
      this.data,
    ]);
    return verifyShape.parse(JSON.parse(stdout || JSON.stringify({ stderr })));
  }

  async status(): Promise<Status> {
    const { stdout, stderr } = await this.tandem([
      'status',
      '--json',
      '--config',
      mirror,
      '--data',
      this.data,
    ]);
    return statusShape.parse(JSON.parse(stdout || JSON.stringify({ stderr })));
  }

  /** A command of an operator with --json; answers its exit code and what it printed, parsed. */
  async ask(command: string, ...args: readonly string[]): Promise<{ code: number | null; json: unknown }> {
    const folders = ['--json', '--config', mirror, '--data', this.data];
    const { code, stdout, stderr } = await this.tandem([command, ...args, ...folders]);
    return { code, json: stdout === '' ? { stderr } : (JSON.parse(stdout) as unknown) };
  }

  person(): Promise<Person> {
    return Person.signIn(this.sandbox.access);
  }

  /** Takes the company away, and brings an empty one back at the same addresses, with the same credentials. */
  async sandboxAway(): Promise<{ back(): Promise<void> }> {
    const ports: Sides<number> = this.sandbox.ports;
    await this.sandbox.child.stop();
    return {
      back: async () => {
        this.sandbox = await this.startSandbox(ports);
        this.children.push(this.sandbox.child);
      },
    };
  }

  /** Ends every child and the store, and removes the folder: nothing of a test stays behind. */
  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
    // A killed worker leaves its Postgres running; joining and leaving stops it.
    if (existsSync(join(this.data, 'postgres'))) await (await joinEmbedded(this.data)).leave();
    await rm(this.folder, { recursive: true, force: true });
  }
}
