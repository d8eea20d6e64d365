import * as z from 'zod';
import { callers } from '../core/message.ts';
import { ControlError, type ControlRoute } from '../core/system.ts';
import { setAssignment } from './assignment-control.ts';
import type { Company } from './company.ts';
import { readDuplicateOptions } from './dml/check-duplicates.ts';
import { leadMappingSchema } from './dml/lead-mapping.ts';
import { Writer } from './dml/writer.ts';
import { SalesforceError } from './errors.ts';
import { toId18 } from './ids.ts';
import { type FieldDefinition, fieldTypes } from './schema/field.ts';
import { makeCustomObject, type ObjectSchema } from './schema/org-schema.ts';
import type { Table } from './store/table.ts';
import { coerceValue } from './values/coerce.ts';
import { makeRenderer, renderValue } from './values/render.ts';

/** Deletion of undefined keys: the definitions distinguish absent from undefined. */
const compact = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const fieldSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]*__c$/, 'must be a custom field: end in __c'),
  label: z.string().optional(),
  type: z.enum(fieldTypes),
  length: z.int().min(1).optional(),
  precision: z.int().min(1).max(18).optional(),
  scale: z.int().min(0).max(17).optional(),
  digits: z.int().min(1).optional(),
  required: z.boolean().optional(),
  externalId: z.boolean().optional(),
  unique: z.boolean().optional(),
  caseSensitive: z.boolean().optional(),
  picklist: z.array(z.string()).optional(),
  restricted: z.boolean().optional(),
  referenceTo: z.array(z.string()).min(1).optional(),
  relationshipName: z.string().optional(),
  defaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

const schemaSchema = z.strictObject({
  objects: z.array(
    z.strictObject({
      name: z.string().min(1),
      label: z.string().optional(),
      autoNumber: z.string().optional(),
      fields: z.array(fieldSchema).default([]),
    }),
  ),
});

const authSchema = z.strictObject({
  soapLogin: z.boolean().optional(),
  clientCredentials: z.boolean().optional(),
  password: z.boolean().optional(),
  jwtPublicKey: z.string().nullable().optional(),
  expire: z.enum([...callers, 'all']).optional(),
});

type FieldInput = z.output<typeof fieldSchema>;

const relationshipOf = (input: FieldInput): Partial<FieldDefinition> =>
  input.type === 'reference'
    ? { relationshipName: input.relationshipName ?? input.name.replace(/__c$/, '__r') }
    : {};

const toDefinition = (input: FieldInput): FieldDefinition => {
  const { required, label, relationshipName: _relationshipName, ...rest } = input;
  return {
    ...compact(rest),
    name: input.name,
    type: input.type,
    label: label ?? input.name.replace(/__c$/, '').replaceAll('_', ' '),
    ...(required === true ? { nillable: false } : {}),
    ...relationshipOf(input),
  };
};

/**
 * What an admin makes of a custom field that is there: another type, another length, other options. Records keep their values, also options that
 * are none any more; what the new type cannot hold is blank (the latter as the vendor warns before it changes a type).
 */
const changeField = (company: Company, object: ObjectSchema, definition: FieldDefinition): boolean => {
  const field = object.field(definition.name);
  if (field === undefined) return false;
  const before = field.definition;
  const isKey = (one: FieldDefinition): boolean => one.externalId === true || one.unique === true;
  if (!before.name.endsWith('__c') || isKey(before) || isKey(definition)) return false;
  object.changeField(definition);
  if (before.type === definition.type) return true;
  const table = company.database.table(object);
  for (const row of table.rows) {
    const values = [...row.values];
    try {
      const value = renderValue(before, values[field.column] ?? null);
      // A number that becomes a text keeps its digits; in JSON it would be refused.
      const given = definition.type === 'string' && value !== null ? String(value) : value;
      values[field.column] = coerceValue(definition, given);
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      values[field.column] = null;
    }
    table.replace(row, values, row.deleted);
  }
  return true;
};

/** Adds custom objects and fields, also to standard objects, and changes custom fields that are there. Throws ControlError or a ZodError. */
export const addToSchema = (company: Company, payload: unknown): void => {
  const { database } = company;
  for (const [at, input] of schemaSchema.parse(payload).objects.entries()) {
    let object = database.schema.object(input.name);
    if (object === undefined) {
      if (!/^[A-Za-z][A-Za-z0-9_]*__c$/.test(input.name)) {
        throw new ControlError(`objects[${at}].name`, 'a new object must be custom: end in __c');
      }
      const prefix = database.schema.nextCustomPrefix();
      const name: FieldDefinition = {
        name: 'Name',
        label: 'Name',
        type: 'string',
        length: 80,
        nameField: true,
      };
      object = database.schema.addObject(
        makeCustomObject(input.name, input.label ?? input.name.replace(/__c$/, ''), prefix, name, []),
      );
    }
    for (const [fieldAt, field] of input.fields.entries()) {
      const definition = toDefinition(field);
      if (object.field(field.name) === undefined) database.addField(object, definition);
      else if (!changeField(company, object, definition)) {
        const why = `${field.name} is already there, and is no custom field that can be changed`;
        throw new ControlError(`objects[${at}].fields[${fieldAt}].name`, why);
      }
    }
  }
};

