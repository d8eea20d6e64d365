import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Fate } from '../../model/fate.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { RecordRef } from '../../model/system.ts';
import type { Api } from './api.ts';
import { deletedIds } from './deleted.ts';
import { queryPages } from './query.ts';
import { chunksOf, collectionMax } from './read-many.ts';
import { idSchema } from './rows.ts';
import { soqlName, soqlString } from './soql.ts';

/** Objects whose records can be merged, and so have a MasterRecordId (SOAP API guide, merge()). */
const mergeable = new Set(['account', 'case', 'contact', 'lead']);

/** A merged record's survivor can be merged itself, and so on; a longer chain than this is followed no further. */
const chainMax = 8;

/** What a converted lead points to; the contact is the person's next record. */
const converted = {
  ConvertedContactId: 'Contact',
  ConvertedAccountId: 'Account',
  ConvertedOpportunityId: 'Opportunity',
};

const rowSchema = z.looseObject({
  Id: idSchema,
  IsDeleted: z.boolean(),
  MasterRecordId: idSchema.nullish(),
  IsConverted: z.boolean().nullish(),
  ConvertedContactId: idSchema.nullish(),
  ConvertedAccountId: idSchema.nullish(),
  ConvertedOpportunityId: idSchema.nullish(),
});
type Row = z.infer<typeof rowSchema>;

const columnsOf = (type: string): readonly string[] => [
  'Id',
  'IsDeleted',
  ...(mergeable.has(type.toLowerCase()) ? ['MasterRecordId'] : []),
  ...(type.toLowerCase() === 'lead' ? ['IsConverted', ...Object.keys(converted)] : []),
];

/** 200 ids a query, the recycle bin included: a merged record lies there with the id of its survivor. */
const readRows = async (
  api: Api,
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<Map<string, Row>> => {
  const head = `SELECT ${columnsOf(type).join(', ')} FROM ${soqlName(type)} WHERE Id IN (`;
  const rows = new Map<string, Row>();
  for (const chunk of chunksOf(ids, collectionMax)) {
    const soql = `${head}${chunk.map(soqlString).join(',')})`;
    for await (const { body } of queryPages(api, context, 'queryAll', soql, rowSchema)) {
      for (const row of body.records) rows.set(row.Id, row);
    }
  }
  return rows;
};

/** Reads what merged records lead to, until everything that is named is known. */
const followMerges = async (
  api: Api,
  type: string,
  rows: Map<string, Row>,
  context: CallContext,
): Promise<void> => {
  for (let step = 0; step < chainMax; step += 1) {
    const named = [...rows.values()].flatMap((row) =>
      row.IsDeleted && row.MasterRecordId ? [row.MasterRecordId] : [],
    );
    const missing = [...new Set(named)].filter((id) => !rows.has(id));
    if (missing.length === 0) return;
    const found = await readRows(api, type, missing, context);
    if (found.size === 0) return;
    for (const [id, row] of found) rows.set(id, row);
  }
};

/** The last id that a chain of merges names. Bounded, since a chain that led back to itself would have no end. */
const survivorOf = (row: Row, rows: ReadonlyMap<string, Row>): string => {
  let id = row.Id;
  for (let step = 0; step < chainMax; step += 1) {
    const at = rows.get(id);
    if (at === undefined || !at.IsDeleted || !at.MasterRecordId) break;
    id = at.MasterRecordId;
  }
  return id;
};

const conversionOf = (row: Row): Fate => {
  const made = Object.entries(converted).flatMap(([field, type]): RecordRef[] => {
    const id = row[field];
    return typeof id === 'string' ? [{ system: 'salesforce', type, id }] : [];
  });
  const contact = made.find(({ type }) => type === 'Contact');
  // A lead whose contact is gone may name none: it cannot be written any more, and nothing says where its person went.
  if (contact === undefined) return { kind: 'unknown' };
  return {
    kind: 'convertedTo',
    type: contact.type,
    id: contact.id,
    others: made.filter((ref) => ref !== contact),
  };
};

const fateOf = (row: Row, rows: ReadonlyMap<string, Row>): Fate => {
  if (row.IsDeleted) {
    return row.MasterRecordId ? { kind: 'mergedInto', id: survivorOf(row, rows) } : { kind: 'deleted' };
  }
  return row.IsConverted === true ? conversionOf(row) : { kind: 'alive' };
};

/**
 * Fates by queryAll, and for ids that it does not know by getDeleted, whose log outlives the record for up to 15 days: what is in
 * the log and nowhere else was erased from the recycle bin. Neither tells of a record that we may not see, nor of old deletions.
 */
export const readFates = async (
  api: Api,
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Fate>> => {
  const wanted = [...new Set(ids.map(toId18).filter((id) => id !== null))];
  const rows = await readRows(api, type, wanted, context);
  await followMerges(api, type, rows, context);
  const absent = wanted.filter((id) => !rows.has(id));
  const logged = absent.length === 0 ? new Set<string>() : await deletedIds(api, type, context);
  return new Map(
    ids.map((asked): [string, Fate] => {
      const id = toId18(asked) ?? '';
      const row = rows.get(id);
      if (row !== undefined) return [asked, fateOf(row, rows)];
      return [asked, { kind: logged.has(id) ? 'erased' : 'unknown' }];
    }),
  );
};
