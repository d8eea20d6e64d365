import { isFilterable, type StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import { comparable, compareValues } from './compare.ts';
import type { Condition, ConditionNode } from './condition-tree.ts';
import {
  type Comparison,
  comparisonOf,
  type Literal,
  type RawLiteral,
  readLiteral,
  readQuoted,
  spanEdge,
} from './literal.ts';
import { type QueryScope, type ResolvedField, resolveField } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';

/** One condition, ready to be tried, with what the choice of an index needs to know. */
export interface CompiledTest {
  readonly field: ResolvedField;
  readonly operator: string;
  readonly literals: readonly Literal[];
  matches(row: Row): boolean;
}

/** Runs an inner SELECT of one field and gives its values. */
export type RunInner = (condition: Extract<Condition, { valueQuery: unknown }>) => readonly StoredValue[];

type Test = (value: StoredValue) => boolean;

const refuseOperator = (scope: QueryScope, path: string, operator: string) =>
  soqlError(
    'INVALID_FIELD',
    scope.statement,
    findName(scope.statement, path),
    `invalid operator on field ${path}: ${operator}`,
  );

const rawLiterals = (condition: Condition): RawLiteral[] => {
  if (!('value' in condition)) return [];
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  const counts =
    'dateLiteralVariable' in condition && condition.dateLiteralVariable !== undefined
      ? [condition.dateLiteralVariable].flat()
      : [];
  return values.map((text, at) => ({
    text,
    type: Array.isArray(condition.literalType) ? condition.literalType[at] : condition.literalType,
    count: counts[at],
  }));
};

/** `%` any characters, `_` one, unless escaped; without regard to case. */
const likeTest = (scope: QueryScope, literal: RawLiteral): Test => {
  const pattern = readQuoted(scope, literal.text)
    .map(({ char, escaped }) => {
      if (!escaped && char === '%') return '.*';
      if (!escaped && char === '_') return '.';
      return char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  const expression = new RegExp(`^${pattern}$`, 'isu');
  return (value) => typeof value === 'string' && expression.test(value);
};

const orderTests: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Null matches `= null` and every `!=` of something; it is neither below nor above anything. */
const valueTest = (
  operator: string,
  wanted: StoredValue,
  fold: (value: StoredValue) => StoredValue,
): Test => {
  const folded = fold(wanted);
  if (operator === '=') return (value) => fold(value) === folded;
  if (operator === '!=') return (value) => fold(value) !== folded;
  const test = orderTests[operator];
  if (test === undefined || folded === null) return () => false;
  return (value) => value !== null && test(compareValues(fold(value), folded));
};

const spanTest = (
  operator: string,
  literal: Extract<Literal, { kind: 'span' }>,
  comparison: Comparison,
): Test => {
  const start = spanEdge(comparison, literal.span.start);
  const end = spanEdge(comparison, literal.span.end);
  const inside: Test = (value) =>
    value !== null && compareValues(value, start) >= 0 && compareValues(value, end) < 0;
  switch (operator) {
    case '=':
      return inside;
    case '!=':
      return (value) => !inside(value);
    case '<':
      return (value) => value !== null && compareValues(value, start) < 0;
    case '<=':
      return (value) => value !== null && compareValues(value, end) < 0;
    case '>':
      return (value) => value !== null && compareValues(value, end) >= 0;
    default:
      return (value) => value !== null && compareValues(value, start) >= 0;
  }
};

const literalTest = (
  operator: string,
  literal: Literal,
  comparison: Comparison,
  fold: (value: StoredValue) => StoredValue,
): Test =>
  literal.kind === 'span'
    ? spanTest(operator, literal, comparison)
    : valueTest(operator, literal.value, fold);

const listTest = (
  operator: string,
  literals: readonly Literal[],
  comparison: Comparison,
  fold: (value: StoredValue) => StoredValue,
): Test => {
  const values = new Set(literals.flatMap((one) => (one.kind === 'value' ? [fold(one.value)] : [])));
  const spans = literals.flatMap((one) => (one.kind === 'span' ? [spanTest('=', one, comparison)] : []));
  const inside: Test = (value) => values.has(fold(value)) || spans.some((test) => test(value));
  return operator === 'IN' ? inside : (value) => !inside(value);
};

/** INCLUDES('A;B', 'C'): all of A and B, or C. */
const multiPicklistTest = (operator: string, literals: readonly Literal[]): Test => {
  const groups = literals.map((one) =>
    one.kind === 'value'
      ? String(one.value ?? '')
          .toLowerCase()
          .split(';')
      : [],
  );
  const includes: Test = (value) => {
    const held = new Set(typeof value === 'string' ? value.toLowerCase().split(';') : []);
    return groups.some((group) => group.every((wanted) => held.has(wanted)));
  };
  return operator === 'INCLUDES' ? includes : (value) => !includes(value);
};

const pathOf = (scope: QueryScope, condition: Condition): string => {
  if ('field' in condition && typeof condition.field === 'string') return condition.field;
  throw soqlError(
    'MALFORMED_QUERY',
    scope.statement,
    -1,
    'functions in WHERE are not part of what the sandbox can evaluate',
  );
};

const compileTest = (
  scope: QueryScope,
  object: ObjectSchema,
  alias: string | undefined,
  condition: Condition,
  runInner: RunInner,
): CompiledTest => {
  const path = pathOf(scope, condition);
  const field = resolveField(scope, object, path, alias);
  const { definition } = field;
  if (!isFilterable(definition)) {
    throw soqlError(
      'INVALID_FIELD',
      scope.statement,
      findName(scope.statement, path),
      `field '${definition.name}' can not be filtered in a query call`,
    );
  }
  const operator = condition.operator.toUpperCase() === '<>' ? '!=' : condition.operator.toUpperCase();
  const comparison = comparisonOf(definition);
  const fold = (value: StoredValue): StoredValue =>
    comparable(comparison, definition.caseSensitive === true, value);
  const finish = (literals: readonly Literal[], test: Test): CompiledTest => ({
    field,
    operator,
    literals,
    matches: (row) => test(field.read(row)),
  });
  if ('valueQuery' in condition) {
    const literals = runInner(condition).map((value): Literal => ({ kind: 'value', value }));
    return finish(literals, listTest(operator, literals, comparison, fold));
  }
  const raw = rawLiterals(condition);
  const [first] = raw;
  if (operator === 'LIKE') {
    if (comparison !== 'text' || first?.type !== 'STRING') throw refuseOperator(scope, path, operator);
    return finish([], likeTest(scope, first));
  }
  const literals = raw.map((one) => readLiteral(scope, path, definition, one));
  if (operator === 'IN' || operator === 'NOT IN') {
    return finish(literals, listTest(operator, literals, comparison, fold));
  }
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') {
    if (definition.type !== 'multipicklist') throw refuseOperator(scope, path, operator);
    return finish(literals, multiPicklistTest(operator, literals));
  }
  const [literal] = literals;
  if (literal === undefined || (comparison === 'boolean' && operator !== '=' && operator !== '!=')) {
    throw refuseOperator(scope, path, operator);
  }
  return finish(literals, literalTest(operator, literal, comparison, fold));
};

/** Compiles every condition of a tree. Throws SalesforceError in the vendor's words. */
export const compileTree = (
  scope: QueryScope,
  object: ObjectSchema,
  alias: string | undefined,
  tree: ConditionNode<Condition>,
  runInner: RunInner,
): ConditionNode<CompiledTest> => {
  switch (tree.kind) {
    case 'test':
      return { kind: 'test', test: compileTest(scope, object, alias, tree.test, runInner) };
    case 'not':
      return { kind: 'not', child: compileTree(scope, object, alias, tree.child, runInner) };
    default:
      return {
        kind: tree.kind,
        children: tree.children.map((child) => compileTree(scope, object, alias, child, runInner)),
      };
  }
};

/** The tree as one function. */
export const makePredicate = (tree: ConditionNode<CompiledTest>): ((row: Row) => boolean) => {
  switch (tree.kind) {
    case 'test':
      return (row) => tree.test.matches(row);
    case 'not': {
      const child = makePredicate(tree.child);
      return (row) => !child(row);
    }
    case 'and': {
      const children = tree.children.map(makePredicate);
      return (row) => children.every((child) => child(row));
    }
    case 'or': {
      const children = tree.children.map(makePredicate);
      return (row) => children.some((child) => child(row));
    }
  }
};
