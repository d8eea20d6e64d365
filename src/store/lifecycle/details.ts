import { sql } from 'kysely';
import type {
  ActivityRow,
  AnsweredDetails,
  DueDetails,
  JourneyRow,
  JourneySave,
} from '../../model/journeys.ts';
import { batch, epochMs, milliseconds } from '../batch.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';

/** Somebody who goes on clicking is asked about once in so long; a hand-off does not wait for it. */
const spacing = sql.raw(`interval '60 seconds'`);

const at = (ms: string) => sql.raw(`to_timestamp(${ms} / 1000.0)`);

type Of<Row> = Row & { readonly journey: string };

const activityBatch = (alias: string, rows: readonly Of<ActivityRow>[]) =>
  batch(alias, rows, {
    journey: ['uuid', (row) => row.journey],
    key: ['text', (row) => row.key],
    at: ['float8', (row) => row.at],
    activity: ['json', (row) => row.activity],
  });

/** Overwrites stored activities of which more is known. */
export const amendActivities = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = saves.flatMap(({ row, amended = [] }) =>
    amended.map((each) => ({ ...each, journey: row.id })),
  );
  if (rows.length === 0) return;
  await sql`
    update tandem.activities a set activity = r.activity from ${activityBatch('r', rows)}
    where a.journey_id = r.journey and a.key = r.key`.execute(tx);
};

/** Deletes what was told and taken in. */
export const forgetTaken = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = saves.flatMap(({ row, taken = [] }) => taken.map((key) => ({ key, journey: row.id })));
  if (rows.length === 0) return;
  await sql`
    delete from tandem.told_activities t using ${batch('r', rows, {
      journey: ['uuid', (row) => row.journey],
      key: ['text', (row) => row.key],
    })} where t.journey_id = r.journey and t.key = r.key`.execute(tx);
};

/** Notes of whom details are to be asked for. */
export const wantDetails = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = saves.flatMap(({ row, details }) =>
    details === undefined || details.kinds.length === 0 ? [] : [{ ...details, journey: row.id }],
  );
  if (rows.length === 0) return;
  await sql`
    insert into tandem.details as d (journey_id, kinds, due)
    select r.journey, string_to_array(r.kinds, ' '), now()
    from ${batch('r', rows, {
      journey: ['uuid', (row) => row.journey],
      kinds: ['text', (row) => row.kinds.join(' ')],
      at_once: ['boolean', (row) => row.atOnce],
    })}
    on conflict (journey_id) do update set version = d.version + 1, attempts = 0,
      kinds = array(select distinct unnest(d.kinds || excluded.kinds) order by 1),
      due = least(d.due, greatest(now(), coalesce(d.asked_at + ${spacing}, now())))`.execute(tx);
  const atOnce = rows.filter((row) => row.atOnce).map(({ journey }) => journey);
  if (atOnce.length === 0) return;
  await sql`update tandem.details set due = now() where journey_id = any(${atOnce}::uuid[])`.execute(tx);
};

/** LifecycleStore.dueDetails. */
export const dueDetails = async (db: Db, limit: number): Promise<readonly DueDetails[]> =>
  run(
    db,
    sql<DueDetails>`
      select d.journey_id as "journeyId", j.contact_id as "contactId", d.kinds, round(${epochMs('d.asked_at')}) as "askedAt",
        d.version::float8 as version, d.attempts
      from tandem.details d join tandem.journeys j on j.id = d.journey_id
      where d.due <= now() order by d.due limit ${limit}`,
  );

/** Tells journeys what is not stored with them, or says more than what is; those are looked at next. */
const tellTo = async (tx: Tx, rows: readonly Of<ActivityRow>[]): Promise<void> => {
  if (rows.length === 0) return;
  await sql`
    with told as (
      insert into tandem.told_activities as t (journey_id, key, at, activity)
      select r.journey, r.key, ${at('r.at')}, r.activity
      from ${activityBatch('r', rows)} join tandem.journeys j on j.id = r.journey
      where not exists (
        select from tandem.activities a
        where a.journey_id = r.journey and a.key = r.key and a.activity::jsonb @> r.activity::jsonb)
      on conflict (journey_id, key) do update set activity = excluded.activity
      returning journey_id
    )
    update tandem.journeys set next_at = now() where id in (select journey_id from told)`.execute(tx);
};

