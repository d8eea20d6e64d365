import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { FieldSearch } from '../../model/record.ts';
import type { FoundRecord } from '../connector.ts';
import type { Api, ApiAnswer } from './api.ts';
import { callFailure } from './call-failure.ts';
import { type FieldQuery, makeFieldQuery } from './find-by-field.ts';
import { followPages } from './query.ts';
import { chunksOf } from './read-many.ts';
import { snapshotRowSchema } from './rows.ts';

/** Queries that one composite carries (REST API guide, Composite), and values that each of them asks for. */
const queriesMax = 5;
const acrossBatch = 500;

const pageSchema = z.object({
  done: z.boolean(),
  records: z.array(snapshotRowSchema),
  nextRecordsUrl: z.string().optional(),
});

const compositeSchema = z.object({
  compositeResponse: z.array(
    z.object({ body: z.unknown(), httpStatusCode: z.number(), referenceId: z.string() }),
  ),
});
type Subresponse = z.infer<typeof compositeSchema>['compositeResponse'][number];

/** A subrequest that failed fails the whole search: half of the candidates would be worse than none. */
const pageOf = (
  answer: ApiAnswer<unknown>,
  sub: Subresponse | undefined,
): ApiAnswer<z.infer<typeof pageSchema>> => {
  const statusCode = sub?.httpStatusCode ?? 500;
  if (statusCode >= 300) {
    throw new CallFailed(
      callFailure({ statusCode, headers: {}, body: JSON.stringify(sub?.body ?? null) }).failure,
    );
  }
  const parsed = pageSchema.safeParse(sub?.body);
  if (parsed.success) return { ...answer, body: parsed.data };
  throw new CallFailed({
    category: 'unavailable',
    system: 'salesforce',
    code: 'BAD_ANSWER',
    message: 'an answer within the composite is not what the API promises',
    fields: [],
  });
};

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
  const answer = await api.read(
    context,
    {
      method: 'POST',
      path: '/composite',
      body: {
        allOrNone: false,
        compositeRequest: queries.map(({ head, literals }, at) => ({
          method: 'GET',
          referenceId: `search${at}`,
          url: `${api.basePath}/queryAll?q=${encodeURIComponent(`${head}${literals.join(',')})`)}`,
        })),
      },
    },
    compositeSchema,
  );
  for (const [at, query] of queries.entries()) {
    const sub = answer.body.compositeResponse.find(({ referenceId }) => referenceId === `search${at}`);
    for await (const page of followPages(api, context, pageOf(answer, sub), snapshotRowSchema)) {
      for (const row of page.body.records) found.push(query.toFound(row, page.session.userId, page.readAt));
    }
  }
  return found;
};
