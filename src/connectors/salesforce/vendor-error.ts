import { z } from 'zod';
import type { DuplicateReport, Failure, FailureCategory } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import { duplicateReportSchema } from './duplicate-report.ts';
import { harmlessMessage } from './harmless-message.ts';

/** One error as Salesforce gives it: REST says errorCode, the collections and SOAP say statusCode. */
export interface VendorError {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
  /** Of a single record's refusal by a duplicate rule; a collection's answer does not have it. */
  readonly duplicates?: DuplicateReport;
}

const errorSchema = z
  .object({
    errorCode: z.string().optional(),
    statusCode: z.string().optional(),
    message: z.string().nullish(),
    fields: z.array(z.string()).nullish(),
    duplicateResut: duplicateReportSchema,
    duplicateResult: duplicateReportSchema,
  })
  .transform((error): VendorError => {
    const duplicates = error.duplicateResut ?? error.duplicateResult;
    return {
      code: error.statusCode ?? error.errorCode ?? 'UNKNOWN_ERROR',
      message: error.message ?? '',
      fields: error.fields ?? [],
      ...(duplicates ? { duplicates } : {}),
    };
  });

/** The errors of one row of a collections answer. */
export const vendorErrorsSchema = z.array(errorSchema);

/**
 * What each code means for us (codes of the partner WSDL; which of them occur is in the tests' table). Codes that are not
 * here are refusals of a value: the row is parked with its code kept, and the others go on.
 */
const categoryByCode: Readonly<Record<string, FailureCategory>> = {
  ENTITY_IS_DELETED: 'identity',
  CANNOT_UPDATE_CONVERTED_LEAD: 'identity',
  DUPLICATES_DETECTED: 'identity',
  DUPLICATE_VALUE: 'identity',
  DUPLICATE_EXTERNAL_ID: 'identity',
  MULTIPLE_CHOICES: 'identity',
  NOT_FOUND: 'identity',

  INSUFFICIENT_ACCESS: 'permission',
  INSUFFICIENT_ACCESS_OR_READONLY: 'permission',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'permission',
  INVALID_FIELD_FOR_INSERT_UPDATE: 'permission',
  CANNOT_INSERT_UPDATE: 'permission',
  API_DISABLED_FOR_ORG: 'permission',
  API_CURRENTLY_DISABLED: 'permission',
  FUNCTIONALITY_NOT_ENABLED: 'permission',
  // Held by an approval process, not by a transaction: waiting does not help.
  ENTITY_IS_LOCKED: 'permission',
  STORAGE_LIMIT_EXCEEDED: 'permission',

  INVALID_FIELD: 'schema',
  INVALID_TYPE: 'schema',

  UNABLE_TO_LOCK_ROW: 'locked',
  // Another row's failure took this one back with it: it was not executed, and nothing is wrong with it.
  ALL_OR_NONE_OPERATION_ROLLED_BACK: 'locked',
  PROCESSING_HALTED: 'locked',
  BATCH_PROCESSING_HALTED: 'locked',

  REQUEST_LIMIT_EXCEEDED: 'throttled',
  SERVER_UNAVAILABLE: 'unavailable',
  UNKNOWN_EXCEPTION: 'unavailable',
  QUERY_TIMEOUT: 'unavailable',
  // A locator is good for two days, and less where the org has too many open: the query is begun anew, and nobody has to do anything.
  INVALID_QUERY_LOCATOR: 'unavailable',

  INVALID_SESSION_ID: 'credentials',
  INVALID_AUTH_HEADER: 'credentials',

  MALFORMED_QUERY: 'request',
  JSON_PARSER_ERROR: 'request',
  METHOD_NOT_ALLOWED: 'request',
  INVALID_BATCH_OPERATION: 'request',
  INVALID_REPLICATION_DATE: 'request',
  EXCEEDED_ID_LIMIT: 'request',
  EXCEEDED_MAX_SEMIJOIN_SUBSELECTS: 'request',
  OPERATION_TOO_LARGE: 'request',
  QUERY_TOO_COMPLICATED: 'request',
};

