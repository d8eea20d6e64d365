import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import type { Candidates } from './candidates.ts';
import type { RowOrder } from './order.ts';

export interface Scan {
  readonly table: Table;
  readonly candidates: Candidates | null;
  readonly order: RowOrder | null;
  readonly matches: (row: Row) => boolean;
  /** Rows to leave out at the start, and how many to give at most. */
  readonly offset: number;
  readonly limit: number;
}

const rowsAfter = function* (table: Table, id: string): Generator<Row> {
  for (let at = table.positionAfter(id); at < table.rows.length; at += 1) {
    const row = table.rows[at];
    if (row !== undefined) yield row;
  }
};

/** Rows of one stamp are sorted by id, the groups already follow each other. */
const stampOrder = function* (rows: Iterable<Row>, stampColumn: number): Generator<Row> {
  let group: Row[] = [];
  let stamp: unknown;
  const sorted = (): Row[] => {
    const isSorted = group.every((row, at) => at === 0 || (group[at - 1]?.id ?? '') < row.id);
    return isSorted ? group : group.sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  for (const row of rows) {
    if (row.values[stampColumn] !== stamp) {
      yield* sorted();
      group = [];
      stamp = row.values[stampColumn];
    }
    group.push(row);
  }
  yield* sorted();
};

const everyStamp = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Candidates in the order that is asked for, where an index gives it; null where they must be sorted. */
const orderedCandidates = ({ table, candidates, order }: Scan): Iterable<Row> | null => {
  const natural = order?.natural?.join() ?? '';
  if (natural === 'Id') {
    if (candidates === null) return table.rows;
    return candidates.kind === 'after' ? rowsAfter(table, candidates.id) : null;
  }
  if (natural === 'SystemModstamp' || natural === 'SystemModstamp,Id') {
    const range = candidates === null ? everyStamp : candidates.kind === 'stamps' ? candidates : null;
    if (range === null) return null;
    return stampOrder(table.log.between(range.from, range.to), table.schema.column('SystemModstamp'));
  }
  return null;
};

const anyCandidates = ({ table, candidates }: Scan): Iterable<Row> => {
  if (candidates === null) return table.rows;
  if (candidates.kind === 'rows') return candidates.rows;
  if (candidates.kind === 'stamps') return table.log.between(candidates.from, candidates.to);
  return rowsAfter(table, candidates.id);
};

const take = (rows: Iterable<Row>, matches: (row: Row) => boolean, countMax: number): Row[] => {
  const taken: Row[] = [];
  for (const row of rows) {
    if (taken.length >= countMax) break;
    if (matches(row)) taken.push(row);
  }
  return taken;
};

/** The rows of a query in its order. Stops early where the order needs no sorting. */
export const scanRows = (scan: Scan): Row[] => {
  const { order, matches, offset, limit } = scan;
  const ordered = order === null ? anyCandidates(scan) : orderedCandidates(scan);
  if (ordered !== null) return take(ordered, matches, offset + limit).slice(offset);
  const rows = take(anyCandidates(scan), matches, Number.POSITIVE_INFINITY);
  if (order !== null) rows.sort(order.compare);
  return rows.slice(offset, offset + limit);
};
