import type { CallContext } from '../../model/budget.ts';
import type { ListPage } from '../../model/record.ts';
import type { Api } from './api.ts';
import { queryPage, queryRowsMax } from './query.ts';
import { rowFields, rowSchema, toChangedRecord } from './rows.ts';
import { selectList, soqlName, soqlString } from './soql.ts';

/** One page of live records behind an id. The id is the key of the next page, so that a listing survives a restart and any length. */
export const listPage = async (
  api: Api,
  type: string,
  after: string | null,
  fields: readonly string[],
  context: CallContext,
): Promise<ListPage> => {
  const select = selectList(rowFields, fields).join(', ');
  const where = after === null ? '' : ` WHERE Id > ${soqlString(after)}`;
  const soql = `SELECT ${select} FROM ${soqlName(type)}${where} ORDER BY Id LIMIT ${queryRowsMax}`;
  const { body } = await queryPage(api, context, 'query', soql, rowSchema);
  const isLast = body.done && body.records.length < queryRowsMax;
  return {
    records: body.records.map((row) => toChangedRecord(type, row, fields)),
    after: isLast ? null : (body.records.at(-1)?.Id ?? null),
  };
};
