import { toId18 } from '../../model/salesforce-id.ts';
import type { WriteRow } from '../../model/write.ts';
import { collectionMax } from './read-many.ts';

/** Rows that go in one call: one operation, no record twice. `at` is the row's place among all rows. */
export interface WriteBatch {
  /** The external id field of an upsert; null for updates. */
  readonly identityField: string | null;
  /** The org's assignment rule runs on the rows. */
  readonly assigns: boolean;
  /** Duplicate rules that only warn are passed. */
  readonly saves: boolean;
  readonly rows: readonly { readonly at: number; readonly row: WriteRow; readonly target: string }[];
}

/** The record that a row is meant for, as far as it can be told before the call. External ids match without regard to case. */
export const targetOf = (row: WriteRow): string =>
  row.op === 'update'
    ? `id ${toId18(row.id) ?? row.id}`
    : `${row.identityField.toLowerCase()} ${row.identityValue.trim().toLowerCase()}`;

/**
 * Puts rows into batches of at most 200 that keep, for each record, the order of its rows. Two rows for one record never
 * share a call: Salesforce would refuse both of an upsert (DUPLICATE_VALUE) and fold updates into one transaction.
 */
export const planBatches = (rows: readonly (readonly [number, WriteRow])[]): readonly WriteBatch[] => {
  const turnOf = new Map<string, number>();
  const groups = new Map<
    string,
    {
      turn: number;
      identityField: string | null;
      assigns: boolean;
      saves: boolean;
      rows: { at: number; row: WriteRow; target: string }[];
    }
  >();
  for (const [at, row] of rows) {
    const target = targetOf(row);
    const turn = turnOf.get(target) ?? 0;
    turnOf.set(target, turn + 1);
    const identityField = row.op === 'update' ? null : row.identityField;
    const assigns = row.op === 'update' && row.assigns === true;
    const saves = row.duplicates === 'save';
    const key = `${turn} ${assigns} ${saves} ${identityField ?? ''}`;
    const group = groups.get(key) ?? { turn, identityField, assigns, saves, rows: [] };
    group.rows.push({ at, row, target });
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => a.turn - b.turn)
    .flatMap(({ identityField, assigns, saves, rows: members }) =>
      Array.from({ length: Math.ceil(members.length / collectionMax) }, (_, part) => ({
        identityField,
        assigns,
        saves,
        rows: members.slice(part * collectionMax, (part + 1) * collectionMax),
      })),
    );
};
