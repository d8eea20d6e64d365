import type { ApiReply } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { requireLive } from '../dml/checks.ts';
import { findMatches, matchFieldOf } from '../dml/upsert.ts';
import { type Body, Writer } from '../dml/writer.ts';
import { messageOf, refuse, SalesforceError } from '../errors.ts';
import { toId18 } from '../ids.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { headerOf, jsonObject, makeRoute, objectOf, param, type RestCall, writeContext } from './endpoint.ts';
import { fieldNamesIn, makeRecordView, selectFields } from './record-view.ts';

const tableOf = (rest: RestCall): Table => rest.company.database.table(objectOf(rest));

/** The record of a path's id. A wrong id is 404 here, whatever its code; what is no id at all is 400. */
const recordAt = (table: Table, text: string, notThere: 'NOT_FOUND' | 'INVALID_CROSS_REFERENCE_KEY'): Row => {
  const id = toId18(text);
  if (id === null)
    throw refuse('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${text}`);
  try {
    return requireLive(table, id);
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const isGone = error.errors[0]?.code === 'ENTITY_IS_DELETED';
    if (isGone || notThere === 'INVALID_CROSS_REFERENCE_KEY') {
      throw new SalesforceError(error.errors, { status: 404 });
    }
    throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
  }
};

const modifiedAt = (table: Table, row: Row): number =>
  Number(row.values[table.schema.field('LastModifiedDate')?.column ?? table.schema.stampColumn] ?? 0);

/** RFC 1123 dates, compared by the second with LastModifiedDate; a header that is no date is ignored on GET. */
const headerSeconds = (rest: RestCall, name: string): number | null => {
  const text = headerOf(rest.call.request.headers, name);
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1_000);
};

const checkUnmodified = (rest: RestCall, table: Table, row: Row): void => {
  const isSent = headerOf(rest.call.request.headers, 'if-unmodified-since') !== undefined;
  const since = headerSeconds(rest, 'if-unmodified-since');
  if (isSent && since === null)
    throw refuse('INVALID_ARGUMENT', 'If-Unmodified-Since is not a valid HTTP date.');
  if (since !== null && modifiedAt(table, row) > since) {
    throw refuse('PRECONDITION_FAILED', 'The record was modified after the time of the precondition.');
  }
};

const read = (rest: RestCall, table: Table, row: Row): ApiReply => {
  const modified = modifiedAt(table, row);
  const headers = { 'Last-Modified': new Date(modified * 1_000).toUTCString() };
  const since = headerSeconds(rest, 'if-modified-since');
  if (since !== null && modified <= since) return { status: 304, headers };
  const names = fieldNamesIn(rest.call.request.query.get('fields'));
  const view = makeRecordView(rest, table.schema, selectFields(rest, table.schema, names));
  return { status: 200, headers, body: view(row) };
};

/** Runs a write as a transaction of its own. */
const write = <T>(rest: RestCall, act: (writer: Writer) => T): T => {
  const writer = new Writer(writeContext(rest));
  try {
    const result = act(writer);
    writer.transaction.commit();
    return result;
  } catch (error) {
    writer.transaction.rollback();
    throw error;
  }
};

const created = (rest: RestCall, table: Table, row: Row, more: Record<string, unknown> = {}): ApiReply => ({
  status: 201,
  headers: { Location: rest.recordUrl(table.schema.name, row.id) },
  body: { id: row.id, success: true, errors: [], ...more },
});

const refuseNamedKey = (body: Body, name: string): void => {
  if (Object.keys(body).some((key) => key.toLowerCase() === name.toLowerCase())) {
    throw refuse('INVALID_FIELD', `The ${name} field should not be specified in the sobject data.`, [name]);
  }
};

const create = (rest: RestCall): ApiReply => {
  const table = tableOf(rest);
  const body = jsonObject(rest);
  return created(
    rest,
    table,
    write(rest, (writer) => writer.create(table, body)),
  );
};

const update = (rest: RestCall): ApiReply => {
  const table = tableOf(rest);
  const body = jsonObject(rest);
  const row = recordAt(table, param(rest, 'key'), 'INVALID_CROSS_REFERENCE_KEY');
  refuseNamedKey(body, 'Id');
  checkUnmodified(rest, table, row);
  write(rest, (writer) => writer.update(table, row, body));
  return { status: 204 };
};

const remove = (rest: RestCall): ApiReply => {
  const table = tableOf(rest);
  const row = recordAt(table, param(rest, 'key'), 'INVALID_CROSS_REFERENCE_KEY');
  write(rest, (writer) => writer.remove(table, row));
  return { status: 204 };
};

/** The live records that `/{field}/{value}` names; several are an answer of their own, 300. */
const lookUp = (rest: RestCall, table: Table): readonly Row[] => {
  const field = matchFieldOf(table, param(rest, 'key'), rest.company.rules, rest.actor);
  const value = param(rest, 'value');
  if (field.definition.type === 'id') return [recordAt(table, value, 'INVALID_CROSS_REFERENCE_KEY')];
  return findMatches(table, field, value, rest.sees);
};

const several = (rest: RestCall, table: Table, rows: readonly Row[]): ApiReply => ({
  status: 300,
  body: rows.map((row) => rest.recordUrl(table.schema.name, row.id)),
});

const upsert = (rest: RestCall): ApiReply => {
  const table = tableOf(rest);
  const body = jsonObject(rest);
  const name = table.schema.field(param(rest, 'key'))?.definition.name ?? param(rest, 'key');
  const matches = lookUp(rest, table);
  refuseNamedKey(body, name);
  refuseNamedKey(body, 'Id');
  const [row] = matches;
  if (matches.length > 1) return several(rest, table, matches);
  // `created` came with version 46; before it an update answered 204.
  const tells = rest.version >= 46;
  if (row !== undefined) {
    checkUnmodified(rest, table, row);
    write(rest, (writer) => writer.update(table, row, body));
    return tells
      ? { status: 200, body: { id: row.id, success: true, errors: [], created: false } }
      : { status: 204 };
  }
  if (rest.call.request.query.get('updateOnly') === 'true') throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
  const fresh = write(rest, (writer) => writer.create(table, { ...body, [name]: param(rest, 'value') }));
  return created(rest, table, fresh, tells ? { created: true } : {});
};

const byLookup =
  (act: (rest: RestCall, table: Table, row: Row) => ApiReply) =>
  (rest: RestCall): ApiReply => {
    const table = tableOf(rest);
    const matches = lookUp(rest, table);
    const [row] = matches;
    if (row === undefined) throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
    return matches.length > 1 ? several(rest, table, matches) : act(rest, table, row);
  };

/** One record at a time, by id or by external id. */
export const recordRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  return [
    route('POST', '/sobjects/{type}', create),
    route('GET', '/sobjects/{type}/{key}', (rest) => {
      const table = tableOf(rest);
      const row = recordAt(table, param(rest, 'key'), 'NOT_FOUND');
      if (!rest.sees(table, row)) throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
      return read(rest, table, row);
    }),
    route('PATCH', '/sobjects/{type}/{key}', update),
    route('DELETE', '/sobjects/{type}/{key}', remove),
    route('GET', '/sobjects/{type}/{key}/{value}', byLookup(read)),
    route('PATCH', '/sobjects/{type}/{key}/{value}', upsert),
    route(
      'DELETE',
      '/sobjects/{type}/{key}/{value}',
      byLookup((rest, table, row) => {
        write(rest, (writer) => writer.remove(table, row));
        return { status: 204 };
      }),
    ),
  ];
};
