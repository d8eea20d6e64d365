import { sql } from 'kysely';
import { workClasses } from '../../model/budget.ts';
import type {
  ActivityRow,
  ClockRow,
  JourneyRow,
  JourneySave,
  JourneySignal,
  TransitionRow,
} from '../../model/journeys.ts';
import { journeySignals } from '../../model/journeys.ts';
import type { System } from '../../model/system.ts';
import { batch, epochMs } from '../batch.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';
import { amendActivities, forgetTaken, wantDetails } from './details.ts';
import { noteFeedback } from './feedback.ts';
import { noteHeld } from './first-start.ts';

const at = (ms: string) => sql.raw(`to_timestamp(${ms} / 1000.0)`);

/** LifecycleStore.signals. */
export const signals = async (db: Db, limit: number): Promise<readonly JourneySignal[]> => {
  const rows = await run(
    db,
    sql<{
      system: System;
      type: string;
      record_id: string;
      class: number;
      stamp: number | null;
      version: number;
      attempts: number;
    }>`
      select system, type, record_id, class, stamp::float8 as stamp, version::float8 as version, attempts from tandem.dirty
      where pair = ${journeySignals} and due <= now() order by class, due limit ${limit}`,
  );
  return rows.map(({ system, type, record_id: id, class: place, ...rest }) => ({
    ref: { system, type, id },
    class: workClasses[place] ?? 'backfill',
    ...rest,
  }));
};

/** LifecycleStore.dueContacts. */
export const dueContacts = async (db: Db, limit: number): Promise<readonly string[]> => {
  const rows = await run(
    db,
    sql<{ contact_id: string }>`
      select contact_id from tandem.journeys where next_at <= now() order by next_at limit ${limit}`,
  );
  return rows.map(({ contact_id }) => contact_id);
};

/** LifecycleStore.journeys. */
export const journeys = async (
  db: Db,
  contactIds: readonly string[],
): Promise<ReadonlyMap<string, JourneyRow>> => {
  if (contactIds.length === 0) return new Map();
  const rows = await run(
    db,
    sql<JourneyRow>`
      select id, contact_id as "contactId", version::float8 as version, stage, turn, owner, state::text as state,
        shown::text as shown, array(select fact::text from tandem.told_facts f where f.journey_id = j.id order by key) as told,
        array(select activity::text from tandem.told_activities a where a.journey_id = j.id order by key) as "toldActivities"
      from tandem.journeys j where contact_id = any(${[...contactIds]}::text[])`,
  );
  return new Map(rows.map((row) => [row.contactId, row]));
};

/** LifecycleStore.clocks; null: of all journeys. */
export const clocks = async (db: Db, journeyIds: readonly string[] | null): Promise<readonly ClockRow[]> =>
  run(
    db,
    sql<ClockRow>`
      select journey_id as "journeyId", turn, kind, round(${epochMs('done_at')}) as "doneAt", clock::text as clock,
        steps_done as "stepsDone", owner, round(${epochMs('remind_at')}) as "remindAt", round(${epochMs('due_at')}) as "dueAt", paused
      from tandem.clocks
      where ${journeyIds === null} or journey_id = any(${[...(journeyIds ?? [])]}::uuid[])
      order by journey_id, turn, kind`,
  );

