import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { FieldSearch } from '../../model/record.ts';
import type { FoundRecord } from '../connector.ts';
import type { Api } from './api.ts';
import { getTogether, queriesMax } from './composite.ts';
import { type FieldQuery, makeFieldQuery } from './find-by-field.ts';
import { followPages } from './query.ts';
import { chunksOf } from './read-many.ts';
import { snapshotRowSchema } from './rows.ts';

/** Values that each query asks for. */
const acrossBatch = 500;

const pageSchema = z.object({
  done: z.boolean(),
  records: z.array(snapshotRowSchema),
  nextRecordsUrl: z.string().optional(),
});

/**
 * Finds candidates of several types in one call each 500 values, instead of one call a type: queries in the body of a composite, where
 * they may be longer than a URI. Order: by the searches, then as queries give them.
 */
export const findAcross = async (
  api: Api,
  searches: readonly FieldSearch[],
  values: readonly string[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  const found: FoundRecord[] = [];
  for (const part of chunksOf(searches, queriesMax)) {
    for (const chunk of chunksOf([...new Set(values)], acrossBatch)) {
      const queries = part
        .map(({ type, field, fields }): FieldQuery => makeFieldQuery(type, field, chunk, fields))
        .filter((query) => query.literals.length > 0);
      if (queries.length > 0) found.push(...(await runComposite(api, queries, context)));
    }
  }
  return found;
};

const runComposite = async (
  api: Api,
  queries: readonly FieldQuery[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  const found: FoundRecord[] = [];
  const paths = queries.map(
    ({ head, literals }) => `/queryAll?q=${encodeURIComponent(`${head}${literals.join(',')})`)}`,
  );
  const pages = await getTogether(api, paths, pageSchema, context);
  for (const [at, query] of queries.entries()) {
    const first = pages[at];
    if (!first) continue;
    // A subrequest that failed fails the whole search: half of the candidates would be worse than none.
    if (first.kind === 'refused') throw new CallFailed(first.failure);
    for await (const page of followPages(api, context, first.answer, snapshotRowSchema)) {
      for (const row of page.body.records) found.push(query.toFound(row, page.session.userId, page.readAt));
    }
  }
  return found;
};
