import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { ChangePage } from '../../../src/model/record.ts';
import { complete, contacts, host, makeRecord, makeTestConnector, reading, withNock } from './harness.ts';

withNock();

interface Row {
  readonly id: number;
  readonly at: number;
}
interface SearchBody {
  readonly filterGroups: readonly {
    readonly filters: readonly {
      readonly propertyName: string;
      readonly operator: string;
      readonly value: string;
    }[];
  }[];
  readonly sorts: readonly { readonly propertyName: string }[];
  readonly properties: readonly string[];
  readonly limit: number;
  readonly after?: string;
}

const from = Date.parse('2026-11-24T10:00:00.000Z');

/** HubSpot's search as far as it matters here: one sort, ties in no sure order, no more than 10,000 rows by offset. */
const serveSearch = (rows: () => readonly Row[]) => {
  const bodies: string[] = [];
  const scope = nock(host).persist();
  scope.post(contacts('/search')).reply(async (request: Request) => {
    const text = await request.text();
    bodies.push(text);
    const body = JSON.parse(text) as SearchBody;
    if (text.length > 3_000 || body.after !== undefined) return [400, { category: 'VALIDATION_ERROR' }];
    const numberIn = (row: Row, property: string): number => (property === 'hs_object_id' ? row.id : row.at);
    const tests: Record<string, (a: number, b: number) => boolean> = {
      GT: (a, b) => a > b,
      GTE: (a, b) => a >= b,
      LTE: (a, b) => a <= b,
    };
    const filters = body.filterGroups[0]?.filters ?? [];
    const sort = body.sorts[0]?.propertyName ?? '';
    const hits = rows()
      .filter((row) =>
        filters.every((f) => tests[f.operator]?.(numberIn(row, f.propertyName), Number(f.value)) ?? false),
      )
      // Ties by a scrambled id: a reader that counts on an order among them loses rows.
      .toSorted(
        (a, b) => numberIn(a, sort) - numberIn(b, sort) || ((a.id * 7919) % 101) - ((b.id * 7919) % 101),
      );
    const page = hits.slice(0, body.limit).map(({ id, at }) => {
      const stamp = new Date(at).toISOString();
      return makeRecord(String(id), { lastmodifieddate: stamp, city: 'Ulm' }, { updatedAt: stamp });
    });
    const paging = hits.length > body.limit ? { paging: { next: { after: String(body.limit) } } } : {};
    return [200, { total: hits.length, results: page, ...paging }];
  });
  return bodies;
};

const collect = async (pages: AsyncIterable<ChangePage>): Promise<readonly ChangePage[]> => {
  const all: ChangePage[] = [];
  for await (const page of pages) all.push(page);
  return all;
};
const idsOf = (pages: readonly ChangePage[]): readonly number[] =>
  pages.flatMap((page) => page.records.map((record) => Number(record.ref.id)));
const sorted = (ids: readonly number[]): readonly number[] => ids.toSorted((a, b) => a - b);

