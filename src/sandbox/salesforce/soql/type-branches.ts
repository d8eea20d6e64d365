import type { FieldTypeOf } from '@jetstreamapp/soql-parser-js';
import type { ApiValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import type { RecordUrl, RenderPart } from './api-record.ts';
import { type QueryScope, type ResolvedField, resolveField, resolveParent } from './resolve-field.ts';

/**
 * `TYPEOF What WHEN Account THEN Phone WHEN Opportunity THEN Amount ELSE Name END`: fields by the object that the lookup leads to. Of
 * an object that no branch names, the type and address alone (SOQL reference, TYPEOF).
 */
export const compileTypeBranches = (
  scope: QueryScope,
  object: ObjectSchema,
  clause: FieldTypeOf,
): RenderPart => {
  const step = resolveParent(scope, object, clause.field);
  const branches = new Map<string, readonly ResolvedField[]>();
  let otherwise: readonly ResolvedField[] = [];
  for (const { type, objectType = '', fieldList } of clause.conditions) {
    if (type === 'ELSE') {
      otherwise = fieldList.map((name) => resolveField(scope, object, `${clause.field}.${name}`));
      continue;
    }
    const branch = scope.database.schema.object(objectType);
    if (branch !== undefined) {
      branches.set(
        branch.name,
        fieldList.map((name) => resolveField(scope, branch, name)),
      );
    }
  }
  return {
    name: step.relationshipName,
    render: (row: Row, url: RecordUrl): ApiValue => {
      const target = step.follow(row);
      const type = target === undefined ? '' : (scope.database.tableOfId(target.id)?.schema.name ?? '');
      if (target === undefined) return null;
      const record: Record<string, ApiValue> = { attributes: { type, url: url(type, target.id) } };
      const own = branches.get(type);
      for (const field of own ?? otherwise) {
        record[field.definition.name] = field.render(own === undefined ? row : target);
      }
      return record;
    },
  };
};
