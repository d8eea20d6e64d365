import type { Caller } from '../../core/message.ts';
import type { Associations } from '../associations/associations.ts';
import { refuse, refuseRequest } from '../http/errors.ts';
import type { ObjectSchema, Slot } from '../schema/object-schema.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord, Version } from '../store/record.ts';
import { makeView, readSlot } from '../store/view.ts';
import { parseInstant } from '../write/values.ts';
import { compileFilter, type Filter, makeTokenTest } from './filter.ts';

export interface Sort {
  readonly propertyName: string;
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

export interface SearchQuery {
  /** Groups are alternatives, the filters of a group must all pass. */
  readonly filterGroups: readonly (readonly Filter[])[];
  readonly query: string;
  readonly sort: Sort | null;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchHit {
  readonly record: StoredRecord;
  readonly version: Version;
}

/** What a filter on associations looks into. */
export interface SearchPortal {
  readonly associations: Associations;
  find(type: string): ObjectStore | undefined;
}

type Test = (hit: SearchHit) => boolean;

const makeRead = (schema: ObjectSchema, slot: Slot): ((hit: SearchHit) => string | null) => {
  const { index, property } = slot;
  return property.compute === undefined
    ? ({ version }) => version.values[index] ?? null
    : ({ record, version }) => readSlot(slot, makeView(schema, record, version), version);
};

/** The modified stamp is what every poll filters and sorts by: read as a number, it needs no text for each record. */
const makeFastTest = (schema: ObjectSchema, slot: Slot, filter: Filter): Test | null => {
  const bound = filter.value === undefined ? Number.NaN : parseInstant(filter.value);
  if (slot.property.name !== schema.definition.modifiedProperty || Number.isNaN(bound)) return null;
  if (filter.operator === 'GTE') return ({ version }) => version.modifiedAt >= bound;
  if (filter.operator === 'GT') return ({ version }) => version.modifiedAt > bound;
  return null;
};

/** `associations.contact EQ id`; of custom objects it finds nothing (https://developers.hubspot.com/docs/api/crm/search). */
const makeAssociationTest = (store: ObjectStore, filter: Filter, portal: SearchPortal): Test => {
  const to = portal.find(filter.propertyName.slice('associations.'.length));
  if (to === undefined || to.schema.definition.typeId.startsWith('2-')) return () => false;
  const wanted = new Set(filter.operator === 'IN' ? filter.values : [filter.value ?? '']);
  return ({ record }) =>
    portal.associations.of(store, record.id, to).some((link) => wanted.has(String(link.toId)));
};

const makeFilterTest = (store: ObjectStore, filter: Filter, caller: Caller, portal: SearchPortal): Test => {
  const { schema } = store;
  if (filter.propertyName.startsWith('associations.')) return makeAssociationTest(store, filter, portal);
  const slot = schema.visible(filter.propertyName, caller);
  if (slot === undefined)
    throw refuseRequest(
      `There was a problem with the request: Property "${filter.propertyName}" does not exist`,
    );
  if (schema.definition.unsearchable?.includes(filter.propertyName) === true)
    throw refuseRequest(`Property "${filter.propertyName}" cannot be searched`);
  const passes = compileFilter(slot, filter);
  const fast = makeFastTest(schema, slot, filter);
  if (fast !== null) return fast;
  const read = makeRead(schema, slot);
  return (hit) => passes(read(hit));
};

const makeQueryTest = (schema: ObjectSchema, query: string): Test => {
  const words = query
    .trim()
    .split(/\s+/)
    .map((word) => makeTokenTest(`*${word}*`));
  const reads = schema.definition.queryProperties.flatMap((name) => {
    const slot = schema.slot(name);
    return slot === undefined ? [] : [makeRead(schema, slot)];
  });
  return (hit) => words.every((matches) => reads.some((read) => matches(read(hit) ?? '')));
};

const makeTest = (store: ObjectStore, query: SearchQuery, caller: Caller, portal: SearchPortal): Test => {
  const { schema } = store;
  const groups = query.filterGroups.map((filters) =>
    filters.map((filter) => makeFilterTest(store, filter, caller, portal)),
  );
  const matchesQuery = query.query.trim() === '' ? () => true : makeQueryTest(schema, query.query);
  return (hit) =>
    (groups.length === 0 || groups.some((tests) => tests.every((passes) => passes(hit)))) &&
    matchesQuery(hit);
};

/** The order asked for, blanks last, ties by id; without a sort as created, oldest first. */
const sortHits = (
  hits: SearchHit[],
  schema: ObjectSchema,
  sort: Sort | null,
  caller: Caller,
): SearchHit[] => {
  if (sort === null) return hits;
  const slot = schema.visible(sort.propertyName, caller);
  if (slot === undefined) throw refuseRequest(`Property "${sort.propertyName}" does not exist`);
  const turn = sort.direction === 'DESCENDING' ? -1 : 1;
  if (slot.property.name === schema.definition.modifiedProperty) {
    return hits.sort(
      (a, b) => turn * (a.version.modifiedAt - b.version.modifiedAt) || a.record.id - b.record.id,
    );
  }
  const { type, name } = slot.property;
  if (name === 'hs_object_id') return hits.sort((a, b) => turn * (a.record.id - b.record.id));
  const read = makeRead(schema, slot);
  const toKey = (text: string): string | number =>
    type === 'number' ? Number(text) : type === 'string' ? text.toLowerCase() : text;
  const keyed = hits.map((hit) => {
    const text = read(hit);
    return { hit, key: text === null ? null : toKey(text) };
  });
  const compare = (a: string | number | null, b: string | number | null): number => {
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -turn : turn;
  };
  keyed.sort((a, b) => compare(a.key, b.key) || a.hit.record.id - b.hit.record.id);
  return keyed.map(({ hit }) => hit);
};

/** Results beyond this many cannot be paged to. */
export const searchResultsMax = 10_000;

/** Searches what the index knows at `now`; the hits carry the version that it knew. */
export const search = (
  store: ObjectStore,
  query: SearchQuery,
  caller: Caller,
  now: number,
  portal: SearchPortal,
): { readonly total: number; readonly hits: readonly SearchHit[] } => {
  if (query.offset + query.limit > searchResultsMax) {
    throw refuse(
      400,
      'VALIDATION_ERROR',
      `Paging through search results is limited to ${searchResultsMax} results; narrow the search with filters`,
    );
  }
  const passes = makeTest(store, query, caller, portal);
  const hits: SearchHit[] = [];
  for (const hit of store.searchable(now)) if (passes(hit)) hits.push(hit);
  const sorted = sortHits(hits, store.schema, query.sort, caller);
  return { total: sorted.length, hits: sorted.slice(query.offset, query.offset + query.limit) };
};
