import type { CallContext } from '../../model/budget.ts';
import type { FieldHistoryEntry } from '../../model/record.ts';
import { batchRead } from './batch-read.ts';
import { isOfApp } from './change-source.ts';
import type { HubSpotHttp } from './http.ts';
import { historyBatchSize } from './limits.ts';

/**
 * When and by whom fields got their values, newest first; see Connector.history.
 * @param appId the id of the app that Tandem signs in as; null where it could not be learned: then nothing counts as ours
 */
export const readHistory = async (
  http: HubSpotHttp,
  appId: string | null,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Readonly<Record<string, readonly FieldHistoryEntry[]>>>> => {
  const read = { type, ids, properties: [], propertiesWithHistory: fields };
  const found = await batchRead(http, read, context, historyBatchSize);
  return new Map(
    found.map(({ record }) => {
      const entries = fields.map((field) => {
        const history = (record.propertiesWithHistory?.[field] ?? []).map(
          (entry): FieldHistoryEntry => ({
            at: entry.timestamp,
            byUs: isOfApp(entry.sourceType, entry.sourceId, appId),
            source: entry.sourceType,
            ...(entry.sourceId ? { sourceId: entry.sourceId } : {}),
            value: entry.value,
          }),
        );
        return [field, history.toSorted((a, b) => b.at - a.at)] as const;
      });
      return [record.id, Object.fromEntries(entries)] as const;
    }),
  );
};