/** LifecycleStore.timeline. */
export const timeline = async (
  db: Db,
  journeyIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly ActivityRow[]>> => {
  if (journeyIds.length === 0) return new Map();
  const rows = await run(
    db,
    sql<ActivityRow & { journey_id: string }>`
      select j.id as journey_id, a.key, round(${epochMs('a.at')}) as at, a.activity::text as activity
      from unnest(${[...journeyIds]}::uuid[]) as j(id)
      cross join lateral (
        select * from tandem.activities where journey_id = j.id order by tandem.activities.at desc, key limit ${limit}) a
      order by j.id, a.at desc, a.key`,
  );
  const byJourney = new Map<string, ActivityRow[]>();
  for (const { journey_id, ...row } of rows) {
    const own = byJourney.get(journey_id) ?? [];
    own.push(row);
    byJourney.set(journey_id, own);
  }
  return byJourney;
};

const insertJourneys = async (tx: Tx, saves: readonly JourneySave[]): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    insert into tandem.journeys (id, contact_id, stage, turn, owner, state, next_at)
    select r.id, r.contact_id, r.stage, r.turn, r.owner, r.state, ${at('r.next_at')}
    from ${journeyBatch(saves)} order by r.contact_id
    on conflict (contact_id) do nothing returning id`.execute(tx);
  return rows.map(({ id }) => id);
};

const updateJourneys = async (tx: Tx, saves: readonly JourneySave[]): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    with mine as (
      select j.id from tandem.journeys j join ${journeyBatch(saves)} on j.id = r.id and j.version = r.version
      order by j.id for update of j
    )
    update tandem.journeys j set version = j.version + 1, stage = r.stage, turn = r.turn, owner = r.owner, state = r.state,
      next_at = case when j.shown::jsonb = r.shown::jsonb then ${at('r.next_at')} else now() end
    from ${journeyBatch(saves)} where j.id = r.id and j.version = r.version and j.id in (select id from mine)
    returning j.id`.execute(tx);
  return rows.map(({ id }) => id);
};

const journeyBatch = (saves: readonly JourneySave[]) =>
  batch('r', saves, {
    id: ['uuid', ({ row }) => row.id],
    contact_id: ['text', ({ row }) => row.contactId],
    version: ['bigint', ({ row }) => row.version],
    stage: ['text', ({ row }) => row.stage],
    turn: ['int', ({ row }) => row.turn],
    owner: ['text', ({ row }) => row.owner],
    state: ['json', ({ row }) => row.state],
    shown: ['json', ({ row }) => row.shown],
    next_at: ['float8', ({ nextAt }) => nextAt],
  });

type Of<Row> = Row & { readonly journey: string };
const ofJourneys = <Row>(
  saves: readonly JourneySave[],
  rows: (save: JourneySave) => readonly Row[],
): readonly Of<Row>[] => saves.flatMap((save) => rows(save).map((row) => ({ ...row, journey: save.row.id })));

const insertTransitions = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const nothing = { source: null, segment: null };
  const rows = ofJourneys(saves, ({ transitions, groups = nothing }) =>
    transitions.map((transition: TransitionRow) => ({ ...transition, ...groups })),
  );
  if (rows.length === 0) return;
  await sql`
    insert into tandem.transitions (journey_id, at, from_stage, to_stage, move, legal, cause, evidence, by_whom, turn, reason,
      version, definition, behaviour, mode, effects, source, segment)
    select t.journey, ${at('t.at')}, t.from_stage, t.to_stage, t.move, t.legal, t.cause, t.evidence, t.by_whom, t.turn, t.reason,
      t.version, t.definition, t.behaviour, t.mode, string_to_array(t.effects, ' '), t.source, t.segment
    from ${batch('t', rows, {
      journey: ['uuid', (row) => row.journey],
      at: ['float8', (row) => row.at],
      from_stage: ['text', (row) => row.from],
      to_stage: ['text', (row) => row.to],
      move: ['text', (row) => row.move],
      legal: ['boolean', (row) => row.legal],
      cause: ['text', (row) => row.cause],
      evidence: ['text', (row) => row.evidence],
      by_whom: ['text', (row) => row.by],
      turn: ['int', (row) => row.turn],
      reason: ['text', (row) => row.reason],
      version: ['text', (row) => row.version],
      definition: ['text', (row) => row.definition],
      behaviour: ['text', (row) => row.behaviour],
      mode: ['text', (row) => row.mode],
      effects: ['text', (row) => row.effects.join(' ')],
      source: ['text', (row) => row.source],
      segment: ['text', (row) => row.segment],
    })}`.execute(tx);
};

const insertActivities = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = ofJourneys<ActivityRow>(saves, ({ activities }) => activities);
  if (rows.length === 0) return;
  await sql`
    insert into tandem.activities (journey_id, key, at, activity)
    select a.journey, a.key, ${at('a.at')}, a.activity
    from ${batch('a', rows, {
      journey: ['uuid', (row) => row.journey],
      key: ['text', (row) => row.key],
      at: ['float8', (row) => row.at],
      activity: ['json', (row) => row.activity],
    })}
    on conflict (journey_id, key) do nothing`.execute(tx);
};

