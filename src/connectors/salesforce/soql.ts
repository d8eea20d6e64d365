import { CallFailed } from '../../model/failure.ts';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/**
 * A SOQL string literal. The backslash is escaped as well as the quote: jsforce's own `find` escapes the quote alone,
 * so that a value ending in a backslash breaks out of its literal.
 * (SOQL and SOSL Reference, Quoted String Escape Sequences, read 2026-11-24.)
 */
export const soqlString = (value: string): string =>
  `'${value.replace(/[\\'\n\r\t\b\f]/g, (char) => escapes[char] ?? char)}'`;

/** A dateTime literal. Salesforce's stamps are whole seconds; a fraction is written only where there is one. */
export const soqlInstant = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  return ms % 1000 === 0 ? `${iso.slice(0, 19)}Z` : iso;
};

/**
 * An object or field name, as it may stand in a query. Names come from mappings, so a wrong one is the schema's fault.
 * @throws CallFailed (schema)
 */
export const soqlName = (name: string): string => {
  if (/^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(name)) return name;
  throw new CallFailed({
    category: 'schema',
    system: 'salesforce',
    code: 'INVALID_FIELD',
    message: `${JSON.stringify(name)} is not an API name: letters, digits and underscores, first a letter`,
    fields: [name],
  });
};

/** The fields to select: those needed to make a record of the row, then those asked for, each once whatever its case. */
export const selectList = (needed: readonly string[], fields: readonly string[]): readonly string[] => {
  const byLower = new Map<string, string>();
  for (const field of [...fields, ...needed]) {
    if (!byLower.has(field.toLowerCase())) byLower.set(field.toLowerCase(), soqlName(field));
  }
  return [...byLower.values()];
};

/** Longest query text in its encoded form: URI and headers together must stay under 16,384 bytes (help article 000386264). */
export const encodedQueryMax = 12_000;

/** Length of the text in a URI, in bytes. */
export const encodedLength = (text: string): number => encodeURIComponent(text).length;

/**
 * Splits literals so that `head`, as many literals as fit, and the closing bracket stay within `encodedQueryMax`.
 * A literal that does not fit alone stands alone.
 */
export const chunkLiterals = (head: string, literals: readonly string[]): readonly (readonly string[])[] => {
  const room = encodedQueryMax - encodedLength(`${head})`);
  const comma = encodedLength(',');
  const chunks: string[][] = [];
  let left = 0;
  for (const literal of literals) {
    const cost = encodedLength(literal) + comma;
    const current = chunks.at(-1);
    if (current === undefined || cost > left) {
      chunks.push([literal]);
      left = room - cost;
    } else {
      current.push(literal);
      left -= cost;
    }
  }
  return chunks;
};