/** Whether the error blames the record's own id rather than a field that refers to another record. */
const blamesOwnId = (error: VendorError): boolean =>
  error.fields.length === 0 || error.fields.every((field) => field.toLowerCase() === 'id');

/** The category of a row's error. */
export const rowCategory = (error: VendorError): FailureCategory => {
  if (error.code === 'INVALID_CROSS_REFERENCE_KEY') return blamesOwnId(error) ? 'identity' : 'value';
  if (error.code === 'MALFORMED_ID') return blamesOwnId(error) ? 'request' : 'value';
  return (
    categoryByCode[error.code] ?? (error.code.startsWith('INSUFFICIENT_ACCESS') ? 'permission' : 'value')
  );
};

/** Both limits have one code and the text alone tells them apart. Too many long calls at once clear within seconds. */
const concurrentRetryMs = 5_000;
const isConcurrentLimit = (error: VendorError): boolean => /concurrent/i.test(error.message);

/** Whether a `throttled` failure is the company's daily limit, which concerns every call and lasts. For the gate. */
export const isDailyLimit = (failure: Failure): boolean =>
  failure.code === 'REQUEST_LIMIT_EXCEEDED' && failure.retryAfterMs === undefined;

/** `duplicate value found: X duplicates value on record with id: 0018M000003uKqq`; `<unknown>` where it may not be seen. */
const existingId = (error: VendorError): string | null => {
  const found = /record with id:\s*([A-Za-z0-9]{15,18})/.exec(error.message)?.[1];
  return found === undefined ? null : toId18(found);
};

/**
 * What the code or the text says of the field, where `fields` is empty: an owner who left, `No such column 'X' on …`, an address that is not of
 * the org's lists (`…: Billing State/Province`).
 */
const impliedFields = (error: VendorError): readonly string[] => {
  if (error.code === 'INACTIVE_OWNER_OR_USER') return ['OwnerId'];
  const label = /(?:valid (?:countries|states)\.|for field): ?([A-Za-z /]{1,60})$/.exec(error.message)?.[1];
  if (error.code === 'FIELD_INTEGRITY_EXCEPTION' && label !== undefined)
    return [label.replace('/Province', '').replaceAll(' ', '')];
  const name = /No such column '([A-Za-z0-9_.]+)'/.exec(error.message)?.[1];
  return name === undefined ? [] : [name];
};

/** A failure of ours out of an error of Salesforce's. `sent` are the values of the row, which must not come back in the message. */
export const toFailure = (
  error: VendorError,
  category: FailureCategory,
  sent: Iterable<unknown> = [],
): Failure => {
  const existing = category === 'identity' ? existingId(error) : null;
  return {
    category,
    system: 'salesforce',
    code: error.code,
    message: harmlessMessage(error, sent),
    fields: error.fields.length > 0 ? error.fields : impliedFields(error),
    ...(existing === null ? {} : { existingId: existing }),
    ...(error.duplicates ? { duplicates: error.duplicates } : {}),
    ...(category === 'throttled' && isConcurrentLimit(error) ? { retryAfterMs: concurrentRetryMs } : {}),
  };
};

/** What an upsert by an external id that several records have is answered, with their addresses instead of an error (REST API guide, status 300). */
export const severalMatches: VendorError = {
  code: 'MULTIPLE_CHOICES',
  message: 'several records have this external id',
  fields: [],
};

/** The error in the body of a refused call, which is an array of one (or of several: the first decides). */
export const parseVendorError = (body: string): VendorError | null => {
  try {
    const parsed: unknown = JSON.parse(body);
    return vendorErrorsSchema.parse(Array.isArray(parsed) ? parsed : [parsed])[0] ?? null;
  } catch {
    // HTML from a proxy or a login page, or nothing at all: the status has to do.
    return null;
  }
};
