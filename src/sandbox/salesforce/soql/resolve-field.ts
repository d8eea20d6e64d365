import type { Actor, CompanyRules } from '../access.ts';
import type { ApiValue, FieldDefinition, StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { isShared } from '../sharing.ts';
import type { Database } from '../store/database.ts';
import { makeReader, type Row } from '../store/row.ts';
import { makeRenderer, renderValue } from '../values/render.ts';
import { findName, soqlError } from './soql-error.ts';

/** What a statement is read against. */
export interface QueryScope {
  readonly database: Database;
  readonly rules: CompanyRules;
  readonly actor: Actor;
  readonly statement: string;
  readonly nowSeconds: number;
}

/** A step from a record to its parent. `parent` is null where the lookup can lead to several objects. */
export interface ParentStep {
  readonly relationshipName: string;
  readonly parent: ObjectSchema | null;
  follow(row: Row): Row | undefined;
}

/** A field path of a statement, ready to be read from any row. */
export interface ResolvedField {
  readonly definition: FieldDefinition;
  readonly steps: readonly ParentStep[];
  read(row: Row): StoredValue;
  render(row: Row): ApiValue;
  /** Its column in the queried object itself; undefined behind a parent. */
  readonly column: number | undefined;
}

/** The fields that a lookup to several objects offers: those of the vendor's Name object that the simulator has. */
const namePointingFields: readonly FieldDefinition[] = [
  { name: 'Id', label: 'Name ID', type: 'id', length: 18 },
  { name: 'Name', label: 'Name', type: 'string', length: 121 },
  { name: 'FirstName', label: 'First Name', type: 'string', length: 40 },
  { name: 'LastName', label: 'Last Name', type: 'string', length: 80 },
  { name: 'Type', label: 'Type', type: 'picklist', length: 40 },
  { name: 'Username', label: 'Username', type: 'string', length: 80 },
  { name: 'Email', label: 'Email', type: 'email', length: 80 },
  { name: 'Phone', label: 'Phone', type: 'phone', length: 40 },
  { name: 'Title', label: 'Title', type: 'string', length: 128 },
  { name: 'Alias', label: 'Alias', type: 'string', length: 8 },
  { name: 'IsActive', label: 'Active', type: 'boolean' },
];

const noSuchColumn = (scope: QueryScope, path: string, field: string, entity: string) =>
  soqlError(
    'INVALID_FIELD',
    scope.statement,
    findName(scope.statement, path),
    `No such column '${field}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

const noSuchRelationship = (scope: QueryScope, path: string, name: string) =>
  soqlError(
    'INVALID_FIELD',
    scope.statement,
    findName(scope.statement, path),
    `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

const followSteps = (steps: readonly ParentStep[], row: Row): Row | undefined => {
  let at: Row | undefined = row;
  for (const step of steps) {
    if (at === undefined) return undefined;
    at = step.follow(at);
  }
  return at;
};

const makeStep = (scope: QueryScope, reference: BoundField): ParentStep => {
  const { referenceTo = [], relationshipName = '' } = reference.definition;
  const only = referenceTo.length === 1 ? scope.database.schema.object(referenceTo[0] ?? '') : undefined;
  return {
    relationshipName,
    parent: only ?? null,
    follow: (row) => {
      const id = row.values[reference.column];
      const table = typeof id === 'string' ? scope.database.tableOfId(id) : undefined;
      const parent = typeof id === 'string' ? table?.get(id) : undefined;
      return table !== undefined && parent !== undefined && isShared(scope, table, parent)
        ? parent
        : undefined;
    },
  };
};

/** The step to a parent by the name of the relationship. Throws INVALID_FIELD where there is none, or it is hidden. */
export const resolveParent = (scope: QueryScope, object: ObjectSchema, name: string): ParentStep => {
  const reference = object.relationship(name);
  if (reference === undefined || scope.rules.hides(scope.actor, object, reference)) {
    throw noSuchRelationship(scope, name, name);
  }
  return makeStep(scope, reference);
};

/** The Type of a Name is the object (`User`, `Lead`), of a group its own type (`Queue`); an account's own field Type is another. */
const readNamePointing = (scope: QueryScope, name: string, target: Row): StoredValue => {
  const schema = scope.database.tableOfId(target.id)?.schema;
  if (schema === undefined) return null;
  if (name === 'Type' && schema.name !== 'Group') return schema.name;
  const field = schema.fields.find(({ definition }) =>
    name === 'Name' ? definition.nameField === true : definition.name === name,
  );
  return field === undefined ? null : makeReader(schema, field)(target, scope.nowSeconds);
};

const resolveNamePointing = (
  scope: QueryScope,
  path: string,
  name: string,
  steps: readonly ParentStep[],
): ResolvedField => {
  const definition = namePointingFields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (definition === undefined) throw noSuchColumn(scope, path, name, 'Name');
  const read = (row: Row): StoredValue => {
    const target = followSteps(steps, row);
    return target === undefined ? null : readNamePointing(scope, definition.name, target);
  };
  return {
    definition,
    steps,
    read,
    render: (row) => renderValue(definition, read(row)),
    column: undefined,
  };
};

/**
 * Resolves `Email`, `Owner.Name` or `l.Account.Owner.Name` (with `alias`) against an object. Throws INVALID_FIELD in
 * the vendor's words for what is not there, or hidden from the caller.
 */
export const resolveField = (
  scope: QueryScope,
  object: ObjectSchema,
  path: string,
  alias?: string,
): ResolvedField => {
  const segments = path.split('.');
  const prefixes = [alias?.toLowerCase(), object.name.toLowerCase()];
  if (segments.length > 1 && prefixes.includes(segments[0]?.toLowerCase())) segments.shift();
  const name = segments.pop() ?? '';
  const steps: ParentStep[] = [];
  let current: ObjectSchema | null = object;
  for (const segment of segments) {
    const reference: BoundField | undefined = current?.relationship(segment);
    if (current === null || reference === undefined || scope.rules.hides(scope.actor, current, reference)) {
      throw noSuchRelationship(scope, path, segment);
    }
    const step = makeStep(scope, reference);
    steps.push(step);
    current = step.parent;
  }
  if (current === null) return resolveNamePointing(scope, path, name, steps);
  const field = scope.rules.visibleField(scope.actor, current, name);
  if (field === undefined) throw noSuchColumn(scope, path, name, current.name);
  const read = makeReader(current, field);
  const render = makeRenderer(current, field);
  const { nowSeconds } = scope;
  if (steps.length === 0) {
    return {
      definition: field.definition,
      steps,
      read: (row) => read(row, nowSeconds),
      render: (row) => render(row, nowSeconds),
      column: field.column,
    };
  }
  return {
    definition: field.definition,
    steps,
    read: (row) => {
      const target = followSteps(steps, row);
      return target === undefined ? null : read(target, nowSeconds);
    },
    render: (row) => {
      const target = followSteps(steps, row);
      return target === undefined ? null : render(target, nowSeconds);
    },
    column: undefined,
  };
};
