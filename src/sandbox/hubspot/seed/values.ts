import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Property values by name as the store takes them; blank and unknown ones are left out. */
export const toChanges = (
  store: ObjectStore,
  values: Readonly<Record<string, string>>,
): Map<number, string | null> => {
  const changes = new Map<number, string | null>();
  for (const [name, value] of Object.entries(values)) {
    const slot = store.schema.slot(name);
    if (slot !== undefined && value !== '') changes.set(slot.index, value);
  }
  return changes;
};

export const storeNamed = (state: HubspotState, name: string): ObjectStore => {
  const store = state.find(name);
  if (store === undefined) throw new Error(`the portal has ${name}`);
  return store;
};