/** LifecycleStore.tellActivities. */
export const tellActivities = async (
  db: Db,
  told: readonly { readonly contactId: string; readonly activity: ActivityRow }[],
): Promise<void> => {
  if (told.length === 0) return;
  await inTransaction(db, async (tx) => {
    const contactIds = [...new Set(told.map(({ contactId }) => contactId))];
    const { rows } = await sql<{ id: string; contact_id: string }>`
      select id, contact_id from tandem.journeys where contact_id = any(${contactIds}::text[])`.execute(tx);
    const journeys = new Map(rows.map(({ id, contact_id }) => [contact_id, id]));
    await tellTo(
      tx,
      told.flatMap(({ contactId, activity }) => {
        const journey = journeys.get(contactId);
        return journey === undefined ? [] : [{ ...activity, journey }];
      }),
    );
  });
};

/** LifecycleStore.saveDetails. What is stored already, and says no less, is not told again. */
export const saveDetails = (db: Db, answered: readonly AnsweredDetails[]): Promise<void> =>
  inTransaction(db, async (tx) => {
    const rows = answered.flatMap(({ journeyId, activities }) =>
      activities.map((each) => ({ ...each, journey: journeyId })),
    );
    await tellTo(tx, rows);
    // What was wanted meanwhile is asked for again.
    await sql`
      update tandem.details d set asked_at = ${at('r.asked_at')}, attempts = 0,
        due = case when d.version = r.version then null else d.due end,
        kinds = case when d.version = r.version then '{}' else d.kinds end
      from ${batch('r', answered, {
        journey: ['uuid', (row) => row.journeyId],
        version: ['bigint', (row) => row.version],
        asked_at: ['float8', (row) => row.askedAt],
      })} where d.journey_id = r.journey`.execute(tx);
  });

/** LifecycleStore.putOffDetails. */
export const putOffDetails = async (
  db: Db,
  journeyIds: readonly string[],
  dueMs: number | null,
): Promise<void> => {
  await run(
    db,
    sql`
      update tandem.details set attempts = attempts + 1,
        due = ${dueMs === null ? sql`null` : sql`now() + ${milliseconds(dueMs)}`}
      where journey_id = any(${[...journeyIds]}::uuid[])`,
  );
};

/** Activities by journey, each with its key; absent: none. */
export type ActivitiesByJourney = ReadonlyMap<string, readonly ActivityRow[]>;

const byJourney = (rows: readonly Of<ActivityRow>[]): ActivitiesByJourney =>
  Map.groupBy(rows, ({ journey }) => journey);

/** LifecycleStore.activitiesAmong. */
export const activitiesAmong = async (
  db: Db,
  wanted: readonly { readonly journeyId: string; readonly key: string }[],
): Promise<ActivitiesByJourney> => {
  if (wanted.length === 0) return new Map();
  const rows = await run(
    db,
    sql<Of<ActivityRow>>`
      select a.journey_id as journey, a.key, round(${epochMs('a.at')}) as at, a.activity::text as activity
      from tandem.activities a join ${batch('r', wanted, {
        journey: ['uuid', (row) => row.journeyId],
        key: ['text', (row) => row.key],
      })} on a.journey_id = r.journey and a.key = r.key`,
  );
  return byJourney(rows);
};

/** LifecycleStore.history. */
export const history = async (db: Db, journeyIds: readonly string[]): Promise<ActivitiesByJourney> => {
  if (journeyIds.length === 0) return new Map();
  const rows = await run(
    db,
    sql<Of<ActivityRow>>`
      select journey_id as journey, key, round(${epochMs('at')}) as at, activity::text as activity
      from tandem.activities where journey_id = any(${[...journeyIds]}::uuid[]) order by journey_id, at, key`,
  );
  return byJourney(rows);
};

/** LifecycleStore.journeysAfter. */
export const journeysAfter = async (
  db: Db,
  after: string | null,
  limit: number,
): Promise<readonly JourneyRow[]> => {
  const rows = await run(
    db,
    sql<JourneyRow>`
      select id, contact_id as "contactId", version::float8 as version, stage, turn, owner, state::text as state,
        shown::text as shown
      from tandem.journeys where ${after}::uuid is null or id > ${after}::uuid order by id limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, told: [] }));
};
