import { sql } from 'kysely';
import { workClasses } from '../../model/budget.ts';
import {
  type FirstStartCounts,
  type FirstStartKind,
  type FirstStartStep,
  firstStartKinds,
  type HeldHandOffRow,
  type JourneySave,
  journeySignals,
  type StagesBack,
} from '../../model/journeys.ts';
import { batch, epochMs } from '../batch.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';

/** What a first start holds is in `tandem.held` as a mass change is, so that one command lets either go. */
const scopePrefix = 'first-start:';
const scopeOf = (what: FirstStartKind): string => `${scopePrefix}${what}`;

/** The kind that a hold is about; null: it is no first start's. */
export const firstStartOf = (scope: string): FirstStartKind | null =>
  firstStartKinds.find((what) => scopeOf(what) === scope) ?? null;

/** What was only observed goes in waves, and can be owed again in another turn. */
const isWave = (what: FirstStartKind): boolean => what === 'observed' || what === 'observed-return';

/** Saves who is held back now, and forgets who no longer is; who was let go is kept, for the cap counts them. */
export const noteHeld = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const free = saves.filter(({ held }) => held === null).map(({ row }) => row.id);
  const rows = saves.flatMap(({ row, held }) => (held ? [{ journey: row.id, ...held }] : []));
  if (free.length > 0) {
    await sql`
      delete from tandem.first_start where journey_id = any(${free}::uuid[]) and what not in ('lifecyclestage', 'stage-back') and let_go_at is null`.execute(
      tx,
    );
  }
  if (rows.length === 0) return;
  await sql`
    insert into tandem.first_start as f (journey_id, what, rank, since)
    select h.journey, h.what, h.rank, to_timestamp(h.since / 1000.0) from ${batch('h', rows, {
      journey: ['uuid', ({ journey }) => journey],
      what: ['text', ({ what }) => what],
      rank: ['float8', ({ rank }) => rank],
      since: ['float8', ({ since }) => since],
    })} order by h.journey
    on conflict (journey_id, what) do update set rank = excluded.rank,
        since = case when f.what like 'observed%' then excluded.since else f.since end,
        let_go_at = case when f.what like 'observed%' and f.since < excluded.since then null else f.let_go_at end
      where (f.let_go_at is null and f.rank <> excluded.rank) or (f.what like 'observed%' and f.since < excluded.since)`.execute(
    tx,
  );
};

/** Steps back of HubSpot's own stage, of a first start or of any day: they show, and wait for nobody's look. */
const isStageBack = (what: FirstStartKind): boolean => what === 'lifecyclestage' || what === 'stage-back';

/** One at a time: the cap counts in all, whoever asks. */
const alone = (tx: Tx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('tandem first start', 0))`.execute(tx);

/** Those that were let go are looked at next, or shown anew. */
const wake = async (tx: Tx, what: FirstStartKind, journeyIds: readonly string[]): Promise<void> => {
  if (journeyIds.length === 0) return;
  const ids = sql`${[...journeyIds]}::uuid[]`;
  if (isStageBack(what)) {
    await sql`
      insert into tandem.effects (key, journey_id, kind, turn, at, evidence)
      select id || '/show', id, 'show', turn, now(), 'show' from tandem.journeys where id = any(${ids})
      on conflict (key) do update set state = 'open', due = now(), steps = '{}', attempts = 0, why = null, next_step = null,
        done_at = null, at = excluded.at, turn = excluded.turn`.execute(tx);
    return;
  }
  // A first start lets somebody go once; what was only observed can be owed again in another turn.
  const key = isWave(what)
    ? sql`(select 'released/' || floor(${epochMs('now()')}))`
    : sql`(select 'released')`;
  await sql`
    insert into tandem.told_facts (journey_id, key, fact)
    select id, key, json_build_object('kind', 'released', 'key', key, 'at', floor(${epochMs('now()')}), 'by', 'tandem')
    from unnest(${ids}) as let_go(id), ${key} as released(key) on conflict (journey_id, key) do nothing`.execute(
    tx,
  );
  await sql`update tandem.journeys set next_at = now() where id = any(${ids})`.execute(tx);
};

/** Lets so many go, those of the highest rank first; null: all. Answers how many that were. */
const letGo = async (tx: Tx, what: FirstStartKind, most: number | null): Promise<number> => {
  const { rows } = await sql<{ id: string }>`
    update tandem.first_start f set let_go_at = now()
    where f.what = ${what} and f.let_go_at is null and f.journey_id in (
      select journey_id from tandem.first_start where what = ${what} and let_go_at is null
      order by rank desc, since, journey_id limit ${most})
    returning f.journey_id as id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  // What a person lets go is theirs, and takes nothing from the day's own.
  if (what === 'stage-back' && most !== null) await countStageBacks(tx, ids);
  await wake(tx, what, ids);
  return ids.length;
};

