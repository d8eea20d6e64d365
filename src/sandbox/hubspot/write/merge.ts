import type { Change as Cause } from '../associations/associations.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type Change, historyOf, type StoredRecord } from '../store/record.ts';
import { showOptOut } from '../subscriptions/opt-out-flag.ts';

/** "Cannot have more than 250 identities on a profile" (https://developers.hubspot.com/docs/api/error-handling). */
export const identitiesMax = 250;

const mergedProperty = 'hs_merged_object_ids';
const mergedVidsProperty = 'hs_calculated_merged_vids';

const listOf = (text: string | null | undefined): string[] =>
  (text ?? '').split(';').filter((one) => one !== '');

/** Every value that either record ever had, oldest first. */
const wholeHistory = (store: ObjectStore, records: readonly StoredRecord[]): Change[] => {
  const entries = store.schema.all().flatMap(({ index }) =>
    records.flatMap((record) =>
      historyOf(record, index).map(({ value, at, source }) => ({
        slot: index,
        value: value === '' ? null : value,
        at,
        source,
      })),
    ),
  );
  return entries.sort((a, b) => a.at - b.at);
};

const furthestStage = (store: ObjectStore, values: readonly (string | null)[]): string | null => {
  const slot = store.schema.slot(store.schema.definition.lifecycle?.property ?? '');
  const order = (slot?.property.options ?? []).map((option) => option.value);
  const reached = values.filter((value) => value !== null);
  return reached.sort((a, b) => order.indexOf(b) - order.indexOf(a))[0] ?? null;
};

/**
 * The values of the merged record: the primary's, and the other's where the primary has none; the lifecycle stage that is furthest;
 * the other's email as an additional one, a company's domain likewise (https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies,
 * https://knowledge.hubspot.com/records/merge-records).
 */
const mergedValues = (
  store: ObjectStore,
  primary: StoredRecord,
  other: StoredRecord,
  ids: readonly number[],
  now: number,
): { readonly values: (string | null)[]; readonly moved: number } => {
  const { schema } = store;
  const { email, domain, lifecycle } = schema.definition;
  let moved = 0;
  const values = schema.all().map(({ index }) => {
    const own = primary.version.values[index] ?? null;
    const theirs = other.version.values[index] ?? null;
    if (own === null && theirs !== null) moved += 1;
    return own ?? theirs;
  });
  const set = (name: string, value: string | null): void => {
    const slot = schema.slot(name);
    if (slot !== undefined) values[slot.index] = value;
  };
  const both = (name: string): (string | null)[] => {
    const slot = schema.slot(name);
    if (slot === undefined) return [];
    return [primary, other].map((record) => record.version.values[slot.index] ?? null);
  };
  if (lifecycle !== null) set(lifecycle.property, furthestStage(store, both(lifecycle.property)));
  for (const names of [email, domain]) {
    if (!names) continue;
    const each = [...both(names.primary), ...both(names.additional)].flatMap(listOf);
    const [first = null, ...more] = [...new Set(each)];
    set(names.primary, first);
    set(names.additional, more.join(';') || null);
  }
  const before = both(mergedProperty).flatMap(listOf);
  set(mergedProperty, [...new Set([...before, ...ids.map(String)])].join(';'));
  set(
    mergedVidsProperty,
    [...both(mergedVidsProperty).flatMap(listOf), ...ids.map((id) => `${id}:${now}`)].join(';'),
  );
  return { values, moved };
};

/**
 * Merges `other` into `primary`: a new record with a new id, to which both old ids lead from now on; they are gone from lists and
 * searches without being archived. Values of both stay in the history. The caller has checked that both are live and different.
 */
export const mergeRecords = (
  state: HubspotState,
  store: ObjectStore,
  primary: StoredRecord,
  other: StoredRecord,
  { source, at }: Cause,
): StoredRecord => {
  const keepsId = state.settings.mergeKeepsPrimaryId;
  const mergedIds = keepsId ? [other.id] : [primary.id, other.id];
  const { values, moved } = mergedValues(store, primary, other, mergedIds, at);
  const changes = wholeHistory(store, [primary, other]);
  const newest = new Map(changes.map(({ slot, value }) => [slot, value]));
  for (const [slot, value] of values.entries()) {
    if ((newest.get(slot) ?? null) !== value)
      changes.push({ slot, value, at, source: { sourceType: 'MERGE_OBJECTS', sourceId: source.sourceId } });
  }
  const ends = [primary, other].map((record) => ({ store, record }));
  store.drop(primary);
  store.drop(other);
  const elder = primary.createdAt <= other.createdAt ? primary : other;
  const record = store.putMerged(
    {
      createdAt: elder.createdAt,
      origin: elder.origin,
      birth: [],
      version: { values, modifiedAt: Math.max(at, primary.version.modifiedAt, other.version.modifiedAt) },
      changes,
    },
    [primary.id, other.id],
    keepsId ? primary.id : undefined,
  );
  state.associations.move(ends, { store, record }, { source, at });
  showOptOut(state, store, record, { source, at });
  state.changes.tell({
    kind: 'merge',
    object: store.schema.definition,
    id: record.id,
    at: record.version.modifiedAt,
    source: { ...source, sourceType: 'MERGE' },
    primaryId: primary.id,
    mergedIds: [other.id],
    propertiesMoved: moved,
  });
  return record;
};
