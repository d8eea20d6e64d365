import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

/** A mapping file as it lies on the disk. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Why the disk refused, for the codes that an admin meets. */
const whyByCode: Readonly<Record<string, { why: string; fix: string }>> = {
  ENOENT: { why: 'it is not there', fix: 'create it, or point --config at the folder that has it' },
  ENOTDIR: { why: 'it is not a folder', fix: 'point --config at a folder that has a folder mappings' },
  EISDIR: { why: 'it is a folder', fix: 'move it elsewhere or rename it' },
  EACCES: { why: 'this user may not read it', fix: 'give the user that runs Tandem the right to read it' },
  ELOOP: { why: 'it is a link that leads back to itself', fix: 'replace the link by the file' },
};

const unreadable = (file: string, error: unknown): Finding => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = whyByCode[code] ?? {
    why: `the system says ${code === '' ? String(error) : code}`,
    fix: 'make it readable',
  };
  return { level: 'error', file, line: 1, what: `${file} cannot be read`, ...known };
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The largest file that is read, in bytes: some fifty times the shipped one. Parsing takes seconds a megabyte, so that something else put
 * there by mistake (an export, a log) would keep every command busy for minutes without a word.
 */
const fileBytesMax = 1_000_000;

const tooLarge = (file: string, bytes: number): Finding => ({
  level: 'error',
  file,
  line: 1,
  what: `${file} has ${Math.ceil(bytes / 1_000)} kB`,
  why: `a file of the configuration has ${fileBytesMax / 1_000} kB at most`,
  fix: 'look whether it is the right file; if it is, take out what is not configuration',
});

const readOne = (file: string): TextFile | Finding => {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > fileBytesMax) return tooLarge(file, size);
    bytes = readFileSync(file);
  } catch (error) {
    return unreadable(file, error);
  }
  try {
    return { file, text: utf8.decode(bytes) };
  } catch {
    const what = `${file} is not text in UTF-8`;
    return {
      level: 'error',
      file,
      line: 1,
      what,
      why: 'configuration files are',
      fix: 'save it as UTF-8 in your editor',
    };
  }
};

/** Reads one optional file of the configuration; null where there is none. What cannot be read is a finding; never throws. */
export const readConfigFile = (configDir: string, name: string): TextFile | Finding | null => {
  const file = join(configDir, name);
  return existsSync(file) ? readOne(file) : null;
};

/** Reads all `*.yaml` and `*.yml` of `CONFIG/mappings`, in order of name. What cannot be read is a finding; never throws. */
export const readMappingFiles = (configDir: string): { files: TextFile[]; findings: Finding[] } => {
  const folder = join(configDir, 'mappings');
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    return { files: [], findings: [unreadable(folder, error)] };
  }
  if (names.length === 0) {
    const what = `${folder} has no mapping file`;
    const fix = 'put one there: config/presets/mirror/mappings has a complete example';
    return {
      files: [],
      findings: [{ level: 'error', file: folder, line: 1, what, why: 'a mapping is a file *.yaml', fix }],
    };
  }
  const read = names.map((name) => readOne(join(folder, name)));
  return {
    files: read.filter((entry) => 'text' in entry),
    findings: read.filter((entry) => 'what' in entry),
  };
};
