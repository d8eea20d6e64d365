import type { OrderByClause, QueryBase } from '@jetstreamapp/soql-parser-js';
import { isFilterable } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import { comparable, compareNullsFirst } from './compare.ts';
import { comparisonOf } from './literal.ts';
import { type QueryScope, resolveField } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';

export interface RowOrder {
  readonly compare: (a: Row, b: Row) => number;
  /** The names of the fields when all are ascending fields of the object itself: what an index may already give. */
  readonly natural: readonly string[] | null;
}

/** Nulls come first in both directions unless NULLS LAST is said (SOQL reference; for DESC unverified). */
const compileOne = (scope: QueryScope, object: ObjectSchema, query: QueryBase, clause: OrderByClause) => {
  if (!('field' in clause)) {
    throw soqlError('MALFORMED_QUERY', scope.statement, -1, 'functions in ORDER BY need a GROUP BY');
  }
  const field = resolveField(scope, object, clause.field, query.sObjectAlias);
  const { definition } = field;
  if (!isFilterable(definition) || definition.type === 'multipicklist') {
    throw soqlError(
      'MALFORMED_QUERY',
      scope.statement,
      findName(scope.statement, clause.field),
      `field '${definition.name}' can not be sorted in a query call`,
    );
  }
  const comparison = comparisonOf(definition);
  const direction = clause.order === 'DESC' ? -1 : 1;
  const nulls = clause.nulls === 'LAST' ? -1 : 1;
  const compare = (a: Row, b: Row): number => {
    const left = comparable(comparison, definition.caseSensitive === true, field.read(a));
    const right = comparable(comparison, definition.caseSensitive === true, field.read(b));
    const order = compareNullsFirst(left, right);
    return left === null || right === null ? order * nulls : order * direction;
  };
  const natural = direction === 1 && field.column !== undefined ? definition.name : null;
  return { compare, natural };
};

/** The order of ORDER BY; null where there is none (then it is undefined, as with the vendor). */
export const compileOrder = (scope: QueryScope, object: ObjectSchema, query: QueryBase): RowOrder | null => {
  const clauses = query.orderBy === undefined ? [] : [query.orderBy].flat();
  if (clauses.length === 0) return null;
  const orders = clauses.map((clause) => compileOne(scope, object, query, clause));
  const natural = orders.flatMap((order) => (order.natural === null ? [] : [order.natural]));
  return {
    compare: (a, b) => {
      for (const order of orders) {
        const result = order.compare(a, b);
        if (result !== 0) return result;
      }
      return 0;
    },
    natural: natural.length === orders.length ? natural : null,
  };
};
