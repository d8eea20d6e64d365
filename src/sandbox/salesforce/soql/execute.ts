import { refuse } from '../errors.ts';
import type { Row } from '../store/row.ts';
import { aggregateRows, isAggregate, isBareCount } from './aggregate.ts';
import type { ApiRecord } from './api-record.ts';
import { makeChildCompiler } from './child-query.ts';
import { compileRows, objectNamed } from './find-rows.ts';
import { parseStatement } from './parse.ts';
import { compileProjection, type Projection } from './projection.ts';
import type { QueryScope } from './resolve-field.ts';
import { soqlError } from './soql-error.ts';

const offsetMax = 2_000;

/** What a statement came to: records to page through, the folded records of an aggregate, or a count. */
export type QueryOutcome =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly projection: Projection }
  | { readonly kind: 'aggregate'; readonly records: readonly ApiRecord[] }
  | { readonly kind: 'count'; readonly count: number };

/**
 * Carries out a statement. `includeDeleted` is queryAll. Throws SalesforceError in the vendor's words.
 */
export const executeStatement = (scope: QueryScope, includeDeleted: boolean): QueryOutcome => {
  const query = parseStatement(scope.statement);
  const object = objectNamed(scope, query.sObject);
  if ((query.offset ?? 0) > offsetMax) {
    throw refuse('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${offsetMax}`);
  }
  const unordered = { includeDeleted, isOrdered: false };
  if (isBareCount(query)) {
    return { kind: 'count', count: compileRows(scope, object, query, unordered)(null).length };
  }
  if (isAggregate(query)) {
    if (query.limit !== undefined && query.groupBy === undefined) {
      throw soqlError(
        'MALFORMED_QUERY',
        scope.statement,
        -1,
        'Non-grouped query that uses overall aggregate functions cannot also use LIMIT',
      );
    }
    const fold = aggregateRows(scope, object, query);
    const { limit, offset, ...unlimited } = query;
    const records = fold(compileRows(scope, object, unlimited, unordered)(null));
    return {
      kind: 'aggregate',
      records: records.slice(offset ?? 0, (offset ?? 0) + (limit ?? records.length)),
    };
  }
  const projection = compileProjection(scope, object, query, makeChildCompiler(scope, includeDeleted));
  const rows = compileRows(scope, object, query, { includeDeleted, isOrdered: true })(null);
  return { kind: 'rows', rows, projection };
};
