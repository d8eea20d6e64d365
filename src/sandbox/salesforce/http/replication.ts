import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { refuse } from '../errors.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { formatDatetime, parseDatetime } from '../values/datetime.ts';
import { makeRoute, objectOf, type RestCall } from './endpoint.ts';

const daySeconds = 24 * 60 * 60;
/** Source: getUpdated and getDeleted in the REST and SOAP API guides. */
const updatedDaysMax = 30;
const deletedDaysMax = 15;
const idsMax = 600_000;

interface Window {
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** Seconds of both ends are ignored: 12:35:15 is 12:35:00. */
const readWindow = (rest: RestCall, daysMax: number, minimumSeconds: number): Window => {
  const read = (name: string): number => {
    const seconds = parseDatetime(rest.call.request.query.get(name) ?? '');
    if (seconds === null) throw refuse('INVALID_REPLICATION_DATE', `${name} is not a valid date and time`);
    return Math.floor(seconds / 60) * 60;
  };
  const from = read('start');
  const to = read('end');
  if (to - from < minimumSeconds) {
    throw refuse('INVALID_REPLICATION_DATE', 'startDate must precede endDate by at least one minute');
  }
  if (from < rest.company.database.nowSeconds - daysMax * daySeconds) {
    throw refuse(
      'INVALID_REPLICATION_DATE',
      `startDate before org replication enabled date or older than ${daysMax} days`,
    );
  }
  return { from, to };
};

const rowsIn = (rest: RestCall, table: Table, { from, to }: Window, deleted: boolean): Row[] => {
  const rows = [...table.log.between(from, to - 1)].filter(
    (row) => row.deleted === deleted && rest.sees(table, row),
  );
  if (rows.length > idsMax) throw refuse('EXCEEDED_ID_LIMIT', `more than ${idsMax} ids in this time span`);
  return rows;
};

/** What lies in the future is not covered: the next call must start where this one really ended. */
const latestCovered = (rest: RestCall, window: Window): string => {
  const minute = Math.floor(rest.company.database.nowSeconds / 60) * 60;
  return formatDatetime(Math.min(window.to, minute));
};

/** Ids that changed, and that were deleted, within a span of time, by SystemModstamp. */
export const replicationRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  return [
    route('GET', '/sobjects/{type}/updated', (rest) => {
      const table = company.database.table(objectOf(rest));
      const window = readWindow(rest, updatedDaysMax, 60);
      return {
        status: 200,
        body: {
          ids: rowsIn(rest, table, window, false).map((row) => row.id),
          latestDateCovered: latestCovered(rest, window),
        },
      };
    }),
    route('GET', '/sobjects/{type}/deleted', (rest) => {
      const table = company.database.table(objectOf(rest));
      company.database.expireBin();
      const window = readWindow(rest, deletedDaysMax, 120);
      const stampColumn = table.schema.stampColumn;
      const minute = Math.floor(company.database.nowSeconds / 60) * 60;
      const earliest = minute - deletedDaysMax * daySeconds;
      return {
        status: 200,
        body: {
          deletedRecords: [
            ...rowsIn(rest, table, window, true).map((row) => ({
              id: row.id,
              deletedDate: formatDatetime(Number(row.values[stampColumn] ?? 0)),
            })),
            // Purged from the recycle bin, and still in the log of deletions.
            ...company.database.bin.goneBetween(table.schema.name, window.from, window.to).map((gone) => ({
              id: gone.id,
              deletedDate: formatDatetime(gone.deletedAt),
            })),
          ],
          earliestDateAvailable: formatDatetime(earliest),
          latestDateCovered: latestCovered(rest, window),
        },
      };
    }),
  ];
};
