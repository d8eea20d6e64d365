import { sql } from 'kysely';
import type { FirstStartKind } from '../model/journeys.ts';
import type { BreakerLimits } from '../model/mapping.ts';
import { batch, cleanText, epochMs, milliseconds } from './batch.ts';
import { firstStartOf, letAllGo } from './lifecycle/first-start.ts';
import { letGoOfHeld } from './operator/pauses.ts';
import { clearProblem } from './problems.ts';
import { type Db, inTransaction, run, type Tx } from './transaction.ts';

/** One record's part in what may be a mass change; sync/breakers has the meaning. */
export interface MassChangeRow {
  readonly unit: string;
  readonly kind: 'blank' | 'overwrite' | 'delete' | 'create';
  readonly scope: string;
  readonly field: string | null;
}

/** A mass change that waits for a word. */
export interface HeldRow {
  readonly id: string;
  readonly pair: string;
  readonly kind: MassChangeRow['kind'];
  readonly scope: string;
  readonly field: string | null;
  readonly records: number;
  readonly links: number;
  readonly since: number;
}

/** What waits for a word, be it a mass change or a first start. */
export type AnyHeldRow = Omit<HeldRow, 'kind'> & { readonly kind: HeldRow['kind'] | FirstStartKind };

const heldColumns = sql`h.id, h.pair, h.kind, h.scope, h.field, h.records::float8 as records, h.links::float8 as links,
  ${epochMs('h.since')} as since`;

/** After a release, records that were counted before it are not counted again for so long: they are what was released. */
const releasedFor = sql`interval '1 day'`;

/** Overwrites with one value are a mass change only where they are at least this part of the field's: pick lists have few values. */
const alikeShare = 0.5;

const note = async (
  tx: Tx,
  pair: string,
  changes: readonly MassChangeRow[],
  window: ReturnType<typeof milliseconds>,
): Promise<void> => {
  const unique = [...new Map(changes.map((each) => [`${each.scope} ${each.unit}`, each])).values()];
  const rows = batch('c', unique, {
    scope: ['text', (each) => each.scope],
    unit: ['text', (each) => each.unit],
    field: ['text', (each) => each.field],
  });
  await sql`
    insert into tandem.mass_changes as noted (pair, scope, unit, field)
    select ${cleanText(pair)}, c.scope, c.unit, c.field from ${rows} order by c.scope, c.unit
    on conflict (pair, scope, unit) do update set at = now()
      where noted.at < now() - ${window} and not exists (
        select from tandem.held h where h.pair = noted.pair and h.scope = noted.scope
          and (h.released_at is null or h.released_at > now() - ${releasedFor} and noted.at <= h.released_at))`.execute(
    tx,
  );
  await sql`
    delete from tandem.mass_changes noted where noted.pair = ${pair} and noted.at < now() - ${window}
      and not exists (select from tandem.held h where h.pair = noted.pair and h.scope = noted.scope
        and (h.released_at is null or h.released_at > now() - ${releasedFor}))`.execute(tx);
};

interface Count {
  readonly scope: string;
  readonly records: number;
  /** Of the same field, whatever the value. */
  readonly ofField: number;
}

const isCreation = (scope: string): boolean => scope.startsWith('create:');

/** Records of each scope that were changed within the window and after its last release, where they are more than `records`, or `creations` where they are new. */
const countsAbove = async (
  tx: Tx,
  pair: string,
  scopes: readonly string[],
  window: ReturnType<typeof milliseconds>,
  { records, creations }: BreakerLimits['mass'],
): Promise<readonly Count[]> => {
  const { rows } = await sql<Count>`
    with summed as (
      select m.scope, max(m.field) as field, count(*)::float8 as records from tandem.mass_changes m
      where m.pair = ${pair} and m.scope = any(${[...scopes]}::text[]) and m.at > now() - ${window}
        and m.at > coalesce((select max(h.released_at) from tandem.held h
          where h.pair = m.pair and h.scope = m.scope), '-infinity')
      group by m.scope
    )
    select s.scope, s.records, (select count(*)::float8 from tandem.mass_changes m
      where m.pair = ${pair} and m.field = s.field and m.scope like 'overwrite:%' and m.at > now() - ${window}) as "ofField"
    from summed s where s.records > case when s.scope like 'create:%' then ${creations} else ${records} end::float8`.execute(
    tx,
  );
  return rows;
};

