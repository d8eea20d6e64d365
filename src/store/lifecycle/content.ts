import { sql } from 'kysely';
import {
  type ContentDealRow,
  type ContentNote,
  type ContentReadRow,
  journeySignals,
  type RecommendedRow,
} from '../../model/journeys.ts';
import { batch, epochMs } from '../batch.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, run, type Tx } from '../transaction.ts';

/** The stages in the words of the index journeys_content (0038): another list would not be found by it. */
const withSales = sql.raw(`stage in ('sales-ready', 'sdr', 'working', 'accepted')`);

const noteBatch = (notes: readonly ContentNote[]) =>
  batch('n', notes, {
    journey: ['uuid', ({ journeyId }) => journeyId],
    record: ['text', ({ record }) => record],
    turn: ['int', ({ turn }) => turn],
    stage: ['text', ({ stage }) => stage],
    deal_stage: ['text', ({ dealStage }) => dealStage],
    is_deal: ['boolean', ({ dealStage }) => dealStage !== null],
    mode: ['text', ({ mode }) => mode],
    version: ['text', ({ version }) => version],
    key: ['text', ({ key }) => key],
    at: ['float8', ({ at }) => at],
    expires_at: ['float8', ({ expiresAt }) => expiresAt],
  });

/** The last of several notes of one record. */
const lastOf = (
  notes: readonly ContentNote[],
  keyOf: (note: ContentNote) => string,
): readonly ContentNote[] => [...new Map(notes.map((note) => [keyOf(note), note])).values()];

const closeOld = async (tx: Tx, notes: readonly ContentNote[]): Promise<void> => {
  const kept = notes.flatMap(({ journeyId, record, turn, pieces }) =>
    pieces.map((piece) => ({ journeyId, record, turn, piece })),
  );
  await sql`
    with kept as (select * from ${batch('k', kept, {
      journey: ['uuid', ({ journeyId }) => journeyId],
      record: ['text', ({ record }) => record],
      turn: ['int', ({ turn }) => turn],
      piece: ['text', ({ piece }) => piece],
    })})
    update tandem.recommended r set until = to_timestamp(n.at / 1000.0)
    from ${noteBatch(notes)}
    where r.until is null and not exists (
        select from kept k where k.journey = r.journey_id and k.record = r.record and k.turn = r.turn and k.piece = r.piece)
      and case when n.is_deal then r.record = n.record else r.journey_id = n.journey and r.deal_stage is null end`.execute(
    tx,
  );
};

const insertNew = async (tx: Tx, notes: readonly ContentNote[]): Promise<void> => {
  const rows = notes.flatMap((note) => note.pieces.map((piece) => ({ ...note, piece })));
  if (rows.length === 0) return;
  await sql`
    insert into tandem.recommended as r (journey_id, record, turn, piece, stage, deal_stage, mode, version, at)
    select n.journey, n.record, n.turn, n.piece, n.stage, n.deal_stage, n.mode, n.version, to_timestamp(n.at / 1000.0)
    from ${batch('n', rows, {
      journey: ['uuid', ({ journeyId }) => journeyId],
      record: ['text', ({ record }) => record],
      turn: ['int', ({ turn }) => turn],
      piece: ['text', ({ piece }) => piece],
      stage: ['text', ({ stage }) => stage],
      deal_stage: ['text', ({ dealStage }) => dealStage],
      mode: ['text', ({ mode }) => mode],
      version: ['text', ({ version }) => version],
      at: ['float8', ({ at }) => at],
    })}
    on conflict (journey_id, record, turn, piece) do update set until = null, version = excluded.version, mode = excluded.mode,
      at = case when r.mode = excluded.mode then r.at else excluded.at end`.execute(tx);
};

/** Notes what records show, of people: within the save of the effect that showed it. */
export const notePeopleContent = async (tx: Tx, notes: readonly ContentNote[]): Promise<void> => {
  if (notes.length === 0) return;
  const last = lastOf(notes, ({ journeyId }) => journeyId);
  await closeOld(tx, last);
  await insertNew(tx, last);
  await sql`
    update tandem.journeys j set content_key = n.key, content_until = to_timestamp(n.expires_at / 1000.0)
    from ${noteBatch(last)} where j.id = n.journey`.execute(tx);
};

/** No catalogue has this key: whatever bears it is made anew by the next `renewContent`. */
const staleKey = 'paused';

/** Notes that what these people's records show is to be made anew. */
export const noteStalePeople = async (tx: Tx, journeyIds: readonly string[]): Promise<void> => {
  if (journeyIds.length === 0) return;
  await sql`
    update tandem.journeys set content_key = ${staleKey}, content_until = null where id = any(${[...journeyIds]}::uuid[])`.execute(
    tx,
  );
};

/** LifecycleStore.noteStaleDeals. */
export const noteStaleDeals = async (db: Db, dealIds: readonly string[]): Promise<void> => {
  if (dealIds.length === 0) return;
  await run(
    db,
    sql`update tandem.deals set content_key = ${staleKey}, content_until = null where id = any(${[...dealIds]}::text[])`,
  );
};

/** LifecycleStore.noteDealContent. A deal has a note for each of its people for whom something is recommended; one without pieces ends it. */
export const noteDealContent = (db: Db, notes: readonly ContentNote[]): Promise<void> =>
  inTransaction(db, async (tx) => {
    if (notes.length === 0) return;
    await closeOld(tx, notes);
    await insertNew(tx, notes);
    const last = lastOf(notes, ({ record }) => record);
    await sql`
      update tandem.deals d set content_key = n.key, content_until = to_timestamp(n.expires_at / 1000.0)
      from ${noteBatch(last)} where d.id = n.record`.execute(tx);
  });

