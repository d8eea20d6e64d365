import type { CallContext } from '../../model/budget.ts';
import type { Fate } from '../../model/fate.ts';
import type { HubSpotHttp } from './http.ts';
import { readMany } from './read.ts';

/**
 * What a read by id tells: archived, or answered under another id, which a merge does (the merged ids go on leading to the record).
 * A record that does not come is unknown: HubSpot answers the same for erased, purged and never there.
 */
export const readFates = async (
  http: HubSpotHttp,
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Fate>> => {
  const found = await readMany(http, type, ids, [], context);
  return new Map(
    ids.map((id): [string, Fate] => {
      const record = found.get(id);
      if (record === undefined) return [id, { kind: 'unknown' }];
      if (record.ref.id !== id) return [id, { kind: 'mergedInto', id: record.ref.id }];
      return [id, { kind: record.deleted ? 'archived' : 'alive' }];
    }),
  );
};
