import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { isMember } from './campaigns.ts';
import { checkLock, requireLive } from './checks.ts';
import { type Body, type WriteContext, Writer } from './writer.ts';

/** SOAP API guide, merge(): these objects, and no more than two records into a third. */
const mergeableObjects = ['Account', 'Contact', 'Lead'];
const victimsMax = 2;

export interface MergeRequest {
  readonly type: string;
  readonly masterId: string;
  /** Fields to set on the master; everything else of it stays as it is, what the others hold is lost. */
  readonly fields: Body;
  readonly victimIds: readonly string[];
}

export interface Merged {
  readonly id: string;
  readonly mergedRecordIds: readonly string[];
  readonly updatedRelatedIds: readonly string[];
}

/**
 * The records that point to this one, and by which field. Its history stays where it is, and so do converted leads, which nothing
 * changes any more (both unverified).
 */
const childrenOf = (database: Database, table: Table, victim: Row): [Table, Row, string][] =>
  database.tables
    .filter((children) => children.schema.definition.updateable !== false)
    .flatMap((children) =>
      children.schema.fields
        .filter(
          ({ definition: { referenceTo, name, compute } }) =>
            compute === undefined &&
            referenceTo?.includes(table.schema.name) === true &&
            name !== 'MasterRecordId' &&
            !name.startsWith('Converted'),
        )
        .flatMap(({ definition, column }) => {
          const rows = children.index(column)?.find(victim.id) ?? children.rows;
          return rows
            .filter((row) => !row.deleted && row.values[column] === victim.id)
            .map((row): [Table, Row, string] => [children, row, definition.name]);
        }),
    );

/** A campaign that has the master already keeps that member alone (unverified). */
const doublesMember = (table: Table, row: Row, field: string, masterId: string): boolean => {
  if (table.schema.name !== 'CampaignMember' || (field !== 'LeadId' && field !== 'ContactId')) return false;
  return isMember(table, row.values[table.schema.column('CampaignId')] ?? null, field, masterId, row.id);
};

const tableFor = (database: Database, request: MergeRequest): Table => {
  const object = database.schema.object(request.type);
  if (object === undefined || !mergeableObjects.includes(object.name)) {
    throw refuse('INVALID_TYPE', `merge is not supported for ${request.type}`);
  }
  return database.table(object);
};

const refuseConverted = (table: Table, row: Row): void => {
  const converted = table.schema.field('IsConverted');
  if (converted !== undefined && row.values[converted.column] === true) {
    throw refuse('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
};

const merge = (writer: Writer, context: WriteContext, request: MergeRequest): Merged => {
  const { database, rules } = context;
  const { victimIds, masterId, fields } = request;
  const table = tableFor(database, request);
  if (victimIds.length === 0 || victimIds.length > victimsMax) {
    throw refuse('INVALID_NUM_1_PARAM', `merge takes one or ${victimsMax} records to merge`);
  }
  if (new Set([masterId, ...victimIds]).size <= victimIds.length) {
    throw refuse('DUPLICATE_VALUE', 'a record can not be merged with itself', []);
  }
  const master = requireLive(table, masterId);
  const victims = victimIds.map((id) => requireLive(table, id));
  for (const row of [master, ...victims]) refuseConverted(table, row);
  checkLock(table.schema, rules, master, database.nowSeconds);
  const related: string[] = [];
  for (const victim of victims) {
    // Children first, so that they do not go into the recycle bin with their old parent.
    for (const [children, child, field] of childrenOf(database, table, victim)) {
      if (doublesMember(children, child, field, masterId)) {
        writer.remove(children, child);
        continue;
      }
      const parent: StoredValue = child.id === masterId ? null : masterId;
      writer.amend(children, child, { [field]: parent });
      related.push(child.id);
    }
    writer.remove(table, victim, { MasterRecordId: masterId });
  }
  // After the others are gone: a unique value of theirs may be among the fields.
  if (Object.keys(fields).length > 0) writer.update(table, master, fields);
  else writer.amend(table, master, {});
  return { id: masterId, mergedRecordIds: victimIds, updatedRelatedIds: [...new Set(related)] };
};

/**
 * Merges up to two records into a third: they go into the recycle bin with its id as MasterRecordId, and what belonged to them
 * belongs to it. Each request is a transaction of its own. Throws SalesforceError; nothing has happened then.
 */
export const mergeRecords = (context: WriteContext, request: MergeRequest): Merged => {
  const writer = new Writer({ ...context, autoAssign: false });
  try {
    const merged = merge(writer, context, request);
    writer.transaction.commit();
    return merged;
  } catch (error) {
    writer.transaction.rollback();
    throw error;
  }
};
