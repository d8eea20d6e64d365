import { conditionHolds } from '../../core/rules.ts';
import type { Actor, CompanyRules } from '../access.ts';
import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import { isShared } from '../sharing.ts';
import type { RecordUrl } from '../soql/api-record.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { coerceValue } from '../values/coerce.ts';
import type { AutoAssign, LeadAssignment } from './assignment.ts';
import { checkMember, checkStatusRemoval, firstStatuses, settleStatus } from './campaigns.ts';
import { checkActivity, lockedParents } from './check-activity.ts';
import { checkDuplicates, type DuplicateOptions } from './check-duplicates.ts';
import {
  checkLock,
  checkReferences,
  checkRequired,
  checkUnique,
  checkValidation,
  noAccess,
  readerOf,
  type Sees,
} from './checks.ts';
import { deriveValues } from './derive.ts';
import { type FieldChanges, type Operation, readFields } from './read-fields.ts';
import { Transaction } from './transaction.ts';

/** What a call's headers and signed-in user say about its writes. */
export interface WriteContext {
  readonly database: Database;
  readonly rules: CompanyRules;
  readonly assignment: LeadAssignment;
  readonly actor: Actor;
  readonly autoAssign: AutoAssign;
  readonly duplicates: DuplicateOptions;
  /** Where a record is found, for answers that name others. */
  readonly recordUrl?: RecordUrl;
  /** `changeOrigin` of the change events; absent: not through an API. */
  readonly origin?: string;
}

type Values = StoredValue[];
export type Body = Readonly<Record<string, unknown>>;

/** Carries out the writes of one call, row by row; each row either passes every check or changes nothing. */
export class Writer {
  readonly #context: WriteContext;
  readonly transaction: Transaction;
  readonly #sees: Sees = (table, row) => isShared(this.#context, table, row);

  constructor(context: WriteContext) {
    this.#context = context;
    this.transaction = new Transaction(context.database, {
      userId: context.actor.userId,
      origin: context.origin ?? '',
    });
  }

