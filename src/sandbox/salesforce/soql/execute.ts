import type { Query } from '@jetstreamapp/soql-parser-js';
import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { isShared } from '../sharing.ts';
import type { Row } from '../store/row.ts';
import { aggregateRows, isAggregate, isBareCount } from './aggregate.ts';
import { findCandidates } from './candidates.ts';
import { buildConditionTree } from './condition-tree.ts';
import { compileOrder } from './order.ts';
import { parseStatement } from './parse.ts';
import { compileTree, makePredicate, type RunInner } from './predicate.ts';
import { type ApiRecord, compileProjection, type Projection } from './projection.ts';
import { type QueryScope, resolveField } from './resolve-field.ts';
import { scanRows } from './scan.ts';
import { findName, soqlError } from './soql-error.ts';

const offsetMax = 2_000;

/** What a statement came to: records to page through, the folded records of an aggregate, or a count. */
export type QueryOutcome =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly projection: Projection }
  | { readonly kind: 'aggregate'; readonly records: readonly ApiRecord[] }
  | { readonly kind: 'count'; readonly count: number };

const objectOf = (scope: QueryScope, name: string | undefined): ObjectSchema => {
  const object = name === undefined ? undefined : scope.database.schema.object(name);
  if (object !== undefined) return object;
  throw soqlError(
    'INVALID_TYPE',
    scope.statement,
    findName(scope.statement, name ?? ''),
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
};

const findRows = (
  scope: QueryScope,
  object: ObjectSchema,
  query: Query,
  includeDeleted: boolean,
  isOrdered: boolean,
): Row[] => {
  const table = scope.database.table(object);
  const runInner: RunInner = (condition) => selectValues(scope, condition.valueQuery, includeDeleted);
  const tree =
    query.where === undefined
      ? null
      : compileTree(
          scope,
          object,
          query.sObjectAlias,
          buildConditionTree(query.where, scope.statement),
          runInner,
        );
  const matches = tree === null ? () => true : makePredicate(tree);
  return scanRows({
    table,
    candidates: tree === null ? null : findCandidates(table, tree),
    order: isOrdered ? compileOrder(scope, object, query) : null,
    matches: (row) => (includeDeleted || !row.deleted) && matches(row) && isShared(scope, table, row),
    offset: query.offset ?? 0,
    limit: query.limit ?? Number.POSITIVE_INFINITY,
  });
};

/** The values of the one field of an inner SELECT. */
const selectValues = (scope: QueryScope, inner: Query, includeDeleted: boolean): StoredValue[] => {
  const object = objectOf(scope, inner.sObject);
  const [selected, ...more] = inner.fields ?? [];
  if (selected?.type !== 'Field' || more.length > 0) {
    throw soqlError('MALFORMED_QUERY', scope.statement, -1, 'an inner SELECT gives exactly one field');
  }
  const field = resolveField(scope, object, selected.field, inner.sObjectAlias);
  return findRows(scope, object, inner, includeDeleted, false)
    .map((row) => field.read(row))
    .filter((value) => value !== null);
};

/**
 * Carries out a statement. `includeDeleted` is queryAll. Throws SalesforceError in the vendor's words.
 */
export const executeStatement = (scope: QueryScope, includeDeleted: boolean): QueryOutcome => {
  const query = parseStatement(scope.statement);
  const object = objectOf(scope, query.sObject);
  if ((query.offset ?? 0) > offsetMax) {
    throw refuse('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${offsetMax}`);
  }
  if (isBareCount(query)) {
    return { kind: 'count', count: findRows(scope, object, query, includeDeleted, false).length };
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
    const records = fold(findRows(scope, object, unlimited, includeDeleted, false));
    return {
      kind: 'aggregate',
      records: records.slice(offset ?? 0, (offset ?? 0) + (limit ?? records.length)),
    };
  }
  const projection = compileProjection(scope, object, query);
  return { kind: 'rows', rows: findRows(scope, object, query, includeDeleted, true), projection };
};
