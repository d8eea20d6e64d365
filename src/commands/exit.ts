import { CallFailed, canRetryHelp, type Failure, UnreachableError, UsageError } from '../model/failure.ts';
import { systemLabel } from '../model/system.ts';
import { nextStepOf } from '../sync/next-step.ts';

/** The contract's exit codes. */
export const exitCode = { fine: 0, found: 1, usage: 2, unreachable: 3 } as const;

/**
 * How `run --until-idle` ends. A value or a record that waits for its correction (parked) and an open review are the data's business and
 * everyday: 0. What no correction helps (failed), or what a breaker holds for a person's word, is 1.
 */
export const exitCodeOfIdle = ({
  failed,
  held,
}: {
  readonly failed: number;
  readonly held: number;
}): number => (failed > 0 || held > 0 ? exitCode.found : exitCode.fine);

/** Wrong usage or configuration 2; a system that cannot be reached or refuses the credentials 3; anything else is a defect and 1. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return exitCode.usage;
  if (error instanceof UnreachableError || error instanceof CallFailed) return exitCode.unreachable;
  return exitCode.found;
};

/** What helps where a command's call failed, for whoever started it. */
export const nextStepOfCall = (failure: Failure): string =>
  canRetryHelp(failure)
    ? `Check that ${systemLabel[failure.system]} is up and its address is right, then start the command again.`
    : nextStepOf(failure);

/** As `error`, of a command that can do without the systems: where a call failed, the next step names `--offline` and what is left out then. */
export const orOffline = (error: unknown, without: string): unknown =>
  error instanceof CallFailed
    ? new UnreachableError(
        error.message,
        `${nextStepOfCall(error.failure)} Or add --offline, and ${without}.`,
        { cause: error },
      )
    : error;

/** Says on stderr what went wrong, where, and the next step. A stack is shown for defects alone. */
export const sayError = (error: unknown): void => {
  const lines: string[] = [];
  if (error instanceof UsageError || error instanceof UnreachableError) {
    lines.push(`tandem: ${error.message}`, `  Next: ${error.next}`);
  } else if (error instanceof CallFailed) {
    lines.push(`tandem: ${error.message}`, `  Next: ${nextStepOfCall(error.failure)}`);
  } else {
    lines.push('tandem: this is a defect, please report it:');
    lines.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  process.stderr.write(`${lines.join('\n')}\n`);
};
