import { refuse, type SalesforceError } from '../errors.ts';

const contextChars = 30;

/** Where in the statement, counted from 0; -1 where it is not known (the vendor then points at the end). */
export type Offset = number;

/**
 * A refusal with the vendor's pointer: a piece of the statement, a caret below the place, and
 * `ERROR at Row:1:Column:12`, then the message.
 */
export const soqlError = (
  code: string,
  statement: string,
  offset: Offset,
  message: string,
): SalesforceError => {
  const at = offset < 0 ? statement.length : offset;
  const before = statement.slice(0, at);
  const row = before.split('\n').length;
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = statement.indexOf('\n', at);
  const line = statement.slice(lineStart, lineEnd < 0 ? statement.length : lineEnd);
  const column = at - lineStart + 1;
  const from = Math.max(0, column - 1 - contextChars);
  const excerpt = line.slice(from, column - 1 + contextChars);
  const caret = `${' '.repeat(column - 1 - from)}^`;
  return refuse(code, `\n${excerpt}\n${caret}\nERROR at Row:${row}:Column:${column}\n${message}`);
};

/** Where a name stands in the statement outside of strings; -1 where it does not. */
export const findName = (statement: string, name: string): Offset => {
  const blanked = statement.replace(/'(?:\\.|[^'\\])*'/g, (string) => ' '.repeat(string.length));
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.])${escaped}(?![\\w.])`, 'i').exec(blanked)?.index ?? -1;
};
