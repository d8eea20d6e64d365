import type { IncomingHttpHeaders } from 'node:http';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Actor } from '../access.ts';
import type { Company } from '../company.ts';
import { readAutoAssign } from '../dml/assignment.ts';
import { readDuplicateOptions } from '../dml/check-duplicates.ts';
import type { Sees } from '../dml/checks.ts';
import type { WriteContext } from '../dml/writer.ts';
import { errorReply, messageOf, refuse, SalesforceError } from '../errors.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import { isShared } from '../sharing.ts';
import type { RecordUrl } from '../soql/api-record.ts';

/** Versions in service: Winter '27 is 68 in preview; 21 to 30 were retired in Summer '25. */
export const versionMin = 31;
export const versionMax = 67;

/** A call of the REST API, with what every endpoint needs of it. */
export interface RestCall {
  readonly call: Call;
  readonly company: Company;
  readonly actor: Actor;
  /** 60 of v60.0. */
  readonly version: number;
  /** `/services/data/v60.0`. */
  readonly base: string;
  readonly recordUrl: RecordUrl;
  /** Whether the caller may see a record. */
  readonly sees: Sees;
}

/** A composite waits for its subrequests; everything else answers within one turn of the event loop. */
export type RestHandler = (rest: RestCall) => ApiReply | Promise<ApiReply>;

/** One header's value; undefined where it is absent or sent twice. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
};

const parseVersion = (text: string): number => {
  const version = Number(/^v(\d{1,3})\.0$/.exec(text)?.[1]);
  if (version >= versionMin && version <= versionMax) return version;
  if (version >= 21 && version < versionMin) {
    throw refuse('UNSUPPORTED_API_VERSION', 'API version is retired and no longer supported');
  }
  throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
};

/** Makes routes below /services/data/vXX.X; refusals become the vendor's error arrays. */
export const makeRoute =
  (company: Company) =>
  (method: string, template: string, handler: RestHandler): Route => ({
    method,
    template: `/services/data/{version}${template}`,
    handle: async (call) => {
      try {
        const version = parseVersion(call.params.get('version') ?? '');
        const base = `/services/data/v${version}.0`;
        const actor = company.actor(call.caller ?? 'person');
        const { database, rules } = company;
        return await handler({
          call,
          company,
          actor,
          sees: (table, row) => isShared({ database, rules, actor }, table, row),
          version,
          base,
          recordUrl: (type, id) => `${base}/sobjects/${type}/${id}`,
        });
      } catch (error) {
        if (error instanceof SalesforceError) return errorReply(error);
        throw error;
      }
    },
  });

export const param = (rest: RestCall, name: string): string => rest.call.params.get(name) ?? '';

/** The body as JSON. Throws JSON_PARSER_ERROR, and UNSUPPORTED_MEDIA_TYPE where it is said to be something else. */
export const jsonBody = (rest: RestCall): unknown => {
  const contentType = headerOf(rest.call.request.headers, 'content-type') ?? 'application/json';
  if (!/^application\/json\b/i.test(contentType)) {
    throw refuse('UNSUPPORTED_MEDIA_TYPE', `Content type ${contentType} not supported.`);
  }
  const text = rest.call.request.body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('JSON_PARSER_ERROR', 'The HTTP entity body is required to be JSON and could not be read.');
  }
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as one JSON object. */
export const jsonObject = (rest: RestCall): Record<string, unknown> => {
  const body = jsonBody(rest);
  if (isObject(body)) return body;
  throw refuse('JSON_PARSER_ERROR', 'The HTTP entity body must be a JSON object.');
};

/** The object that a path names. Throws NOT_FOUND, as the vendor does for objects it does not know. */
export const objectOf = (rest: RestCall): ObjectSchema => {
  const object = rest.company.database.schema.object(param(rest, 'type'));
  if (object === undefined) throw refuse('NOT_FOUND', messageOf('NOT_FOUND'));
  return object;
};

/**
 * `com/salesforce/api/rest/62.0;client=tandem`; the client only where the caller names itself. Source: Change Data Capture guide,
 * event header fields.
 */
const originOf = (rest: RestCall): string => {
  const options = headerOf(rest.call.request.headers, 'sforce-call-options') ?? '';
  const client = /(?:^|,)\s*client\s*=\s*([^,]+)/i.exec(options)?.[1]?.trim();
  return `com/salesforce/api/rest/${rest.version}.0${client === undefined ? '' : `;client=${client}`}`;
};

/** What the call's headers say about its writes. */
export const writeContext = (rest: RestCall): WriteContext => {
  const { headers } = rest.call.request;
  const { database, rules, assignment } = rest.company;
  return {
    database,
    rules,
    assignment,
    actor: rest.actor,
    autoAssign: readAutoAssign(headerOf(headers, 'sforce-auto-assign')),
    duplicates: readDuplicateOptions(headerOf(headers, 'sforce-duplicate-rule-header')),
    recordUrl: rest.recordUrl,
    origin: originOf(rest),
  };
};