const trip = async (
  tx: Tx,
  pair: string,
  change: MassChangeRow,
  records: number,
  links: number,
): Promise<readonly HeldRow[]> => {
  const field = change.scope.startsWith('overwrite:') ? change.field : null;
  const { rows } = await sql<HeldRow>`
    insert into tandem.held as h (id, pair, scope, kind, field, records, links)
    values (substr(md5(gen_random_uuid()::text), 1, 8), ${pair}, ${change.scope}, ${change.kind}, ${field},
      ${Math.trunc(records)}, ${Math.trunc(links)})
    on conflict (pair, scope) where released_at is null do nothing returning ${heldColumns}`.execute(tx);
  return rows;
};

/**
 * Notes changes, and begins a hold for each scope of which there are too many: more than `records`, and more than `percent` of the
 * pair's links, within the window; of records to create, more than `creations`. Answers the open holds of these scopes, and those that began now.
 */
export const noteChanges = async (
  db: Db,
  pair: string,
  changes: readonly MassChangeRow[],
  limits: BreakerLimits['mass'],
): Promise<{ readonly open: readonly HeldRow[]; readonly begun: readonly HeldRow[] }> =>
  inTransaction(db, async (tx) => {
    const window = milliseconds(limits.minutes * 60_000);
    const byScope = new Map(changes.map((each) => [each.scope, each]));
    const scopes = [...byScope.keys()];
    await note(tx, pair, changes, window);
    const counts = await countsAbove(tx, pair, scopes, window, limits);
    const begun: HeldRow[] = [];
    if (counts.length > 0) {
      const { rows } = await sql<{ links: number }>`
        select count(*)::float8 as links from tandem.links where pair = ${pair} and ended_at is null`.execute(
        tx,
      );
      const links = rows[0]?.links ?? 0;
      for (const { scope, records, ofField } of counts) {
        const change = byScope.get(scope);
        const isShare = isCreation(scope) || records > (links * limits.percent) / 100;
        const isAlike = !scope.startsWith('overwrite:') || records >= ofField * alikeShare;
        if (change && isShare && isAlike) begun.push(...(await trip(tx, pair, change, records, links)));
      }
    }
    const { rows: open } = await sql<HeldRow>`
      select ${heldColumns} from tandem.held h
      where h.pair = ${pair} and h.scope = any(${scopes}::text[]) and h.released_at is null`.execute(tx);
    return { open, begun };
  });

/** What waits for a word, the oldest first. */
export const heldChanges = async (db: Db): Promise<readonly AnyHeldRow[]> =>
  run(
    db,
    sql<AnyHeldRow>`select ${heldColumns} from tandem.held h where h.released_at is null order by h.since`,
  );

/** Lets what is held go, a mass change or a first start: what waits for it is due at once. Null: there is none with this id, or it was released already. */
export const releaseHeld = async (db: Db, id: string): Promise<AnyHeldRow | null> => {
  const held = await inTransaction(db, async (tx) => {
    const { rows } = await sql<AnyHeldRow>`
      update tandem.held h set released_at = now() where h.id = ${cleanText(id)} and h.released_at is null
      returning ${heldColumns}`.execute(tx);
    const [row] = rows;
    if (row === undefined) return null;
    const what = firstStartOf(row.scope);
    await (what === null ? letGoOfHeld(tx) : letAllGo(tx, what));
    return row;
  });
  if (held) await clearProblem(db, `held:${held.id}`);
  return held;
};
