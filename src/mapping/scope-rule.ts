import type { ScopeRule } from '../model/mapping.ts';
import { faultOfExpression, makeExpression } from './expression.ts';

/** What is wrong with an expression as a scope, in words; null where it can be used. Never throws. */
export const faultOfScope = (text: string): string | null => {
  const fault = faultOfExpression(text);
  if (fault !== null) return fault;
  return makeExpression(text, 1).names.length === 0 ? 'it names no field' : null;
};

/**
 * An expression without fault as a rule over a record's fields as the API gives them, missing ones null. Where it has no answer for a
 * record, the record does not take part: a rule that lets somebody in must say so.
 */
export const makeScopeRule = (text: string, line: number): ScopeRule => {
  const { names: fields, holds } = makeExpression(text, line);
  return { text, fields, line, admits: holds };
};
