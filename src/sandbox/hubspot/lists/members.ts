import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { makeView, readSlot } from '../store/view.ts';
import { type FilterBranch, type FilterSubject, filterBranch, passesBranch } from './filter-branch.ts';
import type { Membership, RecordList } from './lists.ts';

/** A live record on a list. */
export interface Member extends Membership {
  readonly record: StoredRecord;
}

/** Lists that name one another do not go round for ever: deeper than this nobody is on any. */
const depthMax = 5;

const makeSubject = (
  state: HubspotState,
  store: ObjectStore,
  record: StoredRecord,
  depth: number,
): FilterSubject => ({
  read: (property) => {
    const slot = store.schema.slot(property);
    return slot === undefined
      ? undefined
      : readSlot(slot, makeView(store.schema, record, record.version), record.version);
  },
  isOn: (listId) => {
    const list = state.lists.get(listId);
    return list !== undefined && depth < depthMax && membershipOf(state, list, record, depth + 1) !== null;
  },
});

const branchOf = (list: RecordList): FilterBranch | null => {
  const parsed = filterBranch.safeParse(list.filterBranch);
  return parsed.success ? parsed.data : null;
};

/** Ids under which a record was put on lists: its own and those merged into it. */
const idsOf = (store: ObjectStore, record: StoredRecord): readonly number[] => {
  const slot = store.schema.slot('hs_merged_object_ids');
  const merged = slot === undefined ? '' : (record.version.values[slot.index] ?? '');
  return [
    record.id,
    ...merged
      .split(';')
      .filter((id) => id !== '')
      .map(Number),
  ];
};

/** Since when a live record is on a list; null: it is not. Members of a DYNAMIC list are on it since their last change. */
export const membershipOf = (
  state: HubspotState,
  list: RecordList,
  record: StoredRecord,
  depth = 0,
): Membership | null => {
  const store = state.find(list.objectTypeId);
  if (store === undefined || record.archivedAt !== null) return null;
  if (list.processingType === 'DYNAMIC') {
    const branch = branchOf(list);
    const passes = branch !== null && passesBranch(makeSubject(state, store, record, depth), branch);
    return passes ? { first: record.version.modifiedAt, last: record.version.modifiedAt } : null;
  }
  const memberships = idsOf(store, record).flatMap((id) => list.members.get(id) ?? []);
  const [membership] = memberships;
  return membership ?? null;
};

/** In order of record id. */
export const membersOf = (state: HubspotState, list: RecordList): readonly Member[] => {
  const store = state.find(list.objectTypeId);
  if (store === undefined) return [];
  const candidates =
    list.processingType === 'DYNAMIC'
      ? store.page(0, Number.POSITIVE_INFINITY, () => true)
      : [...new Set([...list.members.keys()].flatMap((id) => store.resolve(String(id)) ?? []))];
  return candidates
    .flatMap((record) => {
      const membership = membershipOf(state, list, record);
      return membership === null ? [] : [{ record, ...membership }];
    })
    .sort((a, b) => a.record.id - b.record.id);
};

/** Puts whoever passes its filters now on a SNAPSHOT list. */
export const takeSnapshot = (state: HubspotState, list: RecordList, now: number): void => {
  for (const { record } of membersOf(state, { ...list, processingType: 'DYNAMIC' }))
    list.members.set(record.id, { first: now, last: now });
};

export interface MembershipChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly missing: readonly string[];
}

/** Ids that are on the list already, or not there at all, are no error; those that name no live record come back as missing. */
export const changeMembers = (
  state: HubspotState,
  list: RecordList,
  add: readonly string[],
  remove: readonly string[],
  now: number,
): MembershipChange => {
  const store = state.find(list.objectTypeId);
  const change = { added: [] as string[], removed: [] as string[], missing: [] as string[] };
  const each = (ids: readonly string[], visit: (record: StoredRecord) => void): void => {
    for (const id of new Set(ids)) {
      const record = store?.resolve(id);
      if (store === undefined || record?.archivedAt !== null) change.missing.push(id);
      else visit(record);
    }
  };
  each(add, (record) => {
    if (membershipOf(state, list, record) !== null) return;
    list.members.set(record.id, { first: now, last: now });
    change.added.push(String(record.id));
  });
  each(remove, (record) => {
    if (store === undefined || membershipOf(state, list, record) === null) return;
    for (const id of idsOf(store, record)) list.members.delete(id);
    change.removed.push(String(record.id));
  });
  return change;
};
