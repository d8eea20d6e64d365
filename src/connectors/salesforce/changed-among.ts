import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Api } from './api.ts';
import { getTogether, queriesMax } from './composite.ts';
import { chunksOf } from './read-many.ts';
import { soqlInstant, soqlName } from './soql.ts';

const answerSchema = z.object({ records: z.array(z.unknown()) });

/**
 * Which of these objects have records that changed at or after their stamps, deleted ones among them (queryAll): one call for up to five
 * objects, since a composite counts as one (REST API guide, Composite). What the user may not see counts as changed, so that whoever
 * reads it hears why it cannot be read.
 * @throws CallFailed when the composite as a whole fails
 */
export const changedAmong = async (
  api: Api,
  looks: readonly { readonly type: string; readonly since: number }[],
  context: CallContext,
): Promise<ReadonlySet<string>> => {
  const changed = new Set<string>();
  for (const part of chunksOf(looks, queriesMax)) {
    const paths = part.map(({ type, since }) => {
      const query = `SELECT Id FROM ${soqlName(type)} WHERE SystemModstamp >= ${soqlInstant(since)} LIMIT 1`;
      return `/queryAll?q=${encodeURIComponent(query)}`;
    });
    for (const [at, answer] of (await getTogether(api, paths, answerSchema, context)).entries()) {
      const type = part[at]?.type;
      if (answer.kind === 'refused' && !['schema', 'permission'].includes(answer.failure.category))
        throw new CallFailed(answer.failure);
      const isChanged = answer.kind === 'refused' || answer.answer.body.records.length > 0;
      if (type !== undefined && isChanged) changed.add(type);
    }
  }
  return changed;
};
