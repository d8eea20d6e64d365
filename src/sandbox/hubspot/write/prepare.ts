import type { Caller } from '../../core/message.ts';
import type { Pipelines } from '../pipelines/pipelines.ts';
import type { ObjectSchema, Slot } from '../schema/object-schema.ts';
import type { Changes, ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { checkCompanyRules } from './company-rules.ts';
import { applyPipeline } from './deal-stage.ts';
import { applyLifecycle } from './lifecycle.ts';
import { invalidValues, type RowError } from './row-error.ts';
import { checkEmail, checkValue, type InvalidValue } from './values.ts';

/** A write that HubSpot will take, not yet carried out. `record` is null for a create. */
export interface PreparedWrite {
  readonly record: StoredRecord | null;
  readonly changes: Changes;
}

export type Prepared = PreparedWrite | { readonly error: RowError };

/** What the checks of values need to know of the rest of the portal. */
export interface PortalFacts {
  readonly pipelines: Pipelines;
  readonly erasedEmails: ReadonlySet<string>;
  isOwner(id: string): boolean;
}

export interface WriteContext {
  readonly store: ObjectStore;
  readonly caller: Caller;
  readonly now: number;
  readonly portal: PortalFacts;
  /** Unique values that earlier rows of the same batch will take; null when rows are carried out one by one. */
  readonly claims: Set<string> | null;
  /** A bulk load: read-only properties that are stored may be entered, the company's rules do not apply. */
  readonly isLoad?: boolean;
}

/** Property values as a request gives them, made text (null and '' both clear). */
export type Properties = Readonly<Record<string, string>>;

const checkSlot = (name: string, context: WriteContext): Slot | InvalidValue => {
  const { schema } = context.store;
  const slot = schema.visible(name, context.caller);
  if (slot === undefined) {
    return { message: `Property "${name}" does not exist`, error: 'PROPERTY_DOESNT_EXIST', name };
  }
  const isClosed =
    context.isLoad === true
      ? slot.property.compute !== undefined
      : schema.isReadOnly(slot.property, context.caller);
  return isClosed
    ? {
        message: `"${name}" is a read only property; its value cannot be set.`,
        error: 'READ_ONLY_VALUE',
        name,
      }
    : slot;
};

/** Checks each value by itself. */
const checkProperties = (
  properties: Properties,
  record: StoredRecord | null,
  context: WriteContext,
): { readonly changes: Map<number, string | null>; readonly invalid: readonly InvalidValue[] } => {
  const { email, domain } = context.store.schema.definition;
  const changes = new Map<number, string | null>();
  const invalid: InvalidValue[] = [];
  for (const [name, text] of Object.entries(properties)) {
    const slot = checkSlot(name, context);
    if ('error' in slot) {
      invalid.push(slot);
      continue;
    }
    const value = {
      previous: record?.version.values[slot.index] ?? null,
      isOwner: (id: string) => context.portal.isOwner(id),
      isErasedEmail: (address: string) => context.portal.erasedEmails.has(address),
    };
    const checked =
      name === email?.primary
        ? checkEmail(slot.property, text, value)
        : name === email?.additional || name === domain?.additional
          ? { value: text.toLowerCase() || null }
          : checkValue(slot.property, text, value);
    if ('invalid' in checked) invalid.push(checked.invalid);
    else changes.set(slot.index, checked.value);
  }
  return { changes, invalid };
};

const alreadyExists = (schema: ObjectSchema, existing: StoredRecord | null): RowError => {
  const { singular } = schema.definition;
  const batchMessage = `${singular.slice(0, 1).toUpperCase()}${singular.slice(1)} already exists`;
  return existing === null
    ? { status: 409, category: 'CONFLICT', message: batchMessage, batchMessage }
    : {
        status: 409,
        category: 'CONFLICT',
        message: `${batchMessage}. Existing ID: ${existing.id}`,
        batchMessage,
        context: { existingId: [String(existing.id)] },
      };
};

const conflictingValue = (schema: ObjectSchema, slot: Slot, holder: StoredRecord | null): RowError =>
  invalidValues([
    {
      message: `Cannot set PropertyValueCoordinates{objectTypeId=${schema.definition.typeId}, propertyName=${slot.property.name}}. ${holder?.id ?? 'Another input'} already has that value.`,
      error: 'CONFLICTING_UNIQUE_VALUE',
      name: slot.property.name,
    },
  ]);

/** Whether a value that must be unique is held by another record or claimed by another row. */
const checkUnique = (
  record: StoredRecord | null,
  changes: Changes,
  context: WriteContext,
): RowError | null => {
  const { schema } = context.store;
  const values: (string | null)[] = [];
  for (const [slot, value] of changes) values[slot] = value;
  for (const { slot: index, value } of schema.uniqueKeys(values)) {
    const slot = schema.all()[index];
    if (slot === undefined) continue;
    const holder = context.store.findUnique(index, value) ?? null;
    const isHeld = holder !== null && holder !== record;
    const isClaimed = context.claims?.has(`${index}=${value}`) === true;
    if (!isHeld && !isClaimed) continue;
    return slot.property.name === schema.definition.email?.primary
      ? alreadyExists(schema, isHeld ? holder : null)
      : conflictingValue(schema, slot, isHeld ? holder : null);
  }
  for (const { slot, value } of schema.uniqueKeys(values)) context.claims?.add(`${slot}=${value}`);
  return null;
};

/** An address that becomes the primary one is no longer an additional one. */
const promoteAdditionalEmail = (
  record: StoredRecord,
  changes: Map<number, string | null>,
  schema: ObjectSchema,
): void => {
  const primary = schema.slot(schema.definition.email?.primary ?? '');
  const additional = schema.slot(schema.definition.email?.additional ?? '');
  if (primary === undefined || additional === undefined) return;
  const address = changes.get(primary.index) ?? null;
  const listed = (record.version.values[additional.index] ?? '').split(';');
  if (address === null || !listed.includes(address)) return;
  changes.set(additional.index, listed.filter((one) => one !== address).join(';') || null);
};

/** Fills what the object's definition gives a new record. */
const applyDefaults = (schema: ObjectSchema, changes: Map<number, string | null>): void => {
  const given = (name: string): string | null => changes.get(schema.slot(name)?.index ?? -1) ?? null;
  for (const [name, source] of Object.entries(schema.definition.defaults ?? {})) {
    const slot = schema.slot(name);
    const value = 'value' in source ? source.value : given(source.from);
    if (slot !== undefined && value !== null && given(name) === null) changes.set(slot.index, value);
  }
};

const checkRequired = (schema: ObjectSchema, changes: Changes): RowError | null => {
  const { requiredAnyOf, requiredAllOf = [], singular } = schema.definition;
  const isFilled = (name: string): boolean => (changes.get(schema.slot(name)?.index ?? -1) ?? null) !== null;
  const absent = requiredAllOf.filter((name) => !isFilled(name));
  if (absent.length > 0) {
    return {
      status: 400,
      category: 'VALIDATION_ERROR',
      message: `Error creating ${singular.toUpperCase()}. Some required properties were not set.`,
      context: { properties: absent },
    };
  }
  if (requiredAnyOf.length === 0 || requiredAnyOf.some(isFilled)) return null;
  return {
    status: 400,
    category: 'VALIDATION_ERROR',
    message: `Cannot create ${singular}: at least one of ${requiredAnyOf.join(', ')} is required`,
  };
};

/** Checks a write by all of HubSpot's rules; `record` is null for a create. Carries nothing out. */
export const prepareWrite = (
  record: StoredRecord | null,
  properties: Properties,
  context: WriteContext,
): Prepared => {
  const { store } = context;
  const { changes, invalid } = checkProperties(properties, record, context);
  if (invalid.length > 0) return { error: invalidValues(invalid) };
  if (record === null) applyDefaults(store.schema, changes);
  const isMissing = record === null && context.isLoad !== true ? checkRequired(store.schema, changes) : null;
  if (isMissing !== null) return { error: isMissing };
  if (record !== null) promoteAdditionalEmail(record, changes, store.schema);
  applyLifecycle(store.schema, record, changes, context.now);
  const misplaced = applyPipeline(store.schema, record, changes, context.portal.pipelines);
  if (misplaced !== null) return { error: invalidValues([misplaced]) };
  const ruled =
    context.isLoad === true
      ? null
      : checkCompanyRules(store.schema, record, changes, (field, value) =>
          holdsElsewhere(store, field, value),
        );
  const error = ruled ?? checkUnique(record, changes, context);
  return error === null ? { record, changes } : { error };
};

const holdsElsewhere = (store: ObjectStore, field: string, value: string): boolean => {
  const slot = store.schema.slot(field);
  if (slot === undefined) return false;
  const wanted = value.toLowerCase();
  const [found] = store.page(
    0,
    1,
    (record) => record.archivedAt === null && record.version.values[slot.index]?.toLowerCase() === wanted,
  );
  return found !== undefined;
};
