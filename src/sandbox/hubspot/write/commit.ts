import { automationSource } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { automationChanges } from './company-rules.ts';
import type { PreparedWrite } from './prepare.ts';

export interface Committed {
  readonly record: StoredRecord;
  readonly isNew: boolean;
  /** Places whose value differs from before. */
  readonly changed: readonly number[];
}

/** Carries a prepared write out, then what the company's workflows make of it. */
export const commitWrite = (
  store: ObjectStore,
  write: PreparedWrite,
  source: ChangeSource,
  now: number,
): Committed => {
  const isNew = write.record === null;
  const record = write.record ?? store.create(write.changes, source, now);
  const changed = isNew ? [...write.changes.keys()] : store.update(record, write.changes, source, now);
  if (changed.length > 0)
    store.update(record, automationChanges(store.schema, record), automationSource, now);
  return { record, isNew, changed };
};
