import { sql } from 'kysely';
import type {
  EffectRow,
  EffectSave,
  EffectStanding,
  LateHandOff,
  MadeTask,
  OpenOrder,
  OpenOrders,
  RefusedEffects,
  TransitionRow,
} from '../../model/journeys.ts';
import { batch, epochMs } from '../batch.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';
import { notePeopleContent, noteStalePeople } from './content.ts';
import { saveClocks } from './journeys.ts';

/** Nobody waits for a list: lists go along with what somebody waits for, and with hand-offs that wait for their record, only once one of them has waited so long, and then all of them. */
const programsAfterSeconds = 5;

/** Whose record in Salesforce is being made is not loaded to find none: the hand-off begins with the link, or once that takes so long that somebody should be told why. */
const recordWithinSeconds = 2;

/** So many tries of a hand-over go before other orders: its record in Salesforce may have to be made first. One that is refused time and again waits with all. */
const freshTries = 5;

/** A fresh hand-over waits for no other order, such as a thousand requests of a list view. */
const isFreshHandOff = (table: string) =>
  sql.raw(`(${table}attempts < ${freshTries} and ${table}kind in ('hand-off', 'hand-on', 're-route'))`);

/** LifecycleStore.dueEffects. */
export const dueEffects = async (
  db: Db,
  pair: string,
  limit: number,
  except: readonly string[] = [],
): Promise<readonly EffectRow[]> => {
  const hasRecord = sql`exists (
    select from tandem.journeys j join tandem.links l on l.pair = ${pair} and l.hubspot_id = j.contact_id and l.ended_at is null
    where j.id = journey_id)`;
  const meant = sql`from tandem.effects where state = 'open' and due <= now() and kind <> all(${[...except]}::text[])`;
  const due = sql`${meant}
    and (kind <> 'hand-off' or attempts > 0 or due <= now() - ${recordWithinSeconds} * interval '1 second' or ${hasRecord})`;
  const effect = sql`key, journey_id, kind, turn, at, evidence, attempts, route, steps, due`;
  return run(
    db,
    sql<EffectRow>`
      with orders as materialized (
        select 1 as place, ${effect} ${due} and kind <> 'programs'
          order by kind = 'show', ${isFreshHandOff('')} desc, due limit ${limit}
      ), programs as materialized (
        select 2 as place, ${effect} ${due} and kind = 'programs'
          and (not exists (select ${meant} and kind not in ('programs', 'show'))
            or exists (select ${due} and kind = 'programs' and due <= now() - ${programsAfterSeconds} * interval '1 second'))
        order by due limit ${limit}
      )
      select e.key, e.journey_id as "journeyId", j.contact_id as "contactId", e.kind, e.turn, round(${epochMs('e.at')}) as at, e.evidence,
        e.attempts, e.route::text as route, e.steps::text as steps
      from (select * from orders union all select * from programs) e
      join tandem.journeys j on j.id = e.journey_id
      order by e.place, e.kind = 'show', ${isFreshHandOff('e.')} desc, e.due`,
  );
};

/** LifecycleStore.saveEffects. */
export const saveEffects = async (db: Db, effects: readonly EffectSave[]): Promise<void> => {
  if (effects.length === 0) return;
  const rows = batch('r', effects, {
    key: ['text', ({ key }) => key],
    at: ['float8', ({ at }) => at],
    steps: ['json', ({ steps }) => steps],
    route: ['json', ({ route }) => route],
    attempts: ['int', ({ attempts }) => attempts],
    due_ms: ['float8', ({ dueMs }) => dueMs],
    why: ['text', ({ why }) => why],
    next_step: ['text', ({ next }) => next],
  });
  await inTransaction(db, async (tx) => {
    await sql`
      update tandem.effects e set steps = r.steps, route = r.route, attempts = r.attempts, why = r.why, next_step = r.next_step,
        state = case when r.due_ms is null then 'done' else 'open' end,
        done_at = case when r.due_ms is null then now() end,
        due = now() + coalesce(r.due_ms, 0) * interval '1 millisecond'
      from ${rows} where e.key = r.key and e.state = 'open' and (e.kind <> 'show' or round(${epochMs('e.at')}) = r.at)`.execute(
      tx,
    );
    await saveClocks(
      tx,
      effects.flatMap(({ clocks = [] }) => clocks),
      true,
    );
    await saveShown(tx, effects);
    await notePeopleContent(
      tx,
      effects.flatMap(({ content }) => content ?? []),
    );
    await noteStalePeople(
      tx,
      effects.flatMap(({ journeyId, isContentStale }) => (isContentStale === true ? [journeyId] : [])),
    );
    await tellFacts(tx, effects);
  });
};

