import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A process that runs one of the scripts beside the tests. */
export interface ChildScript {
  readonly pid: number;
  /** Its next line on stdout. Rejects with what it said on stderr when it ends first. */
  line(): Promise<string>;
  /** Tells it to go on (one line on its stdin). */
  tell(): void;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** Its exit code, once it has ended. */
  ended(): Promise<number | null>;
}

/** Starts a script under this Node, killed at the latest when the test ends. */
export const spawnScript = (script: string, args: readonly string[]): ChildScript => {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  onTestFinished(kill);
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the script ended: ${complaints}`);
      return next.value;
    },
    tell: () => child.stdin.write('\n'),
    kill,
    ended: async () => {
      await exit;
      return child.exitCode;
    },
  };
};
