import type { FieldType as ParsedField, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js';
import { refuse } from '../errors.ts';
import { isLongText } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import type { ApiRecord, RecordUrl, RenderPart } from './api-record.ts';
import { type ParentStep, type QueryScope, type ResolvedField, resolveField } from './resolve-field.ts';
import { findName, soqlError } from './soql-error.ts';
import { compileTypeBranches } from './type-branches.ts';

/** What SELECT asks of each record. */
export interface Projection {
  render(row: Row, url: RecordUrl): ApiRecord;
  /** For the page size: wide rows and long text make the vendor's pages smaller. */
  readonly fieldCount: number;
  readonly hasLongText: boolean;
}

/** Compiles the children of a SELECT list. Throws SalesforceError in the vendor's words. */
export type CompileChild = (parent: ObjectSchema, subquery: Subquery) => RenderPart;

interface ProjectionNode {
  readonly fields: { readonly name: string; readonly field: ResolvedField }[];
  readonly parents: Map<string, { readonly step: ParentStep; readonly node: ProjectionNode }>;
}

const makeNode = (): ProjectionNode => ({ fields: [], parents: new Map() });

const addField = (scope: QueryScope, root: ProjectionNode, path: string, field: ResolvedField): void => {
  let node = root;
  for (const step of field.steps) {
    const found = node.parents.get(step.relationshipName) ?? { step, node: makeNode() };
    node.parents.set(step.relationshipName, found);
    node = found.node;
  }
  const { name } = field.definition;
  if (node.fields.some((one) => one.name === name)) {
    throw soqlError(
      'INVALID_FIELD',
      scope.statement,
      findName(scope.statement, path),
      `duplicate field selected: ${name}`,
    );
  }
  node.fields.push({ name, field });
};

/** FIELDS(ALL) and FIELDS(CUSTOM) are only for few rows (SOQL reference, FIELDS()). */
const expandFields = (
  scope: QueryScope,
  object: ObjectSchema,
  query: QueryBase,
  kind: string,
): readonly string[] => {
  const visible = scope.rules.visibleFields(scope.actor, object).map((field) => field.definition.name);
  const isCustom = (name: string): boolean => name.endsWith('__c');
  if (kind === 'STANDARD') return visible.filter((name) => !isCustom(name));
  if (query.limit === undefined || query.limit > 200) {
    throw refuse('MALFORMED_QUERY', `The SOQL FIELDS function must have a LIMIT of at most 200`);
  }
  return kind === 'CUSTOM' ? visible.filter(isCustom) : visible;
};

const pathsOf = (
  scope: QueryScope,
  object: ObjectSchema,
  query: QueryBase,
  parsed: ParsedField,
): readonly string[] => {
  if (parsed.type === 'FieldRelationship') return [[...parsed.relationships, parsed.field].join('.')];
  if (parsed.type === 'Field') {
    if (parsed.alias !== undefined) {
      // Only grouped and aggregated fields can be renamed.
      throw soqlError(
        'MALFORMED_QUERY',
        scope.statement,
        findName(scope.statement, parsed.alias),
        'only aggregate expressions use field aliasing',
      );
    }
    return [parsed.field];
  }
  if (parsed.type === 'FieldFunctionExpression' && parsed.functionName.toUpperCase() === 'FIELDS') {
    return expandFields(scope, object, query, String(parsed.parameters[0]).toUpperCase());
  }
  const what = parsed.type === 'FieldFunctionExpression' ? parsed.functionName : parsed.type;
  throw soqlError(
    'MALFORMED_QUERY',
    scope.statement,
    -1,
    `${what} is not part of what the sandbox can evaluate in SELECT`,
  );
};

/** Lookups that can lead to several objects come back as `Name`. */
const typeOf = (step: ParentStep): string => (step.parent === null ? 'Name' : step.parent.name);

const renderNode = (
  scope: QueryScope,
  node: ProjectionNode,
  root: Row,
  here: Row,
  attributes: ApiRecord,
  url: RecordUrl,
): ApiRecord => {
  const record: ApiRecord = { attributes };
  for (const { name, field } of node.fields) record[name] = field.render(root);
  for (const [name, parent] of node.parents) {
    const target = parent.step.follow(here);
    if (target === undefined) {
      record[name] = null;
      continue;
    }
    const targetType = scope.database.tableOfId(target.id)?.schema.name ?? '';
    const parentAttributes = { type: typeOf(parent.step), url: url(targetType, target.id) };
    record[name] = renderNode(scope, parent.node, root, target, parentAttributes, url);
  }
  return record;
};

/** Compiles the SELECT list. Throws SalesforceError in the vendor's words. */
export const compileProjection = (
  scope: QueryScope,
  object: ObjectSchema,
  query: QueryBase,
  compileChild: CompileChild,
): Projection => {
  const root = makeNode();
  const parts: RenderPart[] = [];
  let fieldCount = 0;
  let hasLongText = false;
  for (const parsed of query.fields ?? []) {
    if (parsed.type === 'FieldSubquery') {
      parts.push(compileChild(object, parsed.subquery));
      continue;
    }
    if (parsed.type === 'FieldTypeof') {
      parts.push(compileTypeBranches(scope, object, parsed));
      continue;
    }
    for (const path of pathsOf(scope, object, query, parsed)) {
      const field = resolveField(scope, object, path, query.sObjectAlias);
      addField(scope, root, path, field);
      fieldCount += 1;
      hasLongText ||= isLongText(field.definition);
    }
  }
  return {
    fieldCount: fieldCount + parts.length,
    hasLongText,
    render: (row, url) => {
      const record = renderNode(
        scope,
        root,
        row,
        row,
        { type: object.name, url: url(object.name, row.id) },
        url,
      );
      for (const part of parts) record[part.name] = part.render(row, url);
      return record;
    },
  };
};
