import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Read, RollUp } from './roll-ups.ts';

/** Writes what the portal makes of an activity on a record; `now` becomes its stamp. A blank value clears. */
export const writeRollUp = (
  store: ObjectStore,
  record: StoredRecord,
  make: (read: Read) => RollUp,
  now: number,
): void => {
  const read: Read = (name) => {
    const slot = store.schema.slot(name);
    return slot === undefined ? null : (record.version.values[slot.index] ?? null);
  };
  const { source, values } = make(read);
  const changes = new Map<number, string | null>();
  for (const [name, value] of Object.entries(values)) {
    const slot = store.schema.slot(name);
    if (slot !== undefined) changes.set(slot.index, value === '' ? null : value);
  }
  store.update(record, changes, source, now);
};
