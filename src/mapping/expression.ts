import { type ASTNode, Environment } from '@marcbachmann/cel-js';

/** A CEL expression (https://cel.dev) that gives true or false, ready to be asked. */
export interface Expression {
  /** As it stands in the file, for messages. */
  readonly text: string;
  /** Line in that file, from 1. */
  readonly line: number;
  /** The names that it reads, less those that are bound in it. */
  readonly names: readonly string[];
  /** The fields that it reads of the named map: `['jobtitle']` of `contact` in `contact.jobtitle == 'CEO'`. */
  readonly fieldsOf: (name: string) => readonly string[];
  /** The values that it names, and the functions that it calls: what an example of it can be made from. */
  readonly literals: readonly (string | number | boolean)[];
  readonly calls: ReadonlySet<string>;
  /**
   * Whether it holds for these values. Pure. Names and fields that are not there are null; where the expression has no answer (a
   * comparison with null, a text where a number is asked for) it does not hold.
   */
  readonly holds: (values: Readonly<Record<string, unknown>>) => boolean;
}

/** Every name is known only when the record is read, and so is its type. */
const environment = new Environment({ unlistedVariablesAreDyn: true });

/** Macros whose first argument names a variable of their own, not a field. */
const binding = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

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

/** `name.field` pairs; what a macro binds is not told apart, since nobody calls a variable `contact`. */
const selectionsIn = (value: unknown): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap(selectionsIn);
  if (!isNode(value)) return [];
  if (value.op === '.') {
    const [target, field] = value.args;
    return target.op === 'id' ? [[target.args, field]] : selectionsIn(target);
  }
  return selectionsIn(value.args);
};

const literalsIn = (value: unknown): readonly (string | number | boolean)[] => {
  if (Array.isArray(value)) return value.flatMap(literalsIn);
  if (!isNode(value)) return [];
  if (value.op !== 'value') return literalsIn(value.args);
  const literal: unknown = value.args;
  if (typeof literal === 'bigint') return [Number(literal)];
  return typeof literal === 'string' || typeof literal === 'number' || typeof literal === 'boolean'
    ? [literal]
    : [];
};

const callsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(callsIn);
  if (!isNode(value)) return [];
  const own = value.op === 'call' || value.op === 'rcall' ? [value.args[0]] : [];
  return [...own, ...callsIn(value.args)];
};

const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
};

/** What is wrong with an expression as such, in words; null where it can be used. Never throws. */
export const faultOfExpression = (text: string): string | null => {
  try {
    const parsed = environment.parse(text);
    const { valid, type, error } = parsed.check();
    if (!valid) return error === undefined ? 'its types do not fit' : messageOf(error);
    return type !== 'bool' && type !== 'dyn' ? `it gives a ${type}, not true or false` : null;
  } catch (error) {
    return messageOf(error);
  }
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compiles an expression without fault. @throws where `faultOfExpression` tells of one */
export const makeExpression = (text: string, line: number): Expression => {
  const parsed = environment.parse(text);
  const names = [...new Set(namesIn(parsed.ast, new Set()))];
  const selections = selectionsIn(parsed.ast);
  const fieldsOf = (name: string): readonly string[] => [
    ...new Set(selections.filter(([owner]) => owner === name).map(([, field]) => field)),
  ];
  const blanks = new Map(
    names.map((name) => [name, Object.fromEntries(fieldsOf(name).map((field) => [field, null]))]),
  );
  const known = (values: Readonly<Record<string, unknown>>, name: string): unknown => {
    const value = Object.hasOwn(values, name) ? (values[name] ?? null) : null;
    const fields = blanks.get(name) ?? {};
    if (Object.keys(fields).length === 0) return value;
    return value === null || isMap(value) ? { ...fields, ...(value ?? {}) } : value;
  };
  return {
    text,
    line,
    names,
    fieldsOf,
    literals: [...new Set(literalsIn(parsed.ast))],
    calls: new Set(callsIn(parsed.ast)),
    holds: (values) => {
      try {
        return parsed(Object.fromEntries(names.map((name) => [name, known(values, name)]))) === true;
      } catch {
        return false;
      }
    },
  };
};
