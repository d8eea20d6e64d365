import type { CallContext } from '../../model/budget.ts';
import type { ListPage } from '../../model/record.ts';
import { withValues } from './fill.ts';
import type { HubSpotHttp } from './http.ts';
import { listPageSize, objectPath, queryCharsMax } from './limits.ts';
import { toChanged } from './snapshot.ts';
import { pageSchema } from './wire.ts';

/** One page of live records by ascending id; see Connector.listPage. */
export const listPage = async (
  http: HubSpotHttp,
  type: string,
  after: string | null,
  fields: readonly string[],
  context: CallContext,
): Promise<ListPage> => {
  const names = fields.join(',');
  const fits = encodeURIComponent(names).length <= queryCharsMax;
  const answer = await http.read(context, {
    method: 'GET',
    path: objectPath(type),
    query: {
      limit: String(listPageSize),
      archived: 'false',
      ...(fits && names !== '' ? { properties: names } : {}),
      ...(after === null ? {} : { after }),
    },
    schema: pageSchema,
  });
  const records = fits
    ? answer.body.results
    : await withValues(http, type, answer.body.results, fields, context);
  return {
    records: records.map((record) => toChanged(type, record, fields)),
    after: answer.body.paging?.next?.after ?? null,
  };
};
