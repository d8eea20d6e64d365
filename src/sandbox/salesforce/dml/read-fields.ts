import type { Actor, CompanyRules } from '../access.ts';
import { refuse, SalesforceError } from '../errors.ts';
import { isCreateable, isUpdateable, type StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import { coerceValue } from '../values/coerce.ts';

export type Operation = 'create' | 'update';

/** The fields of a record body, resolved and with the values that they leave. */
export type FieldChanges = ReadonlyMap<BoundField, StoredValue>;

interface ReadContext {
  readonly database: Database;
  readonly rules: CompanyRules;
  readonly actor: Actor;
}

/** Keys that say what the record is, not what is in it. */
const isMeta = (key: string): boolean => key === 'attributes' || key === 'type';

/** Bodies cannot be read as records of the object at all (unverified whether a collection refuses the row alone). */
const noSuchColumn = (name: string, schema: ObjectSchema): SalesforceError =>
  new SalesforceError(
    { code: 'INVALID_FIELD', message: `No such column '${name}' on sobject of type ${schema.name}` },
    { wholeRequest: true },
  );

const isWritable = (context: ReadContext, schema: ObjectSchema, field: BoundField, operation: Operation) =>
  (operation === 'create' ? isCreateable(field.definition) : isUpdateable(field.definition)) &&
  !context.rules.locksField(context.actor, schema, field);

/**
 * The object that a parent named by its external id is of; a lookup to several says it, as `attributes.type` or `type` (SOAP API guide,
 * create(): the type of a polymorphic parent). Undefined where it does not, or names another.
 */
const parentType = ({ referenceTo = [] }: BoundField['definition'], value: object): string | undefined => {
  if (referenceTo.length === 1) return referenceTo[0];
  const { attributes, type = (attributes as { type?: unknown } | null | undefined)?.type } = value as {
    attributes?: unknown;
    type?: unknown;
  };
  return referenceTo.find((name) => name.toLowerCase() === String(type).toLowerCase());
};

/** `{"Account": {"HubSpot_Id__c": "7"}}`: a parent named by its external id instead of its own. */
const resolveParent = (context: ReadContext, reference: BoundField, value: object): StoredValue => {
  const [pair, ...more] = Object.entries(value).filter(([key]) => !isMeta(key));
  const parentName = parentType(reference.definition, value);
  const parent = parentName === undefined ? undefined : context.database.schema.object(parentName);
  const key = pair === undefined ? undefined : parent?.field(pair[0]);
  if (pair === undefined || more.length > 0 || parent === undefined || key?.definition.externalId !== true) {
    throw refuse(
      'INVALID_FIELD',
      `${reference.definition.relationshipName}: a parent is named by exactly one external id field`,
    );
  }
  const wanted = coerceValue(key.definition, pair[1]);
  const table = context.database.table(parent);
  const found = wanted === null ? [] : (table.index(key.column)?.find(wanted) ?? []);
  const live = found.filter((row) => !row.deleted);
  if (live.length === 1 && live[0] !== undefined) return live[0].id;
  throw refuse(
    'INVALID_FIELD',
    live.length === 0
      ? `Foreign key external ID: ${wanted} not found for field ${key.definition.name} in entity ${parent.name}`
      : `Foreign key external ID: ${wanted} is not unique for field ${key.definition.name} in entity ${parent.name}`,
  );
};

/**
 * Reads the fields of a body. Throws SalesforceError: for the whole request where a name or kind of value is wrong, for
 * the row where a field cannot be written or a value does not fit.
 */
export const readFields = (
  context: ReadContext,
  schema: ObjectSchema,
  body: Readonly<Record<string, unknown>>,
  operation: Operation,
): FieldChanges => {
  const changes = new Map<BoundField, StoredValue>();
  const forbidden: string[] = [];
  for (const [key, raw] of Object.entries(body)) {
    if (isMeta(key)) continue;
    const parent = typeof raw === 'object' && raw !== null ? schema.relationship(key) : undefined;
    const field = parent ?? context.rules.visibleField(context.actor, schema, key);
    if (field === undefined) throw noSuchColumn(key, schema);
    if (!isWritable(context, schema, field, operation)) {
      forbidden.push(field.definition.name);
      continue;
    }
    changes.set(
      field,
      parent === undefined
        ? coerceValue(field.definition, raw)
        : resolveParent(context, parent, raw as object),
    );
  }
  if (forbidden.length === 0) return changes;
  throw refuse(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${forbidden.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    forbidden,
  );
};
