import * as z from 'zod';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { operators } from '../search/filter.ts';
import { type SearchQuery, type Sort, search } from '../search/search.ts';
import type { HubspotState } from '../state.ts';
import { callerOf } from './access.ts';
import { refuseRequest } from './errors.ts';
import { parseBody, storeOf } from './input.ts';
import { presentRecord } from './present.ts';

/** Limits of https://developers.hubspot.com/docs/api/crm/search. */
const searchMax = { bodyCharacters: 3_000, groups: 5, filtersPerGroup: 6, filters: 18, limit: 200 } as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const filterSchema = z.object({
  propertyName: z.string(),
  operator: z.enum(operators),
  value: scalar.optional(),
  highValue: scalar.optional(),
  values: z.array(scalar).optional(),
});
const sortSchema = z.union([
  z.string(),
  z.object({ propertyName: z.string(), direction: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING') }),
]);
const bodySchema = z.object({
  query: z.string().nullish(),
  filterGroups: z.array(z.object({ filters: z.array(filterSchema).default([]) })).default([]),
  filters: z.array(filterSchema).default([]),
  sorts: z.array(sortSchema).default([]),
  properties: z.array(z.string()).default([]),
  limit: z.int().min(0).default(10),
  after: z.union([z.string(), z.number()]).nullish(),
});
type SearchBody = z.output<typeof bodySchema>;

const readSort = (body: SearchBody): Sort | null => {
  const [sort] = body.sorts;
  if (body.sorts.length > 1) throw refuseRequest('Only one sort is supported in a search request');
  if (sort === undefined) return null;
  return typeof sort === 'string' ? { propertyName: sort, direction: 'ASCENDING' } : sort;
};

const readOffset = (body: SearchBody): number => {
  const after = String(body.after ?? '');
  if (after === '') return 0;
  if (/^\d{1,9}$/.test(after)) return Number(after);
  throw refuseRequest('after must be the value of paging.next.after: a whole number');
};

const readQuery = (body: SearchBody): SearchQuery => {
  const groups = body.filterGroups.map((group) => group.filters);
  const filterGroups = body.filters.length > 0 ? [...groups, body.filters] : groups;
  if (filterGroups.length > searchMax.groups) {
    throw refuseRequest(`A search may have at most ${searchMax.groups} filter groups`);
  }
  if (filterGroups.some((filters) => filters.length > searchMax.filtersPerGroup)) {
    throw refuseRequest(`A filter group may have at most ${searchMax.filtersPerGroup} filters`);
  }
  if (filterGroups.flat().length > searchMax.filters) {
    throw refuseRequest(`A search may have at most ${searchMax.filters} filters in total`);
  }
  if (body.limit > searchMax.limit) throw refuseRequest(`limit must be at most ${searchMax.limit}`);
  return {
    filterGroups,
    query: body.query ?? '',
    sort: readSort(body),
    offset: readOffset(body),
    limit: body.limit,
  };
};

const searchRecords = (state: HubspotState, call: Call): ApiReply => {
  const store = storeOf(state, call);
  if (call.request.body.toString('utf8').length > searchMax.bodyCharacters) {
    throw refuseRequest(
      `The body of a search request may have at most ${searchMax.bodyCharacters} characters`,
    );
  }
  const body = parseBody(call, bodySchema);
  const query = readQuery(body);
  const { total, hits } = search(store, query, callerOf(call), state.clock.now(), state);
  const next = query.offset + hits.length;
  return {
    status: 200,
    body: {
      total,
      results: hits.map(({ record, version }) =>
        presentRecord(store.schema, record, { properties: body.properties }, callerOf(call), version),
      ),
      ...(hits.length > 0 && next < total ? { paging: { next: { after: String(next) } } } : {}),
    },
  };
};

export const searchRoutes = (state: HubspotState): Route[] => [
  {
    method: 'POST',
    template: '/crm/v3/objects/{objectType}/search',
    handle: (call) => searchRecords(state, call),
  },
];
