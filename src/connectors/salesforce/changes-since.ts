import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { ChangeCursor, ChangePage } from '../../model/record.ts';
import type { Api } from './api.ts';
import { queryPage, queryRowsMax } from './query.ts';
import { rowFields, rowSchema, toChangedRecord } from './rows.ts';
import { selectList, soqlInstant, soqlName, soqlString } from './soql.ts';

/** Everything after the cursor: a bulk update gives thousands of records one stamp, so that the stamp alone would lose ties. */
const after = (cursor: ChangeCursor): string => {
  const stamp = soqlInstant(cursor.stamp);
  return cursor.id === ''
    ? `SystemModstamp >= ${stamp}`
    : `(SystemModstamp = ${stamp} AND Id > ${soqlString(cursor.id)}) OR SystemModstamp > ${stamp}`;
};

const isLater = (a: ChangeCursor, b: ChangeCursor): boolean =>
  a.stamp > b.stamp || (a.stamp === b.stamp && a.id > b.id);

/** Where to start: with an overlap everything from that moment on, in whole seconds as the stamps are. */
const startOf = (cursor: ChangeCursor, overlapMs: number): ChangeCursor =>
  overlapMs > 0 ? { stamp: Math.floor((cursor.stamp - overlapMs) / 1000) * 1000, id: '' } : cursor;

/** Stamps are whole seconds, and so is the answer's Date; one second more for clocks of two servers that differ. */
const openMs = 1_000;

/**
 * Changes in the order of (SystemModstamp, Id), deleted records included, 2,000 a page. SystemModstamp moves on automated
 * changes too, and is indexed. Rows of long transactions become visible after later ones: the overlap reads them.
 *
 * Each page is a query of its own behind the last row of the one before. jsforce's `query` would stop at 10,000 rows without
 * a word (maxFetch) or hold all of them in memory (autoFetch), and a locator expires.
 */
export async function* changesSince(
  api: Api,
  type: string,
  cursor: ChangeCursor,
  overlapMs: number,
  fields: readonly string[],
  context: CallContext,
): AsyncGenerator<ChangePage> {
  const select = selectList([...rowFields, 'IsDeleted'], fields).join(', ');
  const head = `SELECT ${select} FROM ${soqlName(type)} WHERE`;
  const tail = `ORDER BY SystemModstamp, Id LIMIT ${queryRowsMax}`;
  let at = startOf(cursor, overlapMs);
  let safe = cursor;
  // Ends: each turn moves `at` forward, which is checked, and the records behind it are finite.
  for (;;) {
    const soql = `${head} ${after(at)} ${tail}`;
    const { body, date } = await queryPage(api, context, 'queryAll', soql, rowSchema);
    const last = body.records.at(-1);
    if (last === undefined) return;
    const next = { stamp: last.SystemModstamp, id: last.Id };
    if (next.stamp < at.stamp || (next.stamp === at.stamp && next.id === at.id)) {
      throw new CallFailed({
        category: 'unavailable',
        system: 'salesforce',
        code: 'BAD_ANSWER',
        message: 'a page of changes does not lie behind the one before',
        fields: [],
      });
    }
    at = next;
    // Inside the overlap the stored cursor must not move back.
    if (isLater(at, safe)) safe = at;
    yield {
      records: body.records.map((row) => toChangedRecord(type, row, fields)),
      cursor: safe,
      openFrom: date === null ? 0 : date - openMs,
    };
    // Wide rows come in smaller pages: only `done` with less than a full page is the end.
    if (body.done && body.records.length < queryRowsMax) return;
  }
}
