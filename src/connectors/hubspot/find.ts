import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import { chunk, mapConcurrently } from '../batches.ts';
import type { FoundRecord } from '../connector.ts';
import { batchReadOnce, type ReadRecord } from './batch-read.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency, batchSize } from './limits.ts';
import { toSnapshot } from './snapshot.ts';
import type { HubSpotRecord } from './wire.ts';

const additionalEmails = 'hs_additional_emails';

const normalise = (value: string): string => value.trim().toLowerCase();

/** Everything that a lookup by this field would find the record by. A lookup by email also finds additional emails. */
const keysOf = (record: HubSpotRecord, field: string): readonly string[] => {
  const own = record.properties[field];
  const more = field === 'email' ? (record.properties[additionalEmails] ?? '').split(';') : [];
  return [...(own === null || own === undefined ? [] : [own]), ...more]
    .map(normalise)
    .filter((key) => key !== '');
};

interface Lookup {
  readonly http: HubSpotHttp;
  readonly type: string;
  readonly field: string;
  readonly fields: readonly string[];
  readonly archived: boolean;
  readonly context: CallContext;
}

/**
 * One lookup. A value that HubSpot does not take as a lookup value at all (no email address) refuses the whole batch:
 * halved until it is alone, it is then simply not found. At most 2n - 1 calls, log2(n) deep.
 */
const lookUp = async (lookup: Lookup, values: readonly string[]): Promise<readonly ReadRecord[]> => {
  const { http, type, field, fields, archived, context } = lookup;
  const properties = [...new Set([...fields, field, ...(field === 'email' ? [additionalEmails] : [])])];
  try {
    return await batchReadOnce(http, { type, ids: values, properties, idProperty: field, archived }, context);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { category, code } = error.failure;
    // A field that does not exist or is not unique refuses every value: halving would only multiply the refusals.
    if (category !== 'value' && !(category === 'request' && code === 'VALIDATION_ERROR')) throw error;
    if (values.length === 1) {
      if (category === 'value') return [];
      throw error;
    }
    const middle = Math.ceil(values.length / 2);
    const halves = [values.slice(0, middle), values.slice(middle)];
    const found: ReadRecord[] = [];
    for (const half of halves) found.push(...(await lookUp(lookup, half)));
    return found;
  }
};

/**
 * Finds records by the value of a unique property; see Connector.findByField. HubSpot does not echo which value led to
 * a record, so matches are told by the record's own values, primary and additional emails alike. Values are sent as they
 * are given: unique properties other than email may be compared with their case.
 *
 * Archived records are asked for what no live one has, by identity fields alone: an archived contact gives its email up,
 * so that an address leads to live records only, and asking would double the calls of every first match.
 */
export const findByField = async (
  http: HubSpotHttp,
  type: string,
  field: string,
  values: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  const askedBy = new Map(values.map((value) => [normalise(value), value.trim()]));
  askedBy.delete('');
  const found = new Map<string, FoundRecord>();
  const matchedValues = new Set<string>();
  const search = async (wanted: readonly string[], archived: boolean): Promise<void> => {
    const lookup: Lookup = { http, type, field, fields, archived, context };
    const batches = await mapConcurrently(chunk(wanted, batchSize), batchConcurrency, (batch) =>
      lookUp(lookup, batch),
    );
    for (const { record, readAt } of batches.flat()) {
      const matched = [...new Set(keysOf(record, field))].filter((key) => askedBy.has(key));
      if (matched.length === 0 || found.has(record.id)) continue;
      for (const key of matched) matchedValues.add(key);
      found.set(record.id, { record: toSnapshot(type, record, fields, readAt), matched });
    }
  };
  await search([...askedBy.values()], false);
  if (field === 'email') return [...found.values()];
  const missing = [...askedBy].filter(([key]) => !matchedValues.has(key)).map(([, value]) => value);
  await search(missing, true);
  return [...found.values()];
};
