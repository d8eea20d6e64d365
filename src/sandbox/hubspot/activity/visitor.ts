import { ControlError } from '../../core/system.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { commitWrite } from '../write/commit.ts';
import { type PreparedWrite, type Properties, prepareWrite } from '../write/prepare.ts';

export const contactStore = (state: HubspotState): ObjectStore => {
  const store = state.find('contacts');
  if (store === undefined) throw new Error('a portal has contacts');
  return store;
};

/** The live contact that has the address, as primary or additional one. */
export const findContact = (state: HubspotState, email: string): StoredRecord | undefined => {
  const store = contactStore(state);
  const slot = store.schema.slot('email');
  return slot === undefined ? undefined : store.findUnique(slot.index, email);
};

/** Properties that a form may not have: HubSpot's own figures, those that identify, those that are not there. */
const assertFormFields = (store: ObjectStore, properties: Properties, place: string): void => {
  for (const name of Object.keys(properties)) {
    const property = store.schema.slot(name)?.property;
    if (property === undefined) throw new ControlError(`${place}.${name}`, 'is not a contact property');
    if (property.readOnly === true || property.unique === true)
      throw new ControlError(`${place}.${name}`, 'cannot be a field of a form');
  }
};

/**
 * What somebody sends of themselves, checked against the portal: HubSpot's checks of values apply, the company's rules do not. Throws
 * ControlError naming the field.
 */
export const prepareVisitor = (
  state: HubspotState,
  email: string,
  properties: Properties,
  place: string,
): PreparedWrite => {
  const store = contactStore(state);
  assertFormFields(store, properties, place);
  const record = findContact(state, email) ?? null;
  const all = record === null ? { ...properties, email } : properties;
  const prepared = prepareWrite(record, all, {
    store,
    caller: 'person',
    now: state.clock.now(),
    portal: state,
    claims: null,
    isLoad: true,
  });
  if (!('error' in prepared)) return prepared;
  const name = prepared.error.invalid?.[0]?.name;
  throw new ControlError(name === undefined ? place : `${place}.${name}`, prepared.error.message);
};

/** Enters or updates the contact. */
export const writeVisitor = (
  state: HubspotState,
  email: string,
  properties: Properties,
  source: ChangeSource,
): StoredRecord => {
  const write = prepareVisitor(state, email, properties, 'fields');
  return commitWrite(state, contactStore(state), write, source, state.clock.now(), true).record;
};
