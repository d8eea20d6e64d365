import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { withValues } from './fill.ts';
import type { HubSpotHttp } from './http.ts';
import { objectPath, searchBodyCharsMax, searchPageSize } from './limits.ts';
import { type HubSpotRecord, pageSchema } from './wire.ts';

export type SearchFilter =
  | { readonly propertyName: string; readonly operator: 'GT' | 'GTE' | 'LTE'; readonly value: string }
  | { readonly propertyName: string; readonly operator: 'CONTAINS_TOKEN'; readonly value: string }
  | { readonly propertyName: string; readonly operator: 'HAS_PROPERTY' }
  /** Texts must be in lower case to match at all; the property's own case does not matter. */
  | { readonly propertyName: string; readonly operator: 'IN'; readonly values: readonly string[] };

export interface Search {
  readonly type: string;
  /** Alternatives, at most searchGroupsMax; the filters of one must all pass. */
  readonly groups: readonly (readonly SearchFilter[])[];
  /** HubSpot sorts by one property alone. */
  readonly sortBy: string;
  /** Needed by the caller whatever else is asked for. */
  readonly keys: readonly string[];
  readonly fields: readonly string[];
}

export interface SearchPage {
  readonly records: readonly HubSpotRecord[];
  /** False when HubSpot has no further rows for these filters. */
  readonly more: boolean;
  /** How many rows the filters find in all; null where HubSpot does not say. */
  readonly total: number | null;
}

const answerSchema = pageSchema.extend({ total: z.number().optional() });

const bodyOf = (search: Search, properties: readonly string[]): object => ({
  filterGroups: search.groups.map((filters) => ({ filters })),
  sorts: [{ propertyName: search.sortBy, direction: 'ASCENDING' }],
  properties,
  limit: searchPageSize,
});

/**
 * The first page of a search; the caller goes on by narrower filters, never by `after`: that is an offset, which ends
 * at 10,000 and skips a row whenever an earlier one is edited meanwhile and moves to the end.
 */
export const searchPage = async (
  http: HubSpotHttp,
  search: Search,
  context: CallContext,
): Promise<SearchPage> => {
  const all = [...new Set([...search.keys, ...search.fields])];
  const whole = bodyOf(search, all);
  const fits = JSON.stringify(whole).length <= searchBodyCharsMax;
  const answer = await http.read(context, {
    method: 'POST',
    path: objectPath(search.type, '/search'),
    body: fits ? whole : bodyOf(search, search.keys),
    schema: answerSchema,
    lane: 'search',
  });
  const { results, paging, total = null } = answer.body;
  const records = fits ? results : await withValues(http, search.type, results, search.fields, context);
  return { records, more: paging?.next !== null && paging?.next !== undefined, total };
};
