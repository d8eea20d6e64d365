import { UsageError } from '../model/failure.ts';

/** Something in a mapping that an admin should look at. An `error` ends `check` with 1, and stops the worker where it is found at loading; a `note` does neither. */
export interface Finding {
  readonly level: 'error' | 'note';
  readonly file: string;
  /** From 1. A finding about a file or folder as a whole is on line 1. */
  readonly line: number;
  readonly column?: number;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  /** A note that is good to know and asks for nothing: it comes after those that somebody should act on. */
  readonly isMild?: true;
}

/** The same line of a file said once: a field is held against each object that a mapping writes to. */
export const withoutRepeats = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(
    findings.map((finding) => [
      JSON.stringify([finding.file, finding.line, finding.what, finding.why, finding.fix]),
      finding,
    ]),
  ).values(),
];

const urgency = ({ level, isMild }: Finding): number => (level === 'error' ? 0 : isMild === true ? 2 : 1);

/** One line per finding, what matters most first, then in the order of files and lines: `file:line  what — why; fix: …`. */
export const formatFindings = (findings: readonly Finding[]): string =>
  [...findings]
    .sort((a, b) => urgency(a) - urgency(b) || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
    .map(({ level, file, line, what, why, fix }) => {
      const head = `${file}:${line}  ${level === 'note' ? 'note: ' : ''}`;
      return `${head}${what} — ${why}; fix: ${fix}`;
    })
    .join('\n');

/** What a person has to correct, and the page that explains its keys. */
export interface WrongFiles {
  readonly name: string;
  readonly page: string;
}

const mappingFiles: WrongFiles = { name: 'mapping', page: 'docs/admins/mapping.md' };

/** The mapping, or another file of the configuration, cannot be used as it stands; `findings` lists everything that is wrong with it, not the first thing only. */
export class MappingError extends UsageError {
  readonly findings: readonly Finding[];
  constructor(found: readonly Finding[], { name, page }: WrongFiles = mappingFiles) {
    const findings = withoutRepeats(found);
    const count = findings.length === 1 ? 'is 1 thing' : `are ${findings.length} things`;
    super(
      `There ${count} to correct in the ${name}:\n${formatFindings(findings)}`,
      `Correct the lines named above, then start again; ${page} explains every key.`,
    );
    this.name = 'MappingError';
    this.findings = findings;
  }
}
