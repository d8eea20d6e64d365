import { automationSource, type HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { showOptOut } from '../subscriptions/opt-out-flag.ts';
import { associateCompany } from './auto-company.ts';
import { automationChanges } from './company-rules.ts';
import type { PreparedWrite } from './prepare.ts';

/** The address had chosen before the contact had it. */
const optOutSource: ChangeSource = { sourceType: 'CALCULATED', sourceId: 'EmailSubscriptions' };

export interface Committed {
  readonly record: StoredRecord;
  readonly isNew: boolean;
  /** Places whose value differs from before. */
  readonly changed: readonly number[];
}

/** Carries a prepared write out, then what the company's workflows and the portal's own habits make of it. */
export const commitWrite = (
  state: HubspotState,
  store: ObjectStore,
  write: PreparedWrite,
  source: ChangeSource,
  now: number,
  runsWorkflows = true,
): Committed => {
  const isNew = write.record === null;
  const record = write.record ?? store.create(write.changes, source, now);
  const changed = isNew ? [...write.changes.keys()] : store.update(record, write.changes, source, now);
  if (changed.length > 0 && runsWorkflows)
    store.update(record, automationChanges(store.schema, record), automationSource, now);
  const email = store.schema.slot(store.schema.definition.email?.primary ?? '');
  if (email !== undefined && changed.includes(email.index)) {
    associateCompany(state, store, record, now);
    showOptOut(state, store, record, { source: optOutSource, at: now });
  }
  return { record, isNew, changed };
};
