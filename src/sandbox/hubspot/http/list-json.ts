import type { RecordList } from '../lists/lists.ts';
import { membersOf } from '../lists/members.ts';
import { personUserId } from '../owners.ts';
import type { HubspotState } from '../state.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

const shared = (list: RecordList): Record<string, unknown> => ({
  listId: list.listId,
  listVersion: list.version,
  createdAt: iso(list.createdAt),
  updatedAt: iso(list.updatedAt),
  ...(list.processingType === 'MANUAL' ? {} : { filtersUpdatedAt: iso(list.updatedAt) }),
  processingStatus: 'COMPLETE',
  createdById: String(personUserId),
  updatedById: String(personUserId),
  processingType: list.processingType,
  objectTypeId: list.objectTypeId,
  name: list.name,
  ...(list.deletedAt === null ? {} : { deletedAt: iso(list.deletedAt) }),
});

/** A list as its own endpoints show it; the filters come along when they are asked for. */
export const listJson = (
  state: HubspotState,
  list: RecordList,
  withFilters: boolean,
): Record<string, unknown> => ({
  ...shared(list),
  size: membersOf(state, list).length,
  ...(withFilters && list.filterBranch !== null ? { filterBranch: list.filterBranch } : {}),
});

/** A list as a search shows it: its size is among properties that are all texts (recorded: amp-labs/connectors, read-lists-1-first-page.json). */
export const listSearchJson = (state: HubspotState, list: RecordList): Record<string, unknown> => {
  const members = membersOf(state, list);
  const lastAdded = Math.max(...members.map(({ last }) => last));
  return {
    ...shared(list),
    additionalProperties: {
      hs_list_size: String(members.length),
      hs_list_reference_count: '0',
      ...(members.length === 0 ? {} : { hs_last_record_added_at: String(lastAdded) }),
    },
  };
};
