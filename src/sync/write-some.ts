import type { CallContext } from '../model/budget.ts';
import type { RecordSystem } from '../model/record-system.ts';
import type { WriteOutcome, WriteRow } from '../model/write.ts';

/** A row as it is sent, and its place among all rows. */
export interface SomeRow {
  readonly row: WriteRow;
  readonly index: number;
}

/**
 * Writes those of the rows that have anything for the system to take; the others, whose fields went another way, have landed as far as it is
 * concerned. One outcome per row of `rows`, in order.
 */
export const writeSome = async (
  inner: Pick<RecordSystem, 'writeMany'>,
  type: string,
  rows: readonly WriteRow[],
  some: readonly SomeRow[],
  context: CallContext,
): Promise<WriteOutcome[]> => {
  const answered =
    some.length === 0
      ? []
      : await inner.writeMany(
          type,
          some.map(({ row }) => row),
          context,
        );
  const outcomes = rows.map(
    (row): WriteOutcome => ({
      kind: 'landed',
      id: row.op === 'update' ? row.id : '',
      created: false,
      stamp: null,
    }),
  );
  for (const [at, { index }] of some.entries()) {
    outcomes[index] = answered[at] ?? { kind: 'unknown', cause: 'the batch gave no outcome for this row' };
  }
  return outcomes;
};