export const tableOf = (company: Company, type: string): Table => {
  const object = company.database.schema.object(type);
  if (object === undefined) throw new ControlError('type', `there is no object ${type}`);
  return company.database.table(object);
};

/** Every field of every record, deleted ones too, in the form of the API, `limit` a page, in the order of ids. */
export const pageRecords = (
  company: Company,
  type: string,
  after: string | null,
  limit: number,
): { records: unknown[]; after?: string } => {
  const table = tableOf(company, type);
  const { schema, rows } = table;
  const start = after === null ? 0 : table.positionAfter(after);
  const page = rows.slice(start, start + limit);
  const { nowSeconds } = company.database;
  const renderers = schema.fields.map(
    (field) => [field.definition.name, makeRenderer(schema, field)] as const,
  );
  const records = page.map((row) =>
    Object.fromEntries(renderers.map(([name, render]) => [name, render(row, nowSeconds)])),
  );
  const last = page.at(-1);
  return start + limit < rows.length && last !== undefined ? { records, after: last.id } : { records };
};

/** What edits in the web page bear. Source: captured events of the Change Data Capture guide. */
const webPageOrigin = 'com/salesforce/api/soap/60.0;client=SfdcInternalAPI/';

/** Writes as a user who sits before the web page: the person, unless another one is named. */
export const webPageWriter = (company: Company, userId = company.directory.personUserId): Writer =>
  new Writer({
    database: company.database,
    rules: company.rules,
    assignment: company.assignment,
    actor: { caller: 'person', userId },
    autoAssign: false,
    duplicates: readDuplicateOptions('allowSave=true'),
    origin: webPageOrigin,
  });

/** What the vendor says against a row, by its code and fields, never with the value; anything else as it is. */
export const refusalAt = (place: string, error: unknown): unknown => {
  const first = error instanceof SalesforceError ? error.errors[0] : undefined;
  if (first === undefined) return error;
  const fields =
    first.fields === undefined || first.fields.length === 0 ? '' : ` (${first.fields.join(', ')})`;
  return new ControlError(place, `${first.code}${fields}`);
};

/**
 * Enters records as if the person had: the same checks and changes of values as any write, no assignment rule. All or
 * none; throws ControlError that names the row and the vendor's code, never the value.
 */
export const loadRecords = (
  company: Company,
  type: string,
  records: readonly Readonly<Record<string, unknown>>[],
): readonly string[] => {
  const table = tableOf(company, type);
  const writer = webPageWriter(company);
  const ids: string[] = [];
  for (const [at, record] of records.entries()) {
    try {
      ids.push(writer.create(table, record).id);
    } catch (error) {
      writer.transaction.rollback();
      throw refusalAt(`records[${at}]`, error);
    }
  }
  writer.transaction.commit();
  return ids;
};

/** The tracked fields by object; an empty list switches its history off. */
const trackingSchema = z.record(z.string(), z.array(z.string()));
const eraseSchema = z.strictObject({ ids: z.array(z.string()).min(1) });

/**
 * What a hard delete or a privacy request does: the records are gone at once, from the recycle bin too, with those that go with
 * them. Throws ControlError for an id of nothing.
 */
const eraseRecords = (company: Company, ids: readonly string[]): { readonly ok: true } => {
  const { database } = company;
  const rows = ids.map((text, at) => {
    const row = database.find(toId18(text) ?? '');
    if (row === undefined) throw new ControlError(`ids[${at}]`, 'there is no such record');
    return row;
  });
  const writer = webPageWriter(company);
  for (const [at, row] of rows.entries()) {
    const table = database.tableOfId(row.id);
    if (table === undefined || row.deleted) continue;
    try {
      writer.remove(table, row);
    } catch (error) {
      writer.transaction.rollback();
      const code = error instanceof SalesforceError ? error.errors[0]?.code : undefined;
      if (code === undefined) throw error;
      throw new ControlError(`ids[${at}]`, code);
    }
  }
  writer.transaction.commit();
  for (const row of rows) database.eraseWithChildren(row);
  return { ok: true };
};

/** Hooks that only this system has: ways of signing in, lead assignment and lead conversion, and erasure. */
export const controlRoutes = (company: Company): readonly ControlRoute[] => [
  {
    method: 'POST',
    template: '/auth',
    handle: (body) => {
      const { expire, ...policy } = authSchema.parse(body);
      company.policy = { ...company.policy, ...compact(policy) };
      if (expire !== undefined) company.sessions.expire(expire === 'all' ? null : expire);
      return company.policy;
    },
  },
  {
    method: 'POST',
    template: '/assignment',
    handle: (body) => setAssignment(company, body),
  },
  {
    method: 'POST',
    template: '/lead-mapping',
    handle: (body) => {
      company.leadMapping.set(leadMappingSchema.parse(body), company.database);
      return { ok: true };
    },
  },
  {
    method: 'POST',
    template: '/history',
    handle: (body) => {
      for (const [object, fields] of Object.entries(trackingSchema.parse(body))) {
        try {
          company.history.track(object, fields);
        } catch (error) {
          throw new ControlError(object, error instanceof Error ? error.message : String(error));
        }
      }
      return company.history.exportState();
    },
  },
  {
    method: 'POST',
    template: '/erase',
    handle: (body) => eraseRecords(company, eraseSchema.parse(body).ids),
  },
];
