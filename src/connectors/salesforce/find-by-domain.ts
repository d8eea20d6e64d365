import type { CallContext } from '../../model/budget.ts';
import { domainOf } from '../../model/domain.ts';
import type { FoundRecord } from '../connector.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { snapshotFields, snapshotRowSchema, toSnapshot } from './rows.ts';
import { encodedLength, encodedQueryMax, selectList, soqlName, soqlString } from './soql.ts';

/** `%` and `_` stand for other characters in LIKE, and a backslash takes that from them (SOQL and SOSL Reference, LIKE). */
const likeText = (text: string): string => text.replace(/[\\%_]/g, (char) => `\\${char}`);

const chunksOf = (head: string, conditions: readonly string[]): readonly (readonly string[])[] => {
  const room = encodedQueryMax - encodedLength(head);
  const chunks: string[][] = [];
  let left = 0;
  for (const condition of conditions) {
    const cost = encodedLength(` OR ${condition}`);
    const open = chunks.at(-1);
    if (open === undefined || cost > left) {
      chunks.push([condition]);
      left = room - cost;
    } else {
      open.push(condition);
      left -= cost;
    }
  }
  return chunks;
};

/**
 * Finds records by the domain of a web address, whatever stands around it there: SOQL has no function that takes a host out of an address,
 * so that everything that contains the domain is asked for, and what is another's (`notacme.com`) is left out here. Deleted records are included.
 */
export const findByDomain = async (
  api: Api,
  type: string,
  field: string,
  domains: readonly string[],
  fields: readonly string[],
  context: CallContext,
): Promise<readonly FoundRecord[]> => {
  const wanted = new Set(domains.flatMap((text) => domainOf(text) ?? []));
  const name = soqlName(field);
  const select = selectList([...snapshotFields, 'IsDeleted', field], fields).join(', ');
  const head = `SELECT ${select} FROM ${soqlName(type)} WHERE `;
  const conditions = [...wanted].map((domain) => `${name} LIKE ${soqlString(`%${likeText(domain)}%`)}`);
  const found = new Map<string, FoundRecord>();
  for (const chunk of chunksOf(head, conditions)) {
    const soql = `${head}${chunk.join(' OR ')}`;
    for await (const { body, readAt, session } of queryPages(
      api,
      context,
      'queryAll',
      soql,
      snapshotRowSchema,
    )) {
      for (const row of body.records) {
        const record = toSnapshot(type, row, [...fields, field], session.userId, readAt);
        const domain = domainOf(String(record.fields[field] ?? ''));
        if (domain === null || !wanted.has(domain)) continue;
        found.set(record.ref.id, { record, matched: [domain] });
      }
    }
  }
  return [...found.values()];
};
