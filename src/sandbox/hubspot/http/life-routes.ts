import * as z from 'zod';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { eraseRecord } from '../write/archive.ts';
import { identitiesMax, mergeRecords } from '../write/merge.ts';
import { isEmailAddress, normalizeEmail } from '../write/values.ts';
import { callerOf, live, sourceOf } from './access.ts';
import { recordNotFound, refuse, refuseRequest } from './errors.ts';
import { parseBody, storeOf } from './input.ts';
import { presentRecord } from './present.ts';

const base = '/crm/v3/objects/{objectType}';
const idText = z.union([z.string(), z.number()]).transform(String);
const mergeSchema = z.object({ primaryObjectId: idText, objectIdToMerge: idText });
const eraseSchema = z.object({ objectId: z.string().min(1), idProperty: z.string().optional() });

const countMerged = (store: ObjectStore, record: StoredRecord): number => {
  const slot = store.schema.slot('hs_merged_object_ids');
  const text = slot === undefined ? '' : (record.version.values[slot.index] ?? '');
  return text === '' ? 1 : text.split(';').length;
};

const merge = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const { primaryObjectId, objectIdToMerge } = parseBody(call, mergeSchema);
  const primary = live(store.resolve(primaryObjectId));
  const other = live(store.resolve(objectIdToMerge));
  if (primary === undefined || other === undefined) throw recordNotFound();
  if (primary === other) throw refuseRequest('Cannot merge an object with itself');
  if (countMerged(store, primary) + countMerged(store, other) > identitiesMax) {
    throw refuse(414, 'VALIDATION_ERROR', `Cannot have more than ${identitiesMax} identities on a profile`);
  }
  const cause = { source: sourceOf(call), at: state.clock.now() };
  const record = mergeRecords(state, store, primary, other, cause);
  return { status: 200, body: presentRecord(store.schema, record, { properties: [] }, callerOf(call)) };
};

/** An email that nobody has is blocklisted all the same (OpenAPI description of gdpr-delete). */
const erase = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  const { email } = store.schema.definition;
  if (email === null) throw refuseRequest(`${store.schema.definition.name} cannot be deleted for privacy`);
  const { objectId, idProperty } = parseBody(call, eraseSchema);
  const cause = { source: sourceOf(call), at: state.clock.now() };
  if (idProperty !== undefined && idProperty !== 'hs_object_id') {
    if (idProperty !== email.primary) throw refuseRequest(`idProperty must be ${email.primary}`);
    const address = normalizeEmail(objectId);
    if (!isEmailAddress(address)) throw refuseRequest('objectId is not an email address');
    const holder = store.findUnique(store.schema.slot(email.primary)?.index ?? -1, address);
    if (holder === undefined) state.erasedEmails.add(address);
    else eraseRecord(state, store, holder, cause);
    return { status: 204 };
  }
  const record = store.resolve(objectId);
  if (record === undefined) throw recordNotFound();
  eraseRecord(state, store, record, cause);
  return { status: 204 };
};

/** Merge (any object) and GDPR delete (contacts). */
export const lifeRoutes = (state: HubspotState): Route[] => [
  { method: 'POST', template: `${base}/merge`, handle: (call) => merge(state, call) },
  { method: 'POST', template: `${base}/gdpr-delete`, handle: (call) => erase(state, call) },
];
