import { additionalProperty, listedIn } from '../../model/additional-keys.ts';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { RecordSystem } from '../../model/record-system.ts';
import { chunk, mapConcurrently } from '../batches.ts';
import type { FoundRecord } from '../connector.ts';
import { batchReadOnce, type ReadRecord } from './batch-read.ts';
import { findBySearch } from './find-by-search.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency, batchSize } from './limits.ts';
import { toSnapshot } from './snapshot.ts';
import type { HubSpotRecord } from './wire.ts';

const normalise = (value: string): string => value.trim().toLowerCase();

/** Everything that a lookup by this field would find the record by: its own value, and the further ones that it has (additional emails). */
const keysOf = (type: string, record: HubSpotRecord, field: string): readonly string[] => {
  const further = additionalProperty(type, field);
  const texts = [
    record.properties[field] ?? '',
    ...(further === undefined ? [] : listedIn(record.properties[further])),
  ];
  return texts.map(normalise).filter((key) => key !== '');
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
  const further = additionalProperty(type, field);
  const properties = [...new Set([...fields, field, ...(further === undefined ? [] : [further])])];
  try {
    return await batchReadOnce(http, { type, ids: values, properties, idProperty: field, archived }, context);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { category, code } = error.failure;
    // A field that does not exist or is not unique refuses every value: halving would only multiply the refusals.
    const mayBeOneValue = category === 'request' && code === 'VALIDATION_ERROR' && field === 'email';
    if (category !== 'value' && !mayBeOneValue) throw error;
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

/** HubSpot's refusal of an idProperty that is not unique; the same for every value. */
const isNotUnique = (error: unknown): boolean =>
  error instanceof CallFailed && error.failure.category === 'request';

/**
 * Makes the lookup by a field; see Connector.findByField. HubSpot does not echo which value led to a record, so matches are told by the
 * record's own values, primary and additional emails alike. Values are sent as they are given: unique properties other than email may
 * be compared with their case.
 *
 * Archived records are asked for what no live one has, by identity fields alone: an archived contact gives its email up,
 * so that an address leads to live records only, and asking would double the calls of every first match.
 *
 * A property that is not unique (a company's domain) is no idProperty: such are looked up by search, whose index lags by seconds and
 * which finds every live record that has the value, or has it among its further ones. Which ones are not unique is learned from the first refusal.
 */
export const makeFind = (http: HubSpotHttp): RecordSystem['findByField'] => {
  const notUnique = new Set<string>();
  return async (type, field, values, fields, context) => {
    const askedBy = new Map(values.map((value) => [normalise(value), value.trim()]));
    askedBy.delete('');
    const found = new Map<string, FoundRecord>();
    const matchedValues = new Set<string>();
    const take = (records: readonly ReadRecord[]): void => {
      for (const { record, readAt } of records) {
        const matched = [...new Set(keysOf(type, record, field))].filter((key) => askedBy.has(key));
        if (matched.length === 0 || found.has(record.id)) continue;
        for (const key of matched) matchedValues.add(key);
        found.set(record.id, { record: toSnapshot(type, record, fields, readAt), matched });
      }
    };
    const byId = async (wanted: readonly string[], archived: boolean): Promise<void> => {
      const lookup: Lookup = { http, type, field, fields, archived, context };
      const batches = await mapConcurrently(chunk(wanted, batchSize), batchConcurrency, (batch) =>
        lookUp(lookup, batch),
      );
      take(batches.flat());
    };
    const bySearch = async (): Promise<void> => {
      take(await findBySearch({ http, type, field, fields, context }, [...askedBy.keys()]));
    };
    const place = `${type} ${field}`;
    if (!notUnique.has(place)) {
      try {
        await byId([...askedBy.values()], false);
        if (field === 'email') return [...found.values()];
        const missing = [...askedBy].filter(([key]) => !matchedValues.has(key)).map(([, value]) => value);
        await byId(missing, true);
        return [...found.values()];
      } catch (error) {
        if (!isNotUnique(error)) throw error;
        notUnique.add(place);
      }
    }
    await bySearch();
    return [...found.values()];
  };
};