/**
 * The last word where several effects of one journey wrote. A look of meanwhile, which knows nothing of it, was made of what was shown before: another one is made, that
 * sees whether what was written is what is to be seen.
 */
const saveShown = async (tx: Tx, effects: readonly EffectSave[]): Promise<void> => {
  const shown = new Map(
    effects.flatMap(({ journeyId, shown: each }) => (each === undefined ? [] : [[journeyId, each]])),
  );
  if (shown.size === 0) return;
  await sql`
    update tandem.journeys j set shown = s.shown,
      next_at = case when j.version = s.version then j.next_at else least(j.next_at, now()) end
    from ${batch('s', [...shown], {
      id: ['uuid', ([id]) => id],
      shown: ['json', ([, { json }]) => json],
      version: ['bigint', ([, { version }]) => version],
    })} where j.id = s.id`.execute(tx);
};

const tellFacts = async (tx: Tx, effects: readonly EffectSave[]): Promise<void> => {
  const facts = effects.flatMap(({ journeyId, fact }) =>
    fact === undefined ? [] : [{ journeyId, ...fact }],
  );
  if (facts.length === 0) return;
  await sql`
    insert into tandem.told_facts (journey_id, key, fact) select t.journey, t.key, t.fact from ${batch(
      't',
      facts,
      {
        journey: ['uuid', ({ journeyId }) => journeyId],
        key: ['text', ({ key }) => key],
        fact: ['json', ({ fact }) => fact],
      },
    )} on conflict (journey_id, key) do nothing`.execute(tx);
  await sql`
    update tandem.journeys set next_at = now() where id = any(${facts.map(({ journeyId }) => journeyId)}::uuid[])`.execute(
    tx,
  );
};

/** Effects of these journeys as they stand, oldest first; what only shows where somebody stands is left out. */
export const effectsOf = async (db: Db, journeyIds: readonly string[]): Promise<readonly EffectStanding[]> =>
  run(
    db,
    sql<EffectStanding>`
      select key, kind, turn, round(${epochMs('at')}) as at, round(${epochMs('done_at')}) as "doneAt", why, next_step as next,
        array(select value ->> 'said' from json_each(steps) where value ->> 'said' is not null order by key) as said,
        route::text as route
      from tandem.effects where journey_id = any(${[...journeyIds]}::uuid[]) and kind <> 'show'
      order by tandem.effects.at, kind`,
  );

/** LifecycleStore.doneAmong. */
export const doneAmong = async (db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  if (keys.length === 0) return new Set();
  const rows = await run(
    db,
    sql<{ key: string }>`
      select key from tandem.effects where key = any(${[...keys]}::text[]) and state = 'done'`,
  );
  return new Set(rows.map(({ key }) => key));
};

/** LifecycleStore.tasks. */
export const tasks = async (db: Db, journeyIds: readonly string[]): Promise<readonly MadeTask[]> =>
  journeyIds.length === 0
    ? []
    : run(
        db,
        sql<MadeTask>`
          select journey_id as "journeyId", turn, kind, evidence, steps -> 'task' ->> 'id' as id from tandem.effects
          where journey_id = any(${[...journeyIds]}::uuid[]) and steps -> 'task' ->> 'id' is not null order by at`,
      );

