import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { PairMapping } from '../../src/model/mapping.ts';
import { bothSides, type Sides } from '../../src/model/system.ts';
import { baseToJson } from '../../src/store/json.ts';
import type { Pair } from '../align/pairs.ts';
import { baseOf, refOf } from '../align/throughput.ts';

/** Links of one insert: some megabytes of bases. */
const pageSize = 2_000;

/**
 * Writes a live link for each of these people straight into the store, with a base that equals their records as of `stamp`; their
 * records are numbered from `first`.
 */
export const insertLinks = async (
  connectionString: string,
  pair: PairMapping,
  people: readonly Pair[],
  stamp: number,
  first = 0,
): Promise<void> => {
  const ids: readonly Sides<string>[] = people.map((_, index) =>
    bothSides((system) => refOf(pair, system, first + index).id),
  );
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (let start = 0; start < people.length; start += pageSize) {
      const page = people.slice(start, start + pageSize);
      const pageIds = ids.slice(start, start + pageSize);
      await client.query(
        `insert into tandem.links (id, pair, hubspot_id, salesforce_id, base, hubspot_stamp, salesforce_stamp)
         select l.id, $1, l.hubspot, l.salesforce, l.base::json, $2, $2
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as l(id, hubspot, salesforce, base)`,
        [
          pair.name,
          stamp,
          page.map(() => randomUUID()),
          pageIds.map(({ hubspot }) => hubspot),
          pageIds.map(({ salesforce }) => salesforce),
          page.map((values) => baseToJson(baseOf(pair, values))),
        ],
      );
    }
    // As the autovacuum would soon do; a planner without statistics is not what is measured.
    await client.query('analyze tandem.links');
  } finally {
    await client.end();
  }
};
