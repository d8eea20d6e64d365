import { sql } from 'kysely';
import type { ForgottenField, MappedForm } from '../model/state.ts';
import { batch } from './batch.ts';
import { toJson } from './json.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';

/** Links whose base is gone through at once: a million take many pages, and none of them runs into a statement's time limit. */
const linksPerPage = 2_000;

/** The fields whose base is of another field than the mapping says now. */
const movedFields = async (
  tx: Tx,
  pair: string,
  { type, fields }: MappedForm,
): Promise<readonly string[]> => {
  const rows = batch('now', fields, {
    field: ['text', ({ field }) => field],
    api: ['text', ({ api }) => api],
  });
  const { rows: moved } = await sql<{ field: string }>`
    select m.field from tandem.mapped_fields m join ${rows} on now.field = m.field
    where m.pair = ${pair} and m.type = ${type} and m.api <> now.api order by m.field`.execute(tx);
  return moved.map(({ field }) => field);
};

interface BaseRow {
  readonly id: string;
  readonly base: string;
}

/** A base less these fields, as it stands otherwise; null where it has none of them. By hand: Postgres's own functions of json refuse a text with a NUL. */
const without = ({ id, base }: BaseRow, fields: ReadonlySet<string>): BaseRow | null => {
  const entries = Object.entries(JSON.parse(base) as Readonly<Record<string, unknown>>);
  const kept = entries.filter(([name]) => !fields.has(name));
  return kept.length === entries.length ? null : { id, base: toJson(Object.fromEntries(kept)) };
};

/**
 * Takes these fields out of the base of all links of a form, ended ones too: a tombstone that comes back brings its base. Whoever plans with the base of
 * before finds that the link has moved. Answers how many had one.
 */
const forget = async (
  tx: Tx,
  pair: string,
  { type, isOwn }: MappedForm,
  moved: readonly string[],
): Promise<number> => {
  const fields = new Set(moved);
  let after = '00000000-0000-0000-0000-000000000000';
  let forgotten = 0;
  for (;;) {
    const { rows } = await sql<BaseRow>`
      select l.id, l.base::text as base from tandem.links l
      where l.pair = ${pair} and l.id > ${after}::uuid and (l.salesforce_type = ${type} or (l.salesforce_type is null and ${isOwn}))
      order by l.id limit ${linksPerPage} for update of l`.execute(tx);
    const changed = rows.flatMap((row) => without(row, fields) ?? []);
    if (changed.length > 0) {
      const page = batch('c', changed, { id: ['uuid', ({ id }) => id], base: ['text', ({ base }) => base] });
      await sql`
        update tandem.links l set version = l.version + 1, base = c.base::json from ${page} where l.id = c.id`.execute(
        tx,
      );
    }
    forgotten += changed.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < linksPerPage) return forgotten;
    after = last.id;
  }
};

/** EngineStore.adoptFields. One at a time, so that a second worker does not forget what the first has settled anew. */
export const adoptFields = async (
  db: Db,
  pair: string,
  forms: readonly MappedForm[],
): Promise<readonly ForgottenField[]> =>
  inTransaction(db, async (tx) => {
    // A second worker waits here for the first, which may have a million links to go through.
    await sql`set local statement_timeout = '10min'`.execute(tx);
    await sql`select pg_advisory_xact_lock(hashtextextended('tandem mapped fields ' || ${pair}, 0))`.execute(
      tx,
    );
    const all: ForgottenField[] = [];
    for (const form of forms) {
      const moved = await movedFields(tx, pair, form);
      if (moved.length > 0) {
        const links = await forget(tx, pair, form, moved);
        all.push(...moved.map((field) => ({ type: form.type, field, links })));
      }
      const rows = batch('now', form.fields, {
        field: ['text', ({ field }) => field],
        api: ['text', ({ api }) => api],
      });
      await sql`
        insert into tandem.mapped_fields (pair, type, field, api)
        select ${pair}, ${form.type}, now.field, now.api from ${rows} order by now.field
        on conflict (pair, type, field) do update set api = excluded.api`.execute(tx);
    }
    return all;
  });
