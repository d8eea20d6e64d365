import type { RawFields, RawValue } from '../../model/value.ts';
import type { WriteRow } from '../../model/write.ts';
import { batchSize } from './limits.ts';

/** HubSpot takes strings; an empty one clears. */
const toProperty = (value: RawValue): string => (value === null ? '' : String(value));

const toProperties = (fields: RawFields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toProperty(value)]));

/** One input of batch/update or batch/upsert. The trace id ties the answer to the row, and without it one bad row refuses the whole batch. */
export const toInput = (row: WriteRow): object => ({
  objectWriteTraceId: row.key,
  properties: toProperties(row.fields),
  ...(row.op === 'update' ? { id: row.id } : { id: row.identityValue, idProperty: row.identityField }),
});

/** A row and its place among the rows that were handed in. */
export interface PlacedRow {
  readonly row: WriteRow;
  readonly index: number;
}

const targetOf = (row: WriteRow): string =>
  row.op === 'update' ? row.id : `${row.identityField}=${row.identityValue.toLowerCase()}`;

/**
 * Batches of one operation each, at most 100 rows. HubSpot refuses a batch that names a record twice, so a second row
 * for the same record goes into a later round; rounds are sent one after the other, in the order of the rows.
 */
export const toRounds = (rows: readonly WriteRow[]): readonly (readonly (readonly PlacedRow[])[])[] => {
  const seen = new Map<string, number>();
  const rounds: Map<WriteRow['op'], PlacedRow[][]>[] = [];
  for (const [index, row] of rows.entries()) {
    const target = `${row.op} ${targetOf(row)}`;
    const turn = seen.get(target) ?? 0;
    seen.set(target, turn + 1);
    const round = rounds[turn] ?? new Map<WriteRow['op'], PlacedRow[][]>();
    rounds[turn] = round;
    const batches = round.get(row.op) ?? [];
    round.set(row.op, batches);
    const open = batches.at(-1);
    if (open !== undefined && open.length < batchSize) open.push({ row, index });
    else batches.push([{ row, index }]);
  }
  return rounds.map((round) => [...round.values()].flat());
};
