import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { refuse } from '../errors.ts';
import { findName, type Offset, soqlError } from './soql-error.ts';

/** SOQL and SOSL limits of the app limits cheat sheet. */
const statementCharsMax = 100_000;

/** The parser's error names the token it met but not where: look for it behind what was read. */
const placeOf = (statement: string, message: string): { token: string; offset: Offset } => {
  const lexing = /at offset: (\d+)/.exec(message);
  if (lexing !== null) {
    const offset = Number(lexing[1]);
    return { token: statement.slice(offset, offset + 1), offset };
  }
  const token = /found(?: -->|:) ?'?([\s\S]*?)'?(?: <--)?$/.exec(message.trim())?.[1] ?? '';
  if (token === '') return { token: '<EOF>', offset: statement.length };
  const named = findName(statement, token);
  return { token, offset: named < 0 ? statement.lastIndexOf(token) : named };
};

/** Parses a statement. Throws MALFORMED_QUERY in the vendor's words. */
export const parseStatement = (statement: string): Query => {
  if (statement.length > statementCharsMax) {
    throw refuse('MALFORMED_QUERY', `SOQL statements cannot be longer than ${statementCharsMax} characters.`);
  }
  try {
    return parseQuery(statement);
  } catch (error) {
    const { token, offset } = placeOf(statement, error instanceof Error ? error.message : '');
    throw soqlError('MALFORMED_QUERY', statement, offset, `unexpected token: '${token}'`);
  }
};
