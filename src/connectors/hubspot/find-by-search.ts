import { additionalProperty } from '../../model/additional-keys.ts';
import type { CallContext } from '../../model/budget.ts';
import { chunk } from '../batches.ts';
import type { ReadRecord } from './batch-read.ts';
import type { HubSpotHttp } from './http.ts';
import { batchSize, searchGroupsMax, searchPageSize } from './limits.ts';
import { type SearchFilter, searchPage } from './search.ts';

/** What is looked up by search: a property that is not unique. */
export interface SearchLookup {
  readonly http: HubSpotHttp;
  readonly type: string;
  readonly field: string;
  readonly fields: readonly string[];
  readonly context: CallContext;
}

/** Room for the list of values in the body of a search, beside its other parts. */
const searchValueChars = 1_500;
/** Records of one value list; a search gives 10,000 at most, and so many of one value are no match for anybody. */
const searchPagesMax = 50;

/** Values in lists that a search body has room for, at most 100 each (the guide names no limit of IN). */
const inLists = (values: readonly string[]): readonly (readonly string[])[] => {
  const lists: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const value of values) {
    const cost = JSON.stringify(value).length + 1;
    const open = lists.at(-1);
    if (open === undefined || size + cost > searchValueChars || open.length >= batchSize) {
      lists.push([value]);
      size = cost;
    } else {
      open.push(value);
      size += cost;
    }
  }
  return lists;
};

/**
 * All records that one of these filters finds, in order of id, keyset by keyset: an offset would skip rows when others change. Null where they
 * are known to fill more pages than that.
 */
const searchAll = async (
  { http, type, field, fields, context }: SearchLookup,
  alternatives: readonly SearchFilter[],
  pagesMax = Number.POSITIVE_INFINITY,
): Promise<readonly ReadRecord[] | null> => {
  const found: ReadRecord[] = [];
  const further = additionalProperty(type, field);
  let after = '0';
  for (let page = 0; page < searchPagesMax; page += 1) {
    const { records, more, total } = await searchPage(
      http,
      {
        type,
        groups: alternatives.map((filter) => [
          filter,
          { propertyName: 'hs_object_id', operator: 'GT', value: after },
        ]),
        sortBy: 'hs_object_id',
        keys: [field, ...(further === undefined ? [] : [further]), 'hs_object_id'],
        fields,
      },
      context,
    );
    if (page === 0 && more && Math.ceil((total ?? 0) / searchPageSize) > pagesMax) return null;
    found.push(...records.map((record) => ({ record, readAt: Date.now() })));
    after = records.at(-1)?.id ?? after;
    if (!more) break;
  }
  return found;
};

/**
 * Those that have one of the values, and those that have it among their further ones (a company's other domains). Those are in a set, of which
 * no filter is documented to take a list of values: a few are asked for as tokens, one a group; for many, every record that has further values at all
 * is read in the same search, unless there are so many of them that tokens cost less. Whoever is found too much is told by its own values.
 */
const searchList = async (
  lookup: SearchLookup,
  values: readonly string[],
): Promise<readonly ReadRecord[]> => {
  const further = additionalProperty(lookup.type, lookup.field);
  const own: SearchFilter = { propertyName: lookup.field, operator: 'IN', values };
  if (further === undefined) return (await searchAll(lookup, [own])) ?? [];
  const tokens = values.map(
    (value): SearchFilter => ({ propertyName: further, operator: 'CONTAINS_TOKEN', value }),
  );
  if (tokens.length < searchGroupsMax) return (await searchAll(lookup, [own, ...tokens])) ?? [];
  const parts = chunk(tokens, searchGroupsMax);
  const whole: readonly SearchFilter[] = [own, { propertyName: further, operator: 'HAS_PROPERTY' }];
  const together = await searchAll(lookup, whole, parts.length);
  if (together !== null) return together;
  const found: ReadRecord[] = [];
  for (const part of [[own], ...parts]) found.push(...((await searchAll(lookup, part)) ?? []));
  return found;
};

/**
 * Live records by the values of a property that is not unique, in lower case. The index lags by seconds. Answers more than was asked for: the
 * caller tells by the records' own values.
 */
export const findBySearch = async (
  lookup: SearchLookup,
  values: readonly string[],
): Promise<readonly ReadRecord[]> => {
  const found: ReadRecord[] = [];
  for (const list of inLists(values)) found.push(...(await searchList(lookup, list)));
  return found;
};
