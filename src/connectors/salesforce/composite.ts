import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Failure } from '../../model/failure.ts';
import type { Api, ApiAnswer } from './api.ts';
import { callFailure } from './call-failure.ts';
import { failed } from './send.ts';

/** Subrequests that one composite carries, and queries among them (REST API guide, Composite). */
export const subrequestsMax = 25;
export const queriesMax = 5;

/** The answer of a composite; what each request came to is in `body`. */
export const compositeSchema = z.object({
  compositeResponse: z.array(
    z.object({ body: z.unknown(), httpStatusCode: z.number(), referenceId: z.string() }),
  ),
});

/** What one request within a composite came to. */
export type SubAnswer<T> =
  | { readonly kind: 'answered'; readonly answer: ApiAnswer<T> }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * Several GETs as one call, which counts as one, and in whose body a query may be longer than a URI. Paths are relative to the API version
 * (`/queryAll?q=…`); answers come in the order of the paths. What all of them may be together is the caller's matter.
 * @throws CallFailed when the composite as a whole fails
 */
export const getTogether = async <T>(
  api: Api,
  paths: readonly string[],
  schema: z.ZodType<T>,
  context: CallContext,
): Promise<readonly SubAnswer<T>[]> => {
  const whole = await api.read(
    context,
    {
      method: 'POST',
      path: '/composite',
      body: {
        allOrNone: false,
        compositeRequest: paths.map((path, at) => ({
          method: 'GET',
          referenceId: `get${at}`,
          url: `${api.basePath}${path}`,
        })),
      },
    },
    compositeSchema,
  );
  return paths.map((_path, at): SubAnswer<T> => {
    const sub = whole.body.compositeResponse.find(({ referenceId }) => referenceId === `get${at}`);
    const statusCode = sub?.httpStatusCode ?? 500;
    if (statusCode >= 300) {
      const body = JSON.stringify(sub?.body ?? null);
      return { kind: 'refused', failure: callFailure({ statusCode, headers: {}, body }).failure };
    }
    const parsed = schema.safeParse(sub?.body);
    if (parsed.success) return { kind: 'answered', answer: { ...whole, body: parsed.data } };
    const message = 'an answer within the composite is not what the API promises';
    return { kind: 'refused', failure: failed('unavailable', 'BAD_ANSWER', message).failure };
  });
};
