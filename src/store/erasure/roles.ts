import { type RawBuilder, sql } from 'kysely';
import type { Erasure } from '../../model/erasure.ts';
import type { BaseEntry } from '../../model/state.ts';
import { rolesField, withoutTied } from '../../model/tie-text.ts';
import type { RawValue } from '../../model/value.ts';
import { batch } from '../batch.ts';
import { baseToJson, parseBase, parseLedgerValue, parseWrites, toJson } from '../json.ts';
import type { Tx } from '../transaction.ts';

type Ids = ReadonlySet<string>;

/** Up to so many ids it is cheaper to look for each than to take the text apart (measured: 8 against 100 microseconds a row). */
const fewMax = 10;

/** What stands between the ids of roles in JSON. */
const between = '";=*[]+,:{}';

/** Whether a text of JSON can name one of these records: what it does name is seen once it is parsed. */
const names = (text: RawBuilder<unknown>, ids: Ids): RawBuilder<unknown> =>
  ids.size <= fewMax
    ? sql`exists (select from unnest(${[...ids]}::text[]) named where strpos(${text}, named) > 0)`
    : sql`exists (
        select from unnest(string_to_array(translate(${text}, ${between}, ${' '.repeat(between.length)}), ' ')) word
        where word in (select unnest(${[...ids]}::text[])))`;

const withoutInEntry = (entry: BaseEntry, ids: Ids): BaseEntry => ({
  hubspot: withoutTied(entry.hubspot, ids),
  salesforce: withoutTied(entry.salesforce, ids),
  ...(entry.wrote ? { wrote: { ...entry.wrote, over: withoutTied(entry.wrote.over, ids) } } : {}),
  ...(entry.late ? { late: { ...entry.late, sent: withoutTied(entry.late.sent, ids) } } : {}),
});

const withoutInBase = (text: string, ids: Ids): string => {
  const base = parseBase(text);
  const entry = base[rolesField];
  return entry ? baseToJson({ ...base, [rolesField]: withoutInEntry(entry, ids) }) : text;
};

const withoutInWrites = (text: string, ids: Ids): string =>
  toJson(
    parseWrites(text).map((write) => {
      if (write.field !== rolesField) return write;
      const [sent, replaced, source, lost] = [write.sent, write.replaced, write.source, write.lost].map(
        (raw) => withoutTied(raw, ids),
      ) as [RawValue, RawValue, RawValue, RawValue];
      return { ...write, sent, replaced, source, lost };
    }),
  );

const withoutInValue = (text: string, ids: Ids): string => {
  const value = parseLedgerValue(text);
  return typeof value === 'object' && value !== null ? text : toJson(withoutTied(value, ids));
};

/** Whoever works on such a deal knows an older base: its version moves, so that they look again. */
const eraseInLinks = async (tx: Tx, pairs: readonly string[], ids: Ids): Promise<void> => {
  const field = JSON.stringify(rolesField);
  const { rows } = await sql<{ id: string; base: string }>`
    select l.id, l.base::text as base from tandem.links l
    where l.pair = any(${[...pairs]}::text[]) and strpos(l.base::text, ${field}) > 0
      and ${names(sql`substr(l.base::text, strpos(l.base::text, ${field}))`, ids)}
    order by l.id for update`.execute(tx);
  const changed = rows
    .map((row) => ({ ...row, emptied: withoutInBase(row.base, ids) }))
    .filter(({ base, emptied }) => emptied !== base);
  if (changed.length === 0) return;
  await sql`
    update tandem.links l set base = r.base, version = l.version + 1
    from ${batch('r', changed, { id: ['uuid', (row) => row.id], base: ['json', (row) => row.emptied] })}
    where l.id = r.id`.execute(tx);
};

const eraseInLedger = async (tx: Tx, pairs: readonly string[], ids: Ids): Promise<void> => {
  const { rows } = await sql<{ id: string; from_value: string; to_value: string; lost: string }>`
    select l.id::text as id, l.from_value::text as from_value, l.to_value::text as to_value, l.lost::text as lost
    from tandem.ledger l
    where l.pair = any(${[...pairs]}::text[]) and l.field = ${sql.lit(rolesField)}
      and ${names(sql`concat_ws(' ', l.from_value, l.to_value, l.lost)`, ids)}
    order by l.id for update`.execute(tx);
  if (rows.length === 0) return;
  await sql`
    update tandem.ledger l set from_value = r.from_value, to_value = r.to_value, lost = r.lost
    from ${batch('r', rows, {
      id: ['bigint', (row) => row.id],
      from_value: ['json', (row) => withoutInValue(row.from_value, ids)],
      to_value: ['json', (row) => withoutInValue(row.to_value, ids)],
      lost: ['json', (row) => withoutInValue(row.lost, ids)],
    })} where l.id = r.id`.execute(tx);
};

const eraseInIntents = async (tx: Tx, pairs: readonly string[], ids: Ids): Promise<void> => {
  const { rows } = await sql<{ id: string; writes: string }>`
    select i.id, i.writes::text as writes from tandem.intents i
    where i.pair = any(${[...pairs]}::text[]) and ${names(sql`i.writes::text`, ids)} order by i.id for update`.execute(
    tx,
  );
  if (rows.length === 0) return;
  await sql`
    update tandem.intents i set writes = r.writes
    from ${batch('r', rows, {
      id: ['uuid', (row) => row.id],
      writes: ['json', (row) => withoutInWrites(row.writes, ids)],
    })} where i.id = r.id`.execute(tx);
};

/**
 * Takes people who are erased out of the contact roles of deals: what part somebody had in which deal is theirs, too. Everybody else's stays as it
 * was. Nobody is taken out of a deal for it in either system: a person without link is left out of its roles on both sides (docs/decisions/0044).
 */
export const eraseRoles = async (tx: Tx, erasures: readonly Erasure[]): Promise<void> => {
  const concerned = erasures.filter(({ rolesIn = [] }) => rolesIn.length > 0);
  const pairs = [...new Set(concerned.flatMap(({ rolesIn = [] }) => rolesIn))];
  const ids = new Set(concerned.flatMap(({ refs }) => refs.map(({ id }) => id)));
  if (pairs.length === 0 || ids.size === 0) return;
  await eraseInLinks(tx, pairs, ids);
  await eraseInLedger(tx, pairs, ids);
  await eraseInIntents(tx, pairs, ids);
};