const startOf = (table: string) => sql.raw(`(${table}.clock ->> 'startedAt')::float8`);

/** Saves clocks; with `begin` those that are there stay as they are, unless they began before: another owner has the whole time. */
export const saveClocks = async (tx: Tx, rows: readonly ClockRow[], begin = false): Promise<void> => {
  if (rows.length === 0) return;
  await sql`
    insert into tandem.clocks (journey_id, turn, kind, clock, steps_done, done_at, owner, remind_at, due_at, paused)
    select c.journey, c.turn, c.kind, c.clock, string_to_array(c.steps_done, ' '), ${at('c.done_at')}, c.owner,
      ${at('c.remind_at')}, ${at('c.due_at')}, c.paused
    from ${batch('c', rows, {
      journey: ['uuid', (row) => row.journeyId],
      turn: ['int', (row) => row.turn],
      kind: ['text', (row) => row.kind],
      clock: ['json', (row) => row.clock],
      steps_done: ['text', (row) => row.stepsDone.join(' ')],
      done_at: ['float8', (row) => row.doneAt],
      owner: ['text', (row) => row.owner],
      remind_at: ['float8', (row) => row.remindAt],
      due_at: ['float8', (row) => row.dueAt],
      paused: ['boolean', (row) => row.paused],
    })}
    on conflict (journey_id, turn, kind)
      do update set clock = excluded.clock, steps_done = excluded.steps_done, done_at = excluded.done_at,
        owner = excluded.owner, remind_at = excluded.remind_at, due_at = excluded.due_at, paused = excluded.paused
      where ${startOf('tandem.clocks')} ${sql.raw(begin ? '<' : '<=')} ${startOf('excluded')}`.execute(tx);
};

const forgetHeard = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = ofJourneys(saves, ({ heard }) => heard.map((key) => ({ key })));
  if (rows.length === 0) return;
  await sql`
    delete from tandem.told_facts f using ${batch('h', rows, {
      journey: ['uuid', (row) => row.journey],
      key: ['text', (row) => row.key],
    })} where f.journey_id = h.journey and f.key = h.key`.execute(tx);
};

const insertEffects = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  const rows = ofJourneys(saves, ({ effects }) => effects);
  if (rows.length === 0) return;
  await sql`
    insert into tandem.effects as e (key, journey_id, kind, turn, at, evidence)
    select o.key, o.journey, o.kind, o.turn, ${at('o.at')}, o.evidence
    from ${batch('o', rows, {
      key: ['text', (row) => row.key],
      journey: ['uuid', (row) => row.journey],
      kind: ['text', (row) => row.kind],
      turn: ['int', (row) => row.turn],
      at: ['float8', (row) => row.at],
      evidence: ['text', (row) => row.evidence],
    })}
    on conflict (key) do update set state = 'open', due = now(), steps = '{}', attempts = 0, why = null, next_step = null,
      done_at = null, at = excluded.at, evidence = excluded.evidence, turn = excluded.turn
      where e.kind = 'show'`.execute(tx);
};

/** What was told while a look was made is taken in by the next one, at once: the look's own time must not put it off. */
const wakeTold = async (tx: Tx, saves: readonly JourneySave[]): Promise<void> => {
  await sql`
    update tandem.journeys j set next_at = now()
    where id = any(${saves.flatMap(({ row, rests }) => (rests === true ? [] : [row.id]))}::uuid[])
      and (exists (select from tandem.told_facts f where f.journey_id = j.id)
        or exists (select from tandem.told_activities a where a.journey_id = j.id and a.at <= now()))`.execute(
    tx,
  );
};

