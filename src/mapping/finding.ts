import { UsageError } from '../model/failure.ts';

/** Something in a mapping that an admin should look at. An `error` stops the worker, a `note` does not. */
export interface Finding {
  readonly level: 'error' | 'note';
  readonly file: string;
  /** From 1. A finding about a file or folder as a whole is on line 1. */
  readonly line: number;
  readonly column?: number;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** One line per finding, in the order of files and lines: `file:line  what — why; fix: …`. */
export const formatFindings = (findings: readonly Finding[]): string =>
  [...findings]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
    .map(({ level, file, line, what, why, fix }) => {
      const head = `${file}:${line}  ${level === 'note' ? 'note: ' : ''}`;
      return `${head}${what} — ${why}; fix: ${fix}`;
    })
    .join('\n');

/** The mapping cannot be used as it stands; `findings` lists everything that is wrong with it, not the first thing only. */
export class MappingError extends UsageError {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    const count = findings.length === 1 ? 'is 1 thing' : `are ${findings.length} things`;
    super(
      `There ${count} to correct in the mapping:\n${formatFindings(findings)}`,
      'Correct the lines named above, then start again; docs/admins/mapping.md explains every key.',
    );
    this.name = 'MappingError';
    this.findings = findings;
  }
}
