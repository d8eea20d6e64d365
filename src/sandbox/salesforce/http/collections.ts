import type { ApiReply } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { requireLive } from '../dml/checks.ts';
import { findMatches, matchFieldOf } from '../dml/upsert.ts';
import { type Body, Writer } from '../dml/writer.ts';
import { refuse, rowErrors, SalesforceError } from '../errors.ts';
import { toId18 } from '../ids.ts';
import type { Table } from '../store/table.ts';
import { isObject, jsonObject, makeRoute, objectOf, param, type RestCall, writeContext } from './endpoint.ts';
import { fieldNamesIn, makeRecordView, selectFields } from './record-view.ts';

/** One call takes so many records; sObject Collections in the REST API guide. */
const recordsMax = 200;
/** Retrieving takes more (same guide, get multiple records). */
const retrieveMax = 2_000;
/** Runs of one type after another, for all types together. */
const chunksMax = 10;

/** What became of one row. */
interface RowResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly unknown[];
  readonly created?: boolean;
}

interface Batch {
  readonly records: readonly Body[];
  readonly allOrNone: boolean;
}

const checkSize = (count: number, max: number): void => {
  if (count > max) {
    // Wording of the SOAP API's same limit (unverified for REST).
    throw refuse(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${max} records into this call`,
    );
  }
};

const readBatch = (rest: RestCall): Batch => {
  const body = jsonObject(rest);
  const { records } = body;
  if (!Array.isArray(records) || !records.every(isObject)) {
    throw refuse('JSON_PARSER_ERROR', 'The records of a collection must be a list of objects.');
  }
  checkSize(records.length, recordsMax);
  return { records, allOrNone: body.allOrNone === true };
};

const typeOf = (record: Body): string => {
  const { attributes } = record;
  const type = isObject(attributes) ? attributes.type : undefined;
  if (typeof type === 'string') return type;
  throw refuse('INVALID_INPUT', 'The type of each record must be specified in its attributes.');
};

/** The table of each record. Throws for more than ten runs of one type, and for objects that are not there. */
const tablesOf = (rest: RestCall, records: readonly Body[]): readonly Table[] => {
  const types = records.map(typeOf);
  const chunks = types.filter((type, at) => type !== types[at - 1]).length;
  if (chunks > chunksMax) {
    throw refuse(
      'LIMIT_EXCEEDED',
      `Cannot have more than ${chunksMax} chunks in a single operation. Please rearrange the data to reduce chunking.`,
    );
  }
  return types.map((type) => {
    const object = rest.company.database.schema.object(type);
    if (object === undefined) throw refuse('INVALID_TYPE', `sObject type '${type}' is not supported.`);
    return rest.company.database.table(object);
  });
};

const rolledBack = (result: RowResult): RowResult => ({
  success: false,
  errors: result.success
    ? [
        {
          statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
          message:
            'Record rolled back because not all records were valid and the request was using AllOrNone header',
          fields: [],
        },
      ]
    : result.errors,
  ...(result.created === undefined ? {} : { created: result.created }),
});

/** A row's write: gives its id; `created` goes into an upsert's result, also when the row is refused. */
type RowWrite = (writer: Writer, at: number) => { readonly id: string; readonly created?: boolean };

/** Thrown with what the result of a refused upsert row says besides its errors. */
class RefusedUpsert extends Error {
  readonly refusal: SalesforceError;
  readonly created: boolean;
  constructor(refusal: SalesforceError, created: boolean) {
    super(refusal.message);
    this.name = 'RefusedUpsert';
    this.refusal = refusal;
    this.created = created;
  }
}

const writeRow = (writer: Writer, at: number, act: RowWrite): RowResult => {
  const { savepoint } = writer.transaction;
  try {
    const { id, created } = act(writer, at);
    return { id, success: true, errors: [], ...(created === undefined ? {} : { created }) };
  } catch (error) {
    const refusal = error instanceof RefusedUpsert ? error.refusal : error;
    if (!(refusal instanceof SalesforceError) || refusal.wholeRequest) throw refusal;
    writer.transaction.rollbackTo(savepoint);
    const created = error instanceof RefusedUpsert ? { created: error.created } : {};
    return { success: false, errors: rowErrors(refusal), ...created };
  }
};

/** Row by row in one transaction: the rows that pass are committed together, with allOrNone all or none. */
const writeAll = (rest: RestCall, count: number, allOrNone: boolean, act: RowWrite): ApiReply => {
  const writer = new Writer(writeContext(rest));
  const results: RowResult[] = [];
  try {
    for (let at = 0; at < count; at += 1) results.push(writeRow(writer, at, act));
  } catch (error) {
    writer.transaction.rollback();
    throw error;
  }
  if (allOrNone && results.some((result) => !result.success)) {
    writer.transaction.rollback();
    return { status: 200, body: results.map(rolledBack) };
  }
  writer.transaction.commit();
  return { status: 200, body: results };
};

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`row ${index} is outside of its batch`);
  return item;
};

const idOf = (raw: unknown): string => {
  const id = typeof raw === 'string' ? toId18(raw) : null;
  if (id === null) throw refuse('MALFORMED_ID', `malformed id ${String(raw ?? '')}`, ['Id']);
  return id;
};

const withoutId = (record: Body): Body =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key.toLowerCase() !== 'id'));

const givenId = (record: Body): unknown =>
  Object.entries(record).find(([key]) => key.toLowerCase() === 'id')?.[1];

const createAll = (rest: RestCall): ApiReply => {
  const { records, allOrNone } = readBatch(rest);
  const tables = tablesOf(rest, records);
  return writeAll(rest, records.length, allOrNone, (writer, index) => ({
    id: writer.create(at(tables, index), at(records, index)).id,
  }));
};

const updateAll = (rest: RestCall): ApiReply => {
  const { records, allOrNone } = readBatch(rest);
  const tables = tablesOf(rest, records);
  const seen = new Set<string>();
  return writeAll(rest, records.length, allOrNone, (writer, index) => {
    const record = at(records, index);
    const table = at(tables, index);
    const given = givenId(record);
    if (given === undefined) throw refuse('MISSING_ARGUMENT', 'Id not specified in an update call', []);
    const id = idOf(given);
    if (seen.has(id)) throw refuse('DUPLICATE_VALUE', `duplicate id specified: ${id}`, []);
    seen.add(id);
    writer.update(table, requireLive(table, id), withoutId(record));
    return { id };
  });
};

/** Values that several rows of the batch name: the vendor refuses every one of them (unverified for the first). */
const repeatedKeys = (records: readonly Body[], name: string): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  for (const record of records) {
    const key = String(record[name] ?? '').toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Set([...counts].filter(([key, count]) => key !== '' && count > 1).map(([key]) => key));
};

const upsertRow = (
  writer: Writer,
  table: Table,
  record: Body,
  name: string,
  matches: readonly { id: string }[],
) => {
  const [match] = matches;
  try {
    if (matches.length > 1) {
      throw refuse('DUPLICATE_EXTERNAL_ID', `${name}: more than one record found for external id field`, []);
    }
    if (match === undefined) return { id: writer.create(table, record).id, created: true };
    writer.update(table, requireLive(table, match.id), record);
    return { id: match.id, created: false };
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.wholeRequest) throw error;
    throw new RefusedUpsert(error, match === undefined);
  }
};

const upsertAll = (rest: RestCall): ApiReply => {
  const object = objectOf(rest);
  const { database, rules } = rest.company;
  const { records, allOrNone } = readBatch(rest);
  const table = database.table(object);
  if (tablesOf(rest, records).some((other) => other !== table)) {
    throw refuse('INVALID_INPUT', `Every record must be of the type ${object.name}.`);
  }
  const field = matchFieldOf(table, param(rest, 'field'), rules, rest.actor);
  const { name, type } = field.definition;
  const keyOf = (record: Body): unknown =>
    Object.entries(record).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const repeated = repeatedKeys(
    records.map((record) => ({ [name]: keyOf(record) })),
    name,
  );
  return writeAll(rest, records.length, allOrNone, (writer, index) => {
    const record = at(records, index);
    const key = keyOf(record);
    if (repeated.has(String(key ?? '').toLowerCase())) {
      throw refuse('DUPLICATE_VALUE', `Duplicate external id specified: ${String(key)}`, [name]);
    }
    if (type !== 'id')
      return upsertRow(writer, table, record, name, findMatches(table, field, key, rest.sees));
    const body = withoutId(record);
    return upsertRow(writer, table, body, name, key === undefined ? [] : [requireLive(table, idOf(key))]);
  });
};

const removeAll = (rest: RestCall): ApiReply => {
  const { query } = rest.call.request;
  const ids = fieldNamesIn(query.get('ids')) ?? [];
  if (ids.length === 0) throw refuse('MISSING_ARGUMENT', 'ids must be specified');
  checkSize(ids.length, recordsMax);
  return writeAll(rest, ids.length, query.get('allOrNone') === 'true', (writer, index) => {
    const id = idOf(at(ids, index));
    const table = rest.company.database.tableOfId(id);
    if (table === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
    writer.remove(table, requireLive(table, id));
    return { id };
  });
};

/** In the order of the ids; null for what is not there or lies in the recycle bin. */
const retrieveAll = (rest: RestCall, ids: readonly string[], fieldNames: readonly string[]): ApiReply => {
  const object = objectOf(rest);
  const table = rest.company.database.table(object);
  checkSize(ids.length, retrieveMax);
  const names = fieldNames.some((name) => name.toLowerCase() === 'id') ? fieldNames : [...fieldNames, 'Id'];
  const view = makeRecordView(rest, object, selectFields(rest, object, names));
  const body = ids.map((text) => {
    const id = toId18(text);
    if (id === null) throw refuse('MALFORMED_ID', `malformed id ${text}`);
    const row = table.get(id);
    return row === undefined || row.deleted || !rest.sees(table, row) ? null : view(row);
  });
  return { status: 200, body };
};

const strings = (value: unknown, name: string): readonly string[] => {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw refuse('JSON_PARSER_ERROR', `${name} must be a list of strings.`);
};

/** Many records in one call, which counts as one. */
export const collectionRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  return [
    route('POST', '/composite/sobjects', createAll),
    route('PATCH', '/composite/sobjects', updateAll),
    route('DELETE', '/composite/sobjects', removeAll),
    route('PATCH', '/composite/sobjects/{type}/{field}', upsertAll),
    route('POST', '/composite/sobjects/{type}', (rest) => {
      const body = jsonObject(rest);
      return retrieveAll(rest, strings(body.ids, 'ids'), strings(body.fields, 'fields'));
    }),
    route('GET', '/composite/sobjects/{type}', (rest) => {
      const { query } = rest.call.request;
      return retrieveAll(rest, fieldNamesIn(query.get('ids')) ?? [], fieldNamesIn(query.get('fields')) ?? []);
    }),
  ];
};
