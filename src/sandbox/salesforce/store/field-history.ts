import type { ApiValue, StoredValue } from '../schema/field.ts';
import { isLongText } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { renderValue } from '../values/render.ts';
import type { Commit, RowChange } from './commit.ts';
import type { Database } from './database.ts';
import { makeReader, type Row, trimValues } from './row.ts';
import type { Table } from './table.ts';

/** So many fields of an object can be tracked (help: Field History Tracking). */
export const trackedMax = 20;

/** What a company that uses histories tracks: what people argue about, not every field. Long texts are tracked without values. */
export const trackedByDefault: Readonly<Record<string, readonly string[]>> = {
  Account:
    'Name ParentId Phone Website Industry Type OwnerId BillingStreet BillingCity BillingState BillingPostalCode BillingCountry AnnualRevenue NumberOfEmployees Rating AccountSource'.split(
      ' ',
    ),
  Contact:
    'FirstName LastName AccountId Title Email Phone MobilePhone MailingStreet MailingCity MailingState MailingPostalCode MailingCountry OwnerId LeadSource HasOptedOutOfEmail DoNotCall Department'.split(
      ' ',
    ),
  Lead: 'FirstName LastName Company Title Email Phone MobilePhone Website Street City State PostalCode Country Industry Rating LeadSource AnnualRevenue NumberOfEmployees Status OwnerId'.split(
    ' ',
  ),
  Opportunity:
    'Name AccountId StageName Amount CloseDate Probability Type NextStep LeadSource OwnerId ForecastCategoryName'.split(
      ' ',
    ),
};

interface Entry {
  readonly field: string;
  readonly before: ApiValue;
  readonly after: ApiValue;
}

/** A lookup goes by the name of its relationship (`Owner`, `Account`), other fields by their own (unverified beyond Owner). */
const nameInHistory = ({ definition }: BoundField): string =>
  definition.type === 'reference' ? (definition.relationshipName ?? definition.name) : definition.name;

const lower = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/**
 * Field history: who changed a tracked field when, from what to what. Nothing is kept of fields that are not tracked, nor of what
 * happened before they were; values of long texts are left out (help: Field History Tracking).
 */
export class FieldHistory {
  readonly #database: Database;
  readonly #tracked = new Map<ObjectSchema, readonly BoundField[]>();
  /** The tables of the histories, by the object whose changes they hold. */
  readonly #tables = new Map<ObjectSchema, Table>();

  constructor(database: Database) {
    this.#database = database;
    for (const table of database.tables) {
      const { historyOf } = table.schema.definition;
      const object = historyOf === undefined ? undefined : database.schema.object(historyOf);
      if (object !== undefined) this.#tables.set(object, table);
    }
    for (const [object, fields] of Object.entries(trackedByDefault)) this.track(object, fields);
    database.onCommit((commit) => {
      for (const change of commit.changes) this.#enter(change, commit);
    });
  }

  /** Tracks exactly these fields of an object from now on; none switches its history off. Throws where one is not there. */
  track(objectName: string, fieldNames: readonly string[]): void {
    const object = this.#database.schema.object(objectName);
    if (object === undefined || !this.#tables.has(object)) {
      throw new Error(`${objectName} has no field history`);
    }
    if (fieldNames.length > trackedMax) throw new Error(`more than ${trackedMax} fields of ${object.name}`);
    const fields = fieldNames.map((name) => {
      const field = object.field(name);
      if (field === undefined || field.definition.compute !== undefined) {
        throw new Error(`${name} of ${object.name} cannot be tracked`);
      }
      return field;
    });
    this.#tracked.set(object, fields);
  }

  exportState(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      [...this.#tracked].map(([object, fields]) => [
        object.name,
        fields.map(({ definition }) => definition.name),
      ]),
    );
  }

  #enter(change: RowChange, commit: Commit): void {
    const { schema } = change.table;
    const master = schema.field('MasterRecordId');
    const survivor = master === undefined ? null : (change.row.values[master.column] ?? null);
    if (change.operation === 'delete' && typeof survivor === 'string') {
      const row = this.#database.find(survivor);
      const field = `${lower(schema.name)}Merged`;
      if (row !== undefined) this.#write(schema, row, { field, before: null, after: null }, commit);
    }
    const fields = this.#tracked.get(schema) ?? [];
    if (fields.length === 0) return;
    for (const entry of this.#entries(change, fields)) this.#write(schema, change.row, entry, commit);
  }

  *#entries({ operation, before, row, table }: RowChange, fields: readonly BoundField[]): Generator<Entry> {
    if (operation === 'create') yield { field: 'created', before: null, after: null };
    if (operation !== 'update' || before === null) return;
    const converted = table.schema.field('IsConverted')?.column;
    if (converted !== undefined && before[converted] !== true && row.values[converted] === true) {
      yield { field: 'leadConverted', before: null, after: null };
    }
    for (const field of fields) {
      const old: StoredValue = before[field.column] ?? null;
      const present: StoredValue = row.values[field.column] ?? null;
      if (old !== present) yield* this.#changed(field, old, present);
    }
  }

  *#changed(field: BoundField, old: StoredValue, present: StoredValue): Generator<Entry> {
    const { definition } = field;
    const name = nameInHistory(field);
    if (isLongText(definition)) {
      yield { field: name, before: null, after: null };
      return;
    }
    // A lookup gives two rows: the names, and the ids.
    if (definition.type === 'reference') {
      yield { field: name, before: this.#nameOf(old), after: this.#nameOf(present) };
    }
    yield { field: name, before: renderValue(definition, old), after: renderValue(definition, present) };
  }

  #nameOf(id: StoredValue): StoredValue {
    const row = typeof id === 'string' ? this.#database.find(id) : undefined;
    const schema = row === undefined ? undefined : this.#database.tableOfId(row.id)?.schema;
    const field = schema?.fields.find(({ definition }) => definition.nameField === true);
    if (row === undefined || schema === undefined || field === undefined) return null;
    return makeReader(schema, field)(row, this.#database.nowSeconds);
  }

  #write(object: ObjectSchema, parent: Row, entry: Entry, { stamp, userId }: Commit): void {
    const table = this.#tables.get(object);
    if (table === undefined || this.#tracked.get(object)?.length === 0) return;
    const history = table.schema;
    const values: StoredValue[] = [];
    const set = (name: string, value: ApiValue): void => {
      values[history.column(name)] = typeof value === 'object' && value !== null ? null : value;
    };
    set(`${object.name}Id`, parent.id);
    set('CreatedById', userId);
    set('CreatedDate', stamp);
    set('Field', entry.field);
    set('OldValue', entry.before);
    set('NewValue', entry.after);
    table.log.touch(table.insert(trimValues(Array.from(values, (value) => value ?? null))), stamp);
  }
}
