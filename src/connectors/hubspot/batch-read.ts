import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import { chunk, mapConcurrently } from '../batches.ts';
import { failureOfError } from './errors.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency, batchSize, objectPath } from './limits.ts';
import { batchReadSchema, type HubSpotRecord } from './wire.ts';

export interface BatchRead {
  readonly type: string;
  readonly ids: readonly string[];
  readonly properties: readonly string[];
  /** The unique property (or `email`) that `ids` are values of; record ids without it. */
  readonly idProperty?: string;
  /** True reads archived records, and those alone. */
  readonly archived?: boolean;
  readonly propertiesWithHistory?: readonly string[];
}

export interface ReadRecord {
  readonly record: HubSpotRecord;
  readonly readAt: number;
}

/**
 * One batch/read of at most 100 ids. What is not found is in a 207's errors, which is an answer; any other error in
 * there means that the batch cannot be trusted.
 * @throws CallFailed
 */
export const batchReadOnce = async (
  http: HubSpotHttp,
  read: BatchRead,
  context: CallContext,
): Promise<readonly ReadRecord[]> => {
  const path = objectPath(read.type, '/batch/read');
  const answer = await http.read(context, {
    method: 'POST',
    path,
    query: { archived: String(read.archived ?? false) },
    body: {
      inputs: read.ids.map((id) => ({ id })),
      properties: read.properties,
      ...(read.propertiesWithHistory === undefined
        ? {}
        : { propertiesWithHistory: read.propertiesWithHistory }),
      ...(read.idProperty === undefined ? {} : { idProperty: read.idProperty }),
    },
    schema: batchReadSchema,
  });
  for (const error of answer.body.errors ?? []) {
    if (error.category === 'OBJECT_NOT_FOUND') continue;
    throw new CallFailed(failureOfError(`POST ${path}`, answer.status, error));
  }
  return answer.body.results.map((record) => ({ record, readAt: answer.arrivedAt }));
};

/** Reads any number of ids, each once, in batches. */
export const batchRead = async (
  http: HubSpotHttp,
  read: BatchRead,
  context: CallContext,
  size = batchSize,
): Promise<readonly ReadRecord[]> => {
  const batches = chunk([...new Set(read.ids)], size);
  const found = await mapConcurrently(batches, batchConcurrency, (ids) =>
    batchReadOnce(http, { ...read, ids }, context),
  );
  return found.flat();
};