/** So many go with a person's word where the file lets nobody go by themselves. */
const waveUsual = 50;

/**
 * A person's word: everything of this kind goes, now and from now on; of steps back of any day what waits now. Of those whose hand-off was only observed the next wave does, which the pass lets go: it
 * knows how many that are.
 */
export const letAllGo = async (tx: Tx, what: FirstStartKind): Promise<void> => {
  if (isWave(what)) return;
  await alone(tx);
  await letGo(tx, what, null);
};

/** Steps back that went by themselves in the last 24 hours: what the cap of a day has left, moment by moment. */
const gone1Day = sql`(select count(*)::float8 from tandem.stage_backs where at > now() - interval '1 day')`;

/** Counts steps back that nobody let go; those of before the last day are of no use any more. */
const countStageBacks = async (tx: Tx, journeyIds: readonly string[]): Promise<void> => {
  if (journeyIds.length === 0) return;
  await sql`delete from tandem.stage_backs where at <= now() - interval '1 day'`.execute(tx);
  await sql`
    insert into tandem.stage_backs (journey_id) select unnest(${[...journeyIds]}::uuid[])`.execute(tx);
};

interface Standing {
  readonly waiting: number;
  readonly gone: number;
  /** How many holds of this kind a person has let go. */
  readonly words: number;
  readonly hold: string | null;
  readonly told: number | null;
}

