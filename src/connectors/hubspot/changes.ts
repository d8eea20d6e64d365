import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { ChangeCursor, ChangedRecord, ChangePage } from '../../model/record.ts';
import type { HubSpotHttp } from './http.ts';
import { type SearchFilter, type SearchPage, searchPage } from './search.ts';
import { toChanged } from './snapshot.ts';
import type { HubSpotRecord } from './wire.ts';

const idProperty = 'hs_object_id';

/** Contacts alone call it so; a search of contacts by hs_lastmodifieddate finds nothing, without an error (airbyte#85019). */
const stampPropertyOf = (type: string): string =>
  type === 'contacts' || type === '0-1' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

/** Ids are whole numbers without a bound: compared by length, then by digits. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

const isAfter = (a: ChangeCursor, b: ChangeCursor): boolean =>
  a.stamp > b.stamp || (a.stamp === b.stamp && compareIds(a.id, b.id) > 0);

interface Walk {
  readonly http: HubSpotHttp;
  readonly type: string;
  readonly stampProperty: string;
  readonly fields: readonly string[];
  readonly context: CallContext;
}

const search = async (walk: Walk, sortBy: string, filters: readonly SearchFilter[]): Promise<SearchPage> =>
  await searchPage(
    walk.http,
    {
      type: walk.type,
      groups: [filters],
      sortBy,
      keys: [walk.stampProperty, idProperty],
      fields: walk.fields,
    },
    walk.context,
  );

/** The stamp that the search sorts by; `updatedAt` mirrors it and stands in where it is not given. */
const stampOf = (walk: Walk, record: HubSpotRecord): number => {
  const at = Date.parse(record.properties[walk.stampProperty] ?? '');
  return Number.isNaN(at) ? record.updatedAt : at;
};

const toRecords = (walk: Walk, page: SearchPage): readonly ChangedRecord[] =>
  page.records.map((record) => toChanged(walk.type, record, walk.fields, stampOf(walk, record)));

/** All records of one stamp, in windows by id: any number of them, in a sure order, which one stamp alone does not give. */
async function* tiesAt(walk: Walk, stamp: number, afterId: string): AsyncGenerator<ChangePage> {
  let id = afterId === '' ? '0' : afterId;
  // Ends: every round moves the id up.
  for (;;) {
    const page = await search(walk, idProperty, [
      { propertyName: walk.stampProperty, operator: 'GTE', value: String(stamp) },
      { propertyName: walk.stampProperty, operator: 'LTE', value: String(stamp) },
      { propertyName: idProperty, operator: 'GT', value: id },
    ]);
    const last = page.records.at(-1);
    if (last === undefined) return;
    if (compareIds(last.id, id) <= 0) throw notAdvancing(walk, 'id');
    id = last.id;
    yield { records: toRecords(walk, page), cursor: { stamp, id } };
    if (!page.more) return;
  }
}

/** A search that ignores its filter or its order would be walked for ever. */
const notAdvancing = (walk: Walk, what: string): CallFailed =>
  new CallFailed({
    category: 'unavailable',
    system: 'hubspot',
    code: 'SEARCH_NOT_ADVANCING',
    message: `search of ${walk.type}: the page does not follow the ${what} it was asked to follow`,
    fields: [],
  });

/**
 * Pages by stamp, oldest first. HubSpot sorts by one property, so rows of one stamp come in no sure order and a page can
 * end among them: the next page begins at that same stamp and drops what was already handed out. A page that holds one
 * stamp alone cannot be continued so (an import gives 10,000 records one stamp, airbyte#43317): those are read by id.
 */
async function* byStamp(walk: Walk, from: number, operator: 'GTE' | 'GT'): AsyncGenerator<ChangePage> {
  let filter: SearchFilter & { value: string } = {
    propertyName: walk.stampProperty,
    operator,
    value: String(from),
  };
  let handedOut = new Set<string>();
  // Ends: every round moves the stamp up; a search that does not is an error.
  for (;;) {
    const page = await search(walk, walk.stampProperty, [filter]);
    const records = toRecords(walk, page);
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return;
    const fresh = records.filter((record) => !handedOut.has(record.ref.id));
    const atLast = records.filter((record) => record.stamp === last.stamp);
    if (last.stamp < Number(filter.value)) throw notAdvancing(walk, 'stamp');
    if (!page.more) {
      const id =
        atLast
          .map((record) => record.ref.id)
          .toSorted(compareIds)
          .at(-1) ?? '';
      if (fresh.length > 0) yield { records: fresh, cursor: { stamp: last.stamp, id } };
      return;
    }
    if (first.stamp === last.stamp) {
      yield* tiesAt(walk, last.stamp, '');
      filter = { propertyName: walk.stampProperty, operator: 'GT', value: String(last.stamp) };
      handedOut = new Set();
      continue;
    }
    // No id in the cursor: which rows of this stamp are still to come is not known.
    yield { records: fresh, cursor: { stamp: last.stamp, id: '' } };
    filter = { propertyName: walk.stampProperty, operator: 'GTE', value: String(last.stamp) };
    handedOut = new Set(atLast.map((record) => record.ref.id));
  }
}

async function* walkFrom(walk: Walk, cursor: ChangeCursor, overlapMs: number): AsyncGenerator<ChangePage> {
  if (overlapMs > 0 || cursor.id === '') {
    yield* byStamp(walk, cursor.stamp - overlapMs, 'GTE');
    return;
  }
  yield* tiesAt(walk, cursor.stamp, cursor.id);
  yield* byStamp(walk, cursor.stamp, 'GT');
}

/**
 * What changed since the cursor less the overlap; see Connector.changesSince. By search, whose index lags and which
 * never shows archived or merged records. Page cursors never fall behind the one given.
 */
export async function* changesSince(
  http: HubSpotHttp,
  type: string,
  cursor: ChangeCursor,
  overlapMs: number,
  fields: readonly string[],
  context: CallContext,
): AsyncGenerator<ChangePage> {
  const walk: Walk = { http, type, stampProperty: stampPropertyOf(type), fields, context };
  for await (const page of walkFrom(walk, cursor, overlapMs)) {
    yield isAfter(page.cursor, cursor) ? page : { ...page, cursor };
  }
}
