import type { ApiReply } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { refuse } from '../errors.ts';
import type { QueryPage } from '../soql/cursors.ts';
import { executeStatement } from '../soql/execute.ts';
import { headerOf, makeRoute, param, type RestCall } from './endpoint.ts';

const pageReply = (rest: RestCall, page: QueryPage): ApiReply => {
  const { locator, records, totalSize, done } = page;
  const next = locator === undefined ? {} : { nextRecordsUrl: `${rest.base}/query/${locator}` };
  return { status: 200, body: { totalSize, done, ...next, records } };
};

/** `Sforce-Query-Options: batchSize=500`; a suggestion, as with the vendor. */
const askedBatch = (rest: RestCall): number | null => {
  const options = headerOf(rest.call.request.headers, 'sforce-query-options') ?? '';
  const asked = /batchSize\s*=\s*(\d+)/i.exec(options)?.[1];
  return asked === undefined ? null : Number(asked);
};

const run = (rest: RestCall, includeDeleted: boolean): ApiReply => {
  const { company, actor } = rest;
  const statement = rest.call.request.query.get('q');
  if (statement === null || statement.trim() === '') {
    throw refuse('MALFORMED_QUERY', 'A query string has to be specified');
  }
  const { database, rules } = company;
  if (includeDeleted) database.expireBin();
  const scope = { database, rules, actor, statement, nowSeconds: database.nowSeconds };
  const outcome = executeStatement(scope, includeDeleted);
  switch (outcome.kind) {
    case 'count':
      return pageReply(rest, { totalSize: outcome.count, done: true, records: [] });
    case 'aggregate':
      return pageReply(rest, { totalSize: outcome.records.length, done: true, records: outcome.records });
    case 'rows': {
      const { rows, projection } = outcome;
      return pageReply(rest, company.cursors.open(rows, projection, askedBatch(rest), rest.recordUrl));
    }
  }
};

/** query, queryAll (with what lies in the recycle bin) and their further pages. */
export const queryRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  const nextPage = (rest: RestCall): ApiReply =>
    pageReply(rest, company.cursors.next(param(rest, 'locator'), rest.recordUrl));
  return [
    route('GET', '/query', (rest) => run(rest, false)),
    route('GET', '/queryAll', (rest) => run(rest, true)),
    route('GET', '/query/{locator}', nextPage),
    route('GET', '/queryAll/{locator}', nextPage),
  ];
};