describe('changesSince in HubSpot', () => {
  it('reads everything once, whatever falls on a page border', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      id: index + 1,
      at: from + Math.floor(index / 7),
    }));
    serveSearch(() => rows);
    const pages = await collect(
      makeTestConnector().changesSince('contacts', { stamp: from, id: '' }, 0, ['city'], reading),
    );
    nock.cleanAll();
    expect(sorted(idsOf(pages))).toEqual(rows.map(({ id }) => id));
    const stamps = pages.flatMap((page) => page.records.map((record) => record.stamp));
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    expect(pages.at(-1)?.cursor).toEqual({ stamp: from + 142, id: '1000' });
  });

  it('reads thousands of records of one stamp, in windows by id', async () => {
    const rows = [
      { id: 1, at: from - 5 },
      ...Array.from({ length: 3_000 }, (_, index) => ({ id: index + 10, at: from })),
      { id: 5, at: from + 5 },
    ];
    serveSearch(() => rows);
    const pages = await collect(
      makeTestConnector().changesSince('contacts', { stamp: from - 10, id: '' }, 0, [], reading),
    );
    nock.cleanAll();
    expect(new Set(idsOf(pages)).size).toBe(rows.length);
    expect(pages.at(-1)?.cursor).toEqual({ stamp: from + 5, id: '5' });
  });

  it('goes on inside a stamp from a stored cursor', async () => {
    const rows = Array.from({ length: 600 }, (_, index) => ({ id: index + 1, at: from }));
    serveSearch(() => [...rows, { id: 3, at: from + 1 }]);
    const pages = await collect(
      makeTestConnector().changesSince('contacts', { stamp: from, id: '450' }, 0, [], reading),
    );
    nock.cleanAll();
    expect(sorted(idsOf(pages))).toEqual([3, ...rows.slice(450).map(({ id }) => id)]);
  });

  it('looks back by the overlap, and its cursors never fall behind', async () => {
    serveSearch(() => [
      { id: 1, at: from - 9_000 },
      { id: 2, at: from - 11_000 },
    ]);
    const cursor = { stamp: from, id: '7' };
    const pages = await collect(makeTestConnector().changesSince('contacts', cursor, 10_000, [], reading));
    nock.cleanAll();
    expect(idsOf(pages)).toEqual([1]);
    expect(pages.map((page) => page.cursor)).toEqual([cursor]);
  });

  it('loses nothing when records are edited while it reads', async () => {
    let rows: Row[] = Array.from({ length: 900 }, (_, index) => ({ id: index + 1, at: from + index }));
    serveSearch(() => rows);
    const seen = new Set<number>();
    let edits = 0;
    for await (const page of makeTestConnector().changesSince(
      'contacts',
      { stamp: from, id: '' },
      0,
      [],
      reading,
    )) {
      for (const id of idsOf([page])) seen.add(id);
      // An edit moves a row that was read already to the end, and with it every offset behind it.
      edits += 1;
      rows = rows.map((row) => (row.id === edits ? { ...row, at: from + 10_000 + edits } : row));
    }
    nock.cleanAll();
    expect(seen.size).toBe(900);
  });

  it('keeps the body within 3,000 characters and still gives every value asked for', async () => {
    const bodies = serveSearch(() => [{ id: 1, at: from }]);
    const fields = Array.from({ length: 300 }, (_, index) => `a_long_property_name_${index}`);
    nock(host)
      .post(contacts('/batch/read'))
      .query(true)
      .reply(200, complete([makeRecord('1', { a_long_property_name_299: 'x' })]));
    const pages = await collect(
      makeTestConnector().changesSince('contacts', { stamp: from, id: '' }, 0, fields, reading),
    );
    nock.cleanAll();
    expect(bodies.every((body) => body.length <= 3_000)).toBe(true);
    expect(pages[0]?.records[0]?.fields).toEqual({ a_long_property_name_299: 'x' });
  });

  it('fails rather than walk a search for ever that does not follow its filter', async () => {
    nock(host)
      .persist()
      .post(contacts('/search'))
      .reply(200, { results: [makeRecord('1')], paging: { next: { after: '1' } } });
    const walk = collect(
      makeTestConnector().changesSince('contacts', { stamp: from + 60_000, id: '' }, 0, [], reading),
    );
    await expect(walk).rejects.toMatchObject({ failure: { code: 'SEARCH_NOT_ADVANCING' } });
    nock.cleanAll();
  });

  it.each([
    ['contacts', 'lastmodifieddate'],
    ['companies', 'hs_lastmodifieddate'],
  ])('asks %s by %s', async (type, property) => {
    nock(host)
      .post(`/crm/v3/objects/${type}/search`, (body) => body.sorts[0].propertyName === property)
      .reply(200, { total: 0, results: [] });
    expect(
      await collect(makeTestConnector().changesSince(type, { stamp: from, id: '' }, 0, [], reading)),
    ).toEqual([]);
  });
});
