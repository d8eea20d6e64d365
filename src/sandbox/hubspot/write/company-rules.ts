import { type CompanyRule, conditionHolds } from '../../core/rules.ts';
import type { ObjectSchema } from '../schema/object-schema.ts';
import type { Changes } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { invalidValues, type RowError } from './row-error.ts';

/** Reads a field as it will be after the write. */
const readerAfter =
  (schema: ObjectSchema, record: StoredRecord | null, changes: Changes) =>
  (field: string): string | null => {
    const slot = schema.slot(field);
    if (slot === undefined) return null;
    const changed = changes.get(slot.index);
    return changed === undefined ? (record?.version.values[slot.index] ?? null) : changed;
  };

const ruleError = (rule: CompanyRule, code: string, message: string): RowError =>
  invalidValues([{ message: rule.message ?? message, error: rule.code ?? code, name: rule.field ?? '' }]);

/**
 * What the company's rules (validation, required, lock, duplicate) say to a write, null when they let it pass.
 * `hasOther` answers whether another live record holds a value of a property.
 */
export const checkCompanyRules = (
  schema: ObjectSchema,
  record: StoredRecord | null,
  changes: Changes,
  hasOther: (field: string, value: string) => boolean,
): RowError | null => {
  const after = readerAfter(schema, record, changes);
  const before = readerAfter(schema, record, new Map());
  for (const rule of schema.rules) {
    const field = rule.field ?? '';
    if (rule.kind === 'lock' && record !== null && conditionHolds(rule, before)) {
      return {
        status: 423,
        category: rule.code ?? 'LOCKED',
        message: rule.message ?? 'The resource is locked.',
      };
    }
    if (rule.kind === 'validation' && conditionHolds(rule, after)) {
      return ruleError(rule, 'VALIDATION_RULE', `${field} does not meet a validation rule of this account`);
    }
    if (rule.kind === 'required' && conditionHolds(rule, after) && (after(field) ?? '') === '') {
      return ruleError(rule, 'REQUIRED_FIELD', `${field} is required`);
    }
    const value = after(field) ?? '';
    if (rule.kind === 'duplicate' && record === null && value !== '' && hasOther(field, value)) {
      return ruleError(rule, 'CONFLICTING_UNIQUE_VALUE', `another record already has this ${field}`);
    }
  }
  return null;
};

/** What the company's workflows (kind update) write after a write; empty when none applies. */
export const automationChanges = (schema: ObjectSchema, record: StoredRecord): Changes => {
  const read = readerAfter(schema, record, new Map());
  const changes = new Map<number, string | null>();
  for (const rule of schema.rules) {
    if (rule.kind !== 'update' || !conditionHolds(rule, read)) continue;
    for (const [name, value] of Object.entries(rule.set ?? {})) {
      const slot = schema.slot(name);
      if (slot !== undefined) changes.set(slot.index, value === null || value === '' ? null : String(value));
    }
  }
  return changes;
};
