import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '../../../src/settings.ts';
import { patienceMs, until } from './until.ts';

export type JsonLine = Readonly<Record<string, unknown>>;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a command left behind when it had ended. */
export interface Finished extends ChildEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The caller's folder; the repository's root where it is not given. */
  readonly cwd?: string;
}

/** Children of this test process that run; none outlives it, even where a test file dies in its middle. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How long a child that was told to end has, before it is killed. */
const endWithinMs = 15_000;

/** `bin/tandem` as an operator starts it: a process of its own, known by what it prints and how it ends. */
export class Child {
  readonly pid: number;
  readonly ended: Promise<ChildEnd>;
  stdout = '';
  stderr = '';
  private readonly process: ChildProcess;
  private readonly lines: JsonLine[] = [];
  private readonly args: readonly string[];
  private readonly beganAt = performance.now();
  private end: ChildEnd | null = null;

  constructor(args: readonly string[], { env, cwd = repositoryRoot }: ChildOptions) {
    this.args = args;
    this.process = spawn(`${repositoryRoot}bin/tandem`, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.process.pid ?? 0;
    running.add(this.process);
    const { stdout, stderr } = this.process;
    if (!stdout || !stderr) throw new Error('the child has no pipes');
    createInterface({ input: stdout }).on('line', (line) => this.hear(line));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      // 'close' comes once both pipes are read to their end, 'exit' may come before.
      this.process.once('close', (code, signal) => {
        running.delete(this.process);
        this.end = { code, signal };
        resolve(this.end);
      });
    });
    this.ended.catch(() => undefined);
  }

  /** Every JSON line so far that says this. */
  linesOf(event: string): readonly JsonLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** The first JSON line that fits, now or later; fails at once when the child ends without it. */
  async line(what: string, fits: (line: JsonLine) => boolean, withinMs = patienceMs): Promise<JsonLine> {
    return until(
      `a line '${what}' of ${this.words()}`,
      () => {
        const found = this.lines.find(fits);
        if (found) return found;
        if (this.end) throw new Error(`it ended with ${this.end.code ?? this.end.signal}: ${this.stderr}`);
        return null;
      },
      this.end ? 0 : withinMs,
    );
  }

  async event(event: string, withinMs?: number): Promise<JsonLine> {
    return this.line(event, (line) => line.event === event, withinMs);
  }

  /** Waits for the end; a child that does not come to one in time is killed, and that is a failure. */
  async finish(withinMs: number): Promise<Finished> {
    await until(`the end of ${this.words()}`, () => this.end, withinMs).catch((error: unknown) => {
      this.kill('SIGKILL');
      throw new Error(`Its last words: ${this.stdout.slice(-2_000)}${this.stderr}`, { cause: error });
    });
    const seconds = (performance.now() - this.beganAt) / 1_000;
    return { ...(await this.ended), stdout: this.stdout, stderr: this.stderr, seconds };
  }

  kill(signal: NodeJS.Signals): void {
    if (this.end === null) this.process.kill(signal);
  }

  /** SIGKILL, as the machine would; resolves when the process is gone. */
  async crash(): Promise<void> {
    this.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it in order, or else by force. */
  async stop(): Promise<void> {
    this.kill('SIGTERM');
    const force = setTimeout(() => this.kill('SIGKILL'), endWithinMs);
    await this.ended;
    clearTimeout(force);
  }

  private words(): string {
    return `tandem ${this.args.join(' ')}`;
  }

  private hear(line: string): void {
    this.stdout += `${line}\n`;
    if (!line.startsWith('{')) return;
    this.lines.push(JSON.parse(line));
  }
}
