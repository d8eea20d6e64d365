import { prefixOf } from '../ids.ts';
import { optionalObjects } from '../schema/objects/index.ts';
import type { BoundField, ObjectSchema, OrgSchema, OrgSchemaState } from '../schema/org-schema.ts';
import type { Commit } from './commit.ts';
import { RecycleBin, type RecycleBinState } from './recycle-bin.ts';
import type { Row } from './row.ts';
import { Table, type TableState } from './table.ts';

/** Everything that a database holds, as plain data. */
export interface DatabaseState {
  readonly schema: OrgSchemaState;
  readonly tables: Readonly<Record<string, TableState>>;
  readonly lastStamp: number;
  readonly bin: RecycleBinState;
  readonly defaultRecordTypes: readonly (readonly [string, string])[];
  readonly unknownMemberStatus: UnknownMemberStatus;
}

/** What becomes of a campaign member whose status its campaign does not have: it gets the default one, or is refused. */
export type UnknownMemberStatus = 'default' | 'refuse';

/** All tables of the company, and the stamps that its writes get. */
export class Database {
  readonly schema: OrgSchema;
  readonly bin = new RecycleBin();
  /** The record type that a new record of an object gets by itself, by the object's name. */
  readonly defaultRecordTypes = new Map<string, string>();
  unknownMemberStatus: UnknownMemberStatus = 'default';
  readonly #commitListeners: ((commit: Commit) => void)[] = [];
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
    const [only, ...others] = this.schema.byPrefix(prefixOf(id));
    if (only === undefined) return undefined;
    const holder = others.map((object) => this.table(object)).find((table) => table.get(id) !== undefined);
    return holder ?? this.table(only);
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

  /** Hears of every committed call: what was made, changed, deleted and brought back. Seeding is no call. */
  onCommit(listener: (commit: Commit) => void): void {
    this.#commitListeners.push(listener);
  }

  committed(commit: Commit): void {
    for (const listener of this.#commitListeners) listener(commit);
  }

  /** Removes a record physically, its history with it: neither query nor queryAll knows it any more, only the log of deletions its id. */
  erase(row: Row): void {
    const table = this.tableOfId(row.id);
    if (table === undefined) return;
    table.erase(row);
    for (const history of this.tables) {
      if (history.schema.definition.historyOf !== table.schema.name) continue;
      const column = history.schema.column(`${table.schema.name}Id`);
      for (const entry of [...(history.index(column)?.find(row.id) ?? [])]) history.erase(entry);
    }
    this.bin.forget(table.schema.name, row.id, this.nowSeconds);
  }

  /** The same, with what was deleted together with it. */
  eraseWithChildren(row: Row): void {
    for (const child of this.bin.deletedWith(row.id)) {
      const found = this.find(child);
      if (found !== undefined) this.eraseWithChildren(found);
    }
    if (this.find(row.id) !== undefined) this.erase(row);
  }

  /** Removes what has been in the recycle bin for its whole time; called before the bin is looked into. */
  expireBin(): void {
    const { nowSeconds } = this;
    if (!this.bin.mayExpire(nowSeconds)) return;
    for (const id of [...this.bin.expired(nowSeconds)]) {
      const row = this.find(id);
      if (row === undefined) this.bin.take(id);
      else this.erase(row);
    }
  }

  exportState(): DatabaseState {
    return {
      schema: this.schema.exportState(),
      tables: Object.fromEntries(this.tables.map((table) => [table.schema.name, table.exportState()])),
      lastStamp: this.#lastStamp,
      bin: this.bin.exportState(),
      defaultRecordTypes: [...this.defaultRecordTypes],
      unknownMemberStatus: this.unknownMemberStatus,
    };
  }

  /** Fills an empty database. */
  importState(state: DatabaseState): void {
    const { schema, tables, lastStamp, bin, defaultRecordTypes, unknownMemberStatus } = state;
    this.schema.importState(
      schema,
      (object, definition) => this.addField(object, definition),
      optionalObjects,
    );
    for (const object of this.schema.objects) {
      const table = tables[object.name];
      if (table !== undefined) this.table(object).importState(table);
    }
    this.#lastStamp = lastStamp;
    this.bin.importState(bin);
    this.unknownMemberStatus = unknownMemberStatus;
    for (const [object, id] of defaultRecordTypes) this.defaultRecordTypes.set(object, id);
  }
}
