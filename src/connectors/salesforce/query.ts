import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Api, ApiAnswer } from './api.ts';

/** Rows in one page of a query; wide rows come in smaller pages (help article 000386264). */
export const queryRowsMax = 2_000;

/** Pages that one query is followed through. A find of one chunk has a few hundred rows; far above that, something is wrong. */
const pagesMax = 500;

/** `query` sees live records; `queryAll` also those in the recycle bin, merged away, or archived activities. */
export type QueryKind = 'query' | 'queryAll';

const pageSchema = <Row>(row: z.ZodType<Row>) =>
  z.object({ done: z.boolean(), records: z.array(row), nextRecordsUrl: z.string().optional() });

export interface QueryPage<Row> {
  readonly done: boolean;
  readonly records: Row[];
  readonly nextRecordsUrl?: string | undefined;
}

/** The first page of a query. For queries that page by their own keyset, which neither expires nor stops at jsforce's maxFetch. */
export const queryPage = async <Row>(
  api: Api,
  context: CallContext,
  kind: QueryKind,
  soql: string,
  row: z.ZodType<Row>,
): Promise<ApiAnswer<QueryPage<Row>>> =>
  await api.read(context, { method: 'GET', path: `/${kind}?q=${encodeURIComponent(soql)}` }, pageSchema(row));

/**
 * A first page and all that follow it, each handed over as it arrives.
 * @throws CallFailed; also when the pages do not end
 */
export async function* followPages<Row>(
  api: Api,
  context: CallContext,
  first: ApiAnswer<QueryPage<Row>>,
  row: z.ZodType<Row>,
): AsyncGenerator<ApiAnswer<QueryPage<Row>>> {
  let answer = first;
  for (let page = 1; page < pagesMax; page += 1) {
    yield answer;
    const { done, nextRecordsUrl } = answer.body;
    if (done) return;
    // Relative to the instance; anything else would send our token elsewhere.
    if (nextRecordsUrl === undefined || !/^\/services\/data\/[\w./-]+$/.test(nextRecordsUrl)) break;
    answer = await api.read(context, { method: 'GET', path: nextRecordsUrl }, pageSchema(row));
  }
  throw new CallFailed({
    category: 'unavailable',
    system: 'salesforce',
    code: 'BAD_ANSWER',
    message: `a query says that it is not done, and gives no next page or more than ${pagesMax}`,
    fields: [],
  });
}

/** All pages of a query, as `followPages`. */
export async function* queryPages<Row>(
  api: Api,
  context: CallContext,
  kind: QueryKind,
  soql: string,
  row: z.ZodType<Row>,
): AsyncGenerator<ApiAnswer<QueryPage<Row>>> {
  yield* followPages(api, context, await queryPage(api, context, kind, soql, row), row);
}
