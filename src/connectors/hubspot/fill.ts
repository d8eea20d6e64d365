import type { CallContext } from '../../model/budget.ts';
import { batchRead } from './batch-read.ts';
import type { HubSpotHttp } from './http.ts';
import type { HubSpotRecord } from './wire.ts';

/**
 * The same records with the values of more properties than a query string or a search body has room for, by batch/read.
 * A record that is gone by then keeps what it came with: a field that is missing is never a value.
 */
export const withValues = async (
  http: HubSpotHttp,
  type: string,
  records: readonly HubSpotRecord[],
  properties: readonly string[],
  context: CallContext,
): Promise<readonly HubSpotRecord[]> => {
  const ids = records.map((record) => record.id);
  const full = new Map(
    (await batchRead(http, { type, ids, properties }, context)).map(({ record }) => [record.id, record]),
  );
  return records.map((record) => ({
    ...record,
    properties: { ...full.get(record.id)?.properties, ...record.properties },
  }));
};
