import type { StoredValue } from './schema/field.ts';
import type { Database } from './store/database.ts';
import { type Row, trimValues } from './store/row.ts';

const settings = {
  TimeZoneSidKey: 'GMT',
  LocaleSidKey: 'en_US',
  LanguageLocaleKey: 'en_US',
  EmailEncodingKey: 'UTF-8',
  UserType: 'Standard',
  CompanyName: 'Sandbox Company',
} as const;

/** Enters rows of the administrator's own pages; they have no rules, no history, and no event. */
export class SetupWriter {
  readonly #database: Database;
  readonly stamp: number;

  constructor(database: Database) {
    this.#database = database;
    this.stamp = database.nextStamp();
  }

  /** The next record of this object gets this number in its id. */
  numberNext(object: string, sequence: number): void {
    const schema = this.#database.schema.object(object);
    if (schema === undefined) throw new Error(`the directory needs the object ${object}`);
    this.#database.table(schema).skipTo(sequence - 1);
  }

  /** Answers the new row's id; without `by` it is its own author. */
  add(object: string, fields: Readonly<Record<string, StoredValue>>, by?: string): string {
    const schema = this.#database.schema.object(object);
    if (schema === undefined) throw new Error(`the directory needs the object ${object}`);
    const table = this.#database.table(schema);
    const values: StoredValue[] = schema.fields.map(() => null);
    const set = (name: string, value: StoredValue): void => {
      values[schema.column(name)] = value;
    };
    for (const [name, value] of Object.entries(fields)) set(name, value);
    for (const name of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']) {
      if (schema.field(name) !== undefined) set(name, this.stamp);
    }
    const row = table.insert(trimValues(values));
    const withUser = [...row.values];
    for (const name of ['CreatedById', 'LastModifiedById']) {
      const field = schema.field(name);
      if (field !== undefined) withUser[field.column] = by ?? row.id;
    }
    table.replace(row, withUser, false);
    table.log.touch(row, this.stamp);
    return row.id;
  }

  change(row: Row, fields: Readonly<Record<string, StoredValue>>): void {
    const table = this.#database.tableOfId(row.id);
    if (table === undefined) return;
    const values = [...row.values];
    for (const [name, value] of Object.entries(fields)) values[table.schema.column(name)] = value;
    for (const name of ['LastModifiedDate', 'SystemModstamp']) values[table.schema.column(name)] = this.stamp;
    table.replace(row, values, row.deleted);
    table.log.touch(row, this.stamp);
  }

  /** `more` says what differs from a user of English in GMT. */
  user(
    first: string,
    last: string,
    username: string,
    alias: string,
    more: Readonly<Record<string, StoredValue>> = {},
  ): string {
    return this.add('User', {
      ...settings,
      FirstName: first,
      LastName: last,
      Username: username,
      Email: username,
      Alias: alias,
      IsActive: true,
      ...more,
    });
  }

  /** A queue that can own records of these objects, and whose members may take them. */
  queue(name: string, objects: readonly string[], memberIds: readonly string[], by: string): string {
    const developerName = name.replaceAll(/[^A-Za-z0-9]+/g, '_');
    const id = this.add('Group', { Name: name, DeveloperName: developerName, Type: 'Queue' }, by);
    for (const object of objects) this.add('QueueSobject', { QueueId: id, SobjectType: object }, by);
    for (const member of memberIds) this.add('GroupMember', { GroupId: id, UserOrGroupId: member }, by);
    return id;
  }
}
