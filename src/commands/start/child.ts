import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UnreachableError, UsageError } from '../../model/failure.ts';
import { exitCode } from '../exit.ts';

/** Lines of stderr that are kept, to be shown when the process fails. */
const lastWordsMax = 12;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the demonstration: it ends when this one does, however this one ends. */
export interface Child {
  readonly pid: number;
  readonly ended: Promise<ChildEnd>;
  /** Null while it runs. */
  end(): ChildEnd | null;
  /** Its last lines on stderr. */
  lastWords(): string;
  send(message: unknown): void;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  /** A TypeScript file that runs as the process; it must end by itself when its channel to this process closes. */
  readonly entry: URL;
  /** Handed over as JSON: what `childInput` gives there. */
  readonly input: unknown;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
  readonly onMessage?: (message: unknown) => void;
}

const watch = (child: ChildProcess): Promise<ChildEnd> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

/**
 * Starts a process of the demonstration in a session of its own: a Ctrl-C in the terminal reaches this process alone,
 * which then ends the others in their order.
 */
export const startChild = (options: ChildOptions): Child => {
  const child = fork(fileURLToPath(options.entry), [JSON.stringify(options.input)], {
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const words: string[] = [];
  if (child.stdout) createInterface({ input: child.stdout }).on('line', options.onLine ?? (() => undefined));
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      words.push(line);
      if (words.length > lastWordsMax) words.shift();
    });
  }
  child.on('message', (message: unknown) => options.onMessage?.(message));
  let end: ChildEnd | null = null;
  const ended = watch(child).then((how) => {
    end = how;
    return how;
  });
  // Whoever awaits it hears of a failed start; nobody else must be ended by it.
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ended,
    end: () => end,
    lastWords: () => words.join('\n'),
    send: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    kill: (signal) => {
      if (end === null) child.kill(signal);
    },
  };
};

/** Why a process ended before it was ready, in its own words and with its exit code's meaning. */
export const failureOf = (child: Child, who: string): Error => {
  const [what = '', next] = child
    .lastWords()
    .replace(/^tandem: /, '')
    .split(/\n\s*Next: /);
  const code = child.end()?.code;
  const step = next ?? 'Read what it said above, then start again.';
  if (code === exitCode.usage) return new UsageError(what, step);
  if (code === exitCode.unreachable) return new UnreachableError(what, step);
  return new Error(`${who} ended before it was ready.\n${what}`);
};

/** In the process itself: what `input` was. */
export const childInput = (): unknown => JSON.parse(process.argv[2] ?? 'null');
