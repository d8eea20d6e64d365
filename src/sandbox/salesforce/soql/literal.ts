import { toId18 } from '../ids.ts';
import type { FieldDefinition, StoredValue } from '../schema/field.ts';
import { parseDate, parseDatetime } from '../values/datetime.ts';
import { dateLiteralSpan, type Span } from './date-literals.ts';
import type { QueryScope } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';

/** A literal of the statement: its raw text, and the parser's name for its kind. */
export interface RawLiteral {
  readonly text: string;
  readonly type: string | undefined;
  /** The n of LAST_N_DAYS:n. */
  readonly count: number | undefined;
}

/** A literal as it is compared: one value, or for a date literal the span that it names. */
export type Literal =
  | { readonly kind: 'value'; readonly value: StoredValue }
  | { readonly kind: 'span'; readonly span: Span };

/** How values of a field are compared. */
export type Comparison = 'text' | 'id' | 'number' | 'boolean' | 'date' | 'datetime';

export const comparisonOf = (field: FieldDefinition): Comparison => {
  switch (field.type) {
    case 'id':
    case 'reference':
      return 'id';
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return 'number';
    case 'boolean':
    case 'date':
    case 'datetime':
      return field.type;
    default:
      return 'text';
  }
};

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  "'": "'",
  '"': '"',
  '\\': '\\',
  _: '_',
  '%': '%',
  N: '\n',
  R: '\r',
  T: '\t',
  B: '\b',
  F: '\f',
};

/** Splits a quoted literal into its characters; `escaped` ones are no wildcards in LIKE. */
export const readQuoted = (scope: QueryScope, quoted: string): { char: string; escaped: boolean }[] => {
  const inner = quoted.slice(1, -1);
  const chars: { char: string; escaped: boolean }[] = [];
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at] ?? '';
    if (char !== '\\') {
      chars.push({ char, escaped: false });
      continue;
    }
    const next = inner[at + 1] ?? '';
    const unicode = next === 'u' ? /^[0-9a-fA-F]{4}/.exec(inner.slice(at + 2)) : null;
    const plain = unicode === null ? escapes[next] : String.fromCharCode(Number.parseInt(unicode[0], 16));
    if (plain === undefined) {
      throw soqlError(
        'MALFORMED_QUERY',
        scope.statement,
        scope.statement.indexOf(quoted),
        `Invalid string literal ${quoted}. Illegal character sequence '\\${next}' in string literal.`,
      );
    }
    chars.push({ char: plain, escaped: true });
    at += unicode === null ? 1 : 5;
  }
  return chars;
};

const unquote = (scope: QueryScope, quoted: string): string =>
  readQuoted(scope, quoted)
    .map(({ char }) => char)
    .join('');

const typeNames: Readonly<Record<Comparison, string>> = {
  text: 'string',
  id: 'string',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
  datetime: 'dateTime',
};

const wrongType = (scope: QueryScope, path: string, field: FieldDefinition) => {
  const comparison = comparisonOf(field);
  const name = field.type === 'int' ? 'int' : typeNames[comparison];
  const quotes = name === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  return soqlError(
    'INVALID_FIELD',
    scope.statement,
    findName(scope.statement, path),
    `value of filter criterion for field '${field.name}' must be of type ${name} and ${quotes}`,
  );
};

const readId = (scope: QueryScope, path: string, text: string): StoredValue => {
  if (text === '') return null;
  const id = toId18(text);
  if (id !== null) return id;
  throw soqlError(
    'INVALID_QUERY_FILTER_OPERATOR',
    scope.statement,
    findName(scope.statement, path),
    `invalid ID field: ${text}`,
  );
};

const kindsTaken: Readonly<Record<Comparison, readonly string[]>> = {
  text: ['STRING'],
  id: ['STRING'],
  number: ['INTEGER', 'DECIMAL'],
  boolean: ['BOOLEAN'],
  date: ['DATE'],
  datetime: ['DATETIME'],
};

/** Reads a literal as a value of the field it is compared with; an empty string is null. Throws in the vendor's words. */
export const readLiteral = (
  scope: QueryScope,
  path: string,
  field: FieldDefinition,
  literal: RawLiteral,
): Literal => {
  const { text, type = 'STRING' } = literal;
  const value = (one: StoredValue): Literal => ({ kind: 'value', value: one });
  if (type === 'NULL') return value(null);
  const comparison = comparisonOf(field);
  if (type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL') {
    const span = dateLiteralSpan(text, literal.count ?? 0, scope.nowSeconds);
    if (span === null || (comparison !== 'date' && comparison !== 'datetime')) {
      throw wrongType(scope, path, field);
    }
    return { kind: 'span', span };
  }
  if (!kindsTaken[comparison].includes(type)) throw wrongType(scope, path, field);
  switch (comparison) {
    case 'text': {
      const plain = unquote(scope, text);
      return value(plain === '' ? null : plain);
    }
    case 'id':
      return value(readId(scope, path, unquote(scope, text)));
    case 'number':
      return value(Number(text));
    case 'boolean':
      return value(text.toUpperCase() === 'TRUE');
    case 'date': {
      const date = parseDate(text);
      if (date === null) throw wrongType(scope, path, field);
      return value(date);
    }
    case 'datetime': {
      const seconds = parseDatetime(text);
      if (seconds === null) throw wrongType(scope, path, field);
      return value(seconds);
    }
  }
};

/** A date field holds text, a datetime field seconds: a span's edge in the form of the field. */
export const spanEdge = (comparison: Comparison, seconds: number): StoredValue =>
  comparison === 'date' ? new Date(seconds * 1_000).toISOString().slice(0, 10) : seconds;
