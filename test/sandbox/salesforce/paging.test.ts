import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

const sizes = async (org: Org, soql: string, batchSize?: number): Promise<number[]> => {
  const headers = batchSize === undefined ? {} : { 'Sforce-Query-Options': `batchSize=${batchSize}` };
  let { body } = await org.query(soql, { headers });
  const pages = [body.records.length];
  while (body.done === false) {
    ({ body } = await org.call('GET', body.nextRecordsUrl, undefined, { headers }));
    pages.push(body.records.length);
  }
  return pages;
};

describe('query pages and changes in order', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg({ leads: 2_500, seed: 3 });
  });
  afterAll(() => org.close());

  it('gives 2,000 a page, or what was asked for between 200 and 2,000', async () => {
    expect(await sizes(org, 'SELECT Id FROM Lead')).toEqual([2_000, 500]);
    expect(await sizes(org, 'SELECT Id FROM Lead', 1_000)).toEqual([1_000, 1_000, 500]);
    expect(await sizes(org, 'SELECT Id FROM Lead LIMIT 450', 10)).toEqual([200, 200, 50]);
  });

  it('gives smaller pages of wide rows', async () => {
    expect(await sizes(org, 'SELECT Id, Description FROM Lead')).toEqual([1_000, 1_000, 500]);
    const pages = await sizes(org, 'SELECT FIELDS(STANDARD) FROM Lead');
    expect(pages[0]).toBeLessThan(2_000);
    expect(pages.reduce((sum, one) => sum + one, 0)).toBe(2_500);
  });

  it('refuses a locator that is unknown, past the end or two days old', async () => {
    const { body } = await org.query('SELECT Id FROM Lead');
    const refused = async (path: string) => (await org.call('GET', path)).body[0]?.errorCode;
    expect(await refused(`${base}/query/01gSb00000000zzzAA-2000`)).toBe('INVALID_QUERY_LOCATOR');
    expect(await refused(body.nextRecordsUrl.replace(/2000$/, '9000'))).toBe('INVALID_QUERY_LOCATOR');
    org.clock.advance(90 * 60_000);
    expect((await org.call('GET', body.nextRecordsUrl)).status).toBe(200);
    for (let hours = 0; hours < 48; hours += 1) {
      org.clock.advance(60 * 60_000);
      expect((await org.call('GET', `${base}/limits`)).status).toBe(200);
    }
    expect(await refused(body.nextRecordsUrl)).toBe('INVALID_QUERY_LOCATOR');
  });

  it('lets a keyset walk over stamps and ids see every lead once, changes in the middle included', async () => {
    const { body: before } = await org.query('SELECT Id FROM Lead ORDER BY Id LIMIT 150');
    const touched: string[] = before.records.map((record: { Id: string }) => record.Id);
    const records = touched.map((Id) => ({ attributes: { type: 'Lead' }, Id, Title: 'Touched' }));
    await org.call('PATCH', `${base}/composite/sobjects`, { records });
    const seen: string[] = [];
    let where = '';
    for (let page = 0; page < 20; page += 1) {
      const { body } = await org.query(
        `SELECT Id, SystemModstamp FROM Lead ${where} ORDER BY SystemModstamp, Id LIMIT 200`,
      );
      const last = body.records.at(-1);
      if (last === undefined) break;
      seen.push(...body.records.map((record: { Id: string }) => record.Id));
      const stamp = last.SystemModstamp.replace('+0000', 'Z');
      where = `WHERE (SystemModstamp = ${stamp} AND Id > '${last.Id}') OR SystemModstamp > ${stamp}`;
    }
    expect(seen).toHaveLength(2_500);
    expect(new Set(seen).size).toBe(2_500);
    expect(seen.slice(-150)).toEqual(touched);
  });

  it('finds by stamp range what a full scan finds', async () => {
    const { body } = await org.query('SELECT SystemModstamp FROM Lead ORDER BY Id LIMIT 1 OFFSET 900');
    const stamp = body.records[0].SystemModstamp.replace('+0000', 'Z');
    const count = async (where: string) =>
      (await org.query(`SELECT COUNT() FROM Lead WHERE ${where}`)).body.totalSize;
    for (const operator of ['<', '<=', '=', '>=', '>']) {
      const indexed = await count(`SystemModstamp ${operator} ${stamp}`);
      // A negation is never answered by an index.
      expect(await count(`NOT (NOT SystemModstamp ${operator} ${stamp})`)).toBe(indexed);
      expect(indexed).toBeGreaterThan(0);
    }
  });

  it('shows deleted leads in queryAll alone', async () => {
    const id = await org.lead({ LastName: 'Gone' });
    await org.call('DELETE', `${base}/sobjects/Lead/${id}`);
    const soql = encodeURIComponent(`SELECT Id, IsDeleted FROM Lead WHERE LastName = 'Gone'`);
    expect((await org.call('GET', `${base}/query?q=${soql}`)).body.totalSize).toBe(0);
    expect((await org.call('GET', `${base}/queryAll?q=${soql}`)).body.records).toMatchObject([
      { Id: id, IsDeleted: true },
    ]);
  });

  it('answers 414 and 431 itself when URI and headers pass 16,384 bytes', async () => {
    const ids = Array.from({ length: 700 }, () => "'00QSb0000000001AAA'").join(',');
    expect((await org.query(`SELECT Id FROM Lead WHERE Id IN (${ids})`)).status).toBe(414);
    const soql = encodeURIComponent(`SELECT Id FROM Lead WHERE LastName = '${'x'.repeat(9_000)}'`);
    const answer = await org.call('GET', `${base}/query?q=${soql}`, undefined, {
      headers: { 'x-long': 'y'.repeat(8_000) },
    });
    expect(answer.status).toBe(431);
  });
});