/** Answers the ids of those that were saved. */
const saveJourneys = async (tx: Tx, saves: readonly JourneySave[]): Promise<ReadonlySet<string>> => {
  if (saves.length === 0) return new Set();
  const begun = saves.filter(({ row }) => row.version === 0);
  const moved = saves.filter(({ row }) => row.version !== 0);
  const ids = new Set([
    ...(begun.length === 0 ? [] : await insertJourneys(tx, begun)),
    ...(moved.length === 0 ? [] : await updateJourneys(tx, moved)),
  ]);
  const saved = saves.filter(({ row }) => ids.has(row.id));
  await insertTransitions(tx, saved);
  await insertActivities(tx, saved);
  await amendActivities(tx, saved);
  await forgetTaken(tx, saved);
  await wantDetails(tx, saved);
  await noteFeedback(
    tx,
    saved.flatMap(({ row, feedback = [] }) => feedback.map((each) => ({ ...each, journeyId: row.id }))),
  );
  await noteHeld(tx, saved);
  await saveClocks(
    tx,
    saved.flatMap((each) => each.clocks),
  );
  await forgetHeard(tx, saved);
  await insertEffects(tx, saved);
  await wakeTold(tx, saved);
  return ids;
};

const signalBatch = (each: readonly { readonly signal: JourneySignal; readonly dueMs: number }[]) =>
  batch('s', each, {
    system: ['text', ({ signal }) => signal.ref.system],
    type: ['text', ({ signal }) => signal.ref.type],
    id: ['text', ({ signal }) => signal.ref.id],
    version: ['bigint', ({ signal }) => signal.version],
    due_ms: ['float8', ({ dueMs }) => dueMs],
  });

const isSignal = sql`d.pair = ${journeySignals} and d.system = s.system and d.type = s.type and d.record_id = s.id`;

/** LifecycleStore.save. */
export const save = (
  db: Db,
  saves: readonly JourneySave[],
  clean: readonly JourneySignal[],
  again: readonly { readonly signal: JourneySignal; readonly dueMs: number }[],
): Promise<ReadonlySet<string>> =>
  inTransaction(db, async (tx) => {
    const saved = await saveJourneys(tx, saves);
    const answered = [
      ...clean,
      ...saves.flatMap(({ row, answers }) => (saved.has(row.id) ? answers : [])),
    ].map((signal) => ({ signal, dueMs: 0 }));
    if (answered.length > 0) {
      await sql`
        delete from tandem.dirty d using ${signalBatch(answered)} where ${isSignal} and d.version = s.version`.execute(
        tx,
      );
    }
    if (again.length > 0) {
      await sql`
        update tandem.dirty d set due = now() + s.due_ms * interval '1 millisecond', attempts = d.attempts + 1
        from ${signalBatch(again)} where ${isSignal} and d.version = s.version`.execute(tx);
    }
    return new Set(saves.filter(({ row }) => !saved.has(row.id)).map(({ row }) => row.contactId));
  });

/** LifecycleStore.untouched. */
export const untouched = async (db: Db, owners: readonly string[]): Promise<number> => {
  const [row] = await run(
    db,
    sql<{ count: number }>`
      select count(*)::float8 as count from tandem.clocks
      where done_at is null and kind = 'follow-up' and owner = any(${[...owners]}::text[])`,
  );
  return row?.count ?? 0;
};

/** LifecycleStore.oddVerdicts. The stages stand there as in the index journeys_content, which finds those who are with sales. */
export const oddVerdicts = async (
  db: Db,
  types: readonly string[],
  field: string,
  words: readonly string[],
): Promise<readonly string[]> => {
  const word = sql`trim(coalesce(state #>> array['sales', 'fields', ${field}], ''))`;
  const rows = await run(
    db,
    sql<{ id: string }>`
      select state #>> '{sales,id}' as id from tandem.journeys
      where stage in ('sales-ready', 'sdr', 'working', 'accepted') and state #>> '{sales,type}' = any(${[...types]}::text[])
        and ${word} <> '' and ${word} <> all(${[...words]}::text[])
      order by id`,
  );
  return rows.map(({ id }) => id);
};

/** LifecycleStore.openLeads. */
export const openLeads = async (db: Db, stages: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const rows = await run(
    db,
    sql<{ owner: string; count: number }>`
      select owner, count(*)::float8 as count from tandem.journeys
      where owner is not null and stage = any(${[...stages]}::text[]) group by owner`,
  );
  return new Map(rows.map(({ owner, count }) => [owner, count]));
};
