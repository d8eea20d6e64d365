import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { FoundRecord } from '../connector.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { type SnapshotRow, snapshotFields, snapshotRowSchema, toSnapshot } from './rows.ts';
import { chunkLiterals, encodedLength, encodedQueryMax, selectList, soqlName, soqlString } from './soql.ts';

/** Values that one call carries when they are emails of common length: some 35 bytes of the URI each, fields taken off. */
export const findBatch = 300;

/** No field that a query can filter on holds a longer text (a text formula's result ends here), nor half a character: neither can be found. */
const filterableMax = 1_300;

/** Room that the fields may take, so that some hundred values fit beside them. */
const headMax = encodedQueryMax * 0.7;

/** Equal as SOQL sees it: without regard to case and outer blanks (stored values have none), ids in one form. */
const matchKey = (value: string): string => {
  const trimmed = value.trim();
  return (toId18(trimmed) ?? trimmed).toLowerCase();
};

/** The field may be asked for in another case than the answer's, and not be among the fields asked for. */
const textOf = (row: Readonly<Record<string, unknown>>, field: string): string | null => {
  const name = Object.keys(row).find((key) => key.toLowerCase() === field.toLowerCase());
  const value = name === undefined ? null : row[name];
  return value === null || value === undefined ? null : String(value);
};

/** Fields asked for that leave no room for a value. */
const tooManyFields = (): CallFailed =>
  new CallFailed({
    category: 'request',
    system: 'salesforce',
    code: 'URI_TOO_LONG',
    message: 'so many fields are asked for that the query leaves no room for values: ask for fewer at once',
    fields: [],
  });

/** A search for values of one field, ready to be asked in one query or several. */
export interface FieldQuery {
  /** The query up to the bracket that opens the list of values. */
  readonly head: string;
  readonly literals: readonly string[];
  toFound(row: SnapshotRow, ourUserId: string, readAt: number): FoundRecord;
}

/** Values that no field can hold are left out: they cannot be found. */
export const makeFieldQuery = (
  type: string,
  field: string,
  values: readonly string[],
  fields: readonly string[],
): FieldQuery => {
  const askedByKey = new Map<string, Set<string>>();
  for (const value of values) {
    const key = matchKey(value);
    if (key === '' || value.length > filterableMax || !value.isWellFormed()) continue;
    askedByKey.set(key, (askedByKey.get(key) ?? new Set()).add(value.toLowerCase()));
  }
  const literalByKey = new Map(values.map((value) => [matchKey(value), soqlString(value.trim())] as const));
  const select = selectList([...snapshotFields, 'IsDeleted', field], fields).join(', ');
  return {
    head: `SELECT ${select} FROM ${soqlName(type)} WHERE ${soqlName(field)} IN (`,
    literals: [...askedByKey.keys()].map((key) => literalByKey.get(key) ?? ''),
    toFound: (row, ourUserId, readAt) => ({
      record: toSnapshot(type, row, fields, ourUserId, readAt),
      matched: [...(askedByKey.get(matchKey(textOf(row, field) ?? '')) ?? [])],
    }),
  };
};

/**
 * Finds records by SOQL, which reads the records themselves and not the search index, deleted ones included. Converted
 * leads are records like others; ask for IsConverted to tell them.
 */
export const findByField = async (
  api: Api,
  type: string,
  field: string,
  values: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  const { head, literals, toFound } = makeFieldQuery(type, field, values, fields);
  if (literals.length > 0 && encodedLength(head) > headMax) throw tooManyFields();

  const found = new Map<string, FoundRecord>();
  for (const chunk of chunkLiterals(head, literals)) {
    const pages = queryPages(api, context, 'queryAll', `${head}${chunk.join(',')})`, snapshotRowSchema);
    for await (const { body, readAt, session } of pages) {
      for (const row of body.records) {
        const each = toFound(row, session.userId, readAt);
        found.set(each.record.ref.id, each);
      }
    }
  }
  return [...found.values()];
};
