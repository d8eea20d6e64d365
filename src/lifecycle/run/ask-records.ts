import type { LifecycleContext } from './context.ts';

/**
 * Has the engine find or make the Salesforce records of these contacts, before its other work. Asked for with the order to hand somebody over, so that it is under way
 * while the order is, and again by whoever carries the order out and finds none.
 */
export const askForRecords = async (
  { pair, store, wake }: LifecycleContext,
  contactIds: readonly string[],
): Promise<void> => {
  if (contactIds.length === 0) return;
  await store.askRecords(pair.name, pair.types.hubspot, contactIds);
  wake(pair.name);
};
