import type { CallContext } from '../../model/budget.ts';
import type { DeletionPage } from '../../model/record.ts';
import type { HubSpotHttp } from './http.ts';
import { listPageSize, objectPath } from './limits.ts';
import { pageSchema } from './wire.ts';

/** HubSpot keeps archived records for 90 days. */
const archiveMs = 90 * 24 * 60 * 60_000;

interface Page extends Omit<DeletionPage, 'complete'> {
  readonly after: string | null;
}

const readPage = async (
  http: HubSpotHttp,
  type: string,
  since: number,
  after: string | null,
  context: CallContext,
): Promise<Page> => {
  const answer = await http.read(context, {
    method: 'GET',
    path: objectPath(type),
    query: { limit: String(listPageSize), archived: 'true', ...(after === null ? {} : { after }) },
    schema: pageSchema,
  });
  const covered = answer.date ?? since;
  const records = answer.body.results
    // Without a time it may be a new one: better told once too often.
    .map(({ id, archivedAt }) => ({ id, at: archivedAt ?? covered }))
    .filter(({ at }) => at >= since);
  return { records, covered, after: answer.body.paging?.next?.after ?? null };
};

/**
 * What was archived since then and still is; see Connector.deletionsSince. HubSpot keeps no log: its archive is listed in order of id, so
 * that all of it (90 days) is walked, one call for each 100. What was merged away or erased is not in it (`fates` tells of the first).
 * @throws CallFailed
 */
export const deletionsSince = async (
  http: HubSpotHttp,
  type: string,
  since: number,
  context: CallContext,
): Promise<DeletionPage> => {
  const first = await readPage(http, type, since, null, context);
  const records = [...first.records];
  let after = first.after;
  // Ends: each page begins behind the last one's ids, and a repeated cursor is the end.
  while (after !== null) {
    const page = await readPage(http, type, since, after, context);
    records.push(...page.records);
    after = page.after === after ? null : page.after;
  }
  const complete = since >= first.covered - archiveMs;
  return { records: records.toSorted((a, b) => a.at - b.at), covered: first.covered, complete };
};
