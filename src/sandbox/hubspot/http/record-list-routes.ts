import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { membershipOf } from '../lists/members.ts';
import type { HubspotState } from '../state.ts';
import type { StoredRecord } from '../store/record.ts';
import { recordNotFound } from './errors.ts';
import { parseBody } from './input.ts';
import { scopedRoute } from './scopes.ts';

const base = '/crm/v3/lists/records';

const membershipsOf = (state: HubspotState, objectTypeId: string, record: StoredRecord): readonly unknown[] =>
  state.lists
    .live()
    .filter((list) => list.objectTypeId === objectTypeId)
    .flatMap((list) => {
      const membership = membershipOf(state, list, record);
      if (membership === null) return [];
      return [
        {
          listId: list.listId,
          listVersion: list.version,
          firstAddedTimestamp: new Date(membership.first).toISOString(),
          lastAddedTimestamp: new Date(membership.last).toISOString(),
          isPublicList: true,
        },
      ];
    });

const findRecord = (state: HubspotState, type: string, id: string): StoredRecord | undefined => {
  const record = state.find(type)?.resolve(id);
  return record?.archivedAt === null ? record : undefined;
};

const typeIdOf = (state: HubspotState, type: string): string =>
  state.find(type)?.schema.definition.typeId ?? type;

const ofRecord = (state: HubspotState, call: Call): ApiReply => {
  const type = pathParam(call.params, 'objectTypeId');
  const record = findRecord(state, type, pathParam(call.params, 'recordId'));
  if (record === undefined) throw recordNotFound();
  const results = membershipsOf(state, typeIdOf(state, type), record);
  return { status: 200, body: { results, total: results.length } };
};

const batchSchema = z.object({
  inputs: z
    .array(
      z.object({ objectTypeId: z.string(), recordId: z.union([z.string(), z.number()]).transform(String) }),
    )
    .max(1_000),
});

const ofRecords = (state: HubspotState, call: Call): ApiReply => {
  const { inputs } = parseBody(call, batchSchema);
  const instant = new Date(state.clock.now()).toISOString();
  const missing: string[] = [];
  const results = inputs.flatMap(({ objectTypeId, recordId }) => {
    const record = findRecord(state, objectTypeId, recordId);
    if (record === undefined) {
      missing.push(recordId);
      return [];
    }
    const typeId = typeIdOf(state, objectTypeId);
    return [{ objectTypeId: typeId, recordId, recordListMemberships: membershipsOf(state, typeId, record) }];
  });
  const error = {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: 'Could not find some records',
    context: { ids: missing },
  };
  return {
    status: missing.length === 0 ? 200 : 207,
    body: {
      status: 'COMPLETE',
      results,
      ...(missing.length === 0 ? {} : { numErrors: 1, errors: [error] }),
      startedAt: instant,
      completedAt: instant,
    },
  };
};

/** On which lists a record is (https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/guide). */
export const recordListRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['crm.lists.read'], 'GET', `${base}/{objectTypeId}/{recordId}/memberships`, ofRecord),
  scopedRoute(state, ['crm.lists.read'], 'POST', `${base}/memberships/batch/read`, ofRecords),
];
