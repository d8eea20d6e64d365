import { deriveValues } from './dml/derive.ts';
import type { ApiValue, StoredValue } from './schema/field.ts';
import type { BoundField } from './schema/org-schema.ts';
import type { Database } from './store/database.ts';
import { type Row, trimValues } from './store/row.ts';
import type { Table } from './store/table.ts';
import { coerceValue } from './values/coerce.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** Enters records directly, without rules, histories or events; each table's records are made in the order of their stamps. */
export class SeedTables {
  readonly #database: Database;
  readonly #userId: string;
  readonly #startSeconds: number;
  readonly #spanSeconds: number;
  /** The last stamp of each table: its log of changes knows no way back. */
  readonly #lastStamps = new Map<Table, number>();

  constructor(database: Database, userId: string, ageDays: number) {
    this.#database = database;
    this.#userId = userId;
    const today = Math.floor((database.nowSeconds * 1_000) / dayMs) * dayMs;
    this.#spanSeconds = (ageDays * dayMs) / 1_000;
    this.#startSeconds = Math.floor(today / 1_000) - this.#spanSeconds;
  }

  /** The moment at this place of the whole span, 0 to 1. */
  secondsAt(place: number): number {
    return Math.floor(this.#startSeconds + this.#spanSeconds * place);
  }

  /** Values as the API takes them; texts are cut to the field. */
  enter(type: string, fields: Readonly<Record<string, ApiValue>>, place: number): Row {
    const { table, schema } = this.#tableOf(type);
    const values: StoredValue[] = schema.fields.map(({ definition }) =>
      definition.defaultValue === false ? null : (definition.defaultValue ?? null),
    );
    const changes = new Map<BoundField, StoredValue>();
    for (const [name, raw] of Object.entries(fields)) {
      const field = schema.field(name);
      if (field === undefined) throw new Error(`seed: ${type} has no field ${name}`);
      const text = typeof raw === 'string' ? raw.slice(0, field.definition.length) : raw;
      changes.set(field, coerceValue(field.definition, text));
      values[field.column] = changes.get(field) ?? null;
    }
    deriveValues(this.#database, schema, values, changes, true);
    const stamp = Math.max(this.secondsAt(place), this.#lastStamps.get(table) ?? 0);
    this.#lastStamps.set(table, stamp);
    for (const name of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp'])
      values[schema.column(name)] = stamp;
    for (const name of ['CreatedById', 'LastModifiedById']) values[schema.column(name)] = this.#userId;
    const row = table.insert(trimValues(values));
    table.log.touch(row, stamp);
    return row;
  }

  /** Changes a record as if it had been so from its beginning: the stamps stay. */
  change(row: Row, fields: Readonly<Record<string, StoredValue>>): void {
    const table = this.#database.tableOfId(row.id);
    if (table === undefined) throw new Error('seed: the record is of no table');
    const values: StoredValue[] = table.schema.fields.map(({ column }) => row.values[column] ?? null);
    for (const [name, value] of Object.entries(fields)) values[table.schema.column(name)] = value;
    table.replace(row, trimValues(values), row.deleted);
  }

  read(row: Row, name: string): StoredValue {
    const column = this.#database.tableOfId(row.id)?.schema.field(name)?.column;
    return column === undefined ? null : (row.values[column] ?? null);
  }

  #tableOf(type: string): { readonly table: Table; readonly schema: Table['schema'] } {
    const schema = this.#database.schema.object(type);
    if (schema === undefined) throw new Error(`seed: there is no object ${type}`);
    return { table: this.#database.table(schema), schema };
  }
}
