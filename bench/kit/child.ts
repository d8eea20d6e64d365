import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';

/** A line of JSON that a command printed. */
export type Line = Readonly<Record<string, unknown>>;

const lineShape = z.record(z.string(), z.unknown());
const stderrCharsKept = 4_000;

const parseLine = (text: string): Line | null => {
  try {
    return lineShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

/** A `tandem` command, or another script of the repository, as a process of its own, which talks in lines of JSON on stdout. */
export class TandemChild {
  readonly pid: number;
  /** Its exit code (a signal counts as 1), once it has ended. */
  readonly ended: Promise<number>;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(line: Line) => void>();
  #stderr = '';

  /**
   * @param env replaces what the environment and `.env` say of these variables; blank means not set
   * @param program `tandem-node` takes a file, relative to the repository, as its first argument
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    program: 'tandem' | 'tandem-node' = 'tandem',
  ) {
    const child = spawn(`${repositoryRoot}bin/${program}`, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid === undefined) throw new Error(`${program} ${args[0]} could not be started`);
    this.pid = child.pid;
    this.#process = child;
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve(code ?? 1));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrCharsKept);
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text);
      if (line !== null) for (const listener of this.#listeners) listener(line);
    });
  }

  /** Hears every line from now on; answers the function that ends it. */
  onLine(listener: (line: Line) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first line from now on that is the one. Rejects when the process ends before, or after `withinMs`. */
  async line(what: string, isIt: (line: Line) => boolean, withinMs: number): Promise<Line> {
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const fail = (why: string): void => reject(new Error(`${what}: ${why}\n${this.#stderr}`));
    const stopListening = this.onLine((line) => {
      if (isIt(line)) resolve(line);
    });
    const timer = setTimeout(() => fail(`not within ${withinMs / 1_000} s`), withinMs);
    void this.ended.then((code) => fail(`the process ended with ${code} before`));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.ended;
  }

  /** Ends it where it stands; answers whether it was still there. */
  async kill(): Promise<boolean> {
    const wasThere = this.#process.kill('SIGKILL');
    await this.ended;
    return wasThere;
  }
}
