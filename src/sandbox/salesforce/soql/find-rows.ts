import type { Query, QueryBase } from '@jetstreamapp/soql-parser-js';
import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { isShared } from '../sharing.ts';
import { makeReader, type Row } from '../store/row.ts';
import { findCandidates } from './candidates.ts';
import { buildConditionTree } from './condition-tree.ts';
import { compileOrder } from './order.ts';
import { compileTree, makePredicate, type RunInner } from './predicate.ts';
import { type QueryScope, resolveField } from './resolve-field.ts';
import { scanRows } from './scan.ts';
import { findName, soqlError } from './soql-error.ts';

/** Gives the rows of a compiled query: of the whole table, or of those `among` which the caller knows it to look. */
export type FindRows = (among: readonly Row[] | null) => Row[];

interface Options {
  /** queryAll: deleted and archived records too. */
  readonly includeDeleted: boolean;
  readonly isOrdered: boolean;
}

export const objectNamed = (scope: QueryScope, name: string | undefined): ObjectSchema => {
  const object = name === undefined ? undefined : scope.database.schema.object(name);
  if (object !== undefined) return object;
  throw soqlError(
    'INVALID_TYPE',
    scope.statement,
    findName(scope.statement, name ?? ''),
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
};

/** Whether a row is hidden from all but queryAll: it lies in the recycle bin, or is an activity of long ago. */
const hiddenFrom = (object: ObjectSchema, { nowSeconds }: QueryScope): ((row: Row) => boolean) => {
  const archived = object.field('IsArchived');
  if (archived === undefined) return (row) => row.deleted;
  const read = makeReader(object, archived);
  return (row) => row.deleted || read(row, nowSeconds) === true;
};

/** Compiles WHERE, ORDER BY, OFFSET and LIMIT. Throws SalesforceError in the vendor's words. */
export const compileRows = (
  scope: QueryScope,
  object: ObjectSchema,
  query: QueryBase,
  { includeDeleted, isOrdered }: Options,
): FindRows => {
  const table = scope.database.table(object);
  const runInner: RunInner = (condition) => selectValues(scope, condition.valueQuery, includeDeleted);
  const alias = query.sObjectAlias;
  const tree =
    query.where === undefined
      ? null
      : compileTree(scope, object, alias, buildConditionTree(query.where, scope.statement), runInner);
  const matches = tree === null ? () => true : makePredicate(tree);
  const isHidden = includeDeleted ? () => false : hiddenFrom(object, scope);
  const order = isOrdered ? compileOrder(scope, object, query) : null;
  return (among) =>
    scanRows({
      table,
      candidates:
        among === null ? (tree === null ? null : findCandidates(table, tree)) : { kind: 'rows', rows: among },
      order,
      matches: (row) => !isHidden(row) && matches(row) && isShared(scope, table, row),
      offset: query.offset ?? 0,
      limit: query.limit ?? Number.POSITIVE_INFINITY,
    });
};

/** SOQL reference, comparison operators: these objects cannot stand in an inner SELECT (text: public captures). */
const notInSemiJoins = ['Attachment', 'Event', 'Note', 'Task'];

/** The values of the one field of an inner SELECT. */
const selectValues = (scope: QueryScope, inner: Query, includeDeleted: boolean): StoredValue[] => {
  const object = objectNamed(scope, inner.sObject);
  if (notInSemiJoins.includes(object.name)) {
    const words = `Entity '${object.name}' is not supported for semi join inner selects`;
    throw soqlError('MALFORMED_QUERY', scope.statement, findName(scope.statement, object.name), words);
  }
  const [selected, ...more] = inner.fields ?? [];
  if (selected?.type !== 'Field' || more.length > 0) {
    throw soqlError('MALFORMED_QUERY', scope.statement, -1, 'an inner SELECT gives exactly one field');
  }
  const field = resolveField(scope, object, selected.field, inner.sObjectAlias);
  return compileRows(scope, object, inner, { includeDeleted, isOrdered: false })(null)
    .map((row) => field.read(row))
    .filter((value) => value !== null);
};