const standingOf = async (tx: Tx, pair: string, what: FirstStartKind): Promise<Standing> => {
  const scope = scopeOf(what);
  const gone = what === 'stage-back' ? gone1Day : sql`count(*) filter (where let_go_at is not null)::float8`;
  const { rows } = await sql<Standing>`
    select count(*) filter (where let_go_at is null)::float8 as waiting, ${gone} as gone,
      (select count(*)::float8 from tandem.held where pair = ${pair} and scope = ${scope} and released_at is not null) as words,
      (select id from tandem.held where pair = ${pair} and scope = ${scope} and released_at is null) as hold,
      (select records::float8 from tandem.held where pair = ${pair} and scope = ${scope} and released_at is null) as told
    from tandem.first_start where what = ${what}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('a count has no row');
  return row;
};

/** Begins a hold, or counts anew whom it holds. */
const hold = async (
  tx: Tx,
  pair: string,
  what: FirstStartKind,
  waiting: number,
  open: string | null,
): Promise<string> => {
  if (open !== null) {
    await sql`update tandem.held set records = ${Math.trunc(waiting)} where id = ${open}`.execute(tx);
    return open;
  }
  const { rows } = await sql<{ id: string }>`
    insert into tandem.held (id, pair, scope, kind, records, links)
    select substr(md5(gen_random_uuid()::text), 1, 8), ${pair}, ${scopeOf(what)}, ${what}, ${Math.trunc(waiting)},
      (select count(*) from tandem.journeys)
    returning id`.execute(tx);
  return rows[0]?.id ?? '';
};

/** How many may go now; null: all. A word lets everybody of a first start go, and of what was only observed the next wave. */
const mostOf = (what: FirstStartKind, cap: number, words: number, gone: number): number | null => {
  if (what === 'stage-back') return Math.max(0, cap - gone);
  if (isWave(what)) return Math.max(0, cap + words * (cap > 0 ? cap : waveUsual) - gone);
  return words > 0 ? null : Math.max(0, cap - gone);
};

const oneKind = async (tx: Tx, pair: string, what: FirstStartKind, cap: number): Promise<FirstStartStep> => {
  const { waiting, gone, words, hold: open, told } = await standingOf(tx, pair, what);
  const most = mostOf(what, cap, words, gone);
  const went = waiting === 0 || most === 0 ? 0 : await letGo(tx, what, most);
  const left = waiting - went;
  if (left === 0) {
    if (open !== null) await sql`delete from tandem.held where id = ${open}`.execute(tx);
    return { what, letGo: went, waiting: 0, hold: null, ended: open };
  }
  const isNew = open === null;
  const isOther = isNew || told !== left;
  const id = isOther ? await hold(tx, pair, what, left, open) : open;
  return { what, letGo: went, waiting: left, hold: { id, isNew, isOther }, ended: null };
};

/**
 * LifecycleStore.firstStart. Nobody goes before all are looked at who were there, so that the best go first: while a listing is under way, or what it
 * told is not looked at, nothing is answered.
 */
export const firstStart = async (
  db: Db,
  pair: string,
  caps: Readonly<Record<FirstStartKind, number>>,
): Promise<readonly FirstStartStep[]> => {
  const backfill = workClasses.indexOf('backfill');
  const [due] = await run(
    db,
    sql<{ due: boolean }>`
      select (exists (select from tandem.first_start where let_go_at is null)
          or exists (select from tandem.held where released_at is null and scope like ${`${scopePrefix}%`}))
        and not exists (select from tandem.dirty where pair = ${journeySignals} and class >= ${backfill} and due <= now())
        and exists (select from tandem.alignments where pair = ${pair} and hubspot_done and salesforce_done
          and converted_done is not false) as due`,
  );
  if (due?.due !== true) return [];
  return inTransaction(db, async (tx) => {
    await alone(tx);
    const steps: FirstStartStep[] = [];
    for (const what of firstStartKinds) steps.push(await oneKind(tx, pair, what, caps[what]));
    return steps;
  });
};

/** Forgets what is held back of this kind, and with `all` what was let go of it, too. */
const forget = async (
  tx: Tx,
  what: 'lifecyclestage' | 'stage-back',
  journeyIds: readonly string[],
): Promise<void> => {
  if (journeyIds.length === 0) return;
  // Who was let go by a first start is kept, for its cap counts them in all.
  const isAll = what === 'stage-back';
  await sql`
    delete from tandem.first_start
    where journey_id = any(${[...journeyIds]}::uuid[]) and what = ${what} and (${isAll} or let_go_at is null)`.execute(
    tx,
  );
};

/** Holds back whoever is not let go, but for so many (`room`) of those who come anew; answers who was let go, and whom there is room for. */
const holdBut = async (
  tx: Tx,
  what: 'lifecyclestage' | 'stage-back',
  journeyIds: readonly string[],
  room: number,
): Promise<{ readonly gone: readonly string[]; readonly going: readonly string[] }> => {
  const ids = [...journeyIds].sort();
  const { rows: known } = await sql<{ id: string; gone: boolean }>`
    select journey_id as id, let_go_at is not null as gone from tandem.first_start
    where journey_id = any(${ids}::uuid[]) and what = ${what}`.execute(tx);
  const fresh = ids.filter((id) => !known.some((each) => each.id === id));
  const going = fresh.slice(0, room);
  if (fresh.length > 0) {
    await sql`
      insert into tandem.first_start (journey_id, what, rank, since, let_go_at)
      select id, ${what}, 0, now(), case when id = any(${going}::uuid[]) then now() end from unnest(${fresh}::uuid[]) as held(id)`.execute(
      tx,
    );
  }
  return { gone: known.filter(({ gone }) => gone).map(({ id }) => id), going };
};

/** How many steps back may go at once. Nobody goes before those who wait already: the pass lets them go, the oldest first. */
const roomOf = async (tx: Tx, perDay: number): Promise<number> => {
  const { rows } = await sql<{ waiting: number; gone: number }>`
    select count(*)::float8 as waiting, ${gone1Day} as gone from tandem.first_start where what = 'stage-back' and let_go_at is null`.execute(
    tx,
  );
  const [{ waiting, gone } = { waiting: 0, gone: perDay }] = rows;
  return waiting > 0 ? 0 : Math.max(0, perDay - gone);
};

/** LifecycleStore.holdStages. */
export const holdStages = async (
  db: Db,
  { past, later, free }: StagesBack,
  perDay: number,
): Promise<ReadonlySet<string>> =>
  inTransaction(db, async (tx) => {
    await alone(tx);
    await forget(tx, 'lifecyclestage', [...later, ...free]);
    await forget(tx, 'stage-back', [...past, ...free]);
    const ofPast = past.length === 0 ? [] : (await holdBut(tx, 'lifecyclestage', past, 0)).gone;
    if (later.length === 0) return new Set(ofPast);
    const { gone, going } = await holdBut(tx, 'stage-back', later, await roomOf(tx, perDay));
    await countStageBacks(tx, going);
    return new Set([...ofPast, ...gone, ...going]);
  });

/** LifecycleStore.stagesMoved. */
export const stagesMoved = async (db: Db, journeyIds: readonly string[]): Promise<void> =>
  inTransaction(db, (tx) => forget(tx, 'stage-back', journeyIds));

/** Whether a journey may be owed what was observed: the look knows. A return of before it was kept what is owed shows in that nobody was to see it. */
const mayBeOwed = {
  observed: sql`j.stage = 'sales-ready' and (j.state #> '{journey,owed}')::jsonb ? 'hand-off'`,
  'observed-return': sql`j.stage in ('returned', 'nurture', 'disqualified', 'sales-ready')
    and ((j.state #> '{journey,owedReturn}' ->> 0) is not null or (j.state #>> '{journey,observedReturn}' = 'true' and j.state #> '{journey,owedReturn}' is null))`,
} as const;

/** LifecycleStore.wakeObserved. Whoever is held back already was looked at. */
export const wakeObserved = async (db: Db, what: keyof typeof mayBeOwed): Promise<void> => {
  await run(
    db,
    sql`
      update tandem.journeys j set next_at = now()
      where ${mayBeOwed[what]}
        and not exists (select from tandem.first_start f where f.journey_id = j.id and f.what = ${what} and f.let_go_at is null)`,
  );
};

/** PostgresLifecycleStore.firstStartCounts. */
export const firstStartCounts = async (db: Db): Promise<FirstStartCounts> => {
  const rows = await run(
    db,
    sql<{ what: string; letGo: number; waiting: number }>`
      select what, count(let_go_at)::float8 as "letGo", (count(*) - count(let_go_at))::float8 as waiting
      from tandem.first_start group by what`,
  );
  const [day] = await run(db, sql<{ gone: number }>`select ${gone1Day} as gone`);
  const of = (what: FirstStartKind) => {
    const { letGo: gone = 0, waiting = 0 } = rows.find((row) => row.what === what) ?? {};
    return { letGo: gone, waiting };
  };
  return {
    ...{ 'hand-off': of('hand-off'), return: of('return') },
    ...{ lifecyclestage: of('lifecyclestage'), observed: of('observed') },
    'observed-return': of('observed-return'),
    'stage-back': { ...of('stage-back'), letGo: day?.gone ?? 0 },
  };
};

/** PostgresLifecycleStore.heldHandOffs. */
export const heldHandOffs = async (db: Db, pair: string): Promise<readonly HeldHandOffRow[]> =>
  run(
    db,
    sql<HeldHandOffRow>`
      select f.journey_id as journey, j.turn + 1 as turn, round(${epochMs('f.since')}) as since, j.contact_id as "contactId",
        link.salesforce_id as "salesforceId"
      from tandem.first_start f join tandem.journeys j on j.id = f.journey_id
      left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
      where f.what = 'hand-off' and f.let_go_at is null order by f.since, f.journey_id`,
  );

/** Whether anybody waits who may go by the cap: what a hold keeps waits for a person, and keeps nobody else waiting. */
export const isAnybodyToGo = sql`exists (
  select from tandem.first_start f where f.let_go_at is null and not exists (
    select from tandem.held h where h.released_at is null and h.scope = ${scopePrefix} || f.what))`;
