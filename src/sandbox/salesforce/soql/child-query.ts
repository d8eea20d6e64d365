import type { Subquery } from '@jetstreamapp/soql-parser-js';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { compileRows } from './find-rows.ts';
import { type CompileChild, compileProjection } from './projection.ts';
import type { QueryScope } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';

interface ChildRelationship {
  readonly child: ObjectSchema;
  /** The child's field that holds the parent's id. */
  readonly reference: BoundField;
  readonly name: string;
}

const findRelationship = (scope: QueryScope, parent: ObjectSchema, name: string): ChildRelationship => {
  for (const child of scope.database.schema.objects) {
    for (const reference of child.fields) {
      const { childRelationshipName: own, referenceTo } = reference.definition;
      const isIt = own?.toLowerCase() === name.toLowerCase() && referenceTo?.includes(parent.name) === true;
      if (isIt && own !== undefined) return { child, reference, name: own };
    }
  }
  throw soqlError(
    'INVALID_TYPE',
    scope.statement,
    findName(scope.statement, name),
    `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
};

/**
 * `(SELECT Id FROM Tasks WHERE …)` of a SELECT list: each record's own children, as a query result of its own or null where there are
 * none. All of them on one page, which the vendor does not promise.
 */
export const makeChildCompiler =
  (scope: QueryScope, includeDeleted: boolean): CompileChild =>
  (parent, subquery: Subquery) => {
    const { child, reference, name } = findRelationship(scope, parent, subquery.relationshipName);
    const table = scope.database.table(child);
    const find = compileRows(scope, child, subquery, { includeDeleted, isOrdered: true });
    const projection = compileProjection(scope, child, subquery, makeChildCompiler(scope, includeDeleted));
    return {
      name,
      render: (row, url) => {
        const rows = find(
          table.index(reference.column)?.find(row.id) ??
            table.rows.filter((one) => one.values[reference.column] === row.id),
        );
        if (rows.length === 0) return null;
        const records = rows.map((one) => projection.render(one, url));
        return { totalSize: rows.length, done: true, records };
      },
    };
  };
