import * as z from 'zod';
import { type Call, pathParam } from '../../core/message.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { refuse, refuseRequest } from './errors.ts';

/** Property values arrive as text, but numbers and booleans are taken too; null clears like an empty text. */
const propertyValue = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => (value === null ? '' : String(value)));
export const propertiesSchema = z.record(z.string(), propertyValue);

/** Parses a JSON body; whatever is wrong is 400 VALIDATION_ERROR naming the place. */
export const parseBody = <T>(call: Call, schema: z.ZodType<T>): T => {
  let json: unknown;
  try {
    json = JSON.parse(call.request.body.toString('utf8'));
  } catch {
    throw refuseRequest('Invalid input JSON on line 1, column 1: the request body is not valid JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join('.') || 'body';
  throw refuseRequest(`Invalid input JSON at ${place}: ${issue?.message ?? 'unreadable'}`);
};

/** A list in the query: repeated keys, comma lists, or both. */
export const queryList = (call: Call, name: string): string[] =>
  call.request.query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');

/** `true` or Python's `True`. */
export const queryFlag = (call: Call, name: string): boolean =>
  call.request.query.get(name)?.toLowerCase() === 'true';

/** A whole number in the query between 1 and `max`. */
export const queryLimit = (call: Call, fallback: number, max: number): number => {
  const text = call.request.query.get('limit');
  if (text === null || text === '') return fallback;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit;
  throw refuseRequest(`limit must be a whole number from 1 to ${max}`);
};

/** The object that the path names. */
export const storeOf = (state: HubspotState, call: Call): ObjectStore => {
  const type = pathParam(call.params, 'objectType');
  const store = state.find(type);
  if (store === undefined) throw refuse(400, null, `Unable to infer object type from: ${type}`);
  return store;
};