/** LifecycleStore.contentDeals. */
export const contentDeals = async (
  db: Db,
  dealIds: readonly string[],
): Promise<readonly ContentDealRow[]> => {
  if (dealIds.length === 0) return [];
  return run(
    db,
    sql<ContentDealRow>`
      select d.id as deal, d.state, d.stage, j.id::text as "journeyId", j.turn,
        (j.state #> '{contact,fields}')::text as contact, (j.state #> '{sales,fields}')::text as sales
      from tandem.deals d join tandem.deal_people p on p.deal_id = d.id join tandem.journeys j on j.id = p.journey_id
      where d.id = any(${[...dealIds]}::text[]) order by d.id, j.began_at, j.id`,
  );
};

const marksOf = (dealIds: readonly string[]) =>
  dealIds.map((id) => ({
    pair: journeySignals,
    ref: { system: 'salesforce' as const, type: 'Opportunity', id },
    class: 'sweep' as const,
    stamp: null,
    cause: 'content',
  }));

/** LifecycleStore.lookAtDeals. */
export const lookAtDeals = (db: Db, dealIds: readonly string[]): Promise<void> =>
  inTransaction(db, (tx) => markDirty(tx, marksOf(dealIds)));

/**
 * LifecycleStore.renewContent. What is ordered bears the new key at once, so that it is ordered once; the order, or the signal, stays until it is carried
 * out. Whoever has no digest was never shown anything, and is not begun with by another catalogue.
 */
export const renewContent = (db: Db, key: string, limit: number): Promise<number> =>
  inTransaction(db, async (tx) => {
    const isOld = sql`(content_key is distinct from ${key} or content_until <= now())`;
    const people = await sql<{ id: string }>`
      update tandem.journeys set content_key = ${key}, content_until = null
      where id in (
        select id from tandem.journeys
        where ${withSales} and ${isOld} and shown #>> '{salesforce,Tandem_Digest__c}' is not null order by id limit ${limit})
      returning id::text as id`.execute(tx);
    const deals = await sql<{ id: string }>`
      update tandem.deals set content_key = ${key}, content_until = null
      where id in (select id from tandem.deals where state = 'open' and ${isOld} order by id limit ${limit})
      returning id`.execute(tx);
    await sql`
      insert into tandem.effects as e (key, journey_id, kind, turn, at, evidence)
      select j.id || '/show', j.id, 'show', j.turn, now(), 'show' from tandem.journeys j
      where j.id = any(${people.rows.map(({ id }) => id)}::uuid[])
      on conflict (key) do update set state = 'open', due = now(), steps = '{}', attempts = 0, why = null, next_step = null,
        done_at = null, at = excluded.at, evidence = excluded.evidence, turn = excluded.turn`.execute(tx);
    await markDirty(tx, marksOf(deals.rows.map(({ id }) => id)));
    return people.rows.length + deals.rows.length;
  });

/** What was recommended for these journeys, oldest first. */
export const recommendedOf = async (
  db: Db,
  journeyIds: readonly string[],
): Promise<readonly RecommendedRow[]> =>
  journeyIds.length === 0
    ? []
    : run(
        db,
        sql<RecommendedRow>`
          select journey_id::text as "journeyId", record, turn, piece, stage, deal_stage as "dealStage", mode, version,
            round(${epochMs('at')}) as at, round(${epochMs('until')}) as until
          from tandem.recommended where journey_id = any(${[...journeyIds]}::uuid[]) order by tandem.recommended.at, piece`,
      );

/** What was recommended and stood somewhere since a moment, oldest first. */
export const recommendedSince = async (db: Db, since: number): Promise<readonly RecommendedRow[]> =>
  run(
    db,
    sql<RecommendedRow>`
      select journey_id::text as "journeyId", record, turn, piece, stage, deal_stage as "dealStage", mode, version,
        round(${epochMs('at')}) as at, round(${epochMs('until')}) as until
      from tandem.recommended where tandem.recommended.at >= to_timestamp(${since} / 1000.0) order by tandem.recommended.at, piece`,
  );

/**
 * What people did with an address that holds one of these texts, or by one of these forms, from their first recommendation since a moment on. Lower
 * case; whether it is the very address is for the caller to say.
 */
export const contentReads = async (
  db: Db,
  since: number,
  { paths, forms }: { readonly paths: readonly string[]; readonly forms: readonly string[] },
): Promise<readonly ContentReadRow[]> =>
  run(
    db,
    sql<ContentReadRow>`
      with begun as (
        select journey_id, min(r.at) as at from tandem.recommended r
        where r.at >= to_timestamp(${since} / 1000.0) group by journey_id)
      select a.journey_id::text as "journeyId", a.activity::text as activity, a.key, round(${epochMs('a.at')}) as at
      from tandem.activities a join begun on begun.journey_id = a.journey_id and a.at >= begun.at
      where exists (select from unnest(${[...paths]}::text[]) p where strpos(lower(a.activity ->> 'url'), p) > 0)
        or lower(trim(a.activity ->> 'form')) = any(${[...forms]}::text[])
      order by a.at`,
  );

/** What reps say of content, by record, as it stands. */
export const contentFeedback = async (
  db: Db,
  since: number,
): Promise<
  readonly {
    readonly journeyId: string;
    readonly record: string;
    readonly value: string;
    readonly at: number;
  }[]
> =>
  run(
    db,
    sql<{ journeyId: string; record: string; value: string; at: number }>`
      select journey_id::text as "journeyId", record, value, round(${epochMs('at')}) as at from (
        select distinct on (journey_id, record) * from tandem.feedback f
        where kind = 'content' and f.at >= to_timestamp(${since} / 1000.0) order by journey_id, record, id desc) last
      where value is not null order by last.at`,
  );
