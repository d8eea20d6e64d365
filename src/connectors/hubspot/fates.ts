import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Fate } from '../../model/fate.ts';
import { mapConcurrently } from '../batches.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency, objectPath } from './limits.ts';
import { readMany } from './read.ts';

const identitySchema = z.object({ id: z.string() });

/** Ids are whole numbers; anything else is nobody's, and not worth a call. */
const isId = (id: string): boolean => /^\d{1,20}$/.test(id);

/**
 * Where an id leads that no batch knows: reading one record is documented to follow merges, batch/read is not. Null: nowhere.
 * (https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies)
 */
const follow = async (
  http: HubSpotHttp,
  type: string,
  id: string,
  context: CallContext,
): Promise<string | null> => {
  try {
    const answer = await http.read(context, {
      method: 'GET',
      path: objectPath(type, `/${id}`),
      schema: identitySchema,
    });
    return answer.body.id;
  } catch (error) {
    if (error instanceof CallFailed && error.failure.category === 'identity') return null;
    throw error;
  }
};

/**
 * What a read by id tells: archived, or answered under another id, which a merge does (the merged ids go on leading to the record).
 * A record that does not come is unknown: HubSpot answers the same for erased, purged and never there. What no batch has costs a
 * call of its own.
 */
export const readFates = async (
  http: HubSpotHttp,
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Fate>> => {
  const found = await readMany(http, type, ids, [], context);
  const missing = [...new Set(ids)].filter((id) => isId(id) && !found.has(id));
  const followed = new Map(
    await mapConcurrently(
      missing,
      batchConcurrency,
      async (id) => [id, await follow(http, type, id, context)] as const,
    ),
  );
  return new Map(
    ids.map((id): [string, Fate] => {
      const record = found.get(id);
      const leadsTo = record?.ref.id ?? followed.get(id) ?? null;
      if (leadsTo === null) return [id, { kind: 'unknown' }];
      if (leadsTo !== id) return [id, { kind: 'mergedInto', id: leadsTo }];
      return [id, { kind: record?.deleted === true ? 'archived' : 'alive' }];
    }),
  );
};