  /** Throws SalesforceError in the vendor's words. */
  create(table: Table, body: Body): Row {
    const { schema } = table;
    if (schema.definition.createable === false) {
      throw refuse('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${schema.name}`);
    }
    if (Object.keys(body).some((key) => key.toLowerCase() === 'id')) {
      throw refuse('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
    }
    const changes = readFields(this.#context, schema, body, 'create');
    const values: Values = [];
    for (const { definition, column } of schema.fields) {
      // An unset checkbox reads as false without taking room.
      values[column] = definition.defaultValue === false ? null : (definition.defaultValue ?? null);
    }
    this.#apply(values, changes, 'create', schema);
    const draft = this.#automate(schema, { id: '', values, deleted: false, logAt: -1 });
    this.#check(table, draft, changes);
    checkDuplicates({ ...this.#context, sees: this.#sees }, table, draft, null);
    const row = this.transaction.insert(table, draft.values);
    this.#settle(table, row);
    if (schema.name === 'Campaign') this.#giveStatuses(row);
    return row;
  }

  /** Every update moves the stamps, also one that changes nothing. */
  update(table: Table, row: Row, body: Body): void {
    const { schema } = table;
    const { rules, database } = this.#context;
    if (schema.definition.updateable === false) {
      throw refuse('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be updated: ${schema.name}`);
    }
    if (!this.#sees(table, row)) throw noAccess(row.id);
    const changes = readFields(this.#context, schema, body, 'update');
    const converted = schema.field('IsConverted');
    if (converted !== undefined && row.values[converted.column] === true) {
      throw refuse('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
    }
    checkLock(schema, rules, row, database.nowSeconds);
    const values = [...row.values];
    this.#apply(values, changes, 'update', schema);
    const draft = this.#automate(schema, { ...row, values });
    this.#check(table, draft, changes);
    checkDuplicates({ ...this.#context, sees: this.#sees }, table, draft, row);
    this.transaction.update(table, row, draft.values);
    this.#settle(table, row);
  }

  /**
   * What the platform itself writes (conversion, merge, a new primary contact): neither rules nor field security are asked, the
   * stamps move and the caller is named.
   */
  amend(table: Table, row: Row, fields: Readonly<Record<string, StoredValue>>): void {
    const values = [...row.values];
    for (const [name, value] of Object.entries(fields)) values[table.schema.column(name)] = value;
    this.#stamp(values, 'update', table.schema);
    this.transaction.update(table, row, values);
  }

  /**
   * Into the recycle bin, with the children that go with their parent (an account's contacts). `fields` are set on the record
   * itself: a merge leaves the survivor's id.
   */
  remove(table: Table, row: Row, fields: Readonly<Record<string, StoredValue>> = {}): void {
    if (!this.#sees(table, row)) throw noAccess(row.id);
    this.#lockParents(table.schema, row, new Map());
    checkStatusRemoval(this.#context.database, table, row);
    this.#remove(table, row, fields, null);
  }

  #remove(
    table: Table,
    row: Row,
    fields: Readonly<Record<string, StoredValue>>,
    withParent: string | null,
  ): void {
    const { schema } = table;
    if (schema.definition.deletable === false) {
      throw refuse('INSUFFICIENT_ACCESS_OR_READONLY', `entity type cannot be deleted: ${schema.name}`);
    }
    checkLock(schema, this.#context.rules, row, this.#context.database.nowSeconds);
    const values = [...row.values];
    for (const [name, value] of Object.entries(fields)) values[schema.column(name)] = value;
    this.#stamp(values, 'update', schema);
    this.transaction.remove(table, row, values, withParent);
    for (const [children, child] of this.#childrenOf(table, row)) {
      if (!child.deleted) this.#remove(children, child, {}, row.id);
    }
  }

  /**
   * Out of the recycle bin under the same id, with what was deleted with it. What a merge moved to the survivor stays there
   * (whether MasterRecordId is emptied is unverified). Throws UNDELETE_FAILED, and DUPLICATE_VALUE where a unique value is taken.
   */
  undelete(table: Table, row: Row): void {
    const { bin } = this.#context.database;
    if (!row.deleted || !bin.holds(row.id) || bin.parentOf(row.id) !== null) {
      throw refuse('UNDELETE_FAILED', 'Entity is not in the recycle bin', []);
    }
    this.#restore(table, row);
  }

  #restore(table: Table, row: Row): void {
    const { bin } = this.#context.database;
    const values = [...row.values];
    const master = table.schema.field('MasterRecordId');
    if (master !== undefined) values[master.column] = null;
    this.#stamp(values, 'update', table.schema);
    checkUnique(table, { ...row, values }, this.#sees);
    this.transaction.restore(table, row, values);
    for (const [children, child] of this.#childrenOf(table, row)) {
      if (child.deleted && bin.parentOf(child.id) === row.id && bin.holds(child.id))
        this.#restore(children, child);
    }
  }

  #childrenOf(parent: Table, row: Row): [Table, Row][] {
    return this.#context.database.tables.flatMap((table) =>
      table.schema.fields
        .filter(
          ({ definition }) =>
            definition.cascadeDelete === true &&
            definition.referenceTo?.includes(parent.schema.name) === true,
        )
        .flatMap(({ column }) => table.index(column)?.find(row.id) ?? [])
        .map((child): [Table, Row] => [table, child]),
    );
  }

  /** What a saved record changes of others. */
  #settle(table: Table, row: Row): void {
    this.#settlePrimary(table, row);
    settleStatus(this.#context.database, table, row, (other, member, fields) =>
      this.amend(other, member, fields),
    );
  }

  #giveStatuses(campaign: Row): void {
    const { database } = this.#context;
    const object = database.schema.object('CampaignMemberStatus');
    if (object === undefined) return;
    for (const status of firstStatuses)
      this.create(database.table(object), { ...status, CampaignId: campaign.id });
  }

  /** An opportunity has one primary contact: a new one takes the mark off the old one (unverified). */
  #settlePrimary(table: Table, row: Row): void {
    const { schema } = table;
    if (schema.name !== 'OpportunityContactRole' || row.values[schema.column('IsPrimary')] !== true) return;
    const opportunity = schema.column('OpportunityId');
    const others = table.index(opportunity)?.find(row.values[opportunity] ?? null) ?? [];
    for (const other of others) {
      const isOldPrimary =
        other !== row && !other.deleted && other.values[schema.column('IsPrimary')] === true;
      if (isOldPrimary) this.amend(table, other, { IsPrimary: false });
    }
  }

  #apply(values: Values, changes: FieldChanges, operation: Operation, schema: ObjectSchema): void {
    for (const [field, value] of changes) {
      const kept = value === null && operation === 'create' && field.definition.defaultedOnCreate === true;
      if (!kept) values[field.column] = value;
    }
    const isNew = operation === 'create';
    deriveValues(this.#context.database, schema, values, changes, isNew, this.transaction.stamp);
    const owner = schema.field('OwnerId');
    if (owner !== undefined && isNew) values[owner.column] ??= this.#context.actor.userId;
    this.#stamp(values, operation, schema);
  }

  #stamp(values: Values, operation: Operation, schema: ObjectSchema): void {
    const { stamp } = this.transaction;
    const { userId } = this.#context.actor;
    const set = (name: string, value: StoredValue): void => {
      values[schema.column(name)] = value;
    };
    if (operation === 'create') {
      set('CreatedDate', stamp);
      set('CreatedById', userId);
    }
    set('LastModifiedDate', stamp);
    set('LastModifiedById', userId);
    set('SystemModstamp', stamp);
  }

  /** The company's own flows and the assignment rule, in the caller's transaction and under the caller's name. */
  #automate(schema: ObjectSchema, draft: Row): Row {
    const { rules, database, assignment, autoAssign } = this.#context;
    const values = [...draft.values];
    const after: Row = { ...draft, values };
    const read = readerOf(schema, after, database.nowSeconds);
    const set = new Map<BoundField, StoredValue>();
    for (const rule of rules.of(schema, 'update')) {
      if (!conditionHolds(rule, read)) continue;
      for (const [name, value] of Object.entries(rule.set ?? {})) {
        const field = schema.field(name);
        if (field === undefined) continue;
        values[field.column] = coerceValue(field.definition, value);
        set.set(field, values[field.column] ?? null);
      }
    }
    // A flow that completes a task closes it, one that moves a deal's stage moves its probability.
    if (set.size > 0) deriveValues(database, schema, values, set, false, this.transaction.stamp);
    const owner = assignment.ownerFor(schema, after, database.nowSeconds, autoAssign);
    if (owner !== null) values[schema.column('OwnerId')] = owner;
    return after;
  }

  /**
   * A record that belongs to another (a contact to its account) is entered and moved under its parent's lock, so that two loads of one
   * account's contacts get in each other's way (Record-Level Locking cheat sheet).
   */
  #lockParents(schema: ObjectSchema, draft: Row, changes: FieldChanges): void {
    const { database, rules } = this.#context;
    for (const id of lockedParents(schema, draft, changes)) {
      const table = database.tableOfId(id);
      const parent = table?.get(id);
      if (table !== undefined && parent !== undefined)
        checkLock(table.schema, rules, parent, database.nowSeconds);
    }
  }

  #check(table: Table, draft: Row, changes: FieldChanges): void {
    const { rules, database } = this.#context;
    const { schema } = table;
    checkReferences(database, schema, changes, this.#sees);
    checkActivity(database, schema, draft, changes);
    checkMember(database, table, draft, changes);
    this.#lockParents(schema, draft, changes);
    checkRequired(schema, rules, draft, changes, database.nowSeconds);
    checkValidation(schema, rules, draft, database.nowSeconds);
    checkUnique(table, draft, this.#sees);
  }
}
