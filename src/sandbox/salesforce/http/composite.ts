import * as z from 'zod';
import type { ApiReply, ApiRequest } from '../../core/message.ts';
import { type Route, RouteTable } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { messageOf, refuse } from '../errors.ts';
import { jsonObject, makeRoute, type RestCall } from './endpoint.ts';

/** REST API guide, Composite: so many subrequests, of which so many may be queries or collections (the latter unverified). */
const subrequestsMax = 25;
const heavyMax = 5;

const subrequestSchema = z.object({
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD']),
  url: z.string().startsWith('/services/data/'),
  referenceId: z.string().min(1),
  body: z.unknown().optional(),
  httpHeaders: z.record(z.string(), z.string()).optional(),
});
const compositeSchema = z.object({
  allOrNone: z.boolean().default(false),
  compositeRequest: z.array(subrequestSchema).min(1),
});
type Subrequest = z.output<typeof subrequestSchema>;

interface Subresponse {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

/** Headers of the whole that a subrequest cannot have (same guide). */
const forbiddenHeaders = ['accept', 'authorization', 'content-type'];

/** Queries and collections, which are rarer than single records in one call. */
const isHeavy = ({ url }: Subrequest): boolean => /\/(?:query|queryAll|composite)\b/.test(url);

const readComposite = (rest: RestCall): readonly Subrequest[] => {
  const parsed = compositeSchema.safeParse(jsonObject(rest));
  if (!parsed.success)
    throw refuse(
      'JSON_PARSER_ERROR',
      `The composite is not readable: ${parsed.error.issues[0]?.path.join('.')}`,
    );
  const { allOrNone, compositeRequest } = parsed.data;
  if (allOrNone)
    throw refuse('INVALID_INPUT', 'allOrNone of a composite is not part of what the sandbox can carry out');
  if (compositeRequest.length > subrequestsMax || compositeRequest.filter(isHeavy).length > heavyMax) {
    throw refuse(
      'LIMIT_EXCEEDED',
      `A composite takes ${subrequestsMax} subrequests, ${heavyMax} of them queries or collections.`,
    );
  }
  if (new Set(compositeRequest.map((one) => one.referenceId)).size < compositeRequest.length) {
    throw refuse('INVALID_INPUT', 'Each referenceId must be there once.');
  }
  const headers = compositeRequest.flatMap((one) => Object.keys(one.httpHeaders ?? {}));
  const forbidden = headers.find((name) => forbiddenHeaders.includes(name.toLowerCase()));
  if (forbidden !== undefined) throw refuse('INVALID_INPUT', `${forbidden} is not allowed in a subrequest.`);
  return compositeRequest;
};

/** `@{ref.records[0].Id}`: a value out of an earlier answer. */
const referencePattern = /@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}/g;

const valueAt = (body: unknown, path: string): unknown =>
  [...path.matchAll(/\.([A-Za-z0-9_]+)|\[(\d+)\]/g)].reduce<unknown>(
    (value, [, name, index]) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, name ?? index ?? '') : undefined,
    body,
  );

/** Puts in what earlier answers hold; null where one of them failed, by which this one cannot be carried out. */
const resolve = (text: string, answers: ReadonlyMap<string, Subresponse>): string | null => {
  let isWhole = true;
  const resolved = text.replace(referencePattern, (_whole, name: string, path: string) => {
    const answer = answers.get(name);
    const value =
      answer !== undefined && answer.httpStatusCode < 300 ? valueAt(answer.body, path) : undefined;
    if (value === undefined || value === null || typeof value === 'object') isWhole = false;
    return String(value);
  });
  return isWhole ? resolved : null;
};

const halted = (referenceId: string): Subresponse => ({
  body: [
    {
      errorCode: 'PROCESSING_HALTED',
      message: 'Invalid reference specified. No value found for a reference in this subrequest.',
    },
  ],
  httpHeaders: {},
  httpStatusCode: 400,
  referenceId,
});

const requestFor = (
  rest: RestCall,
  { method, httpHeaders }: Subrequest,
  url: string,
  body: string,
): ApiRequest => {
  const { origin, headers } = rest.call.request;
  const { pathname, searchParams } = new URL(url, origin);
  const own = Object.entries(httpHeaders ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method,
    path: pathname,
    target: url,
    query: searchParams,
    headers: { ...headers, ...Object.fromEntries(own), 'content-type': 'application/json' },
    body: Buffer.from(body),
    origin,
  };
};

/**
 * Several requests in one call, which counts as one and in whose body a query may be longer than a URI. One after the other, each a
 * transaction of its own.
 */
export const compositeRoutes = (company: Company, routes: readonly Route[]): readonly Route[] => {
  const table = new RouteTable(routes);

  const perform = async (rest: RestCall, sub: Subrequest, url: string, body: string): Promise<ApiReply> => {
    const request = requestFor(rest, sub, url, body);
    const match = table.find(request.method, request.path);
    if (match === null) {
      return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: messageOf('NOT_FOUND') }] };
    }
    return await match.route.handle({ ...rest.call, request, params: match.params });
  };

  const handle = async (rest: RestCall): Promise<ApiReply> => {
    const answers = new Map<string, Subresponse>();
    for (const sub of readComposite(rest)) {
      const { referenceId } = sub;
      const url = resolve(sub.url, answers);
      const body = resolve(sub.body === undefined ? '' : JSON.stringify(sub.body), answers);
      if (url === null || body === null) {
        answers.set(referenceId, halted(referenceId));
        continue;
      }
      const reply = await perform(rest, sub, url, body);
      answers.set(referenceId, {
        body: reply.body ?? null,
        httpHeaders: reply.headers ?? {},
        httpStatusCode: reply.status,
        referenceId,
      });
    }
    return { status: 200, body: { compositeResponse: [...answers.values()] } };
  };

  return [makeRoute(company)('POST', '/composite', handle)];
};