/** LifecycleStore.transitions. */
export const transitions = async (
  db: Db,
  journeyIds: readonly string[],
): Promise<ReadonlyMap<string, readonly TransitionRow[]>> => {
  if (journeyIds.length === 0) return new Map();
  const rows = await run(
    db,
    sql<TransitionRow & { journey: string }>`
      select journey_id as journey, from_stage as "from", to_stage as "to", move, legal, round(${epochMs('at')}) as at, cause, evidence,
        by_whom as by, turn, reason, version, definition, behaviour, mode, effects
      from tandem.transitions where journey_id = any(${[...journeyIds]}::uuid[]) order by id`,
  );
  const byJourney = new Map<string, TransitionRow[]>();
  for (const { journey, ...row } of rows) {
    const own = byJourney.get(journey) ?? [];
    own.push(row);
    byJourney.set(journey, own);
  }
  return byJourney;
};

/** PostgresLifecycleStore.openOrders. */
export const openOrders = async (db: Db): Promise<readonly OpenOrder[]> =>
  run(
    db,
    sql<OpenOrder>`
      select e.key, e.kind, e.evidence, e.journey_id as "journeyId", j.contact_id as "contactId"
      from tandem.effects e join tandem.journeys j on j.id = e.journey_id where e.state = 'open' order by e.key`,
  );

/** Open orders by kind, and since when the oldest of each waits. */
export const openByKind = async (db: Db): Promise<readonly OpenOrders[]> =>
  run(
    db,
    sql<OpenOrders>`
      select kind, count(*)::float8 as count, round(${epochMs('min(since)')}) as since from tandem.effects where state = 'open' group by kind order by kind`,
  );

/** PostgresLifecycleStore.beginHandOffsAnew. */
export const beginHandOffsAnew = async (db: Db): Promise<void> => {
  await run(
    db,
    sql`
      update tandem.effects set at = now(), due = now()
      where state = 'open' and kind in ('hand-off', 'hand-on', 're-route', 'reassign') and coalesce(steps -> 'sales' ->> 'state', '') <> 'done'`,
  );
};

/** More causes than this are not shown: they would not be read. */
const causesMax = 50;

/** Hand-overs whose own clock is over and that are not done. */
const lateOnes = sql`
  tandem.clocks c join tandem.effects e on e.journey_id = c.journey_id and e.turn = c.turn
  where c.kind = 'hand-off' and c.done_at is null and c.due_at <= now()
    and e.state = 'open' and e.kind in ('hand-off', 'hand-on', 're-route', 'reassign')`;

/** PostgresLifecycleStore.lateHandOffs. */
export const lateHandOffs = async (db: Db, pair: string): Promise<readonly LateHandOff[]> =>
  run(
    db,
    sql<LateHandOff>`
      select late.kind, late.turn, late."dueAt", late.steps, late.why, late.next, j.contact_id as "contactId", link.salesforce_id as "salesforceId"
      from (
        select distinct on (e.journey_id) e.journey_id, e.kind, e.turn, round(${epochMs('c.due_at')}) as "dueAt", e.steps::text as steps, e.why,
          e.next_step as next
        from ${lateOnes} order by e.journey_id, e.at desc) late
      join tandem.journeys j on j.id = late.journey_id
      left join tandem.links link on link.pair = ${pair} and link.hubspot_id = j.contact_id and link.ended_at is null
      order by late."dueAt", j.contact_id`,
  );

/** A refusal without the name that HubSpot gave this very call: the others of its cause have other ones. */
const cause = sql`regexp_replace(coalesce(why, ''), ', correlation id [^,]*$', '')`;

/** Orders that wait for a person to do something, by what they are and why; of hand-overs those that are not late, for these are told one by one. */
export const refusedEffects = async (db: Db): Promise<readonly RefusedEffects[]> =>
  run(
    db,
    sql<RefusedEffects>`
      select kind, ${cause} as why, (array_agg(next_step order by since))[1] as next, round(${epochMs('min(since)')}) as since,
        count(*)::float8 as count
      from tandem.effects where state = 'open' and next_step is not null and key not in (select e.key from ${lateOnes})
      group by kind, ${cause} order by count desc, since limit ${causesMax}`,
  );
