import { sql } from 'kysely';
import type { Tx } from '../transaction.ts';

const withheld = 'withheld: it named somebody who was erased';

/** Shorter words are nobody's in particular, and would be found in any sentence. */
const wordMin = 12;
const digitsMin = 6;

const isTelling = (text: string): boolean =>
  text.includes('@') || text.length >= wordMin || text.replaceAll(/\D/g, '').length >= digitsMin;

/** All texts in what was parsed of a `json` column. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
};

/** The values, of JSON as it lies in the store, by which somebody could be told in a sentence. */
export const tellingValues = (jsons: readonly string[]): readonly string[] => [
  ...new Set(
    jsons
      .flatMap((json) => textsIn(JSON.parse(json)))
      .map((text) => text.trim())
      .filter(isTelling),
  ),
];

/**
 * Takes the words out of messages that name somebody. Messages hold no values of records by rule; a vendor's could all the same.
 * Problems and alerts are few; of the refusals of other records the message alone goes, the code and the next step stay.
 */
export const withholdMentions = async (tx: Tx, values: readonly string[]): Promise<void> => {
  if (values.length === 0) return;
  const inJson = values.map((value) => JSON.stringify(value).slice(1, -1).toLowerCase());
  const plain = values.map((value) => value.toLowerCase());
  await sql`
    update tandem.parked p set failure = jsonb_set(p.failure::jsonb, '{message}', to_jsonb(${withheld}::text))::json
    where exists (select from unnest(${inJson}::text[]) v where strpos(lower(p.failure::text), v) > 0)`.execute(
    tx,
  );
  await sql`
    update tandem.problems p set what = case when m.what then ${withheld} else p.what end,
      cause = case when m.cause then ${withheld} else p.cause end
    from (
      select q.key,
        exists (select from unnest(${plain}::text[]) v where strpos(lower(q.what), v) > 0) as what,
        exists (select from unnest(${plain}::text[]) v where strpos(lower(q.cause), v) > 0) as cause
      from tandem.problems q) m
    where m.key = p.key and (m.what or m.cause)`.execute(tx);
  await sql`
    update tandem.alerts a
    set problem = (a.problem::jsonb || jsonb_build_object('what', ${withheld}::text, 'cause', ${withheld}::text))::json
    where exists (select from unnest(${inJson}::text[]) v where strpos(lower(a.problem::text), v) > 0)`.execute(
    tx,
  );
};
