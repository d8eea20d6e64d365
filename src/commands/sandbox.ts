import { type SandboxOptions, startSandbox } from '../sandbox/start.ts';
import { exitCode } from './exit.ts';
import { writeSandboxVariables } from './sandbox-variables.ts';
import { onPress } from './stop-press.ts';

export interface SandboxCommandOptions extends SandboxOptions {
  /** Only the ready line: nothing for people on stderr. */
  readonly quiet?: boolean;
  /** A file for the variables by which the other commands find the simulators. */
  readonly env?: string;
}

/** What the command needs of its process. */
export interface SandboxProcess {
  /** One line on stdout. */
  print(line: string): void;
  /** One line for people, on stderr. */
  tell(line: string): void;
  /** Resolves when the command is to end. */
  readonly stopped: Promise<void>;
}

const thisProcess = (): SandboxProcess => ({
  print: (line) => process.stdout.write(`${line}\n`),
  tell: (line) => process.stderr.write(`${line}\n`),
  stopped: new Promise((resolve) => {
    let isStopping = false;
    onPress(['SIGINT', 'SIGTERM'], () => {
      if (isStopping) process.exit(exitCode.found);
      isStopping = true;
      resolve();
    });
  }),
});

/**
 * `tandem sandbox`: starts both simulators, prints the one JSON ready line and runs until SIGINT or SIGTERM. Answers the
 * exit code; rejects with UsageError when a port is taken.
 */
export const sandboxCommand = async (
  options: SandboxCommandOptions,
  process: SandboxProcess = thisProcess(),
): Promise<number> => {
  const { quiet, env, ...sandboxOptions } = options;
  const tell = quiet === true ? () => undefined : process.tell;
  const sandbox = await startSandbox({
    ...sandboxOptions,
    onDefect: (error, request) => {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell(`sandbox: ${request.method} ${request.path} broke the simulator: ${cause}`);
    },
  });
  try {
    if (env !== undefined) await writeSandboxVariables(env, sandbox.access);
    process.print(JSON.stringify(sandbox.access));
    tell(
      env === undefined
        ? 'sandbox: ready; Ctrl-C ends it.'
        : `sandbox: ready; its variables are in ${env}; Ctrl-C ends it.`,
    );
    await process.stopped;
  } finally {
    await sandbox.close();
  }
  return 0;
};
