import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { ScopeRule } from '../model/mapping.ts';

/** Every name is a field of the record; its type is known only when the record is read. */
const environment = new Environment({ unlistedVariablesAreDyn: true });

/** Macros whose first argument names a variable of their own, not a field. */
const binding = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** The names that an expression reads, less those that are bound in it. */
const namesIn = (value: unknown, bound: ReadonlySet<string>): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((each) => namesIn(each, bound));
  if (!isNode(value)) return [];
  if (value.op === 'id') return bound.has(value.args) ? [] : [value.args];
  if (value.op !== 'rcall' || !binding.has(value.args[0])) return namesIn(value.args, bound);
  const [, target, args] = value.args;
  const [variable] = args;
  const inner = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound;
  return [...namesIn(target, bound), ...namesIn(args, inner)];
};

const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
};

/** What is wrong with an expression as such, in words; null where it can be used. Never throws. */
export const faultOfScope = (text: string): string | null => {
  try {
    const parsed = environment.parse(text);
    const { valid, type, error } = parsed.check();
    if (!valid) return error === undefined ? 'its types do not fit' : messageOf(error);
    if (type !== 'bool' && type !== 'dyn') return `it gives a ${type}, not true or false`;
    return namesIn(parsed.ast, new Set()).length === 0 ? 'it names no field' : null;
  } catch (error) {
    return messageOf(error);
  }
};

/**
 * An expression without fault as a rule: CEL (https://cel.dev) over a record's fields as the API gives them, missing ones null. Where
 * it has no answer for a record (a comparison with null, a text where a number is asked for) the record does not take part: a rule
 * that lets somebody in must say so.
 */
export const makeScopeRule = (text: string, line: number): ScopeRule => {
  const parsed = environment.parse(text);
  const fields = [...new Set(namesIn(parsed.ast, new Set()))];
  return {
    text,
    fields,
    line,
    admits: (values) => {
      const known = Object.fromEntries(
        fields.map((name) => [name, Object.hasOwn(values, name) ? (values[name] ?? null) : null]),
      );
      try {
        return parsed(known) === true;
      } catch {
        return false;
      }
    },
  };
};
