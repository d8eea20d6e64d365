import type { ObjectSchema } from '../schema/object-schema.ts';
import type { StoredRecord } from '../store/record.ts';

/**
 * The lifecycle stage: a new record begins at the initial one, and a write of an earlier stage is dropped without a
 * word while the rest of the write succeeds (https://developers.hubspot.com/docs/api/crm/contacts, 'lifecyclestage').
 * Going back takes a clearing first, in a request of its own. Reaching a stage stamps hs_lifecyclestage_<stage>_date.
 */
export const applyLifecycle = (
  schema: ObjectSchema,
  record: StoredRecord | null,
  changes: Map<number, string | null>,
  now: number,
): void => {
  const { lifecycle } = schema.definition;
  const slot = lifecycle === null ? undefined : schema.slot(lifecycle.property);
  if (lifecycle === null || slot === undefined) return;
  if (record === null && (changes.get(slot.index) ?? null) === null)
    changes.set(slot.index, lifecycle.initial);
  const stage = changes.get(slot.index) ?? null;
  if (stage === null) return;
  const present = record?.version.values[slot.index] ?? null;
  const order = (slot.property.options ?? []).map((option) => option.value);
  if (present !== null && order.indexOf(stage) < order.indexOf(present)) {
    changes.delete(slot.index);
    return;
  }
  const reached = schema.slot(`hs_lifecyclestage_${stage}_date`);
  if (reached === undefined || stage === present) return;
  if ((record?.version.values[reached.index] ?? null) === null) {
    changes.set(reached.index, new Date(now).toISOString());
  }
};
