import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeCursor, ChangePage } from '../../../src/model/record.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake-salesforce.ts';
import { connectorTo, failureOf, reading, toId18 } from './harness.ts';

const leadId = (n: number): string => toId18(`00Q${String(n).padStart(12, '0')}`) ?? '';
const start = Date.UTC(2026, 10, 24, 10);

interface Stored {
  readonly Id: string;
  readonly SystemModstamp: string;
  readonly IsDeleted: boolean;
  readonly at: number;
}

/** 5,000 records a second: more ties than a page holds; every 1,000th is deleted. */
const stored = (count: number): Stored[] =>
  Array.from({ length: count }, (_, n) => {
    const at = start + Math.floor(n / 5_000) * 1_000;
    return {
      Id: leadId(n),
      SystemModstamp: new Date(at).toISOString().replace('Z', '+0000'),
      IsDeleted: n % 1_000 === 0,
      at,
    };
  });

/** Reads the two forms of query that the connector pages with; any other is the test's failure. */
const select = (rows: readonly Stored[], soql: string): Stored[] => {
  const keyset =
    /WHERE \(SystemModstamp = (\S+) AND Id > '(\w+)'\) OR SystemModstamp > (\S+) ORDER BY SystemModstamp, Id LIMIT (\d+)$/.exec(
      soql,
    );
  if (keyset !== null) {
    const [, equal = '', id = '', , limit] = keyset;
    const at = Date.parse(equal);
    return rows.filter((row) => (row.at === at && row.Id > id) || row.at > at).slice(0, Number(limit));
  }
  const from = /WHERE SystemModstamp >= (\S+) ORDER BY SystemModstamp, Id LIMIT (\d+)$/.exec(soql);
  if (from !== null)
    return rows.filter((row) => row.at >= Date.parse(from[1] ?? '')).slice(0, Number(from[2]));
  const list = /FROM Lead(?: WHERE Id > '(\w+)')? ORDER BY Id LIMIT (\d+)$/.exec(soql);
  if (list === null) throw new Error(`an unexpected query: ${soql}`);
  return rows.filter((row) => !row.IsDeleted && row.Id > (list[1] ?? '')).slice(0, Number(list[2]));
};

let fake: FakeSalesforce;
beforeEach(async () => {
  fake = await startFakeSalesforce();
});
afterEach(async () => {
  await fake.close();
});

const serve = (rows: readonly Stored[], pageMax = 2_000): void => {
  fake.onApi = ({ query }) => {
    const found = select(rows, query.get('q') ?? '');
    return {
      json: {
        done: found.length <= pageMax,
        records: found.slice(0, pageMax).map(({ at: _at, ...row }) => row),
      },
    };
  };
};

const collect = async (cursor: ChangeCursor, overlapMs: number): Promise<ChangePage[]> => {
  const pages: ChangePage[] = [];
  for await (const page of connectorTo(fake).changesSince('Lead', cursor, overlapMs, [], reading))
    pages.push(page);
  return pages;
};

const idsOf = (pages: readonly ChangePage[]): string[] =>
  pages.flatMap(({ records }) => records.map(({ ref }) => ref.id));

describe('changesSince', () => {
  it('loses none of more than 10,000, though thousands share a stamp, and gives the deleted ones', async () => {
    const rows = stored(12_345);
    serve(rows);
    const pages = await collect({ stamp: start, id: '' }, 0);
    expect(idsOf(pages)).toEqual(rows.map(({ Id }) => Id));
    expect(pages.flatMap(({ records }) => records.filter(({ deleted }) => deleted))).toHaveLength(13);
    expect(pages.at(-1)?.cursor).toEqual({ stamp: start + 2_000, id: leadId(12_344) });
    expect(fake.apiCalls()).toHaveLength(7);
    expect(fake.apiCalls().every(({ path }) => path.endsWith('/queryAll'))).toBe(true);
  });

  it('goes on behind any of its cursors without a gap', async () => {
    const rows = stored(12_345);
    serve(rows);
    const [first, second] = await collect({ stamp: start, id: '' }, 0);
    const rest = await collect(second?.cursor ?? { stamp: 0, id: '' }, 0);
    const ids = new Set([...idsOf([first, second].filter((page) => page !== undefined)), ...idsOf(rest)]);
    expect(ids.size).toBe(12_345);
  });

  it('looks back by the overlap in whole seconds, without moving the cursor back', async () => {
    serve(stored(12_345));
    const cursor = { stamp: start + 2_000, id: leadId(12_344) };
    const pages = await collect(cursor, 1_500);
    expect(idsOf(pages)).toHaveLength(12_345);
    expect(new Set(pages.map((page) => JSON.stringify(page.cursor)))).toEqual(
      new Set([JSON.stringify(cursor)]),
    );
    expect(fake.apiCalls()[0]?.query.get('q')).toContain('SystemModstamp >= 2026-11-24T10:00:00Z');
  });

  it('says from which stamp on a second change may come under the same one', async () => {
    serve(stored(1));
    const before = Date.now();
    const [page] = await collect({ stamp: start, id: '' }, 0);
    // The Date header is in whole seconds, and a second is left for clocks that differ.
    expect(page?.openFrom).toBeGreaterThan(before - 3_000);
    expect(page?.openFrom).toBeLessThanOrEqual(Date.now() - 1_000);
  });

  it('goes on where wide rows come in small pages', async () => {
    serve(stored(700), 250);
    expect(idsOf(await collect({ stamp: start, id: '' }, 0))).toHaveLength(700);
  });

  it('ends when nothing changed', async () => {
    serve([]);
    expect(await collect({ stamp: start, id: leadId(1) }, 60_000)).toEqual([]);
  });

  it('stops when the vendor answers with the same page for ever', async () => {
    const [row] = stored(1);
    fake.onApi = () => ({ json: { done: false, records: [row] } });
    expect(await failureOf(collect({ stamp: start, id: '' }, 0))).toMatchObject({ code: 'BAD_ANSWER' });
    expect(fake.apiCalls()).toHaveLength(2);
  });
});

describe('listPage', () => {
  it('lists more than 10,000 in order of id, live ones alone', async () => {
    const rows = stored(12_345);
    serve(rows);
    const connector = connectorTo(fake);
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page = await connector.listPage('Lead', after, [], reading);
      ids.push(...page.records.map(({ ref }) => ref.id));
      after = page.after;
    } while (after !== null);
    expect(ids).toEqual(rows.filter(({ IsDeleted }) => !IsDeleted).map(({ Id }) => Id));
    expect(fake.apiCalls().every(({ path }) => path.endsWith('/query'))).toBe(true);
  });
});
