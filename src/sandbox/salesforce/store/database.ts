import { prefixOf } from '../ids.ts';
import type { BoundField, ObjectSchema, OrgSchema, OrgSchemaState } from '../schema/org-schema.ts';
import type { Row } from './row.ts';
import { Table, type TableState } from './table.ts';

/** Everything that a database holds, as plain data. */
export interface DatabaseState {
  readonly schema: OrgSchemaState;
  readonly tables: Readonly<Record<string, TableState>>;
  readonly lastStamp: number;
}

/** All tables of the company, and the stamps that its writes get. */
export class Database {
  readonly schema: OrgSchema;
  readonly #orgCode: string;
  readonly #nowMs: () => number;
  readonly #tables = new Map<ObjectSchema, Table>();
  #lastStamp = 0;

  constructor(schema: OrgSchema, orgCode: string, nowMs: () => number) {
    this.schema = schema;
    this.#orgCode = orgCode;
    this.#nowMs = nowMs;
    for (const object of schema.objects) this.#tables.set(object, new Table(object, orgCode));
  }

  get tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  get nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }

  table(object: ObjectSchema): Table {
    let table = this.#tables.get(object);
    if (table === undefined) {
      table = new Table(object, this.#orgCode);
      this.#tables.set(object, table);
    }
    return table;
  }

  /** The table that an id belongs to, by its key prefix. */
  tableOfId(id: string): Table | undefined {
    const object = this.schema.byPrefix(prefixOf(id));
    return object === undefined ? undefined : this.table(object);
  }

  /** The record behind an id (18 characters), deleted ones included. */
  find(id: string): Row | undefined {
    return this.tableOfId(id)?.get(id);
  }

  addField(object: ObjectSchema, definition: BoundField['definition']): void {
    this.table(object).watchField(object.addField(definition));
  }

  /** The stamp of a call's writes: whole seconds, never before an earlier one (the change log depends on it). */
  nextStamp(): number {
    this.#lastStamp = Math.max(this.#lastStamp, this.nowSeconds);
    return this.#lastStamp;
  }

  exportState(): DatabaseState {
    return {
      schema: this.schema.exportState(),
      tables: Object.fromEntries(this.tables.map((table) => [table.schema.name, table.exportState()])),
      lastStamp: this.#lastStamp,
    };
  }

  /** Fills an empty database. */
  importState({ schema, tables, lastStamp }: DatabaseState): void {
    this.schema.importState(schema, (object, definition) => this.addField(object, definition));
    for (const object of this.schema.objects) {
      const table = tables[object.name];
      if (table !== undefined) this.table(object).importState(table);
    }
    this.#lastStamp = lastStamp;
  }
}
