import type { FieldFunctionExpression, Query } from '@jetstreamapp/soql-parser-js';
import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import { renderValue } from '../values/render.ts';
import type { ApiRecord } from './api-record.ts';
import { comparable, compareValues } from './compare.ts';
import { comparisonOf } from './literal.ts';
import { type QueryScope, type ResolvedField, resolveField } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';

type Fold = (values: readonly StoredValue[]) => StoredValue;

const numbers = (values: readonly StoredValue[]): number[] =>
  values.filter((value) => typeof value === 'number');
const sum = (values: readonly StoredValue[]): number => numbers(values).reduce((a, b) => a + b, 0);
const extreme =
  (sign: 1 | -1): Fold =>
  (values) =>
    values.reduce<StoredValue>(
      (best, value) => (best === null || compareValues(value, best) * sign > 0 ? value : best),
      null,
    );

/** Over the values that are not null. */
const folds: Readonly<Record<string, Fold>> = {
  COUNT: (values) => values.length,
  COUNT_DISTINCT: (values) =>
    new Set(values.map((value) => (typeof value === 'string' ? value.toLowerCase() : value))).size,
  MIN: extreme(-1),
  MAX: extreme(1),
  SUM: (values) => (numbers(values).length === 0 ? null : sum(values)),
  AVG: (values) => (numbers(values).length === 0 ? null : sum(values) / numbers(values).length),
};

interface Output {
  readonly name: string;
  readonly render: (rows: readonly Row[]) => ApiRecord[string];
}

/** `SELECT COUNT() FROM …`: the number alone, no records. */
export const isBareCount = (query: Query): boolean => {
  const [only] = query.fields ?? [];
  return (
    query.fields?.length === 1 &&
    only?.type === 'FieldFunctionExpression' &&
    only.functionName.toUpperCase() === 'COUNT' &&
    only.parameters.length === 0
  );
};

export const isAggregate = (query: Query): boolean =>
  query.groupBy !== undefined ||
  (query.fields ?? []).some(
    (field) =>
      field.type === 'FieldFunctionExpression' && folds[field.functionName.toUpperCase()] !== undefined,
  );

const aggregateOutput = (
  scope: QueryScope,
  object: ObjectSchema,
  query: Query,
  expression: FieldFunctionExpression,
  unnamed: number,
): Output => {
  const fold = folds[expression.functionName.toUpperCase()];
  const [parameter] = expression.parameters;
  if (fold === undefined || typeof parameter !== 'string') {
    throw soqlError('MALFORMED_QUERY', scope.statement, -1, `unknown function: ${expression.functionName}`);
  }
  const field = resolveField(scope, object, parameter, query.sObjectAlias);
  const counts = expression.functionName.toUpperCase().startsWith('COUNT');
  return {
    name: expression.alias ?? `expr${unnamed}`,
    render: (rows) => {
      const value = fold(rows.map((row) => field.read(row)).filter((one) => one !== null));
      return counts ? value : renderValue(field.definition, value);
    },
  };
};

const groupFields = (scope: QueryScope, object: ObjectSchema, query: Query): ResolvedField[] =>
  (query.groupBy === undefined ? [] : [query.groupBy].flat()).map((clause) => {
    if ('field' in clause) return resolveField(scope, object, clause.field, query.sObjectAlias);
    throw soqlError(
      'MALFORMED_QUERY',
      scope.statement,
      -1,
      'functions in GROUP BY are not part of what the sandbox can evaluate',
    );
  });

const outputsOf = (
  scope: QueryScope,
  object: ObjectSchema,
  query: Query,
  groups: readonly ResolvedField[],
): Output[] => {
  let unnamed = 0;
  return (query.fields ?? []).map((parsed) => {
    if (parsed.type === 'FieldFunctionExpression') {
      const output = aggregateOutput(scope, object, query, parsed, unnamed);
      if (parsed.alias === undefined) unnamed += 1;
      return output;
    }
    const path =
      parsed.type === 'Field'
        ? parsed.field
        : parsed.type === 'FieldRelationship'
          ? [...parsed.relationships, parsed.field].join('.')
          : '';
    const field = resolveField(scope, object, path, query.sObjectAlias);
    const isGrouped = groups.some(
      (group) =>
        group.definition.name === field.definition.name &&
        group.steps.map((step) => step.relationshipName).join() ===
          field.steps.map((step) => step.relationshipName).join(),
    );
    if (!isGrouped) {
      throw soqlError(
        'MALFORMED_QUERY',
        scope.statement,
        findName(scope.statement, path),
        `Field must be grouped or aggregated: ${path}`,
      );
    }
    const alias = 'alias' in parsed ? parsed.alias : undefined;
    return {
      name: alias ?? field.definition.name,
      render: (rows) => (rows[0] === undefined ? null : field.render(rows[0])),
    };
  });
};

/**
 * Groups and folds rows into AggregateResult records, groups in the order of their values. HAVING and ORDER BY of groups
 * are refused (MALFORMED_QUERY, saying so).
 */
export const aggregateRows = (
  scope: QueryScope,
  object: ObjectSchema,
  query: Query,
): ((rows: readonly Row[]) => ApiRecord[]) => {
  if (query.having !== undefined || query.orderBy !== undefined) {
    throw soqlError(
      'MALFORMED_QUERY',
      scope.statement,
      -1,
      'HAVING and ORDER BY of groups are not part of what the sandbox can evaluate',
    );
  }
  const groups = groupFields(scope, object, query);
  const outputs = outputsOf(scope, object, query, groups);
  const attributes = { type: 'AggregateResult' };
  const keyOf = (row: Row): string =>
    JSON.stringify(groups.map((group) => comparable(comparisonOf(group.definition), false, group.read(row))));
  return (rows) => {
    const byKey = new Map<string, Row[]>();
    if (groups.length === 0) byKey.set('', [...rows]);
    else {
      for (const row of rows) {
        const key = keyOf(row);
        const group = byKey.get(key);
        if (group === undefined) byKey.set(key, [row]);
        else group.push(row);
      }
    }
    return [...byKey]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, group]) => ({
        attributes,
        ...Object.fromEntries(outputs.map((output) => [output.name, output.render(group)])),
      }));
  };
};
