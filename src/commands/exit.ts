import { CallFailed, UnreachableError, UsageError } from '../model/failure.ts';

/** The contract's exit codes. */
export const exitCode = { fine: 0, found: 1, usage: 2, unreachable: 3 } as const;

/** Wrong usage or configuration 2; a system that cannot be reached or refuses the credentials 3; anything else is a defect and 1. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return exitCode.usage;
  if (error instanceof UnreachableError || error instanceof CallFailed) return exitCode.unreachable;
  return exitCode.found;
};

/** Says on stderr what went wrong, where, and the next step. A stack is shown for defects alone. */
export const sayError = (error: unknown): void => {
  const lines: string[] = [];
  if (error instanceof UsageError || error instanceof UnreachableError) {
    lines.push(`tandem: ${error.message}`, `  Next: ${error.next}`);
  } else if (error instanceof CallFailed) {
    lines.push(`tandem: ${error.message}`);
  } else {
    lines.push('tandem: this is a defect, please report it:');
    lines.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  process.stderr.write(`${lines.join('\n')}\n`);
};
