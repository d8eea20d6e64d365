import type { Actor, CompanyRules } from './access.ts';
import { readerOf } from './dml/checks.ts';
import type { Database } from './store/database.ts';
import type { Row } from './store/row.ts';
import type { Table } from './store/table.ts';

/** Who looks, and by which rules. */
export interface Viewer {
  readonly database: Database;
  readonly rules: CompanyRules;
  readonly actor: Actor;
}

/**
 * Whether a record is shared with the caller. What is not is simply not there in queries and reads; an update by id is refused for
 * lack of access (SOAP API guide, INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY).
 */
export const isShared = ({ database, rules, actor }: Viewer, table: Table, row: Row): boolean =>
  rules.shares(actor, table.schema, readerOf(table.schema, row, database.nowSeconds));
