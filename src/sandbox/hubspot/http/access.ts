import type { Call, Caller } from '../../core/message.ts';
import { type HubspotState, sources } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import type { WriteContext } from '../write/prepare.ts';
import { refuseRequest } from './errors.ts';

/** The caller of a route that needs a sign-in. */
export const callerOf = (call: Call): Caller => {
  if (call.caller === null) throw new Error('this route must not be open');
  return call.caller;
};

export const sourceOf = (call: Call): ChangeSource => sources[callerOf(call)];

export const writeContext = (
  state: HubspotState,
  store: ObjectStore,
  call: Call,
  claims: Set<string> | null = null,
): WriteContext => ({
  store,
  caller: callerOf(call),
  now: state.clock.now(),
  portal: state,
  claims,
});

/**
 * Finds a record by its id (archived or not; `follows`: also by one that was merged away) or by a unique property (live ones only; the email also by an additional
 * address). An idProperty that does not identify is refused.
 */
export const makeFinder = (
  store: ObjectStore,
  idProperty: string | null | undefined,
  caller: Caller,
  follows = false,
): ((id: string) => StoredRecord | undefined) => {
  if (idProperty === null || idProperty === undefined || idProperty === '' || idProperty === 'hs_object_id') {
    return (id) => (follows ? store.resolve(id) : store.get(id));
  }
  const slot = store.schema.visible(idProperty, caller);
  if (slot === undefined || !store.schema.identifies(slot)) {
    throw refuseRequest(`idProperty ${idProperty} is not a property with unique values`);
  }
  const isEmail = idProperty === store.schema.definition.email?.primary;
  return (id) => store.findUnique(slot.index, isEmail ? id.trim().toLowerCase() : id);
};

/** Only live records. */
export const live = (record: StoredRecord | undefined): StoredRecord | undefined =>
  record?.archivedAt === null ? record : undefined;
