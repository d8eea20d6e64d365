import type { CallContext } from '../../model/budget.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import { batchRead, type ReadRecord } from './batch-read.ts';
import type { HubSpotHttp } from './http.ts';
import { toSnapshot } from './snapshot.ts';
import type { HubSpotRecord } from './wire.ts';

/** Lists the ids that were merged into a record; a survivor answers under its new id. */
const mergedIdsProperty = 'hs_merged_object_ids';

/** The ids by which this record may have been asked for: its own, then the merged ones. */
const namesOf = (record: HubSpotRecord): readonly string[] => [
  record.id,
  ...(record.properties[mergedIdsProperty] ?? '').split(';').filter((id) => id !== ''),
];

/** Reads records by id; see Connector.readMany. */
export const readMany = async (
  http: HubSpotHttp,
  type: string,
  ids: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, RecordSnapshot>> => {
  const asked = new Set(ids);
  const snapshots = new Map<string, RecordSnapshot>();
  const properties = [...new Set([...fields, mergedIdsProperty])];
  const take = (found: readonly ReadRecord[]): void => {
    for (const { record, readAt } of found) {
      for (const name of namesOf(record)) {
        if (asked.has(name) && !snapshots.has(name)) {
          snapshots.set(name, toSnapshot(type, record, fields, readAt));
        }
      }
    }
  };
  take(await batchRead(http, { type, ids, properties }, context));
  // Archived records are a list of their own. Asked only for what the live list does not have, so that a batch of live
  // records costs one call; being absent from both proves nothing.
  const missing = [...asked].filter((id) => !snapshots.has(id));
  if (missing.length > 0) {
    take(await batchRead(http, { type, ids: missing, properties, archived: true }, context));
  }
  return snapshots;
};
