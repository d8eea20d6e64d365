import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { snapshotFields, snapshotRowSchema, toSnapshot } from './rows.ts';
import { selectList, soqlName, soqlString } from './soql.ts';

/** Records that one collections call carries (REST API guide, sObject Collections). */
export const collectionMax = 200;

/** Null for a record that is missing or deleted; the call does not say which. */
const retrievedSchema = z.array(snapshotRowSchema.nullable());

export const chunksOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

const retrieve = async (
  api: Api,
  context: CallContext,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
): Promise<RecordSnapshot[]> => {
  const { body, readAt, session } = await api.read(
    context,
    {
      method: 'POST',
      path: `/composite/sobjects/${soqlName(type)}`,
      body: { ids, fields: selectList(snapshotFields, fields) },
    },
    retrievedSchema,
  );
  return body
    .filter((row) => row !== null)
    .map((row) => toSnapshot(type, row, fields, session.userId, readAt));
};

/** 200 ids take some 5,000 bytes of the URI, so that one query holds a whole chunk. */
const queryByIds = async (
  api: Api,
  context: CallContext,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
): Promise<RecordSnapshot[]> => {
  const select = selectList([...snapshotFields, 'IsDeleted'], fields).join(', ');
  const soql = `SELECT ${select} FROM ${soqlName(type)} WHERE Id IN (${ids.map(soqlString).join(',')})`;
  const found: RecordSnapshot[] = [];
  for await (const { body, readAt, session } of queryPages(
    api,
    context,
    'queryAll',
    soql,
    snapshotRowSchema,
  )) {
    found.push(...body.records.map((row) => toSnapshot(type, row, fields, session.userId, readAt)));
  }
  return found;
};

/**
 * Reads by id: 200 a call, and one query over the ids that did not come, for what lies in the recycle bin. Text that is not an
 * id at all is not found; sent along, it would have the whole call refused.
 */
export const readMany = async (
  api: Api,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const wanted = [...new Set(ids.map(toId18).filter((id) => id !== null))];
  const byId = new Map<string, RecordSnapshot>();
  for (const chunk of chunksOf(wanted, collectionMax)) {
    for (const record of await retrieve(api, context, type, chunk, fields)) byId.set(record.ref.id, record);
  }
  const missing = wanted.filter((id) => !byId.has(id));
  for (const chunk of chunksOf(missing, collectionMax)) {
    for (const record of await queryByIds(api, context, type, chunk, fields)) byId.set(record.ref.id, record);
  }
  const byAsked = new Map<string, RecordSnapshot>();
  for (const id of ids) {
    const record = byId.get(toId18(id) ?? '');
    if (record !== undefined) byAsked.set(id, record);
  }
  return byAsked;
};
