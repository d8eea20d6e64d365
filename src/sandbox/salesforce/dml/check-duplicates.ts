import { type CompanyRule, conditionHolds } from '../../core/rules.ts';
import type { CompanyRules } from '../access.ts';
import { SalesforceError } from '../errors.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { RecordUrl } from '../soql/api-record.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { readerOf, type Sees } from './checks.ts';

/** What Sforce-Duplicate-Rule-Header says; all of it is false where it says nothing (REST API guide, Duplicate Rule Header). */
export interface DuplicateOptions {
  /** Passes the rules that only alert. */
  readonly allowSave: boolean;
  /** The records that were found come with all their fields, not with their ids alone. */
  readonly includeRecordDetails: boolean;
  /** The rule looks among what is shared with the caller, not among everything. */
  readonly runAsCurrentUser: boolean;
}

/** `allowSave=true; includeRecordDetails=true`. */
export const readDuplicateOptions = (header = ''): DuplicateOptions => {
  const isTrue = (name: string): boolean => new RegExp(`\\b${name}\\s*=\\s*true\\b`, 'i').test(header);
  return {
    allowSave: isTrue('allowSave'),
    includeRecordDetails: isTrue('includeRecordDetails'),
    runAsCurrentUser: isTrue('runAsCurrentUser'),
  };
};

/** What the rules are asked about. */
export interface DuplicateContext {
  readonly database: Database;
  readonly rules: CompanyRules;
  readonly duplicates: DuplicateOptions;
  readonly sees: Sees;
  readonly recordUrl?: RecordUrl;
}

const namesOf = (rule: CompanyRule): readonly string[] =>
  rule.fields ?? (rule.field === undefined ? [] : [rule.field]);

/** The rule's fields on an object; null where it does not have all of them. */
const fieldsOn = (rule: CompanyRule, schema: ObjectSchema): readonly BoundField[] | null => {
  const fields = namesOf(rule).flatMap((name) => schema.field(name) ?? []);
  return fields.length > 0 && fields.length === namesOf(rule).length ? fields : null;
};

const comparable = (row: Row, field: BoundField): string =>
  String(row.values[field.column] ?? '')
    .trim()
    .toLowerCase();

/** A converted lead is nobody's duplicate (unverified). */
const isComparable = ({ schema }: Table, row: Row): boolean => {
  const converted = schema.field('IsConverted');
  return !row.deleted && (converted === undefined || row.values[converted.column] !== true);
};

/** Whether the rule runs: on a create, or on an update that moves one of its fields (for updates unverified). */
const runs = (rule: CompanyRule, fields: readonly BoundField[], draft: Row, before: Row | null): boolean => {
  const on = rule.on ?? 'create';
  if (before === null) return on !== 'update';
  return on !== 'create' && fields.some((field) => comparable(draft, field) !== comparable(before, field));
};

interface Found {
  readonly table: Table;
  /** Whom the caller is shown: a rule finds records that its caller may not see, and does not name them (the latter unverified). */
  readonly shown: readonly Row[];
}

const findIn = (
  { sees, duplicates }: DuplicateContext,
  table: Table,
  fields: readonly BoundField[],
  wanted: readonly string[],
  draft: Row,
): Found | null => {
  const rows = table.rows.filter(
    (row) =>
      row.id !== draft.id &&
      isComparable(table, row) &&
      fields.every((field, at) => comparable(row, field) === wanted[at]) &&
      (!duplicates.runAsCurrentUser || sees(table, row)),
  );
  return rows.length === 0 ? null : { table, shown: rows.filter((row) => sees(table, row)) };
};

const recordOf = (
  { database, duplicates, recordUrl }: DuplicateContext,
  { schema }: Table,
  row: Row,
): Readonly<Record<string, unknown>> => {
  const read = readerOf(schema, row, database.nowSeconds);
  const url = recordUrl === undefined ? {} : { url: recordUrl(schema.name, row.id) };
  const names = duplicates.includeRecordDetails ? schema.fields.map(({ definition }) => definition.name) : [];
  return {
    attributes: { type: schema.name, ...url },
    ...Object.fromEntries(names.map((name) => [name, read(name)])),
    Id: row.id,
  };
};

/** The body of a refusal; the key is really spelled so (captures of v50, v54 and v56). */
const bodyOf = (
  context: DuplicateContext,
  schema: ObjectSchema,
  rule: CompanyRule,
  found: readonly Found[],
  errorMessage: string,
): Readonly<Record<string, unknown>> => ({
  duplicateResut: {
    allowSave: rule.set?.allowSave === true,
    duplicateRule: rule.name ?? `Standard_${schema.name}_Duplicate_Rule`,
    duplicateRuleEntityType: schema.name,
    errorMessage,
    matchResults: found.map(({ table, shown }) => ({
      entityType: table.schema.name,
      errors: [],
      matchEngine: 'FuzzyMatchEngine',
      matchRecords: shown.map((row) => ({
        additionalInformation: [],
        fieldDiffs: [],
        matchConfidence: 100,
        record: recordOf(context, table, row),
      })),
      rule: `Standard_${table.schema.name}_Match_Rule_v1_1`,
      size: shown.length,
      success: true,
    })),
  },
});

/**
 * Runs the object's active duplicate rules over a record that is about to be saved; `before` is what it was, null for a new one.
 * Throws DUPLICATES_DETECTED, which a single record's answer tells with the records found and a collection's without.
 */
export const checkDuplicates = (
  context: DuplicateContext,
  { schema }: Table,
  draft: Row,
  before: Row | null,
): void => {
  const { database, rules, duplicates } = context;
  for (const rule of rules.of(schema, 'duplicate')) {
    const own = fieldsOn(rule, schema);
    if (own === null || !runs(rule, own, draft, before)) continue;
    if (duplicates.allowSave && rule.set?.allowSave === true) continue;
    const wanted = own.map((field) => comparable(draft, field));
    if (wanted.includes('') || !conditionHolds(rule, readerOf(schema, draft, database.nowSeconds))) continue;
    const found = (rule.against ?? [schema.name]).flatMap((name): readonly Found[] => {
      const object = database.schema.object(name);
      const fields = object === undefined ? null : fieldsOn(rule, object);
      if (object === undefined || fields === null) return [];
      const records = findIn(context, database.table(object), fields, wanted, draft);
      return records === null ? [] : [records];
    });
    if (found.length === 0) continue;
    const message = rule.message ?? 'Use one of these records?';
    throw new SalesforceError({
      code: rule.code ?? 'DUPLICATES_DETECTED',
      message,
      extra: bodyOf(context, schema, rule, found, message),
    });
  }
};
