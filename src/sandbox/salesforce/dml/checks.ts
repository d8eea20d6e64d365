import { conditionHolds } from '../../core/rules.ts';
import type { CompanyRules } from '../access.ts';
import { type RowError, refuse, SalesforceError } from '../errors.ts';
import { prefixOf, toId15 } from '../ids.ts';
import { isClearable, isRequired, type StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import { makeReader, type Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { renderValue } from '../values/render.ts';

/** Reads a draft or a record for the `when` of a rule, in the form of the API. */
export const readerOf = (schema: ObjectSchema, row: Row, nowSeconds: number) => (name: string) => {
  const field = schema.field(name);
  return field === undefined
    ? null
    : renderValue(field.definition, makeReader(schema, field)(row, nowSeconds));
};

/** Fields that a create must fill, and those that it fills by itself (Status, OwnerId), which nobody may empty. */
const missingFields = (
  schema: ObjectSchema,
  draft: Row,
  changes: ReadonlyMap<BoundField, StoredValue>,
): string[] =>
  schema.fields
    .filter(({ column }) => (draft.values[column] ?? null) === null)
    .filter((field) => isRequired(field.definition) || (changes.has(field) && !isClearable(field.definition)))
    .map((field) => field.definition.name);

/** Required by the object, or by a rule of the company. */
export const checkRequired = (
  schema: ObjectSchema,
  rules: CompanyRules,
  draft: Row,
  changes: ReadonlyMap<BoundField, StoredValue>,
  now: number,
): void => {
  const missing = missingFields(schema, draft, changes);
  const read = readerOf(schema, draft, now);
  for (const rule of rules.of(schema, 'required')) {
    const field = rule.field === undefined ? undefined : schema.field(rule.field);
    if (field === undefined || read(field.definition.name) !== null || !conditionHolds(rule, read)) continue;
    const { name } = field.definition;
    if (rule.code !== undefined || rule.message !== undefined) {
      const words = rule.message ?? `Required fields are missing: [${name}]`;
      throw refuse(rule.code ?? 'REQUIRED_FIELD_MISSING', words, [name]);
    }
    missing.push(name);
  }
  if (missing.length === 0) return;
  throw refuse('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
};

/** All validation rules are tried; each that fails is one error, as in the vendor's answer. */
export const checkValidation = (schema: ObjectSchema, rules: CompanyRules, draft: Row, now: number): void => {
  const read = readerOf(schema, draft, now);
  const errors = rules
    .of(schema, 'validation')
    .filter((rule) => conditionHolds(rule, read))
    .map(
      (rule): RowError => ({
        code: rule.code ?? 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: rule.message ?? 'This record breaks a rule of the company.',
        fields: rule.field === undefined ? [] : [schema.field(rule.field)?.definition.name ?? rule.field],
      }),
    );
  if (errors.length > 0) throw new SalesforceError(errors);
};

/** Whether the caller may see a record. */
export type Sees = (table: Table, row: Row) => boolean;

/** A record that is not shared with the caller, which an update or a lookup names by its id. */
export const noAccess = (id: string): SalesforceError =>
  refuse(
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    `insufficient access rights on cross-reference id: ${toId15(id)}`,
    [],
  );

/** A record type of another object, or an inactive one, is not valid (capture of this message). */
const checkRecordType = (schema: ObjectSchema, table: Table, target: Row): void => {
  const of = (name: string): StoredValue => target.values[table.schema.column(name)] ?? null;
  if (of('SobjectType') === schema.name && of('IsActive') === true) return;
  const words = `Record Type ID: this ID value isn't valid for the user: ${target.id}`;
  throw refuse('INVALID_CROSS_REFERENCE_KEY', words, ['RecordTypeId']);
};

/** A queue owns records of its own objects alone (code and text unverified). */
const checkQueue = (database: Database, schema: ObjectSchema, queue: Row): void => {
  const links = database.schema.object('QueueSobject');
  if (links === undefined) return;
  const table = database.table(links);
  const rows = table.index(links.column('QueueId'))?.find(queue.id) ?? [];
  if (rows.some((row) => row.values[links.column('SobjectType')] === schema.name)) return;
  throw refuse('INVALID_OPERATION', 'Queue not associated with this SObject type', ['OwnerId']);
};

const checkReference = (
  database: Database,
  schema: ObjectSchema,
  field: BoundField,
  id: string,
  sees: Sees,
): void => {
  const { label, name, referenceTo = [], wrongObjectCode = 'MALFORMED_ID' } = field.definition;
  const table = database.tableOfId(id);
  if (table === undefined || !referenceTo.includes(table.schema.name)) {
    throw refuse(wrongObjectCode, `${label}: id value of incorrect type: ${id}`, [name]);
  }
  const target = table.get(id);
  if (target === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (target.deleted) throw refuse('ENTITY_IS_DELETED', 'entity is deleted', []);
  if (!sees(table, target)) throw noAccess(id);
  if (name === 'RecordTypeId') checkRecordType(schema, table, target);
  if (name === 'OwnerId' && table.schema.name === 'Group') checkQueue(database, schema, target);
  const active = table.schema.field('IsActive');
  if (active !== undefined && name === 'OwnerId' && target.values[active.column] === false) {
    throw refuse(
      'INACTIVE_OWNER_OR_USER',
      `operation performed with inactive user [${id}] as owner of ${schema.name.toLowerCase()}`,
    );
  }
};

/** References must lead to a live record of a right object; an owner must be active. */
export const checkReferences = (
  database: Database,
  schema: ObjectSchema,
  changed: ReadonlyMap<BoundField, StoredValue>,
  sees: Sees,
): void => {
  for (const [field, value] of changed) {
    if (field.definition.type === 'reference' && typeof value === 'string') {
      checkReference(database, schema, field, value, sees);
    }
  }
};

/** A unique field may hold a value once among live records; the other's id is told to those alone who may see it. */
export const checkUnique = (table: Table, draft: Row, sees: Sees): void => {
  for (const { definition, column } of table.schema.fields) {
    const value = draft.values[column] ?? null;
    if (definition.unique !== true || value === null) continue;
    const other = table
      .index(column)
      ?.find(value)
      .find((row) => !row.deleted && row.id !== draft.id);
    if (other === undefined) continue;
    throw refuse(
      'DUPLICATE_VALUE',
      `duplicate value found: ${definition.name} duplicates value on record with id: ${sees(table, other) ? toId15(other.id) : '<unknown>'}`,
      [],
    );
  }
};

/** Whether another transaction holds the record, by a lock rule. */
export const checkLock = (schema: ObjectSchema, rules: CompanyRules, row: Row, now: number): void => {
  const read = readerOf(schema, row, now);
  const rule = rules.of(schema, 'lock').find((one) => conditionHolds(one, read));
  if (rule === undefined) return;
  throw refuse(
    rule.code ?? 'UNABLE_TO_LOCK_ROW',
    rule.message ?? `unable to obtain exclusive access to this record or 1 records: ${row.id}`,
    [],
  );
};

/** The record that a caller means by an id (18 characters); `context` decides between the vendor's two answers. */
export const requireLive = (table: Table, id: string): Row => {
  if (prefixOf(id) !== table.schema.definition.keyPrefix) {
    throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  }
  const row = table.get(id);
  if (row === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (row.deleted) throw refuse('ENTITY_IS_DELETED', 'entity is deleted', []);
  return row;
};
