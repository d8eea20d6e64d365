import type { StoredValue } from '../schema/field.ts';
import type { Row } from './row.ts';
import type { Table } from './table.ts';

/** One record as a committed call found it. */
export interface RowChange {
  readonly table: Table;
  readonly row: Row;
  readonly operation: 'create' | 'update' | 'delete' | 'undelete';
  /** What it held before the call; null for a record that the call made. */
  readonly before: readonly StoredValue[] | null;
}

/** What one call changed, each record once, in the order in which it first touched them. */
export interface Commit {
  /** Seconds. */
  readonly stamp: number;
  readonly userId: string;
  /** `com/salesforce/api/rest/62.0;client=tandem`; empty where the change did not come through an API. */
  readonly origin: string;
  readonly changes: readonly RowChange[];
}
