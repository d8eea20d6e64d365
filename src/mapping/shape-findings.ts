import type { z } from 'zod';
import { type MappingFile, mappingFile, mappingJsonSchema } from './file-shape.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';
import type { KeyPath, YamlSource } from './yaml-source.ts';

/** How findings about one kind of file speak of it. */
export interface FileWords {
  /** The keys that a map at this place may have. */
  readonly allowedKeys: (path: KeyPath) => readonly string[];
  /** What a person calls the place. */
  readonly nameOf: (path: KeyPath, data: unknown) => string;
  /** The page that explains every key. */
  readonly page: string;
}

/** As much of a JSON Schema as says which keys a place may have. */
interface Place {
  readonly properties?: Readonly<Record<string, Place>>;
  readonly items?: Place;
}

/** The keys that a map at this place may have. */
const mappingKeys = (path: KeyPath): readonly string[] => {
  let place: Place | undefined = mappingJsonSchema() as Place;
  for (const key of path) place = typeof key === 'number' ? place?.items : place?.properties?.[key];
  return Object.keys(place?.properties ?? {});
};

const valueAt = (data: unknown, path: KeyPath): unknown => {
  let value = data;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
};

/** `fields[2] (lastname).direction`, so that a person finds the place without counting. */
const nameInMapping = (path: KeyPath, data: unknown): string => {
  if (path.length === 0) return 'the file';
  const [first, index, ...rest] = path;
  if (first !== 'fields' || index === undefined) return `'${path.join('.')}'`;
  const name = valueAt(data, ['fields', index, 'hubspot']);
  const label = typeof name === 'string' ? `field ${name}` : `field number ${Number(index) + 1}`;
  return rest.length === 0 ? label : `'${rest.join('.')}' of ${label}`;
};

const mappingWords: FileWords = {
  allowedKeys: mappingKeys,
  nameOf: nameInMapping,
  page: 'docs/admins/mapping.md',
};

const list = (values: readonly unknown[]): string => values.map(String).join(', ');

const unknownKeys = (
  { allowedKeys, nameOf }: FileWords,
  source: YamlSource,
  path: KeyPath,
  keys: readonly string[],
): Finding[] =>
  keys.map((key) => ({
    level: 'error',
    file: source.file,
    ...source.placeOfKey(path, key),
    what: `'${key}' is not a key of ${nameOf(path, source.data)}`,
    why: `the keys are ${list(allowedKeys(path))}`,
    fix: `${didYouMean(key, allowedKeys(path))}correct or delete it`,
  }));

const missingKey = ({ nameOf, page }: FileWords, source: YamlSource, path: KeyPath): Finding => {
  const owner = path.slice(0, -1);
  const key = String(path.at(-1));
  return {
    level: 'error',
    file: source.file,
    ...source.placeOf(owner),
    what: `${nameOf(owner, source.data)} has no '${key}'`,
    why: `'${key}' has no default`,
    fix: `add '${key}:'; ${page} says what it takes`,
  };
};

/** What zod found wrong with the value at a place, in the words of the file. Config is not people's data: values are shown. */
const wrongValue = (
  { nameOf, page }: FileWords,
  source: YamlSource,
  issue: z.core.$ZodIssue,
  path: KeyPath,
): Finding => {
  const value = valueAt(source.data, path);
  const shown = typeof value === 'object' ? '' : ` (it says '${String(value).slice(0, 60)}')`;
  const base = { level: 'error', file: source.file, ...source.placeOf(path) } as const;
  const what = `${nameOf(path, source.data)} is not right${shown}`;
  if (issue.code === 'invalid_value') {
    const fix = `${didYouMean(String(value), issue.values.map(String))}write one of the allowed values`;
    return { ...base, what, why: `allowed are ${list(issue.values)}`, fix };
  }
  if (issue.code === 'invalid_type') {
    return {
      ...base,
      what,
      why: `it must be ${expectedWords[issue.expected] ?? issue.expected}`,
      fix: fixOf(issue.expected, page),
    };
  }
  if (issue.code === 'too_small' && issue.origin === 'array') {
    return {
      ...base,
      what: `${nameOf(path, source.data)} is empty`,
      why: 'at least one entry is needed',
      fix: 'add an entry',
    };
  }
  if (issue.code === 'invalid_union') {
    const own =
      issue.message === 'Invalid input' ? 'it must be text, a number, true or false' : issue.message;
    return { ...base, what, why: own, fix: 'write one value' };
  }
  return { ...base, what, why: issue.message, fix: 'write it that way' };
};

const expectedWords: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  int: 'a whole number',
  number: 'a number',
};

const fixOf = (expected: string, page: string): string => {
  if (expected === 'string') return "put it between quotes ('…') if it is meant as text";
  if (expected === 'array') return "write each entry on a line of its own that begins with '- '";
  return `write it that way; ${page} has examples`;
};

const findingsOf = (words: FileWords, source: YamlSource, issue: z.core.$ZodIssue): Finding[] => {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') return unknownKeys(words, source, path, issue.keys);
  const isMissing = path.length > 0 && valueAt(source.data, path) === undefined;
  return isMissing ? [missingKey(words, source, path)] : [wrongValue(words, source, issue, path)];
};

/** A file's content in the shape of `schema`, defaults filled in; or everything that does not fit the shape. */
export const checkShapeOf = <Schema extends z.ZodType>(
  source: YamlSource,
  schema: Schema,
  words: FileWords,
): { content: z.output<Schema> } | { findings: Finding[] } => {
  const parsed = schema.safeParse(source.data ?? {});
  if (parsed.success) return { content: parsed.data };
  return { findings: parsed.error.issues.flatMap((issue) => findingsOf(words, source, issue)) };
};

/** A mapping file's content in its shape, defaults filled in; or everything that does not fit the shape. */
export const checkShape = (source: YamlSource): { content: MappingFile } | { findings: Finding[] } =>
  checkShapeOf(source, mappingFile, mappingWords);
